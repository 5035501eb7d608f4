import { useTranslation } from "react-i18next";
import type { ModelAbilities } from "../api/model";

/** What a model can do, each in a few words. */
export function useAbilityWords(): (abilities: ModelAbilities) => string[] {
  const { t } = useTranslation();
  return ({ structured, streaming, tools }) => [
    t(`models.structured.${structured}`),
    ...(streaming ? [t("models.streaming")] : []),
    ...(tools ? [t("models.tools")] : []),
  ];
}
