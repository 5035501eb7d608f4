import { ActionIcon, Badge, Group, Table, Text, Tooltip } from "@mantine/core";
import { IconEyeOff, IconKey, IconPencil } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Column, ColumnDocumentation, ColumnProfile, TableDetail, TableDocumentation } from "../api/model";
import { columnFormat } from "../format/cell";
import { formatNumber, formatShare } from "../format/number";

/** Frequent values shown at first sight. */
const TOP_VALUES = 5;

interface ColumnTableProps {
  table: TableDetail["table"];
  documentation: TableDocumentation | undefined;
  /** Opens what can be said about a column. */
  onEdit: (column: string) => void;
}

/** Columns of a table with their types, meanings and what their data is like. */
export function ColumnTable({ table, documentation, onEdit }: ColumnTableProps) {
  const { t } = useTranslation();
  const keys = new Set(table.primary_key);
  return (
    <Table.ScrollContainer minWidth={720} type="native">
      <Table verticalSpacing={7} horizontalSpacing="sm" fz="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("source.column")}</Table.Th>
            <Table.Th>{t("source.description")}</Table.Th>
            <Table.Th ta="end">{t("source.distinct")}</Table.Th>
            <Table.Th ta="end">{t("source.nulls")}</Table.Th>
            <Table.Th>{t("source.range")}</Table.Th>
            <Table.Th>{t("source.topValues")}</Table.Th>
            <Table.Th aria-label={t("knowledge.edit", { what: "" })} />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {table.columns.map((column) => (
            <ColumnRow
              key={column.name}
              column={column}
              isKey={keys.has(column.name)}
              profile={table.profile?.columns.find((one) => one.column === column.name)}
              said={documentation?.columns.find((one) => one.column === column.name)}
              onEdit={() => onEdit(column.name)}
            />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

interface ColumnRowProps {
  column: Column;
  isKey: boolean;
  profile: ColumnProfile | undefined;
  /** What is written about it. */
  said: ColumnDocumentation | undefined;
  onEdit: () => void;
}

function ColumnRow({ column, isKey, profile, said, onEdit }: ColumnRowProps) {
  const { t } = useTranslation();
  const notes = [said?.unit, said?.format].filter(Boolean).join(" · ");
  const synonyms = said?.synonyms ?? [];
  return (
    <Table.Tr style={{ verticalAlign: "top" }}>
      <Table.Td>
        <Group gap={4} wrap="nowrap">
          <Text size="sm" fw={550} ff="monospace">
            {column.name}
          </Text>
          {isKey && (
            <Tooltip label={t("source.primaryKey")}>
              <IconKey size={14} role="img" aria-label={t("source.primaryKey")} color="var(--app-accent)" />
            </Tooltip>
          )}
          {said?.hidden && (
            <Tooltip label={t("knowledge.hiddenHint")}>
              <IconEyeOff size={14} role="img" aria-label={t("knowledge.hidden")} color="var(--mantine-color-dimmed)" />
            </Tooltip>
          )}
        </Group>
        <Text size="xs" c="dimmed">
          {column.declared_type || column.column_type}
          {!column.nullable && !isKey && ` · ${t("source.notNull")}`}
        </Text>
      </Table.Td>
      <Table.Td maw={280}>
        <Text size="sm">{said?.description || column.comment || ""}</Text>
        {(notes || synonyms.length > 0) && (
          <Text size="xs" c="dimmed">
            {[notes, synonyms.length > 0 && `${t("source.synonyms")}: ${synonyms.join(", ")}`].filter(Boolean).join(" · ")}
          </Text>
        )}
      </Table.Td>
      <Table.Td ta="end" className="app-tabular">
        {profile && distinct(profile, (count) => t("source.atLeast", { count }))}
      </Table.Td>
      <Table.Td ta="end" className="app-tabular" style={{ whiteSpace: "nowrap" }}>
        {profile && formatShare(profile.null_share)}
      </Table.Td>
      <Table.Td>{profile && <Text size="sm">{range(column, profile)}</Text>}</Table.Td>
      <Table.Td maw={240}>{profile && <TopValues column={column} profile={profile} />}</Table.Td>
      <Table.Td ta="end">
        <Tooltip label={t("knowledge.editColumn", { name: column.name })}>
          <ActionIcon
            size="sm"
            variant="subtle"
            color="gray"
            aria-label={t("knowledge.editColumn", { name: column.name })}
            onClick={onEdit}
          >
            <IconPencil size={14} />
          </ActionIcon>
        </Tooltip>
      </Table.Td>
    </Table.Tr>
  );
}

function distinct(profile: ColumnProfile, atLeast: (count: number) => string): string {
  return profile.distinct_capped ? atLeast(profile.distinct) : formatNumber(profile.distinct);
}

function shorten(text: string, most = 28): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

function range(column: Column, { min, max }: ColumnProfile): string {
  if (min === null || min === undefined) return "";
  const text = columnFormat({ name: column.name, column_type: column.column_type }, [min, max]);
  const [low, high] = [shorten(text(min)), shorten(text(max))];
  return low === high ? low : `${low} – ${high}`;
}

function TopValues({ column, profile }: { column: Column; profile: ColumnProfile }) {
  // Where every value is rare, none is frequent.
  const values = (profile.top_values ?? []).filter((one) => one.count > 1).slice(0, TOP_VALUES);
  const text = columnFormat({ name: column.name, column_type: column.column_type }, values.map((one) => one.value));
  return (
    <Group gap={4}>
      {values.map((one, i) => (
        <Badge key={i} size="sm" variant="default" fw={400} title={`${text(one.value)}: ${formatNumber(one.count)}`}>
          {shorten(text(one.value), 20)} · {formatNumber(one.count, "compact")}
        </Badge>
      ))}
    </Group>
  );
}
