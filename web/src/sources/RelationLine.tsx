import { Badge, Group, Text, Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { tableLabel, type Relation, type TableRef } from "../api/model";
import { formatConfidence } from "../format/number";

const side = (table: TableRef, columns: readonly string[]) => `${tableLabel(table)}.${columns.join(" + ")}`;

/** Reasons of a relation in words; a declared one has the database's word. */
export function useReasons(relation: Relation): string[] {
  const { t } = useTranslation();
  const { reasons } = relation;
  if (relation.kind === "declared" && reasons.length === 0) return [t("source.declaredReason")];
  return reasons;
}

/** Whether it waits for a person's word: a reference of a table to itself that its values do not prove. */
const isOnlyOffered = ({ kind, tier, from_table, to_table }: Relation) =>
  kind === "inferred" && tier === "possible" && tableLabel(from_table) === tableLabel(to_table);

/** One relation: which columns it joins, where it comes from, how sure it is. */
export function RelationLine({ relation, reasons = true }: { relation: Relation; reasons?: boolean }) {
  const { t } = useTranslation();
  const words = useReasons(relation);
  return (
    <div style={{ minWidth: 0 }}>
      <Group gap="2px 8px">
        <Text size="sm" ff="monospace" style={{ overflowWrap: "anywhere" }}>
          {side(relation.from_table, relation.from_columns)} → {side(relation.to_table, relation.to_columns)}
        </Text>
        <Tooltip label={t(`source.cardinality.${relation.cardinality}`)}>
          <Badge size="sm" variant="light" color={{ inferred: "blue", rejected: "gray", declared: "teal", confirmed: "teal" }[relation.kind]}>
            {isOnlyOffered(relation) ? t("source.toConfirm") : t(`source.relationKind.${relation.kind}`)}
            {relation.kind === "inferred" && ` · ${t("source.confidence", { share: formatConfidence(relation.confidence) })}`}
          </Badge>
        </Tooltip>
      </Group>
      {reasons && words.length > 0 && (
        <Text size="xs" c="dimmed">
          {words.join(" · ")}
        </Text>
      )}
    </div>
  );
}
