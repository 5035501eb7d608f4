import { formatNumber } from "../format/number";
import type { ChartColours } from "./colours";
import { under, type JsonOption, type Statement } from "./option";

/** What ECharts tells about the item under the pointer, as far as it is used here. */
interface Item {
  marker?: string;
  name?: string;
  seriesName?: string;
  value?: unknown;
  percent?: number;
  dimensionNames?: string[];
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text as HTML that reads the same: names in a tooltip come from a database. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (one) => ENTITIES[one] ?? one);
}

function row(name: string, value: string): string {
  return `<div style="display:flex;justify-content:space-between;gap:20px"><span>${escapeHtml(name)}</span><b>${escapeHtml(value)}</b></div>`;
}

/** The tooltip of the server, with its numbers formatted and each figure named. */
export function tooltipOf(value: unknown, statement: Statement, colours: ChartColours): JsonOption {
  const format = statement.kind === "histogram" ? "plain" : statement.number_format;
  const figure = (one: unknown): string => {
    if (typeof one === "number") return formatNumber(one, format === "compact" ? "plain" : format);
    return one === null || one === undefined || one === "-" ? "–" : typeof one === "string" ? one : JSON.stringify(one);
  };
  const look: JsonOption = {
    confine: true,
    backgroundColor: colours.surface,
    borderColor: colours.line,
    textStyle: { color: colours.text, fontSize: 13 },
    valueFormatter: figure,
  };
  if (statement.kind === "pie") {
    look["formatter"] = ({ marker = "", name = "", value: one, percent }: Item) =>
      marker + escapeHtml(name) + row("", `${figure(one)} (${formatNumber((percent ?? 0) / 100, "percent")})`);
  }
  if (statement.kind === "scatter" || statement.kind === "bubble") {
    look["formatter"] = ({ marker = "", name = "", value: values, dimensionNames = [] }: Item) => {
      const figures = Array.isArray(values) ? values : [values];
      const rows = figures.map((one, i) => row(dimensionNames[i] ?? "", figure(one)));
      return (name ? `${marker}<b>${escapeHtml(name)}</b>` : "") + rows.join("");
    };
  }
  return under(look, value);
}
