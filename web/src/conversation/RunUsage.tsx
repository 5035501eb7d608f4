import { useTranslation } from "react-i18next";
import type { Usage } from "../api/model";
import { formatCost, formatDuration, formatNumber } from "../format/number";
import classes from "./RunUsage.module.css";

/** Whether the rules gave the answer, and no model. */
export const byRules = ({ analyst }: Pick<Usage, "analyst">): boolean => analyst === "rules" || analyst === "";

/** Whether a model was asked at all, whatever came of it. */
export const modelAsked = ({ model_calls: calls = 0, prompt_tokens: tokens }: Usage): boolean => calls > 0 || tokens > 0;

/** Who reasoned, and what a run cost in all. */
export function RunUsage({ usage }: { usage: Usage }) {
  const { t } = useTranslation();
  const asked = modelAsked(usage);
  const rules = t(asked ? "calls.rulesAfterModel" : "calls.rules");
  const facts: [string, string][] = [
    [t("calls.reasoned"), byRules(usage) ? rules : t("calls.model", { name: usage.analyst })],
    ...(asked
      ? ([
          [t("calls.count"), formatNumber(usage.model_calls ?? 0)],
          [
            t("calls.tokens"),
            t("calls.tokensInOut", {
              sent: formatNumber(usage.prompt_tokens),
              received: formatNumber(usage.completion_tokens),
            }),
          ],
          [t("calls.cost"), typeof usage.cost_micros === "number" ? formatCost(usage.cost_micros) : t("calls.unpriced")],
        ] satisfies [string, string][])
      : []),
    [
      t("calls.time"),
      [
        t("calls.inAll", { time: formatDuration(usage.total_ms) }),
        usage.queries > 0 &&
          t("calls.inDatabase", {
            queries: t("answer.queries", { count: usage.queries }),
            time: formatDuration(usage.query_ms),
          }),
      ]
        .filter(Boolean)
        .join(" · "),
    ],
  ];
  return (
    <dl className={classes["facts"]} data-testid="run-usage">
      {facts.map(([name, value]) => (
        <div key={name} className={classes["fact"]}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
