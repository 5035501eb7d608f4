import { expect, it } from "vitest";
import { checkName, stageName } from "../conversation/stage-name";
import { i18n } from "./index";

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
