import { Alert, Group, Loader, Text } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { ModelTrial } from "../api/model";
import { messageOf } from "../api/problem";
import { formatDuration } from "../format/number";
import { useAbilityWords } from "./ability-words";

interface TestResultProps {
  test: { isPending: boolean; error: Error | null; data: ModelTrial | undefined };
}

/** What came of asking a model something small: how long it took and what it can do, or why it failed. */
export function TestResult({ test: { isPending, error, data } }: TestResultProps) {
  const { t } = useTranslation();
  const words = useAbilityWords();
  if (isPending) {
    return (
      <Group gap="xs">
        <Loader size="xs" aria-hidden />
        <Text size="sm">{t("models.testing")}</Text>
      </Group>
    );
  }
  if (!error && !data) return null;
  if (!error && data?.ok) {
    return (
      <Alert color="teal" icon={<IconCircleCheck />} title={t("models.testOk", { time: formatDuration(data.latency_ms) })} p="sm">
        {data.abilities && <Text size="sm">{words(data.abilities).join(" · ")}</Text>}
      </Alert>
    );
  }
  return (
    <Alert color="red" title={t("models.testFailed")} p="sm">
      <Text size="sm" style={{ overflowWrap: "anywhere" }}>
        {error ? messageOf(error) : (data?.error ?? t("models.testUnknown"))}
      </Text>
    </Alert>
  );
}
