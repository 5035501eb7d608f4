import type { ChartKind, NumberFormat } from "../api/model";
import { formatNumber } from "../format/number";
import type { ChartColours } from "./colours";
import { tooltipOf } from "./tooltip";

/** An ECharts option as the server makes it: JSON, hence without functions. */
export type JsonOption = Record<string, unknown>;

/** Where a chart is drawn. */
interface Place {
  width: number;
  narrow: boolean;
  legendOnTop: boolean;
}

/** What the server states under the key `datafyme`, for the page to apply. */
export interface Statement {
  kind: ChartKind | undefined;
  number_format: NumberFormat;
  /** Axes that carry values: `x`, `y`, `y2`. */
  value_axes: readonly string[];
  /** Rows that could not be drawn. */
  dropped: number;
}

/** Below this width labels are smaller. */
const NARROW = 480;
/** From the axis to its title, over one line of labels. */
const X_NAME_GAP = 32;
/** Width that the buttons beside the title take. */
const TOOLS_WIDTH = 170;
const NARROW_TOOLS_WIDTH = 112;
/** Slices that a narrow pie still has room to name. */
const NARROW_SLICES = 6;
const NUMBER_FORMATS: readonly unknown[] = ["plain", "compact", "percent", "raw"] satisfies NumberFormat[];

