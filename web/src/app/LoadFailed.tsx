import { Alert, Button, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { messageOf } from "../api/problem";

interface LoadFailedProps {
  title: string;
  error: unknown;
  retry: () => unknown;
}

/** A part of a page that could not be read: why, and a button that tries it again. */
export function LoadFailed({ title, error, retry }: LoadFailedProps) {
  const { t } = useTranslation();
  return (
    <Alert color="red" title={title}>
      <Text size="sm" mb="xs">
        {messageOf(error)}
      </Text>
      <Button size="xs" variant="default" onClick={() => void retry()}>
        {t("app.retry")}
      </Button>
    </Alert>
  );
}
