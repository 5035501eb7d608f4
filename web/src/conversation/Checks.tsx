import { Text } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconX, type Icon } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Check, CheckResult, JoinCount } from "../api/model";
import { formatPlain } from "../format/number";
import { checkName } from "./stage-name";
import classes from "./Checks.module.css";

const SIGNS: Record<CheckResult, Icon> = { passed: IconCheck, warning: IconAlertTriangle, failed: IconX };

/** The worst way in which any of the checks came out. */
export function worst(checks: readonly Check[]): CheckResult {
  if (checks.some((c) => c.result === "failed")) return "failed";
  return checks.some((c) => c.result === "warning") ? "warning" : "passed";
}

/** The sign of a result, in its colour; the word is for those who hear it. */
export function CheckSign({ result, size = 16 }: { result: CheckResult; size?: number }) {
  const { t } = useTranslation();
  const Sign = SIGNS[result];
  return (
    <span className={classes["sign"]} data-result={result}>
      <Sign size={size} stroke={2.4} aria-hidden />
      <span className="app-visually-hidden">{t(`answer.result.${result}`)}:</span>
    </span>
  );
}

/** What was checked and how it came out. */
export function Checks({ checks, label }: { checks: readonly Check[]; label: string }) {
  useTranslation(); // checks have other names in another language
  return (
    <ul className={classes["list"]} aria-label={label}>
      {checks.map((check, i) => (
        <li key={`${check.code}${i}`} className={classes["check"]} data-result={check.result}>
          <CheckSign result={check.result} />
          <div>
            <Text size="sm" fw={550}>
              {checkName(check.code)}
            </Text>
            <Text size="sm" c="dimmed">
              {check.detail}
            </Text>
            {check.join && <JoinRows join={check.join} />}
          </div>
        </li>
      ))}
    </ul>
  );
}

type JoinFigure = "rows_in" | "matched" | "dropped" | "kept" | "repeated";

/** The ledger of a join: rows in, and what became of them. */
function JoinRows({ join }: { join: JoinCount }) {
  const { t } = useTranslation();
  const figures: readonly (readonly [JoinFigure, number])[] = [
    ["rows_in", join.rows_in],
    ["matched", join.matched],
    join.kept_unmatched > 0 ? ["kept", join.kept_unmatched] : ["dropped", join.dropped],
    ["repeated", join.repeated],
  ];
  return (
    <dl className={classes["join"]} aria-label={t("joins.label")}>
      {figures.map(([name, count]) => (
        <div key={name} data-zero={count === 0 || undefined}>
          <dt>{t(`joins.${name}`)}</dt>
          <dd className="app-tabular">{formatPlain(count, 0)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The checks that did not pass, where nobody overlooks them. */
export function Warnings({ checks }: { checks: readonly Check[] }) {
  const doubts = checks.filter((c) => c.result !== "passed");
  if (doubts.length === 0) return null;
  return (
    <ul className={classes["warnings"]} data-result={worst(doubts)}>
      {doubts.map((check, i) => (
        <li key={`${check.code}${i}`}>
          <CheckSign result={check.result} />
          <span>{check.detail}</span>
        </li>
      ))}
    </ul>
  );
}
