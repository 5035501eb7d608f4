import { Alert, Button, Group, Paper, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle, IconPlugConnected, IconRefresh, IconSchool } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { DataSource, Resync } from "../api/model";
import { useResync } from "../api/resync";
import { useSourceActions } from "../api/sources";
import { useNow } from "../app/clock";
import { LoadFailed } from "../app/LoadFailed";
import { Notice } from "../app/Notice";
import { notifyDone } from "../app/queries";
import { formatAgo, formatMoment } from "../format/date";
import { formatDuration } from "../format/number";
import { JobProgress } from "../sources/JobProgress";
import { ChangesFound } from "./ChangesFound";
import { EditsKept } from "./EditsKept";
import { LastLearnings, tookMs } from "./LastLearnings";
import { ScheduleForm } from "./ScheduleForm";

/** How a data source is kept learned: when it was, what had changed, when it is again, and what went wrong. */
export function LearningPanel({ source }: { source: DataSource }) {
  const { t } = useTranslation();
  const { data: resync, isError, error, refetch } = useResync(source.id);
  if (!resync) {
    if (!isError) return <Skeleton height={260} radius="lg" />;
    return <LoadFailed title={t("app.problem")} error={error} retry={refetch} />;
  }
  const last = resync.last_succeeded;
  return (
    <Stack gap="md">
      <Standing source={source} resync={resync} />
      <ScheduleForm sourceId={source.id} resync={resync} />
      {last && <ChangesFound sourceId={source.id} job={last} />}
      {source.learned_at && <EditsKept sourceId={source.id} />}
      <LastLearnings jobs={resync.recent} />
    </Stack>
  );
}

/** When it was learned, when it is again; learning now, with its progress. */
function Standing({ source, resync }: { source: DataSource; resync: Resync }) {
  const { t } = useTranslation();
  const now = useNow(30_000);
  const { learn } = useSourceActions(source.id);
  const { current, last_succeeded: last, recent } = resync;
  const failed = !current && recent[0]?.status === "failed" ? recent[0] : undefined;
  const took = last ? tookMs(last) : undefined;
  const again = () => learn.mutate(undefined, { onSuccess: () => notifyDone(t("sources.learning", { name: source.name })) });
  const button = (
    <Button
      leftSection={<IconRefresh size={18} />}
      loading={learn.isPending}
      disabled={Boolean(current) || source.status === "paused"}
      onClick={again}
    >
      {t(source.learned_at ? "resync.now" : "resync.firstNow")}
    </Button>
  );
  if (!source.learned_at && !current && !failed) {
    return (
      <Notice icon={<IconSchool />} title={t("resync.none")} detail={t("resync.noneDetail")}>
        {button}
      </Notice>
    );
  }
  return (
    <Paper component="section" withBorder p="md" radius="lg" bg="var(--app-surface)" aria-label={t("resync.standing")}>
      <Group justify="space-between" align="flex-start" gap="sm">
        <div style={{ minWidth: 0 }}>
          <Title order={2} size="h4" mb={4}>
            {t("resync.standing")}
          </Title>
          <Text size="sm" {...(source.learned_at ? { title: formatMoment(source.learned_at) } : {})}>
            {source.learned_at ? t("resync.learned", { ago: formatAgo(source.learned_at, now) }) : t("sources.neverLearned")}
            {took !== undefined && ` · ${t("resync.tookTime", { time: formatDuration(took) })}`}
          </Text>
          <Text size="sm" c="dimmed">
            <Next source={source} resync={resync} now={now} />
          </Text>
        </div>
        {button}
      </Group>
      {failed && <Failure source={source} error={failed.error ?? ""} at={failed.finished_at ?? failed.created_at} now={now} resync={resync} />}
      {current && (
        <div style={{ marginTop: 12 }}>
          <JobProgress key={current.id} job={current} name={source.name} />
        </div>
      )}
    </Paper>
  );
}

/** When it is learned again by itself, or why it is not. */
function Next({ source, resync, now }: { source: DataSource; resync: Resync; now: number }) {
  const { t } = useTranslation();
  const { next_at: next, current, seconds, configured_seconds } = resync;
  if (source.status === "paused") return t("resync.nextPaused");
  if ((seconds ?? configured_seconds) === 0) return t("resync.nextNever");
  if (current) return t("resync.nextAfter");
  if (!next) return t("resync.nextFirst");
  if (Date.parse(next) <= now) return t("resync.nextSoon");
  return <span title={formatMoment(next)}>{t("resync.nextAt", { when: formatAgo(next, now) })}</span>;
}

interface FailureProps {
  source: DataSource;
  error: string;
  at: string;
  now: number;
  resync: Resync;
}

/** A learning that failed: its cause, what answers rest on, and what to do. */
function Failure({ source, error, at, now, resync }: FailureProps) {
  const { t } = useTranslation();
  const { test } = useSourceActions(source.id);
  const { next_at: next } = resync;
  return (
    <Alert
      color="red"
      variant="light"
      mt="sm"
      role="alert"
      icon={<IconAlertTriangle />}
      title={t("resync.failed", { ago: formatAgo(at, now) })}
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          {error}
        </Text>
        <Text size="sm">
          {t("resync.toDo")}
          {next && Date.parse(next) > now && ` ${t("resync.triedAgain", { when: formatAgo(next, now) })}`}
          {source.learned_at && source.status === "ready" && ` ${t("resync.restsOn", { ago: formatAgo(source.learned_at, now) })}`}
        </Text>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlugConnected size={16} />}
          loading={test.isPending}
          onClick={() =>
            test.mutate(undefined, {
              onSuccess: ({ version, latency_ms }) =>
                notifyDone(t("sources.tested", { version, time: formatDuration(latency_ms) })),
            })
          }
        >
          {t("sources.test")}
        </Button>
      </Stack>
    </Alert>
  );
}
