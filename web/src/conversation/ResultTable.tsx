import { Button, Group, Text, UnstyledButton } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconDownload } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Answer, Cell, RowSetColumn } from "../api/model";
import { csvHref } from "../api/runs";
import { columnFormat, compareCells, isNumeric } from "../format/cell";
import classes from "./ResultTable.module.css";

/** Rows drawn before somebody asks for all. */
const FIRST_ROWS = 100;

interface Sorting {
  column: number;
  descending: boolean;
}

/** The rows of an answer: sortable, with their figures aligned, to be taken along as CSV. */
export function ResultTable({ runId, answer }: { runId: string; answer: Answer }) {
  const { t } = useTranslation();
  const columns = useMemo(() => answer.columns ?? [], [answer.columns]);
  const rows = useMemo(() => answer.rows ?? [], [answer.rows]);
  const [sorting, setSorting] = useState<Sorting>();
  const [all, setAll] = useState(false);

  const formats = useMemo(
    () => columns.map((column, i) => columnFormat(column, rows.map((row) => row[i]))),
    [columns, rows],
  );
  const sorted = useMemo(() => sortRows(rows, columns, sorting), [rows, columns, sorting]);
  const shown = all ? sorted : sorted.slice(0, FIRST_ROWS);

  const sortBy = (column: number) =>
    setSorting((now) => {
      if (now?.column !== column) return { column, descending: false };
      return now.descending ? undefined : { column, descending: true };
    });

  return (
    <div>
      {/* It scrolls, so the keyboard must reach it. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className={classes["scroll"]} role="region" aria-label={t("answer.tableLabel")} tabIndex={0}>
        <table className={classes["table"]}>
          <thead>
            <tr>
              {columns.map((column, i) => (
                <th
                  key={i}
                  scope="col"
                  data-numeric={isNumeric(column) || undefined}
                  aria-sort={sorting?.column !== i ? "none" : sorting.descending ? "descending" : "ascending"}
                >
                  <UnstyledButton
                    className={classes["sort"]}
                    onClick={() => sortBy(i)}
                    title={t("answer.sortBy", { column: column.name })}
                  >
                    {column.name}
                    {sorting?.column === i && (sorting.descending ? <IconArrowDown size={13} /> : <IconArrowUp size={13} />)}
                  </UnstyledButton>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, r) => (
              <tr key={r}>
                {columns.map((column, i) => (
                  <td key={i} data-numeric={isNumeric(column) || undefined} data-null={row[i] === null || undefined}>
                    {formats[i]?.(row[i])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Group justify="space-between" mt="xs" gap="xs">
        <Text size="xs" c="dimmed">
          {answer.truncated
            ? t("answer.truncated", { count: rows.length })
            : rows.length === 0
              ? t("answer.noRows")
              : t("answer.rows", { count: rows.length })}
        </Text>
        <Group gap={6}>
          {shown.length < sorted.length && (
            <Button size="compact-sm" variant="subtle" onClick={() => setAll(true)}>
              {t("answer.showAll", { count: sorted.length })}
            </Button>
          )}
          <Button
            component="a"
            href={csvHref(runId)}
            download
            size="compact-sm"
            variant="subtle"
            color="gray"
            leftSection={<IconDownload size={14} />}
          >
            {t("answer.csv")}
          </Button>
        </Group>
      </Group>
    </div>
  );
}

function sortRows(rows: readonly Cell[][], columns: readonly RowSetColumn[], sorting: Sorting | undefined): readonly Cell[][] {
  const column = sorting && columns[sorting.column];
  if (!column) return rows;
  return rows.toSorted((a, b) => compareCells(a[sorting.column], b[sorting.column], column, sorting.descending));
}
