import { Autocomplete, Button, Group, Modal, Select, Stack, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useState, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { useSaveTerm } from "../api/knowledge";
import { tableLabel, type TableRef, type TermItem, type TermMeaning, type TermRequest } from "../api/model";
import { useTable, useTables } from "../api/sources";
import { notifyDone } from "../app/queries";
import { SaveProblem } from "./SaveProblem";

type Term = TermItem["term"];
const KINDS = ["value", "column", "table", "expression", "none"] as const;
type Kind = (typeof KINDS)[number];

interface TermModalProps {
  sourceId: string;
  opened: boolean;
  /** The one that is changed; a new one where none is given. */
  term: Term | undefined;
  onClose: () => void;
}

/** Adds a word of the business, or changes one. */
export function TermModal({ sourceId, opened, term, onClose }: TermModalProps) {
  const { t } = useTranslation();
  const title = term ? t("knowledge.terms.edit", { term: term.term }) : t("knowledge.terms.add");
  return (
    <Modal opened={opened} onClose={onClose} title={title} size="lg" closeButtonProps={{ "aria-label": t("app.close") }}>
      <TermForm sourceId={sourceId} term={term} onClose={onClose} />
    </Modal>
  );
}

const partOf = (meaning: TermMeaning | null | undefined, part: "column" | "value" | "sql"): string =>
  meaning && part in meaning ? String((meaning as unknown as Record<string, unknown>)[part]) : "";

function TermForm({ sourceId, term, onClose }: Omit<TermModalProps, "opened">) {
  const { t } = useTranslation();
  const save = useSaveTerm(sourceId);
  const { data: tables = [] } = useTables(sourceId, "");
  const [name, setName] = useState(term?.term ?? "");
  const [synonyms, setSynonyms] = useState<string[]>(term?.synonyms ?? []);
  const [definition, setDefinition] = useState(term?.definition ?? "");
  const [kind, setKind] = useState<Kind>(term ? (term.meaning?.kind ?? "none") : "value");
  const [label, setLabel] = useState<string | null>(term?.meaning ? tableLabel(term.meaning.table) : null);
  const [column, setColumn] = useState(partOf(term?.meaning, "column"));
  const [value, setValue] = useState(partOf(term?.meaning, "value"));
  const [sql, setSql] = useState(partOf(term?.meaning, "sql"));
  const table = tables.find((one) => tableLabel(one.table) === label)?.table ?? term?.meaning?.table;

  const meaning = (): TermMeaning | null => {
    if (kind === "none" || !table) return null;
    if (kind === "table") return { kind, table };
    if (kind === "column") return { kind, table, column };
    if (kind === "value") return { kind, table, column, value };
    return { kind, table, sql };
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const body: TermRequest = { term: name, synonyms, definition, meaning: meaning(), version: term?.version ?? 0 };
    save.mutate(
      { term: term?.id, body },
      {
        onSuccess: () => {
          notifyDone(t("knowledge.saved"));
          onClose();
        },
      },
    );
  };
  const ofColumn = kind === "column" || kind === "value";
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          label={t("knowledge.terms.term")}
          description={t("knowledge.terms.termHint")}
          required
          maxLength={80}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
        />
        <TagsInput
          label={t("knowledge.synonyms")}
          description={t("knowledge.synonymsHint")}
          value={synonyms}
          onChange={setSynonyms}
          acceptValueOnBlur
        />
        <Select
          label={t("knowledge.terms.meaning")}
          data={KINDS.map((one) => ({ value: one, label: t(`knowledge.terms.kinds.${one}`) }))}
          value={kind}
          allowDeselect={false}
          onChange={(chosen) => chosen && setKind(chosen)}
        />
        {kind !== "none" && (
          <Group grow align="flex-start">
            <Select
              label={t("knowledge.terms.table")}
              required
              searchable
              data={tables.map((one) => tableLabel(one.table))}
              value={label}
              onChange={(chosen) => {
                setLabel(chosen);
                setColumn("");
              }}
            />
            {ofColumn && table && (
              <ColumnChoice sourceId={sourceId} table={table} column={column} onChange={setColumn} />
            )}
          </Group>
        )}
        {kind === "value" && table && (
          <ValueChoice sourceId={sourceId} table={table} column={column} value={value} onChange={setValue} />
        )}
        {kind === "expression" && (
          <TextInput
            label={t("knowledge.terms.expression")}
            description={t("knowledge.terms.expressionHint")}
            required
            ff="monospace"
            maxLength={500}
            value={sql}
            onChange={(event) => setSql(event.currentTarget.value)}
          />
        )}
        <Textarea
          label={t("knowledge.terms.definition")}
          autosize
          minRows={2}
          maxRows={8}
          maxLength={2000}
          required={kind === "none"}
          value={definition}
          onChange={(event) => setDefinition(event.currentTarget.value)}
        />
        <SaveProblem error={save.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t("app.cancel")}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t("knowledge.save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface ChoiceProps {
  sourceId: string;
  table: TableRef;
  column: string;
  onChange: (chosen: string) => void;
}

function ColumnChoice({ sourceId, table, column, onChange }: ChoiceProps) {
  const { t } = useTranslation();
  const { data } = useTable(sourceId, table);
  return (
    <Select
      label={t("knowledge.terms.columnName")}
      required
      searchable
      data={data?.table.columns.map((one) => one.name) ?? []}
      value={column || null}
      onChange={(chosen) => onChange(chosen ?? "")}
    />
  );
}

function ValueChoice({ sourceId, table, column, value, onChange }: ChoiceProps & { value: string }) {
  const { t } = useTranslation();
  const { data } = useTable(sourceId, table);
  const profile = data?.table.profile?.columns.find((one) => one.column === column);
  return (
    <Autocomplete
      label={t("knowledge.terms.value")}
      required
      data={[...new Set(profile?.values ?? [])].slice(0, 2000)}
      limit={30}
      value={value}
      onChange={onChange}
    />
  );
}
