import { Paper, Table, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Job } from "../api/model";
import { useNow } from "../app/clock";
import { formatAgo, formatMoment } from "../format/date";
import { formatDuration } from "../format/number";
import { useChangeWords } from "./use-change-words";

/** How long a job was at work; nothing of one that never began. */
export function tookMs({ started_at, finished_at }: Job): number | undefined {
  if (!started_at || !finished_at) return undefined;
  return Math.max(0, Date.parse(finished_at) - Date.parse(started_at));
}

/** The learnings that ended, newest first: how each ended, how long it took, what it found. */
export function LastLearnings({ jobs }: { jobs: readonly Job[] }) {
  const { t } = useTranslation();
  const now = useNow(60_000);
  const changes = useChangeWords();
  if (jobs.length === 0) return null;
  return (
    <Paper component="section" withBorder p="md" radius="lg" bg="var(--app-surface)" aria-label={t("resync.history")}>
      <Title order={2} size="h4" mb="xs">
        {t("resync.history")}
      </Title>
      <Table.ScrollContainer minWidth={520}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("resync.when")}</Table.Th>
              <Table.Th>{t("resync.outcome")}</Table.Th>
              <Table.Th>{t("resync.took")}</Table.Th>
              <Table.Th>{t("resync.changed")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {jobs.map((job) => {
              const ended = job.finished_at ?? job.created_at;
              const took = tookMs(job);
              return (
                <Table.Tr key={job.id}>
                  <Table.Td title={formatMoment(ended)}>{formatAgo(ended, now)}</Table.Td>
                  <Table.Td>{t(`job.${job.status}` as "job.succeeded")}</Table.Td>
                  <Table.Td className="app-tabular">{took === undefined ? "–" : formatDuration(took)}</Table.Td>
                  <Table.Td>
                    <Text size="sm" style={{ overflowWrap: "anywhere" }}>
                      {job.status === "succeeded" ? changes(job) : job.error}
                    </Text>
                  </Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}
