import { i18n } from "../i18n";

/** A code in words, where no text names it: `repair_query` reads `Repair query`. */
function spelled(code: string): string {
  const words = code.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function named(group: "stages" | "checks", code: string): string {
  return i18n.t(`${group}.${code}`, { defaultValue: spelled(code) });
}

/** What a stage of a run is called. */
export const stageName = (stage: string): string => named("stages", stage);

/** What a check of an answer is called. */
export const checkName = (code: string): string => named("checks", code);
