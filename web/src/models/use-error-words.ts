import { useTranslation } from "react-i18next";
import type { DraftError } from "./model-draft";

/** Words for an error beside a field. */
export function useErrorWords(): (error: DraftError | undefined) => string | undefined {
  const { t } = useTranslation();
  return (error) => {
    if (!error) return undefined;
    if ("words" in error) return error.words;
    return error.code === "headerTwice" ? t("models.form.headerTwice", { name: error.name }) : t(`models.form.${error.code}`);
  };
}
