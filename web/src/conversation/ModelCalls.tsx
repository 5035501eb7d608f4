import { Text } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconRefresh, IconX, type Icon } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { ModelCall, ModelCallOutcome } from "../api/model";
import { formatCost, formatDuration, formatNumber } from "../format/number";
import { stageName } from "./stage-name";
import classes from "./ModelCalls.module.css";

const SIGNS: Record<ModelCallOutcome, { icon: Icon; result: "passed" | "warning" | "failed" }> = {
  answered: { icon: IconCheck, result: "passed" },
  repaired: { icon: IconRefresh, result: "passed" },
  malformed: { icon: IconAlertTriangle, result: "warning" },
  refused: { icon: IconAlertTriangle, result: "warning" },
  failed: { icon: IconX, result: "failed" },
};

/** What models were asked in a step: each call with its task, model, tokens, time, cost, outcome and prompt. */
export function ModelCalls({ calls }: { calls: readonly ModelCall[] }) {
  const { t } = useTranslation();
  if (calls.length === 0) return null;
  return (
    <ul className={classes["calls"]} aria-label={t("calls.list")}>
      {calls.map((call, i) => (
        <Call key={i} call={call} />
      ))}
    </ul>
  );
}

function Call({ call }: { call: ModelCall }) {
  const { t } = useTranslation();
  const { icon: Sign, result } = SIGNS[call.outcome];
  const figures = [
    t("calls.tokensInOut", { sent: formatNumber(call.prompt_tokens), received: formatNumber(call.completion_tokens) }),
    formatDuration(call.duration_ms),
    typeof call.cost_micros === "number" && t("calls.priced", { cost: formatCost(call.cost_micros) }),
    call.attempts > 1 && t("calls.attempts", { count: call.attempts }),
  ];
  return (
    <li className={classes["call"]} data-testid="model-call">
      <div className={classes["head"]}>
        <Text span size="xs" fw={600}>
          {stageName(call.task)}
        </Text>
        <Text span size="xs" className={classes["model"] ?? ""}>
          {call.model}
        </Text>
        <Text span size="xs" className={classes["outcome"] ?? ""} data-result={result}>
          <Sign size={12} stroke={2.4} aria-hidden />
          {t(`calls.outcome.${call.outcome}`)}
        </Text>
      </div>
      <Text size="xs" c="dimmed" className="app-tabular">
        {figures.filter(Boolean).join(" · ")} · <span className={classes["hash"]}>{t("calls.prompt", { hash: call.prompt_hash })}</span>
      </Text>
      {call.error && (
        <Text size="xs" className={classes["error"] ?? ""}>
          {call.error}
        </Text>
      )}
    </li>
  );
}
