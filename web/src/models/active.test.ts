import { describe, expect, it } from "vitest";
import type { LanguageModel } from "../api/model";
import { aModel } from "../testing/models";
import { activeFor, rolesOf } from "./active";

const settings = (name: string) => aModel({ id: "00000000-0000-0000-0000-000000000000", name, roles: ["reason", "fast"] });
const [large, small] = [settings("large"), settings("small")];
const thinker = aModel({ id: "m1", name: "thinker", roles: ["reason"] });
const quick = aModel({ id: "m2", name: "quick", roles: ["fast"] });
const vectors = aModel({ id: "m3", name: "vectors", roles: ["embed"] });

describe("which model does what", () => {
  it.each([
    ["nobody, where there is none", [], [undefined, undefined, undefined]],
    ["each the role that it was given", [thinker, quick, vectors], ["thinker", "quick", "vectors"]],
    ["one model both", [thinker], ["thinker", "thinker", undefined]],
    ["the quick one the reasoning, where nobody else does", [quick, vectors], ["quick", "quick", "vectors"]],
    ["those of the settings, where nobody was given a role", [aModel(), large, small], ["large", "small", undefined]],
    ["the only one of the settings", [vectors, large], ["large", "large", "vectors"]],
    ["not those of the settings, where somebody was", [quick, large, small], ["quick", "quick", undefined]],
  ] satisfies [string, LanguageModel[], (string | undefined)[]][])("%s", (_, models, names) => {
    const active = (["reason", "fast", "embed"] as const).map((role) => activeFor(models, role)?.name);
    expect(active).toEqual(names);
  });

  it("shows the roles of a model of the settings only while it has them", () => {
    expect(rolesOf([large, small], large)).toEqual(["reason"]);
    expect(rolesOf([large, small], small)).toEqual(["fast"]);
    expect(rolesOf([thinker, large], large)).toEqual([]);
    expect(rolesOf([thinker, large], thinker)).toEqual(["reason"]);
  });
});
