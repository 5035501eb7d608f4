import { Button, Group, Modal, Select, Stack } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { useAddRelation, type RelationEnd } from "../api/knowledge";
import { tableLabel, type TableSummary } from "../api/model";
import { useTable, useTables } from "../api/sources";
import { notifyDone } from "../app/queries";
import { SaveProblem } from "./SaveProblem";

/** Adds a relation that nothing in the data gave away. */
export function AddRelation({ sourceId }: { sourceId: string }) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button variant="default" leftSection={<IconPlus size={16} />} onClick={() => setOpened(true)}>
        {t("knowledge.relation.add")}
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={t("knowledge.relation.addTitle")}
        size="lg"
        closeButtonProps={{ "aria-label": t("app.close") }}
      >
        <RelationForm sourceId={sourceId} onClose={() => setOpened(false)} />
      </Modal>
    </>
  );
}

function RelationForm({ sourceId, onClose }: { sourceId: string; onClose: () => void }) {
  const { t } = useTranslation();
  const { data: tables = [] } = useTables(sourceId, "");
  const [from, setFrom] = useState<Partial<RelationEnd>>({});
  const [to, setTo] = useState<Partial<RelationEnd>>({});
  const add = useAddRelation(sourceId);
  const whole = (end: Partial<RelationEnd>): end is RelationEnd => Boolean(end.table && end.column);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (!whole(from) || !whole(to)) return;
    add.mutate(
      { from, to },
      {
        onSuccess: () => {
          notifyDone(t("knowledge.relation.added"));
          onClose();
        },
      },
    );
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <End
          sourceId={sourceId}
          tables={tables}
          label={t("knowledge.relation.from")}
          hint={t("knowledge.relation.fromHint")}
          end={from}
          onChange={setFrom}
        />
        <End
          sourceId={sourceId}
          tables={tables}
          label={t("knowledge.relation.to")}
          hint={t("knowledge.relation.toHint")}
          end={to}
          onChange={setTo}
        />
        <SaveProblem error={add.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t("app.cancel")}
          </Button>
          <Button type="submit" loading={add.isPending} disabled={!whole(from) || !whole(to)}>
            {t("knowledge.add")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface EndProps {
  sourceId: string;
  tables: TableSummary[];
  label: string;
  hint: string;
  end: Partial<RelationEnd>;
  onChange: (end: Partial<RelationEnd>) => void;
}

function End({ sourceId, tables, label, hint, end, onChange }: EndProps) {
  const { t } = useTranslation();
  return (
    <Group grow align="flex-start">
      <Select
        label={`${label}: ${t("knowledge.terms.table")}`}
        description={hint}
        required
        searchable
        data={tables.map((one) => tableLabel(one.table))}
        value={end.table ? tableLabel(end.table) : null}
        onChange={(chosen) => {
          const table = tables.find((one) => tableLabel(one.table) === chosen)?.table;
          onChange(table ? { table } : {});
        }}
      />
      {end.table && <EndColumn sourceId={sourceId} label={label} end={{ ...end, table: end.table }} onChange={onChange} />}
    </Group>
  );
}

type EndColumnProps = Pick<EndProps, "sourceId" | "label" | "onChange"> & {
  end: Partial<RelationEnd> & Pick<RelationEnd, "table">;
};

function EndColumn({ sourceId, label, end, onChange }: EndColumnProps) {
  const { t } = useTranslation();
  const { data } = useTable(sourceId, end.table);
  return (
    <Select
      label={`${label}: ${t("knowledge.terms.columnName")}`}
      description=" "
      required
      searchable
      data={data?.table.columns.map((one) => one.name) ?? []}
      value={end.column ?? null}
      onChange={(column) => onChange({ table: end.table, ...(column ? { column } : {}) })}
    />
  );
}
