import { Anchor, Group, List, Paper, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { tableLabel, type Job, type LearnedChanges, type TableRef } from "../api/model";
import { useChangeWords } from "./use-change-words";

/** What a learning that succeeded found other than before, table by table as far as they are told by name. */
export function ChangesFound({ sourceId, job }: { sourceId: string; job: Job }) {
  const { t } = useTranslation();
  const inWords = useChangeWords();
  const { changes, changed_tables: tables, notes = [] } = job.progress;
  return (
    <Paper component="section" withBorder p="md" radius="lg" bg="var(--app-surface)" aria-label={t("resync.changes")}>
      <Title order={2} size="h4" mb={4}>
        {t("resync.changes")}
      </Title>
      <Text size="sm" c="dimmed" mb={tables ? "sm" : 0}>
        {inWords(job)}
      </Text>
      {tables && changes && (
        <Stack gap={6}>
          <Named sourceId={sourceId} kind="added" changes={changes} tables={tables.added ?? []} />
          <Named sourceId={sourceId} kind="changed" changes={changes} tables={tables.changed ?? []} />
          <Kind kind="renamed" changes={changes} named={tables.renamed?.length ?? 0}>
            {tables.renamed?.map(({ from, to }) => (
              <Text span size="sm" key={tableLabel(to)}>
                {tableLabel(from)} → <TableLink sourceId={sourceId} table={to} />
              </Text>
            ))}
          </Kind>
          <Kind kind="removed" changes={changes} named={tables.removed?.length ?? 0}>
            {tables.removed?.map((table) => (
              <Text span size="sm" key={tableLabel(table)}>
                {tableLabel(table)}
              </Text>
            ))}
          </Kind>
        </Stack>
      )}
      {notes.length > 0 && (
        <List size="sm" mt="sm" aria-label={t("resync.notes")}>
          {notes.map((note) => (
            <List.Item key={note}>{note}</List.Item>
          ))}
        </List>
      )}
    </Paper>
  );
}

type Kinds = Exclude<keyof LearnedChanges, "unchanged">;

interface KindProps {
  kind: Kinds;
  changes: LearnedChanges;
  /** How many are told by name. */
  named: number;
  children: React.ReactNode;
}

function Kind({ kind, changes, named, children }: KindProps) {
  const { t } = useTranslation();
  if (named === 0) return null;
  const more = changes[kind] - named;
  return (
    <Group gap="4px 12px" data-testid={`tables-${kind}`}>
      <Text size="sm" fw={600} w={110}>
        {t(`resync.kinds.${kind}`)}
      </Text>
      {children}
      {more > 0 && (
        <Text span size="sm" c="dimmed">
          {t("resync.more", { count: more })}
        </Text>
      )}
    </Group>
  );
}

interface NamedProps {
  sourceId: string;
  kind: Kinds;
  changes: LearnedChanges;
  tables: readonly TableRef[];
}

function Named({ sourceId, kind, changes, tables }: NamedProps) {
  return (
    <Kind kind={kind} changes={changes} named={tables.length}>
      {tables.map((table) => (
        <TableLink key={tableLabel(table)} sourceId={sourceId} table={table} />
      ))}
    </Kind>
  );
}

/** Leads to what is known of a table. */
export function TableLink({ sourceId, table }: { sourceId: string; table: TableRef }) {
  const label = tableLabel(table);
  return (
    <Anchor component={Link} to={`/sources/${sourceId}?table=${encodeURIComponent(label)}`} size="sm">
      {label}
    </Anchor>
  );
}
