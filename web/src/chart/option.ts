import type { NumberFormat } from "../api/model";
import { formatDate } from "../format/date";
import { formatNumber } from "../format/number";

/** An ECharts option as the server makes it: JSON, hence without functions. */
export type JsonOption = Record<string, unknown>;

/** Colours of a chart, of the page's scheme. */
export interface ChartColours {
  palette: readonly string[];
  text: string;
  dimmed: string;
  line: string;
  surface: string;
}

/** Eight hues that stay apart for the colour-blind (after Okabe and Ito), the brand's first. */
export const LIGHT: ChartColours = {
  palette: ["#0b7a85", "#e08a1e", "#3f6fd1", "#c2497c", "#5a9a3c", "#8a63c9", "#b0742d", "#5f6b7a"],
  text: "#1f2933",
  dimmed: "#5c6470",
  line: "#e2e5e9",
  surface: "#ffffff",
};

export const DARK: ChartColours = {
  palette: ["#4fb9bf", "#f0a94e", "#7fa6f2", "#e684ad", "#8fca72", "#b799ee", "#d5a264", "#a3adba"],
  text: "#d9dde3",
  dimmed: "#98a1ae",
  line: "#2f363f",
  surface: "#1a1e25",
};

/** Names of formats, which travel in the option under the key `datafyme`. */
interface Formats {
  number_format?: NumberFormat | undefined;
  date_format?: string | undefined;
}

const NUMBER_FORMATS: readonly unknown[] = ["plain", "compact", "percent", "raw"] satisfies NumberFormat[];

