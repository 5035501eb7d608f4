import { Button } from "@mantine/core";
import { IconCompass } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Notice } from "../app/Notice";
import { usePageTitle } from "../app/page-title";

export function NotFoundPage() {
  const { t } = useTranslation();
  usePageTitle(t("notFound.title"));
  return (
    <Notice icon={<IconCompass />} title={t("notFound.title")} detail={t("notFound.detail")}>
      <Button component={Link} to="/">
        {t("notFound.home")}
      </Button>
    </Notice>
  );
}
