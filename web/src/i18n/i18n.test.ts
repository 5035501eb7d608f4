import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { checkName, stageName } from "../conversation/stage-name";
import { formatAgo } from "../format/date";
import { setLocale } from "../format/locale";
import { formatDuration, formatNumber, groupDecimalText } from "../format/number";
import { en } from "./en";
import { hu } from "./hu";
import { i18n, preferredLanguage } from "./index";

it("names stages and checks, and spells out those that it does not know", () => {
  expect(stageName("execute")).toBe("Asking the database");
  expect(stageName("brand_new_stage")).toBe("Brand new stage");
  expect(checkName("fan_out")).toBe("Nothing counted twice");
  expect(checkName("never_seen")).toBe("Never seen");
});

it("counts in the right number and groups large ones", () => {
  expect(i18n.t("source.rows", { count: 1 })).toBe("1 row");
  expect(i18n.t("source.rows", { count: 12_400 })).toBe("12,400 rows");
});

describe("Hungarian", () => {
  beforeAll(() => void i18n.addResourceBundle("hu", "translation", hu));
  afterEach(async () => {
    setLocale("en");
    await i18n.changeLanguage("en");
  });

  /** Every text by its path. */
  const flat = (texts: object, path = ""): [string, string][] =>
    Object.entries(texts).flatMap(([key, text]: [string, unknown]) =>
      typeof text === "string" ? [[path + key, text]] : flat(text as object, `${path}${key}.`),
    );
  const slots = (text: string) => (text.match(/{{[^}]+}}/g) ?? []).toSorted();

  it("fills in the same slots as English, in every text", () => {
    const translated = new Map(flat(hu));
    for (const [path, text] of flat(en)) expect([path, slots(translated.get(path) ?? "")]).toEqual([path, slots(text)]);
  });

  it("writes figures, times and counts as Hungarians do", async () => {
    setLocale("hu");
    await i18n.changeLanguage("hu");
    const plain = (text: string) => text.replaceAll("\u00a0", " ");
    expect([1234.5, 12_345].map((n) => plain(formatNumber(n)))).toEqual(["1234,50", "12 345"]);
    expect(plain(groupDecimalText("-1234567.10"))).toBe("-1 234 567,10");
    expect([1_250_000, 12_000].map((n) => plain(formatNumber(n, "compact")))).toEqual(["1,3 M", "12 e"]);
    expect([1240, 61_000].map(formatDuration)).toEqual(["1,2 s", "1 perc 1 s"]);
    expect(formatAgo("2024-05-09T11:00:00Z", Date.parse("2024-05-10T12:00:00Z"))).toBe("tegnap");
    expect(plain(i18n.t("source.rows", { count: 12_400 }))).toBe("12 400 sor");
    expect(stageName("execute")).toBe("Az adatbázis lekérdezése");
  });
});

describe("the language of the pages", () => {
  afterEach(() => vi.unstubAllGlobals());
  const preferred = (languages: string[], kept: string | null) => {
    vi.stubGlobal("navigator", { languages });
    vi.stubGlobal("localStorage", { getItem: () => kept });
    return preferredLanguage();
  };

  it.each([
    [["hu-HU", "en"], null, "hu"],
    [["de-DE", "hu"], null, "hu"],
    [["de-DE"], null, "en"],
    [["hu-HU"], "en", "en"],
    [["en-US"], "hu", "hu"],
    [["en-US"], "klingon", "en"],
  ])("for a reader of %j who chose %s is %s", (languages, kept, language) => {
    expect(preferred(languages, kept)).toBe(language);
  });
});
