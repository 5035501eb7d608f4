import { Button, Code } from "@mantine/core";
import { IconMoodSad } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useRouteError } from "react-router";
import { messageOf } from "../api/problem";
import { Notice } from "./Notice";

/** Takes the place of a page that threw while it was drawn. */
export function CrashPage() {
  const { t } = useTranslation();
  const error = useRouteError();
  return (
    <Notice icon={<IconMoodSad />} color="red" title={t("app.crashed")} detail={t("app.crashedDetail")}>
      <Code block maw="100%">
        {messageOf(error)}
      </Code>
      <Button onClick={() => window.location.reload()}>{t("app.reload")}</Button>
    </Notice>
  );
}
