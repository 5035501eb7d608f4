import { CHART_KINDS, type Answer, type ChartKind } from "../api/model";
import { isNumeric } from "../format/cell";

/** Slices beyond which a pie says nothing. */
const MOST_SLICES = 24;

/**
 * Kinds that the rows of an answer may be drawn as, the chosen one among them. The server has the last word: it
 * refuses what does not fit the data, and this only keeps what cannot fit off the list.
 */
export function offeredKinds(answer: Pick<Answer, "chart" | "columns" | "rows">): ChartKind[] {
  const { chart, columns = [], rows = [] } = answer;
  if (!chart) return [];
  const measures = columns.filter(isNumeric).length;
  const categories = columns.length - measures;
  const charted = columns.length >= 2 && measures >= 1;
  // A point cloud and a histogram have no categories that others could draw.
  const x = chart.kind === "scatter" || chart.kind === "bubble" || chart.kind === "histogram" ? undefined : chart.x;
  const values = x === undefined ? [] : rows.map((row) => row[x]);
  const once = values.length > 0 && new Set(values).size === values.length;
  const y = chart.y?.[0];
  const whole = y !== undefined && rows.every((row) => Number(row[y] ?? 0) >= 0);
  const fits: Record<ChartKind, boolean> = {
    bar: charted && once,
    stacked_bar: categories >= 2 && measures >= 1 && x !== undefined,
    line: charted && x !== undefined && (once || categories >= 2),
    pie: charted && once && whole && rows.length <= MOST_SLICES,
    scatter: measures >= 2,
    bubble: measures >= 3,
    histogram: measures >= 1 && columns.length === 1,
    mixed: measures >= 2 && once,
  };
  return CHART_KINDS.filter((kind) => kind === chart.kind || fits[kind]);
}