function isObject(value: unknown): value is JsonOption {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A part of an option that may be one object or a list of them. */
const listOf = (value: unknown): JsonOption[] => (Array.isArray(value) ? value : [value]).filter(isObject);

/** Reads what the server states; where it states nothing, plain numbers are meant. */
export function statementOf(option: JsonOption): Statement {
  const stated = isObject(option["datafyme"]) ? option["datafyme"] : {};
  const { kind, number_format, value_axes, dropped } = stated;
  return {
    kind: typeof kind === "string" ? (kind as ChartKind) : undefined,
    number_format: NUMBER_FORMATS.includes(number_format) ? (number_format as NumberFormat) : "plain",
    value_axes: Array.isArray(value_axes) ? value_axes.filter((one) => typeof one === "string") : [],
    dropped: typeof dropped === "number" ? dropped : 0,
  };
}

/** Puts defaults under what is there: what the server says holds. */
export function under(defaults: JsonOption, value: unknown): JsonOption {
  const own = isObject(value) ? value : {};
  const merged: JsonOption = { ...defaults, ...own };
  for (const key of Object.keys(defaults)) {
    if (isObject(defaults[key]) && isObject(own[key])) merged[key] = under(defaults[key], own[key]);
  }
  return merged;
}

/** Makes the server's option ready for drawing: its formats as functions, and the colours of the page. */
export function prepareOption(option: JsonOption, colours: ChartColours, width: number): JsonOption {
  const { datafyme: _stated, ...plain } = option;
  const statement = statementOf(option);
  const narrow = width < NARROW;
  const legendOnTop = listOf(option["legend"]).some((one) => one["top"] !== undefined);
  const prepared: JsonOption = {
    color: colours.palette,
    backgroundColor: "transparent",
    animationDuration: 350,
    ...plain,
    textStyle: under({ color: colours.text }, option["textStyle"]),
    tooltip: tooltipOf(option["tooltip"], statement, colours),
  };
  const change = (key: string, by: (one: JsonOption, index: number) => JsonOption) => {
    if (option[key] === undefined) return;
    const changed = listOf(option[key]).map(by);
    prepared[key] = Array.isArray(option[key]) ? changed : changed[0];
  };
  change("xAxis", (one, i) => axis(one, i === 0 ? "x" : "x2", statement, colours, narrow));
  change("yAxis", (one, i) => axis(one, i === 0 ? "y" : "y2", statement, colours, narrow));
  change("series", (one) => series(one, colours, narrow));
  change("title", (one) => title(one, colours, { width, narrow, legendOnTop }));
  change("legend", (one) => legend(one, colours));
  change("dataZoom", (one) => dataZoom(one, colours));
  // A slider lies under the plot, and the server's grid does not know how high the page makes it.
  if (listOf(option["dataZoom"]).some((one) => one["type"] === "slider")) {
    change("grid", (one) => ({ ...one, bottom: 64 }));
  }
  return prepared;
}

function title(value: JsonOption, colours: ChartColours, place: Place): JsonOption {
  const size = place.narrow ? 13 : 15;
  const room = Math.max(80, place.width - (place.narrow ? NARROW_TOOLS_WIDTH : TOOLS_WIDTH));
  const style = { color: colours.text, fontSize: size, fontWeight: 600 };
  // Two lines, where the second is not the legend's.
  const lines = place.legendOnTop
    ? { overflow: "truncate" }
    : { overflow: "break", lineHeight: size + 4, height: 2 * (size + 4), lineOverflow: "truncate" };
  const ready = under({ left: 0, top: 2, textStyle: style, subtextStyle: { color: colours.dimmed } }, value);
  return { ...ready, textStyle: { ...(ready["textStyle"] as JsonOption), width: room, ...lines } };
}

function legend(value: JsonOption, colours: ChartColours): JsonOption {
  return under(
    {
      type: "scroll",
      icon: "roundRect",
      itemWidth: 14,
      itemHeight: 10,
      textStyle: { color: colours.dimmed },
      pageTextStyle: { color: colours.dimmed },
      pageIconColor: colours.dimmed,
      pageIconInactiveColor: colours.line,
    },
    value,
  );
}

function dataZoom(value: JsonOption, colours: ChartColours): JsonOption {
  if (value["type"] !== "slider") return value;
  return under(
    {
      height: 20,
      bottom: 8,
      borderColor: colours.line,
      fillerColor: "rgb(128 128 128 / 15%)",
      handleStyle: { color: colours.surface, borderColor: colours.dimmed },
      moveHandleStyle: { color: colours.line },
      dataBackground: { lineStyle: { color: colours.line }, areaStyle: { color: colours.line } },
      selectedDataBackground: { lineStyle: { color: colours.dimmed }, areaStyle: { color: colours.line } },
      textStyle: { color: colours.dimmed },
    },
    value,
  );
}

function axis(value: JsonOption, place: string, statement: Statement, colours: ChartColours, narrow: boolean): JsonOption {
  const carriesValues = statement.value_axes.includes(place);
  const label: JsonOption = { color: colours.dimmed, hideOverlap: true, fontSize: narrow ? 11 : 12 };
  if (carriesValues) {
    // A histogram's values are counts, whatever it counts.
    const format = statement.kind === "histogram" ? "plain" : axisFormat(statement.number_format);
    label["formatter"] = (one: number) => formatNumber(one, format);
  } else {
    // A long category name must not push the plot off a small screen.
    Object.assign(label, { width: narrow ? 90 : 180, overflow: "truncate" });
  }
  const name: JsonOption = { color: colours.dimmed, fontSize: 12 };
  // A title over the axis begins at the edge of the picture; in the middle of the axis it would be cut off.
  if (value["nameLocation"] === "end") name["align"] = place === "y2" ? "right" : "left";
  const gap = place === "x" && value["nameLocation"] === "middle" ? { nameGap: X_NAME_GAP } : {};
  return under(
    {
      ...gap,
      nameTextStyle: name,
      axisLine: { lineStyle: { color: colours.line } },
      axisTick: { lineStyle: { color: colours.line } },
      splitLine: { lineStyle: { color: colours.line } },
      axisPointer: { label: { backgroundColor: colours.dimmed, color: colours.surface } },
      axisLabel: label,
    },
    value,
  );
}

/** On an axis large plain numbers are shortened where the spec leaves it open; the tooltip has all digits. */
function axisFormat(format: NumberFormat): NumberFormat {
  return format === "plain" ? "compact" : format;
}

function series(value: JsonOption, colours: ChartColours, narrow: boolean): JsonOption {
  const label = { color: colours.text, fontSize: narrow ? 11 : 12 };
  if (value["type"] === "pie") {
    const named = !narrow || listOf(value["data"]).length <= NARROW_SLICES;
    const line = { lineStyle: { color: colours.dimmed }, length: narrow ? 8 : 15, length2: narrow ? 6 : 15 };
    return {
      ...value,
      ...(narrow && named ? { radius: ["28%", "50%"] } : {}),
      label: { ...under({ ...label, overflow: "break", width: narrow ? 76 : 180, lineHeight: 15 }, value["label"]), ...(named ? {} : { show: false }) },
      labelLine: { ...under(line, value["labelLine"]), ...(named ? {} : { show: false }) },
      itemStyle: under({ borderColor: colours.surface, borderWidth: 2 }, value["itemStyle"]),
    };
  }
  const ready: JsonOption = { ...value };
  if (value["label"] !== undefined) ready["label"] = under(label, value["label"]);
  if (value["type"] === "bar" && value["stack"] === undefined) {
    ready["itemStyle"] = under({ borderRadius: 2 }, value["itemStyle"]);
  }
  if (value["type"] === "line") ready["lineStyle"] = under({ width: 2.5 }, value["lineStyle"]);
  return ready;
}