function isObject(value: unknown): value is JsonOption {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mapObjects(value: unknown, change: (one: JsonOption, index: number) => JsonOption): unknown {
  if (Array.isArray(value)) return value.map((one, i) => (isObject(one) ? change(one, i) : (one as unknown)));
  return isObject(value) ? change(value, 0) : value;
}

function formatsOf(value: JsonOption, outer: Formats): Formats {
  const named = isObject(value["datafyme"]) ? value["datafyme"] : {};
  const number = named["number_format"];
  const date = named["date_format"];
  return {
    number_format: NUMBER_FORMATS.includes(number) ? (number as NumberFormat) : outer.number_format,
    date_format: typeof date === "string" ? date : outer.date_format,
  };
}

function bare(value: JsonOption): JsonOption {
  const { datafyme: _, ...rest } = value;
  return rest;
}

/** Puts defaults under what is there: what the server says holds. */
function under(defaults: JsonOption, value: unknown): JsonOption {
  const own = isObject(value) ? value : {};
  const merged: JsonOption = { ...defaults, ...own };
  for (const key of Object.keys(defaults)) {
    if (isObject(defaults[key]) && isObject(own[key])) merged[key] = under(defaults[key], own[key]);
  }
  return merged;
}

/** A value of a series, an axis or a tooltip as text. Lists, as scatter charts have them, stay apart by commas. */
export function formatValue(value: unknown, formats: Formats): string {
  if (Array.isArray(value)) return value.map((one) => formatValue(one, formats)).join(", ");
  if (typeof value === "number") return formatNumber(value, formats.number_format ?? "plain");
  if (value === null || value === undefined || value === "-") return "–";
  if (typeof value !== "string") return JSON.stringify(value);
  return formats.date_format ? formatDate(value, formats.date_format) : value;
}

/** Makes the server's option ready for drawing: its formats as functions, and the colours of the page. */
export function prepareOption(option: JsonOption, colours: ChartColours, narrow = false): JsonOption {
  const formats = formatsOf(option, {});
  const prepared: JsonOption = {
    color: colours.palette,
    backgroundColor: "transparent",
    animationDuration: 350,
    ...bare(option),
    textStyle: under({ color: colours.text, fontFamily: "inherit" }, option["textStyle"]),
    tooltip: tooltip(option["tooltip"], colours, formats),
    aria: under({ enabled: true }, option["aria"]),
  };
  for (const key of ["xAxis", "yAxis"]) {
    if (option[key] !== undefined) prepared[key] = mapObjects(option[key], (one) => axis(one, colours, formats, narrow));
  }
  if (option["series"] !== undefined) {
    prepared["series"] = mapObjects(option["series"], (one) => series(one, colours, formats));
  }
  if (option["title"] !== undefined) prepared["title"] = mapObjects(option["title"], (one) => title(one, colours, narrow));
  if (option["legend"] !== undefined) {
    prepared["legend"] = mapObjects(option["legend"], (one) =>
      under(
        {
          type: "scroll",
          textStyle: { color: colours.dimmed },
          pageTextStyle: { color: colours.dimmed },
          pageIconColor: colours.dimmed,
          pageIconInactiveColor: colours.line,
        },
        one,
      ),
    );
  }
  return prepared;
}

function tooltip(value: unknown, colours: ChartColours, outer: Formats): JsonOption {
  const own = isObject(value) ? value : {};
  const formats = formatsOf(own, outer);
  return under(
    {
      confine: true,
      backgroundColor: colours.surface,
      borderColor: colours.line,
      textStyle: { color: colours.text, fontSize: 13 },
      valueFormatter: (one: unknown) => formatValue(one, { number_format: formats.number_format }),
    },
    bare(own),
  );
}

function title(value: JsonOption, colours: ChartColours, narrow: boolean): JsonOption {
  return under(
    {
      textStyle: { color: colours.text, fontSize: narrow ? 14 : 16, fontWeight: 600, overflow: "truncate" },
      subtextStyle: { color: colours.dimmed },
    },
    value,
  );
}

function axis(value: JsonOption, colours: ChartColours, outer: Formats, narrow: boolean): JsonOption {
  const formats = formatsOf(value, outer);
  const isValue = value["type"] === "value" || value["type"] === "log";
  const label: JsonOption = { color: colours.dimmed, hideOverlap: true, fontSize: narrow ? 11 : 12 };
  // An axis of its own formats what stands on it: numbers on a value axis, dates on any other.
  if (isValue) label["formatter"] = (one: unknown) => formatValue(one, { number_format: formats.number_format });
  else if (formats.date_format) label["formatter"] = (one: unknown) => axisDate(one, formats.date_format ?? "");
  return under(
    {
      nameTextStyle: { color: colours.dimmed, fontSize: 12 },
      axisLine: { lineStyle: { color: colours.line } },
      axisTick: { lineStyle: { color: colours.line } },
      splitLine: { lineStyle: { color: colours.line } },
      axisPointer: { label: { backgroundColor: colours.dimmed, color: colours.surface } },
      axisLabel: label,
    },
    bare(value),
  );
}

/** Labels of category axes are texts, those of time axes milliseconds. */
function axisDate(value: unknown, pattern: string): string {
  if (typeof value === "number") return formatDate(new Date(value).toISOString(), pattern);
  return formatValue(value, { date_format: pattern });
}

function series(value: JsonOption, colours: ChartColours, outer: Formats): JsonOption {
  const formats = formatsOf(value, outer);
  const own = bare(value);
  const ready: JsonOption = { ...own };
  if (isObject(own["label"])) ready["label"] = under({ color: colours.text }, own["label"]);
  if (value["type"] === "pie") {
    ready["label"] = under({ color: colours.text }, own["label"]);
    ready["labelLine"] = under({ lineStyle: { color: colours.dimmed } }, own["labelLine"]);
    ready["itemStyle"] = under({ borderColor: colours.surface, borderWidth: 2 }, own["itemStyle"]);
  }
  if (isObject(value["datafyme"])) {
    const numbers = { number_format: formats.number_format };
    ready["tooltip"] = under({ valueFormatter: (one: unknown) => formatValue(one, numbers) }, own["tooltip"]);
  }
  return ready;
}
