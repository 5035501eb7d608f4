import type { TFunction } from "i18next";
import { tableLabel, type TermMeaning } from "../api/model";

/** What a term stands for, in a few words. */
export function meaningWords(t: TFunction, meaning: TermMeaning | null | undefined): string {
  if (!meaning) return t("knowledge.terms.kinds.none");
  const table = tableLabel(meaning.table);
  switch (meaning.kind) {
    case "table":
      return t("knowledge.terms.ofTable", { table });
    case "column":
      return `${table}.${meaning.column}`;
    case "value":
      return `${table}.${meaning.column} = “${meaning.value}”`;
    case "expression":
      return t("knowledge.terms.perRow", { sql: meaning.sql, table });
  }
}
