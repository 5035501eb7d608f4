/** How a language writes figures and times. */
export interface Locale {
  /** Tag for `Intl`. */
  tag: string;
  /** Names of thousands, the greatest first. */
  steps: readonly [size: number, name: string][];
  /** Digits from which on a whole number is grouped. */
  groupedFrom: number;
  group: string;
  decimal: string;
  justNow: string;
  yes: string;
  no: string;
  minutes: string;
}

const LOCALES = {
  en: {
    tag: "en-GB",
    steps: [
      [1e12, "T"],
      [1e9, "B"],
      [1e6, "M"],
      [1e3, "k"],
    ],
    groupedFrom: 4,
    group: ",",
    decimal: ".",
    justNow: "just now",
    yes: "yes",
    no: "no",
    minutes: "min",
  },
  hu: {
    tag: "hu-HU",
    steps: [
      [1e12, " B"],
      [1e9, " Mrd"],
      [1e6, " M"],
      [1e3, " e"],
    ],
    groupedFrom: 5,
    group: "\u00a0",
    decimal: ",",
    justNow: "épp most",
    yes: "igen",
    no: "nem",
    minutes: "perc",
  },
} satisfies Record<string, Locale>;

let current: Locale = LOCALES.en;

/** How figures and times are written now. */
export const locale = (): Locale => current;

/** Writes figures and times as a language does. English is as the server draws its charts. */
export function setLocale(language: keyof typeof LOCALES) {
  current = LOCALES[language];
}
