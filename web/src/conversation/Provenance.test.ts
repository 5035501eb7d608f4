import { expect, it } from "vitest";
import type { Answer } from "../api/model";
import { reasonsOf } from "./Provenance";

const answer = (more: object) => more as Answer;

it("tells why the relations of an answer are believed in the language of the pages", () => {
  const told = [
    { language: "en", reasons: [["a key"], ["named so", "unique"]] },
    { language: "hu", reasons: [["kulcs"], ["így hívják", "egyedi"]] },
  ];
  expect(reasonsOf(answer({ relation_reasons: told }), "hu")).toEqual([["kulcs"], ["így hívják", "egyedi"]]);
  expect(reasonsOf(answer({ relation_reasons: told }), "de")).toEqual([["a key"], ["named so", "unique"]]);
});

it("has an earlier version's own words, and none where there are only facts", () => {
  const reasons = [{ kind: "text", text: "the names fit" }, { kind: "primary_key" }];
  expect(reasonsOf(answer({ relations: [{ evidence: { reasons } }, { evidence: {} }] }), "hu")).toEqual([["the names fit"], []]);
  expect(reasonsOf(answer({}), "en")).toEqual([]);
});
