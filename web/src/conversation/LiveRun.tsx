import { Button, Collapse, Group, Loader, Paper, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronDown } from "@tabler/icons-react";
import { useEffect, useEffectEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Answer, Run } from "../api/model";
import { useNow } from "../app/clock";
import { formatDuration } from "../format/number";
import { loadChartView } from "./chart-view";
import { currentStep } from "./run-state";
import { stageName } from "./stage-name";
import { StepList } from "./StepList";
import { useRunEvents } from "./use-run-events";

interface LiveRunProps {
  run: Run;
  cancelling: boolean;
  onCancel: () => void;
  onAnswer: (answer: Answer) => void;
}

/** A run under way: its stages as they come, until the answer is there. */
export function LiveRun({ run, cancelling, onCancel, onAnswer }: LiveRunProps) {
  const { t } = useTranslation();
  const state = useRunEvents(run.id);
  const [open, { toggle }] = useDisclosure(true);
  const now = useNow(1000);
  const step = currentStep(state);
  const told = useEffectEvent(onAnswer);

  useEffect(() => {
    if (state.answer) told(state.answer);
  }, [state.answer]);

  useEffect(() => void loadChartView(), []);

  const elapsed = Math.max(0, now - Date.parse(run.created_at));
  const words = step ? t("run.step", { stage: stageName(step.stage) }) : t("run.running");
  return (
    <Paper withBorder p="md" radius="lg" bg="var(--app-surface)" data-testid="live-run">
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <Group gap="sm" wrap="nowrap" miw={0}>
          <Loader size="xs" aria-hidden />
          <Text fw={550} role="status" aria-live="polite" truncate>
            {state.stream === "retrying" ? t("run.reconnecting") : words}
          </Text>
          {elapsed >= 2000 && (
            <Text size="xs" c="dimmed" className="app-tabular" aria-hidden style={{ whiteSpace: "nowrap" }}>
              {formatDuration(Math.floor(elapsed / 1000) * 1000)}
            </Text>
          )}
        </Group>
        <Group gap={4} wrap="nowrap">
          {state.steps.length > 0 && (
            <Button
              size="compact-sm"
              variant="subtle"
              color="gray"
              aria-expanded={open}
              onClick={toggle}
              rightSection={<IconChevronDown size={14} style={{ transform: open ? "rotate(180deg)" : "none" }} />}
            >
              {t(open ? "run.hideSteps" : "run.showSteps")}
            </Button>
          )}
          <Button size="compact-sm" variant="default" loading={cancelling} onClick={onCancel}>
            {t("run.cancel")}
          </Button>
        </Group>
      </Group>
      <Collapse expanded={open && state.steps.length > 0}>
        <div style={{ paddingTop: 10 }}>
          <StepList steps={state.steps} label={t("answer.steps")} />
        </div>
      </Collapse>
    </Paper>
  );
}
