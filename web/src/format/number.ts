import type { NumberFormat } from "../api/model";
import { locale } from "./locale";

const cache = new Map<string, Intl.NumberFormat>();

function formatter(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const { tag } = locale();
  const key = tag + JSON.stringify(options);
  let found = cache.get(key);
  if (!found) {
    found = new Intl.NumberFormat(tag, options);
    cache.set(key, found);
  }
  return found;
}

/** Decimals that a number is shown with: none when whole, two else, more for small ones (three digits). */
export function decimalsOf(value: number): number {
  const size = Math.abs(value);
  const fraction = size % 1;
  if (fraction < 1e-9 || fraction > 1 - 1e-9) return 0;
  return size >= 0.1 ? 2 : Math.min(12, Math.max(2, 2 - Math.floor(Math.log10(size))));
}

/** Grouped, with exactly so many decimals. */
export function formatPlain(value: number, decimals: number): string {
  if (Math.abs(value) >= 1e15) return value.toExponential(3).replace("e+", "e");
  return formatter({ minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value);
}

function compact(value: number): string {
  // 999,950 would round to 1000.0k: the next step takes over a little early.
  const step = locale().steps.find(([size]) => Math.abs(value) >= size * 0.99995);
  if (!step) return formatPlain(value, decimalsOf(value));
  return (value / step[0]).toFixed(1).replace(/\.0$/, "").replace(".", locale().decimal) + step[1];
}

/** A number in one of the formats that a chart spec names; the same rules as the server's own drawings. */
export function formatNumber(value: number, format: NumberFormat = "plain"): string {
  if (!Number.isFinite(value)) return "n/a";
  switch (format) {
    case "raw":
      return String(value);
    case "compact":
      return compact(value);
    case "percent":
      return `${formatPlain(value * 100, Math.abs((value * 100) % 1) > 0.05 ? 1 : 0)}%`;
    case "plain":
      return formatPlain(value, decimalsOf(value));
  }
}

/** Groups the digits of an exact decimal text without going through a float, so that none is lost. */
export function groupDecimalText(text: string): string {
  // A long fraction comes from a division, not from a declared scale: it reads as other numbers do.
  const tail = text.split(".")[1]?.length ?? 0;
  const number = Number(text);
  if (tail > 6 && Number.isFinite(number) && Math.abs(number) < 1e15) {
    return formatPlain(number, decimalsOf(number));
  }
  const match = /^(-?)(\d+)(\.\d+)?$/.exec(text);
  if (!match) return text;
  const [, sign = "", whole = "", fraction = ""] = match;
  const { group, groupedFrom, decimal } = locale();
  const grouped = whole.length < groupedFrom ? whole : whole.replace(/\B(?=(\d{3})+$)/g, group);
  return sign + grouped + fraction.replace(".", decimal);
}

/** A share of 1 for people: 0, 100 and everything that is neither, but never rounded into either. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.001) return `< ${formatPlain(0.1, 1)}%`;
  if (share < 1 && share > 0.999) return `> ${formatPlain(99.9, 1)}%`;
  return `${formatter({ maximumFractionDigits: 1 }).format(share * 100)}%`;
}

/** How sure something is: whole per cent, since the figure is an estimate; 100 only for certainty. */
export function formatConfidence(confidence: number): string {
  return `${confidence >= 1 ? 100 : Math.min(99, Math.round(confidence * 100))}%`;
}

/** Milliseconds for people: `8 ms`, `1.2 s`, `2 min 5 s`. */
export function formatDuration(ms: number): string {
  if (ms < 1) return "< 1 ms";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${formatter({ maximumFractionDigits: seconds < 10 ? 1 : 0 }).format(seconds)} s`;
  const whole = Math.round(seconds);
  const rest = whole % 60;
  return `${Math.floor(whole / 60)} ${locale().minutes}${rest ? ` ${rest} s` : ""}`;
}

/** Millionths of the operator's currency as an amount: two decimals, more for small ones, and no sign of a currency. */
export function formatCost(micros: number): string {
  return formatPlain(micros / 1e6, micros === 0 ? 0 : Math.max(2, decimalsOf(micros / 1e6)));
}
