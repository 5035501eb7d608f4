import { Alert, Anchor, Button, Group, Paper, Stack, Text } from "@mantine/core";
import { IconMessageCircle, IconTable } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useJobs } from "../api/jobs";
import type { DataSource } from "../api/model";
import { useNow } from "../app/clock";
import { formatAgo, formatMoment } from "../format/date";
import { JobProgress } from "./JobProgress";
import { SourceMenu } from "./SourceMenu";
import { StatusBadge } from "./StatusBadge";
import { isFinal } from "./use-job-events";

/** The job that is at work on a data source now. */
export function useCurrentJob(source: DataSource) {
  const jobs = useJobs(source.id, source.status === "loading");
  return source.status === "loading" ? jobs.data?.find((job) => !isFinal(job.status)) : undefined;
}

/** One line of facts about a data source. */
export function SourceFacts({ source }: { source: DataSource }) {
  const { t } = useTranslation();
  const now = useNow(60_000);
  return (
    <Text size="sm" c="dimmed">
      {t(`sources.dialect.${source.dialect}`)} · {t("sources.tables", { count: source.table_count })} ·{" "}
      <span title={source.learned_at ? formatMoment(source.learned_at) : undefined}>
        {source.learned_at
          ? t("sources.learned", { ago: formatAgo(source.learned_at, now) })
          : t("sources.neverLearned")}
      </span>
    </Text>
  );
}

/** Why a data source cannot be asked, and how far learning it is. */
export function SourceState({ source }: { source: DataSource }) {
  const { t } = useTranslation();
  const job = useCurrentJob(source);
  return (
    <>
      {source.status === "error" && (
        <Alert color="red" variant="light" title={t("job.failed")} p="sm">
          <Text size="sm" style={{ overflowWrap: "anywhere" }}>
            {source.status_detail}
          </Text>
        </Alert>
      )}
      {(source.status === "paused" || source.status === "ready") && source.status_detail && (
        <Text size="sm" c="dimmed">
          {source.status_detail}
        </Text>
      )}
      {job && <JobProgress key={job.id} job={job} name={source.name} />}
    </>
  );
}

/** A data source in the list. */
export function SourceCard({ source }: { source: DataSource }) {
  const { t } = useTranslation();
  return (
    <Paper component="li" withBorder radius="lg" p="md" bg="var(--app-surface)" data-testid="source">
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <div style={{ minWidth: 0 }}>
            <Group gap="xs" mb={2}>
              <Anchor component={Link} to={`/sources/${source.id}`} fw={650} size="lg" c="inherit">
                {source.name}
              </Anchor>
              <StatusBadge status={source.status} />
            </Group>
            <SourceFacts source={source} />
            <Text size="xs" c="dimmed" ff="monospace" mt={4} style={{ overflowWrap: "anywhere" }}>
              {source.location}
            </Text>
          </div>
          <SourceMenu source={source} />
        </Group>
        <SourceState source={source} />
        <Group gap="xs">
          <Button
            component={Link}
            to={`/?source=${source.id}`}
            size="compact-sm"
            variant="light"
            leftSection={<IconMessageCircle size={16} />}
            disabled={source.status !== "ready"}
            aria-disabled={source.status !== "ready"}
          >
            {t("sources.ask")}
          </Button>
          <Button
            component={Link}
            to={`/sources/${source.id}`}
            size="compact-sm"
            variant="subtle"
            color="gray"
            leftSection={<IconTable size={16} />}
          >
            {t("sources.open")}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
