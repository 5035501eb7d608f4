import { Loader, Text } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { formatDuration } from "../format/number";
import { ModelCalls } from "./ModelCalls";
import type { LiveStep } from "./run-state";
import { stageName } from "./stage-name";
import classes from "./StepList.module.css";

/** The stages of a run in their order, with what came out, what models were asked, and how long it took. */
export function StepList({ steps, label }: { steps: readonly LiveStep[]; label: string }) {
  useTranslation(); // stages have other names in another language
  return (
    <ol className={classes["list"]} aria-label={label}>
      {steps.map((step) => (
        <li key={step.seq} className={classes["step"]} data-running={step.running || undefined}>
          <span className={classes["sign"]} aria-hidden>
            {step.running ? <Loader size={14} /> : <IconCheck size={15} stroke={2.4} />}
          </span>
          <div className={classes["text"]}>
            <div className={classes["head"]}>
              <Text size="sm" fw={500}>
                {stageName(step.stage)}
              </Text>
              {step.durationMs !== undefined && (
                <Text size="xs" c="dimmed" className={`${classes["time"] ?? ""} app-tabular`}>
                  {formatDuration(step.durationMs)}
                </Text>
              )}
            </div>
            {step.note && (
              <Text size="xs" c="dimmed" lineClamp={3} style={{ overflowWrap: "anywhere" }}>
                {step.note}
              </Text>
            )}
            <ModelCalls calls={step.calls} />
          </div>
        </li>
      ))}
    </ol>
  );
}
