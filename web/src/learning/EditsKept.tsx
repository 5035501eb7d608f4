import { Alert, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { messageOf } from "../api/problem";
import { tableLabel } from "../api/model";
import { useEdits } from "../api/resync";
import { TableLink } from "./ChangesFound";

/** What people wrote and learning kept; and where the text under theirs is another by now. */
export function EditsKept({ sourceId }: { sourceId: string }) {
  const { t } = useTranslation();
  const { data: edits, error } = useEdits(sourceId);
  if (error) return <Alert color="red">{messageOf(error)}</Alert>;
  if (!edits) return null;
  const fields = edits.reduce((sum, { edited_fields }) => sum + edited_fields.length, 0);
  const outdated = edits.filter(({ outdated_fields }) => outdated_fields.length > 0);
  return (
    <Paper component="section" withBorder p="md" radius="lg" bg="var(--app-surface)" aria-label={t("resync.edits")}>
      <Title order={2} size="h4" mb={4}>
        {t("resync.edits")}
      </Title>
      <Text size="sm" c="dimmed">
        {edits.length === 0
          ? t("resync.noEdits")
          : t("resync.editsKept", { edits: t("resync.editCount", { count: fields }), tables: t("sources.tables", { count: edits.length }) })}
      </Text>
      {outdated.length > 0 && (
        <Stack gap={4} mt="sm">
          <Text size="sm">{t("resync.outdated")}</Text>
          {outdated.map(({ table, outdated_fields }) => (
            <Group key={tableLabel(table)} gap="4px 12px" data-testid="outdated">
              <TableLink sourceId={sourceId} table={table} />
              <Text span size="sm" c="dimmed">
                {outdated_fields.map((field) => fieldName(field, t)).join(", ")}
              </Text>
            </Group>
          ))}
        </Stack>
      )}
    </Paper>
  );
}

/** `columns.price.description` is called after its column, which may have dots in its name. */
function fieldName(field: string, t: ReturnType<typeof useTranslation>["t"]): string {
  const column = /^columns\.(.+)\.[^.]+$/.exec(field)?.[1];
  if (column !== undefined) return t("knowledge.column", { name: column });
  return t(field === "technical_description" ? "knowledge.technical" : "knowledge.business");
}
