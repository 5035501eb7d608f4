// @vitest-environment happy-dom
import { screen, waitFor } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import type { Relation } from "../api/model";
import { useRelations } from "../api/sources";
import { showLanguage } from "../i18n";
import { fakeApi } from "../testing/fake-api";
import { list } from "../testing/models";
import { renderPage } from "../testing/render-page";
import { RelationLine } from "./RelationLine";

const WORDS: Record<string, string[]> = {
  en: ["customers.id is a primary key", "both are integer"],
  hu: ["customers.id elsődleges kulcs", "mindkettő típusa integer"],
};

const relation = (reasons: string[], more: Partial<Relation> = {}): Relation => ({
  id: "r1",
  source_id: "s1",
  from_table: { table: "orders" },
  from_columns: ["customer_id"],
  to_table: { table: "customers" },
  to_columns: ["id"],
  kind: "inferred",
  cardinality: "many_to_one",
  confidence: 0.9,
  evidence: { reasons: [{ kind: "primary_key" }, { kind: "same_type", declared_type: "integer" }] },
  reasons,
  ...more,
});

function Lines() {
  const { data = [] } = useRelations("s1", true);
  return data.map((one) => <RelationLine key={one.id} relation={one} />);
}

afterEach(() => showLanguage("en"));

it.each(["en", "hu"] as const)("asks for the reasons in the language of the pages, whatever the browser's is: %s", async (language) => {
  await showLanguage(language);
  fakeApi({ "GET /sources/s1/relations": ({ language: wanted }) => list(relation(WORDS[wanted] ?? [`nothing in ${wanted}`])) });
  renderPage(<Lines />);
  await screen.findByText(WORDS[language]?.join(" · ") ?? "");
});

it("gives a declared one that has no reasons the database's word", async () => {
  fakeApi({ "GET /sources/s1/relations": list(relation([], { kind: "declared" })) });
  renderPage(<Lines />);
  await waitFor(() => expect(screen.getByText("A foreign key of the database.")).toBeTruthy());
});
