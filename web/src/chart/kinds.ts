import { CHART_KINDS, type Answer, type ChartKind } from "../api/model";
import { isNumeric } from "../format/cell";

/**
 * Kinds that the rows of an answer may be drawn as, the chosen one among them. The server has the last word: it
 * refuses what does not fit the data, and this only keeps what cannot fit off the list.
 */
export function offeredKinds(answer: Pick<Answer, "chart" | "columns">): ChartKind[] {
  const chosen = answer.chart?.kind;
  if (!chosen) return [];
  const columns = answer.columns ?? [];
  const measures = columns.filter(isNumeric).length;
  const fits: Record<ChartKind, boolean> = {
    bar: columns.length >= 2 && measures >= 1,
    stacked_bar: columns.length >= 3 && measures >= 1,
    line: columns.length >= 2 && measures >= 1,
    pie: columns.length >= 2 && measures >= 1,
    scatter: measures >= 2,
    bubble: measures >= 3,
    histogram: measures >= 1 && columns.length === 1,
    mixed: columns.length >= 3 && measures >= 2,
  };
  return CHART_KINDS.filter((kind) => kind === chosen || fits[kind]);
}
