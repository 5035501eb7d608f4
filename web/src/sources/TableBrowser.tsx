import { Alert, Badge, Loader, Paper, Skeleton, Stack, Text, TextInput, UnstyledButton } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconChevronRight, IconSearch, IconTable } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { tableLabel, type TableSummary } from "../api/model";
import { messageOf } from "../api/problem";
import { useTables } from "../api/sources";
import { Notice } from "../app/Notice";
import { TableView } from "./TableView";
import classes from "./TableBrowser.module.css";

/** Tables of a data source, to be searched as a question would and opened one by one. */
export function TableBrowser({ sourceId, first }: { sourceId: string; first: string | null }) {
  const { t } = useTranslation();
  const [words, setWords] = useState("");
  const [wanted] = useDebouncedValue(words.trim(), 250);
  const [open, setOpen] = useState<string | null>(first);
  const { data, isFetching, isError, error } = useTables(sourceId, wanted);

  return (
    <Stack gap="sm">
      <TextInput
        type="search"
        aria-label={t("source.search")}
        placeholder={t("source.search")}
        description={t("source.searchHint")}
        inputWrapperOrder={["label", "input", "description", "error"]}
        leftSection={<IconSearch size={16} />}
        rightSection={isFetching && words ? <Loader size={14} /> : undefined}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
      />
      {isError && <Alert color="red">{messageOf(error)}</Alert>}
      {!data && !isError && <Skeleton height={260} radius="lg" />}
      {data?.length === 0 &&
        (wanted ? (
          <Text c="dimmed">{t("source.noMatch", { words: wanted })}</Text>
        ) : (
          <Notice icon={<IconTable />} title={t("source.noTables")} detail={t("source.noTablesDetail")} />
        ))}
      {data?.map((summary) => {
        const label = tableLabel(summary.table);
        return (
          <TableRow
            key={label}
            sourceId={sourceId}
            summary={summary}
            open={open === label}
            onToggle={() => setOpen((now) => (now === label ? null : label))}
          />
        );
      })}
    </Stack>
  );
}

interface RowProps {
  sourceId: string;
  summary: TableSummary;
  open: boolean;
  onToggle: () => void;
}

function TableRow({ sourceId, summary, open, onToggle }: RowProps) {
  const { t } = useTranslation();
  const facts = [
    summary.kind !== "table" && t(`source.kind.${summary.kind}`),
    summary.rows === null ? t("source.rowsUnknown") : t("source.rows", { count: summary.rows }),
    t("source.columns", { count: summary.column_count }),
    t("source.relationCount", { count: summary.relation_count }),
    summary.edited && t("knowledge.edited"),
  ];
  return (
    <Paper withBorder radius="md" bg="var(--app-surface)" data-testid="table">
      <UnstyledButton className={classes["head"]} aria-expanded={open} onClick={onToggle}>
        <IconChevronRight size={18} className={classes["chevron"]} data-open={open || undefined} aria-hidden />
        <span className={classes["words"]}>
          <span className={classes["name"]}>{tableLabel(summary.table)}</span>
          {summary.hidden && (
            <Badge size="xs" variant="light" color="gray">
              {t("knowledge.hidden")}
            </Badge>
          )}
          <span className={classes["facts"]}>{facts.filter(Boolean).join(" · ")}</span>
          {summary.description && !open && <span className={classes["description"]}>{summary.description}</span>}
          {summary.reasons && summary.reasons.length > 0 && (
            <span className={classes["reasons"]}>{summary.reasons.join(" · ")}</span>
          )}
        </span>
      </UnstyledButton>
      {open && <TableView sourceId={sourceId} table={summary.table} />}
    </Paper>
  );
}
