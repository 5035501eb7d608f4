import { locale } from "./locale";

const MONTHS = "January February March April May June July August September October November December".split(" ");
const DAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

/** Parts of a date or timestamp text as the API writes them. No time zone is applied: what is stored is what is shown. */
const ISO = /^(\d{4})-(\d{2})(?:-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?)?$/;

/** The moment that an ISO 8601 text names, its figures read as UTC; nothing when it is none. */
export function parseIso(text: string): Date | undefined {
  const match = ISO.exec(text);
  if (!match) return undefined;
  const [, year, month, day = "01", hour = "00", minute = "00", second = "00"] = match;
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

const two = (n: number) => String(n).padStart(2, "0");

/** Week and its year by ISO 8601: the week belongs to the year of its Thursday. */
function isoWeek(date: Date): { year: number; week: number } {
  const thursday = new Date(date.getTime() + (4 - (date.getUTCDay() || 7)) * 86_400_000);
  const start = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  return { year: thursday.getUTCFullYear(), week: Math.floor((thursday.getTime() - start) / 604_800_000) + 1 };
}

function field(date: Date, code: string): string {
  const month = MONTHS[date.getUTCMonth()] ?? "";
  const day = DAYS[date.getUTCDay()] ?? "";
  switch (code) {
    case "Y":
      return String(date.getUTCFullYear());
    case "y":
      return two(date.getUTCFullYear() % 100);
    case "m":
      return two(date.getUTCMonth() + 1);
    case "d":
      return two(date.getUTCDate());
    case "e":
    case "-d":
      return String(date.getUTCDate());
    case "b":
    case "h":
      return month.slice(0, 3);
    case "B":
      return month;
    case "a":
      return day.slice(0, 3);
    case "A":
      return day;
    case "q":
      return String(Math.floor(date.getUTCMonth() / 3) + 1);
    case "G":
      return String(isoWeek(date).year);
    case "V":
      return two(isoWeek(date).week);
    case "H":
      return two(date.getUTCHours());
    case "M":
      return two(date.getUTCMinutes());
    case "S":
      return two(date.getUTCSeconds());
    case "F":
      return `${field(date, "Y")}-${field(date, "m")}-${field(date, "d")}`;
    case "%":
      return "%";
    default:
      return `%${code}`;
  }
}

/** A date or timestamp text by a `strftime` pattern; a text that is no date is given back unchanged. */
export function formatDate(text: string, pattern: string): string {
  const date = parseIso(text);
  return date ? pattern.replace(/%(-d|.)/g, (_, code: string) => field(date, code)) : text;
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["minute", 60],
  ["hour", 3600],
  ["day", 86_400],
  ["week", 604_800],
  ["month", 2_629_800],
  ["year", 31_557_600],
];

/** How long ago a moment was: `just now`, `5 minutes ago`, `yesterday`. */
export function formatAgo(moment: string, now: number): string {
  const seconds = (Date.parse(moment) - now) / 1000;
  if (Number.isNaN(seconds)) return "";
  if (Math.abs(seconds) < 45) return locale().justNow;
  let best = STEPS[0];
  for (const step of STEPS) if (Math.abs(seconds) >= step[1] * 0.95) best = step;
  return best ? new Intl.RelativeTimeFormat(locale().tag, { numeric: "auto" }).format(Math.round(seconds / best[1]), best[0]) : "";
}

/** A moment in the reader's own time zone, for tooltips. */
export function formatMoment(moment: string): string {
  const date = new Date(moment);
  return Number.isNaN(date.getTime()) ? moment : date.toLocaleString(locale().tag, { dateStyle: "medium", timeStyle: "short" });
}
