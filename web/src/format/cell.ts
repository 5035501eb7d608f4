import type { Cell, ColumnType, RowSetColumn } from "../api/model";
import { formatNumber, groupDecimalText } from "./number";

const NUMERIC: ReadonlySet<ColumnType> = new Set<ColumnType>(["integer", "float", "decimal"]);

/** Whether a column's values stand right-aligned. */
export function isNumeric(column: RowSetColumn): boolean {
  return NUMERIC.has(column.column_type);
}

/** Names of columns whose numbers name things rather than count them: grouping `2,024` would be wrong there. */
const NAMING = /(^|[_\s])(id|no|nr|code|key|year|zip|isbn|phone)$/i;

/** Whether the numbers of a column are read without grouping. */
export function isNaming(column: RowSetColumn): boolean {
  return NAMING.test(column.name) || /[a-z](Id|Year|Code)$/.test(column.name);
}

/** A cell as text for people; NULL is told apart by the caller, here it is an em dash. */
export function formatCell(value: Cell, column: RowSetColumn): string {
  if (value === null || value === undefined) return "—";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return isNaming(column) ? String(value) : formatNumber(value);
  if (typeof value !== "string") return JSON.stringify(value);
  if (isNumeric(column)) return isNaming(column) ? value : groupDecimalText(value);
  return column.column_type === "timestamp" ? value.replace("T", " ").replace(/:00(\.0+)?(Z?)$/, ":00$2") : value;
}

function rank(value: Cell): number | string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean") return Number(value);
  return typeof value === "number" || typeof value === "string" ? value : JSON.stringify(value);
}

/** Order of two cells of one column: numbers by size, texts by the alphabet, NULL last whichever the direction. */
export function compareCells(a: Cell, b: Cell, column: RowSetColumn, descending: boolean): number {
  let [left, right] = [rank(a), rank(b)];
  if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
  if (isNumeric(column)) [left, right] = [Number(left), Number(right)];
  const order =
    typeof left === "number" && typeof right === "number"
      ? left - right
      : String(left).localeCompare(String(right), "en", { numeric: true });
  return descending ? -order : order;
}
