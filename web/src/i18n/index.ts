import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { setLocale } from "../format/locale";
import { en } from "./en";
import type { Texts } from "./texts";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: typeof en };
  }
}

/** Languages that there are texts in, each by its own name. */
export const LANGUAGES = { en: "English", hu: "Magyar" } as const;

/** Code of a language that there are texts in. */
export type Language = keyof typeof LANGUAGES;

/** Languages beside English are fetched when they are wanted. */
const FETCHED: Record<Exclude<Language, "en">, () => Promise<Texts<typeof en>>> = {
  hu: async () => (await import("./hu")).hu,
};

const KEPT = "datafyme-language";

void i18next.use(initReactI18next).init({
  lng: "en",
  fallbackLng: "en",
  supportedLngs: Object.keys(LANGUAGES),
  resources: { en: { translation: en } },
  interpolation: { escapeValue: false }, // React escapes
  initAsync: false,
});

export const i18n = i18next;

const isLanguage = (code: unknown): code is Language => typeof code === "string" && Object.hasOwn(LANGUAGES, code);

function kept(): string | null {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null; // storage is off
  }
}

/** The language that was chosen, else the first of the reader's own that there are texts in, else English. */
export function preferredLanguage(): Language {
  const chosen = kept();
  if (isLanguage(chosen)) return chosen;
  return navigator.languages.map((tag) => tag.split("-")[0]).find(isLanguage) ?? "en";
}

/** Puts every text, figure and date into a language. */
export async function showLanguage(language: Language) {
  if (language !== "en" && !i18next.hasResourceBundle(language, "translation")) {
    i18next.addResourceBundle(language, "translation", await FETCHED[language]());
  }
  setLocale(language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

/** Shows a language from now on, here and when the pages are opened again. */
export async function chooseLanguage(language: Language) {
  await showLanguage(language);
  try {
    localStorage.setItem(KEPT, language);
  } catch {
    // storage is off: the choice holds until the page is left
  }
}
