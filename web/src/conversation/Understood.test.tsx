import { describe, expect, it } from "vitest";
import type { Answer } from "../api/model";
import { phrasesOf, targetLabel } from "./Understood";

const answer: Answer = {
  status: "answered",
  kind: "text",
  text: "3",
  explanations: [
    { language: "en", phrases: [{ text: "Number of " }, { text: "orders", target: { table: { table: "orders" } } }] },
    { language: "hu", phrases: [{ text: "Orders", target: { table: { table: "orders" } } }, { text: " száma" }] },
  ],
};

describe("an explanation", () => {
  it("is told in the language of the page, else in the first that there is", () => {
    const said = (language: string) => phrasesOf(answer, language).map((p) => p.text).join("");
    expect([said("en"), said("hu"), said("de")]).toEqual(["Number of orders", "Orders száma", "Number of orders"]);
  });

  it("has no phrases where a model wrote the query", () => {
    expect(phrasesOf({ status: "answered", kind: "text", text: "" }, "en")).toEqual([]);
  });

  it("names the table, the column and the value that a phrase stands for", () => {
    const table = { table: "orders" };
    expect(targetLabel({ table })).toBe("orders");
    expect(targetLabel({ table, column: "status" })).toBe("orders.status");
    expect(targetLabel({ table, column: "status", value: "open" })).toBe("orders.status = open");
  });
});
