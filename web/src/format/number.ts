import type { NumberFormat } from "../api/model";

const LOCALE = "en-GB";

const cache = new Map<string, Intl.NumberFormat>();

function formatter(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = JSON.stringify(options);
  let found = cache.get(key);
  if (!found) {
    found = new Intl.NumberFormat(LOCALE, options);
    cache.set(key, found);
  }
  return found;
}

/** A number in one of the formats that a chart spec names. Non-finite numbers read as they are. */
export function formatNumber(value: number, format: NumberFormat = "plain"): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
  switch (format) {
    case "raw":
      return String(value);
    case "compact":
      return formatter({ notation: "compact", maximumFractionDigits: 1 }).format(value);
    case "percent":
      return formatter({ style: "percent", maximumFractionDigits: 1 }).format(value);
    case "plain":
      return formatter(plainOptions(value)).format(value);
  }
}

/** Two decimals at most; a number that would round to nothing keeps two significant digits instead. */
function plainOptions(value: number): Intl.NumberFormatOptions {
  const size = Math.abs(value);
  return size > 0 && size < 0.01 ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: 2 };
}

/** Groups the digits of an exact decimal text without going through a float, so that none is lost. */
export function groupDecimalText(text: string): string {
  const match = /^(-?)(\d+)(\.\d+)?$/.exec(text);
  if (!match) return text;
  const [, sign = "", whole = "", fraction = ""] = match;
  return sign + whole.replace(/\B(?=(\d{3})+$)/g, ",") + fraction;
}

/** A share of 1 for people: 0, 100 and everything that is neither, but never rounded into either. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.001) return "< 0.1 %";
  if (share < 1 && share > 0.999) return "> 99.9 %";
  return `${formatter({ maximumFractionDigits: 1 }).format(share * 100)} %`;
}

/** Milliseconds for people: `8 ms`, `1.2 s`, `2 min 5 s`. */
export function formatDuration(ms: number): string {
  if (ms < 1) return "< 1 ms";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${formatter({ maximumFractionDigits: seconds < 10 ? 1 : 0 }).format(seconds)} s`;
  const whole = Math.round(seconds);
  const rest = whole % 60;
  return `${Math.floor(whole / 60)} min${rest ? ` ${rest} s` : ""}`;
}
