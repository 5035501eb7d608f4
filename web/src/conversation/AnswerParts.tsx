import { Alert, Skeleton, Stack, Tabs, Text } from "@mantine/core";
import { IconChartBar, IconCode, IconListDetails, IconShieldCheck, IconTable } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Answer, Usage } from "../api/model";
import { messageOf } from "../api/problem";
import { useSteps } from "../api/runs";
import { CheckSign, Checks, worst } from "./Checks";
import { Provenance } from "./Provenance";
import { ResultTable } from "./ResultTable";
import { RunUsage } from "./RunUsage";
import { fromStep } from "./run-state";
import { SqlBlock } from "./SqlBlock";
import { StepList } from "./StepList";
import { loadChartView } from "./chart-view";
import classes from "./AnswerParts.module.css";

const ChartView = lazy(loadChartView);

type Part = "chart" | "table" | "sql" | "checks" | "steps";

/** Parts that an answer has, in the order of their tabs. */
export function partsOf(answer: Answer): Part[] {
  const has: Record<Part, boolean> = {
    chart: answer.chart !== null && answer.chart !== undefined,
    table: (answer.columns ?? []).length > 0,
    sql: Boolean(answer.sql),
    checks: (answer.checks ?? []).length > 0 || (answer.tables ?? []).length > 0,
    steps: true,
  };
  return (Object.keys(has) as Part[]).filter((part) => has[part]);
}

/** The part that is open at first: what the answer is; none where the sentence is all. */
function firstPart(answer: Answer): Part | null {
  if (answer.kind === "chart" && answer.chart) return "chart";
  return answer.kind === "table" && (answer.columns ?? []).length > 0 ? "table" : null;
}

const ICONS = {
  chart: IconChartBar,
  table: IconTable,
  sql: IconCode,
  checks: IconShieldCheck,
  steps: IconListDetails,
};

/** Chart, rows, query, checks and steps of an answer, one at a time. */
export function AnswerParts({ runId, sourceId, answer }: { runId: string; sourceId: string; answer: Answer }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<string | null>(() => firstPart(answer));
  const checks = answer.checks ?? [];
  const names = {
    chart: t("answer.chart"),
    table: t("answer.table"),
    sql: t("answer.sql"),
    checks: t("answer.trust"),
    steps: t("answer.steps"),
  };
  return (
    <Tabs value={open} onChange={setOpen} allowTabDeactivation keepMounted={false} activateTabWithKeyboard={false}>
      <Tabs.List className={classes["tabs"] ?? ""}>
        {partsOf(answer).map((part) => {
          const Sign = ICONS[part];
          return (
            <Tabs.Tab
              key={part}
              value={part}
              leftSection={<Sign size={16} aria-hidden />}
              rightSection={part === "checks" && checks.length > 0 ? <Tally answer={answer} /> : undefined}
            >
              {names[part]}
            </Tabs.Tab>
          );
        })}
      </Tabs.List>
      <Tabs.Panel value="chart" pt="sm">
        <Suspense fallback={<Skeleton height={400} radius="md" />}>
          <ChartView runId={runId} answer={answer} />
        </Suspense>
      </Tabs.Panel>
      <Tabs.Panel value="table" pt="sm">
        <ResultTable runId={runId} answer={answer} />
      </Tabs.Panel>
      <Tabs.Panel value="sql" pt="sm">
        <SqlBlock sql={answer.sql ?? ""} />
      </Tabs.Panel>
      <Tabs.Panel value="checks" pt="sm">
        <Stack gap="md">
          <div>
            <Text fw={600} size="sm" mb={4}>
              {t("answer.trustTitle")}
            </Text>
            {checks.length === 0 ? (
              <Text size="sm" c="dimmed">
                {t("answer.noChecks")}
              </Text>
            ) : (
              <Checks checks={checks} label={t("answer.trustTitle")} />
            )}
          </div>
          <Provenance sourceId={sourceId} answer={answer} />
        </Stack>
      </Tabs.Panel>
      <Tabs.Panel value="steps" pt="sm">
        <Steps runId={runId} usage={answer.usage} />
      </Tabs.Panel>
    </Tabs>
  );
}

/** How many checks came out how, as signs and figures. */
function Tally({ answer }: { answer: Answer }) {
  const { t } = useTranslation();
  const checks = answer.checks ?? [];
  const result = worst(checks);
  const count = checks.filter((c) => c.result === result).length;
  const key = ({ passed: "answer.passed", warning: "answer.warnings", failed: "answer.failures" } as const)[result];
  return (
    <span className={classes["tally"]} title={t(key, { count })}>
      <CheckSign result={result} size={13} />
      <span className="app-tabular">{count}</span>
    </span>
  );
}

/** What a run did, step by step, under what it cost in all. */
function Steps({ runId, usage }: { runId: string; usage: Usage | undefined }) {
  const { t } = useTranslation();
  const { data, isError, error } = useSteps(runId, true);
  if (isError) return <Alert color="red">{messageOf(error)}</Alert>;
  if (!data) return <Skeleton height={160} radius="md" />;
  return (
    <>
      <Text fw={600} size="sm" mb={4}>
        {t("answer.stepsTitle")}
      </Text>
      {usage && <RunUsage usage={usage} />}
      <StepList steps={data.map(fromStep)} label={t("answer.stepsTitle")} />
    </>
  );
}
