import type { Cell, ColumnType, RowSetColumn } from "../api/model";
import { locale } from "./locale";
import { decimalsOf, formatPlain, groupDecimalText } from "./number";

const NUMERIC: ReadonlySet<ColumnType> = new Set<ColumnType>(["integer", "float", "decimal"]);

/** What stands for NULL. */
export const NULL_TEXT = "–";

/** Whether a column's values stand right-aligned. */
export function isNumeric(column: RowSetColumn): boolean {
  return NUMERIC.has(column.column_type);
}

/** Last words of names whose numbers name things rather than count them: grouping `2,024` would be wrong there. */
const CODES = new Set(["id", "year", "code", "number", "no", "zip", "postcode", "phone", "key", "nr"]);
const MOST_DECIMALS = 6;

function isCode(name: string): boolean {
  const words = name.replace(/([\p{Ll}\d])(\p{Lu})/gu, "$1 $2").toLowerCase().split(/[^\p{L}\p{N}]+/u);
  return CODES.has(words.findLast((word) => word !== "") ?? "");
}

/** Turns the cells of one column into text. */
export type CellFormat = (value: Cell) => string;

/**
 * How the cells of a column read: numbers grouped unless they are years or codes, and all with as many decimals, so
 * that they align.
 */
export function columnFormat(column: RowSetColumn, cells: readonly Cell[]): CellFormat {
  const grouped = !isCode(column.name);
  let decimals = 0;
  for (const cell of cells) {
    if (typeof cell === "number") decimals = Math.max(decimals, Math.min(decimalsOf(cell), MOST_DECIMALS));
  }
  return (value) => {
    if (value === null || value === undefined) return NULL_TEXT;
    if (typeof value === "boolean") return value ? locale().yes : locale().no;
    if (typeof value === "number") return grouped ? formatPlain(value, decimals) : String(value);
    if (typeof value !== "string") return JSON.stringify(value);
    if (isNumeric(column)) return grouped ? groupDecimalText(value) : value;
    return column.column_type === "timestamp" ? value.replace("T", " ") : value;
  };
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
