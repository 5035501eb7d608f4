import { Alert, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ApiError, messageOf } from "../api/problem";

/** Why a change was not saved; where somebody else was faster, that nothing is lost. */
export function SaveProblem({ error }: { error: unknown }) {
  const { t } = useTranslation();
  if (error === null || error === undefined) return null;
  const conflict = error instanceof ApiError && error.problem.status === 409;
  return (
    <Alert color={conflict ? "yellow" : "red"} title={conflict ? t("knowledge.conflict") : undefined} role="alert">
      <Text size="sm">{conflict ? t("knowledge.conflictDetail") : messageOf(error)}</Text>
      {conflict && (
        <Text size="xs" c="dimmed" mt={4}>
          {messageOf(error)}
        </Text>
      )}
    </Alert>
  );
}
