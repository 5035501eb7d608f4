import type { LanguageModel } from "../api/model";

/** A model of the tests' own house. */
export function aModel(more: Partial<LanguageModel> = {}): LanguageModel {
  return {
    id: "m1",
    owner_id: "u",
    name: "house",
    provider: "open_ai",
    model: "qwen3:8b",
    base_url: "http://127.0.0.1:11434/v1",
    has_key: false,
    roles: [],
    created_at: "2026-01-01T00:00:00Z",
    ...more,
  };
}

/** A page of a list. */
export const list = <T,>(...items: T[]) => ({ items, next_cursor: null });
