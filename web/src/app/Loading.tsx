import { Center, Loader } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** Stands in for a page that is being fetched. */
export function Loading() {
  const { t } = useTranslation();
  return (
    <Center mih="50vh">
      <Loader type="dots" aria-label={t("app.loading")} />
    </Center>
  );
}
