import { Alert, Group, Paper, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { IconFilter } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { tableLabel, type Relation } from "../api/model";
import { messageOf } from "../api/problem";
import { AddRelation } from "../knowledge/AddRelation";
import { RelationActions } from "../knowledge/RelationActions";
import { RelationLine } from "./RelationLine";

function names(relation: Relation): string {
  const parts = [
    tableLabel(relation.from_table),
    ...relation.from_columns,
    tableLabel(relation.to_table),
    ...relation.to_columns,
  ];
  return parts.join(" ").toLowerCase();
}

interface RelationListProps {
  sourceId: string;
  relations: Relation[] | undefined;
  error: unknown;
}

/** How the tables of a data source join, and what that rests on; a person has the last say. */
export function RelationList({ sourceId, relations, error }: RelationListProps) {
  const { t } = useTranslation();
  const [words, setWords] = useState("");
  if (error !== null && error !== undefined) return <Alert color="red">{messageOf(error)}</Alert>;
  if (!relations) return <Skeleton height={200} radius="lg" />;
  const wanted = words.trim().toLowerCase();
  const shown = relations.filter((relation) => names(relation).includes(wanted));
  return (
    <Stack gap="sm">
      <Group justify="flex-end">
        <AddRelation sourceId={sourceId} />
      </Group>
      {relations.length > 8 && (
        <TextInput
          type="search"
          aria-label={t("source.filterRelations")}
          placeholder={t("source.filterRelations")}
          leftSection={<IconFilter size={16} />}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
      )}
      {shown.length === 0 && <Text c="dimmed">{t("source.noRelations")}</Text>}
      {shown.map((relation) => (
        <Paper key={relation.id} withBorder p="sm" radius="md" bg="var(--app-surface)">
          <Group justify="space-between" align="flex-start" gap="xs">
            <RelationLine relation={relation} />
            <RelationActions sourceId={sourceId} relation={relation} />
          </Group>
        </Paper>
      ))}
    </Stack>
  );
}
