import { Button, Group, Paper, Stack, Text } from "@mantine/core";
import { IconAlertCircle, IconBan, IconHelpCircle, IconRefresh, type Icon } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Answer, RunStatus } from "../api/model";
import { SaveVerified } from "../knowledge/SaveVerified";
import { AnswerParts } from "./AnswerParts";
import { Figure } from "./Figure";
import { Warnings } from "./Checks";
import { ChosenReading, Readings } from "./Readings";
import { Suggestions } from "./Suggestions";
import { Understood } from "./Understood";
import { UsageLine } from "./UsageLine";
import classes from "./AnswerCard.module.css";

interface AnswerCardProps {
  runId: string;
  sourceId: string;
  /** What was asked. */
  question: string;
  answer: Answer;
  onAsk: (question: string) => void;
  onRetry: () => void;
  /** Nothing can be asked now. */
  busy: boolean;
}

const ENDS: Partial<Record<RunStatus, { icon: Icon; title: "run.declined" | "run.failed" | "run.cancelled" }>> = {
  declined: { icon: IconHelpCircle, title: "run.declined" },
  failed: { icon: IconAlertCircle, title: "run.failed" },
  cancelled: { icon: IconBan, title: "run.cancelled" },
};

/** What a run ended in: the sentence first, then how it was understood, then the ground it stands on. */
export function AnswerCard({ runId, sourceId, question, answer, onAsk, onRetry, busy }: AnswerCardProps) {
  const { t } = useTranslation();
  const end = ENDS[answer.status];
  const retryable = answer.status === "failed" || answer.status === "cancelled";
  return (
    <Paper
      component="section"
      withBorder
      radius="lg"
      className={classes["card"] ?? ""}
      data-status={answer.status}
      aria-label={t("ask.answer")}
    >
      <Stack gap="md">
        {end && (
          <Group gap={8} wrap="nowrap" className={classes["end"] ?? ""}>
            <end.icon size={20} aria-hidden />
            <Text fw={650}>{t(end.title)}</Text>
          </Group>
        )}
        <div>
          {(!end || answer.status !== "cancelled") && <Text className={classes["text"] ?? ""}>{answer.text}</Text>}
          <Understood sourceId={sourceId} answer={answer} />
        </div>
        <Readings runId={runId} readings={answer.readings ?? []} busy={busy} />
        <ChosenReading runId={runId} answer={answer} />
        <Warnings checks={answer.checks ?? []} />
        {retryable && (
          <Group>
            <Button
              size="compact-sm"
              variant="light"
              leftSection={<IconRefresh size={16} />}
              disabled={busy}
              onClick={onRetry}
            >
              {t("ask.again")}
            </Button>
          </Group>
        )}
        <Figure answer={answer} />
        <AnswerParts runId={runId} sourceId={sourceId} answer={answer} />
        <Suggestions
          title={t(answer.status === "answered" ? "run.askNext" : "run.insteadAsk")}
          items={answer.suggestions ?? []}
          onChoose={onAsk}
          disabled={busy}
        />
        <Group justify="space-between" gap="xs">
          <UsageLine answer={answer} />
          <SaveVerified runId={runId} sourceId={sourceId} question={question} answer={answer} />
        </Group>
      </Stack>
    </Paper>
  );
}
