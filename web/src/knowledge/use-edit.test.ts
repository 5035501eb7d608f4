import { describe, expect, it } from "vitest";
import type { TableDetail } from "../api/model";
import { inverse } from "./use-edit";

const detail = {
  table: { name: { table: "orders" }, columns: [{ name: "price" }, { name: "city" }] },
  documentation: {
    business_description: "Mine.",
    synonyms: ["sales"],
    hidden: false,
    columns: [{ column: "price", description: "Generated.", unit: "EUR" }],
  },
  edited_fields: ["business_description", "columns.price.unit"],
} as unknown as TableDetail;

describe("the way back from a change", () => {
  it("gives an edited field its edit back, and lets others follow what is generated", () => {
    const change = { business_description: "New.", synonyms: ["x"], columns: [{ column: "price", unit: "HUF", description: "d" }] };
    expect(inverse(detail, change)).toEqual({
      business_description: "Mine.",
      columns: [{ column: "price", unit: "EUR" }],
      reset: ["synonyms", "columns.price.description"],
    });
  });

  it("undoes a reset of everything", () => {
    const back = inverse(detail, { reset: ["*"] });
    expect(back.business_description).toBe("Mine.");
    expect(back.columns).toEqual([{ column: "price", unit: "EUR" }]);
    expect(back.hidden).toBe(false);
  });

  it("shows again what was hidden", () => {
    expect(inverse(detail, { hidden: true })).toEqual({ hidden: false, columns: [], reset: [] });
    expect(inverse(detail, { columns: [{ column: "city", hidden: true }] })).toEqual({
      columns: [],
      reset: ["columns.city.hidden"],
    });
  });
});
