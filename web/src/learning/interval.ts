import { locale } from "../format/locale";

/** Units of an interval, largest first, with their seconds. */
const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

/** Units that an interval can be given in. */
export const GIVEN_UNITS = ["minute", "hour", "day"] as const;
export type GivenUnit = (typeof GIVEN_UNITS)[number];

/** Seconds of the intervals that are offered. */
export const OFFERED = [1_800, 3_600, 21_600, 43_200, 86_400, 604_800];

/** The server's bounds: more often would do nothing else, and more is no figure of 32 bits. */
const SHORTEST = 60;
const LONGEST = 4_294_967_295;

/** An interval in the largest unit that it is whole in. */
export function inUnit(seconds: number): { count: number; unit: (typeof UNITS)[number][0] } {
  const [unit, size] = UNITS.find(([, size]) => seconds % size === 0) ?? ["second", 1];
  return { count: seconds / size, unit };
}

/** An interval for people: `6 hours`. */
export function formatInterval(seconds: number): string {
  const { count, unit } = inUnit(seconds);
  return new Intl.NumberFormat(locale().tag, { style: "unit", unit, unitDisplay: "long" }).format(count);
}

/** Seconds of so many of a unit; nothing where the server would take no such interval. */
export function secondsOf(count: number | string, unit: GivenUnit): number | undefined {
  const size = UNITS.find(([name]) => name === unit)?.[1] ?? 1;
  const seconds = typeof count === "number" ? count * size : Number.NaN;
  return Number.isInteger(seconds) && seconds >= SHORTEST && seconds <= LONGEST ? seconds : undefined;
}
