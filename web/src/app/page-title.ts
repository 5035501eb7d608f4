import { useDocumentTitle } from "@mantine/hooks";
import { useTranslation } from "react-i18next";

/** Names the browser's tab after the page. */
export function usePageTitle(title: string | undefined) {
  const { t } = useTranslation();
  useDocumentTitle(title ? `${title} · ${t("app.name")}` : t("app.name"));
}
