import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Answer } from "../api/model";
import { formatConfidence, formatCost, formatDuration } from "../format/number";
import { byRules, modelAsked } from "./RunUsage";
import classes from "./AnswerCard.module.css";

/** Below this confidence the reader is told to look twice. */
const UNSURE = 0.4;

/** Who answered and what it cost, in one quiet line. */
export function UsageLine({ answer }: { answer: Answer }) {
  const { t } = useTranslation();
  const { usage, confidence } = answer;
  if (!usage) return null;
  const tokens = usage.prompt_tokens + usage.completion_tokens;
  const parts = [
    byRules(usage) ? t(modelAsked(usage) ? "answer.rulesAfterModel" : "answer.rulesAnalyst") : usage.analyst,
    usage.queries > 0 && t("answer.queries", { count: usage.queries }),
    tokens > 0 && t("answer.tokens", { count: tokens }),
    typeof usage.cost_micros === "number" && usage.cost_micros > 0 && t("calls.priced", { cost: formatCost(usage.cost_micros) }),
    usage.total_ms > 0 && formatDuration(usage.total_ms),
    typeof confidence === "number" && confidence >= UNSURE && t("run.confidence", { share: formatConfidence(confidence) }),
  ];
  const unsure = typeof confidence === "number" && confidence < UNSURE;
  return (
    <Text size="xs" c="dimmed">
      {parts.filter(Boolean).join(" · ")}
      {unsure && <span className={classes["unsure"]}> · {t("run.unsure", { share: formatConfidence(confidence) })}</span>}
    </Text>
  );
}
