import { afterEach, describe, expect, it } from "vitest";
import { setLocale } from "../format/locale";
import { formatInterval, inUnit, secondsOf } from "./interval";

afterEach(() => setLocale("en"));

describe("an interval", () => {
  it.each([
    [90, "90 seconds", "90 másodperc"],
    [1_800, "30 minutes", "30 perc"],
    [3_600, "1 hour", "1 óra"],
    [21_600, "6 hours", "6 óra"],
    [86_400, "1 day", "1 nap"],
    [604_800, "7 days", "7 nap"],
  ])("of %i seconds reads %s, in Hungarian %s", (seconds, english, hungarian) => {
    expect(formatInterval(seconds)).toBe(english);
    setLocale("hu");
    expect(formatInterval(seconds).replaceAll("\u00a0", " ")).toBe(hungarian);
  });

  it("is given in whole seconds that the server takes", () => {
    expect([secondsOf(90, "minute"), secondsOf(1.5, "hour"), secondsOf(2, "day")]).toEqual([5_400, 5_400, 172_800]);
    for (const none of [0, -1, 0.01, "", "6", 100_000_000, Number.NaN]) expect(secondsOf(none, "minute")).toBeUndefined();
    expect(inUnit(5_400)).toEqual({ count: 90, unit: "minute" });
  });
});
