import type { CreateModelRequest, LanguageModel, UpdateModelRequest } from "../api/model";
import { ApiError } from "../api/problem";
import { parseUrl, presetById, presetOf } from "./providers";

/** What the form holds while it is filled in. */
export interface ModelDraft {
  preset: string;
  name: string;
  base_url: string;
  model: string;
  /** Typed now; empty keeps the stored one. */
  api_key: string;
  /** The stored key is to go. */
  removeKey: boolean;
  headers: HeaderDraft[];
  /** Empty or a number. */
  input_price: number | string;
  output_price: number | string;
}

/** A header as it is typed. */
export interface HeaderDraft {
  name: string;
  value: string;
}

/** Fields that an error can stand beside. */
export type ModelField = "name" | "base_url" | "model" | "api_key" | "headers" | "prices";

/** Why a field cannot stay as it is: a key of the texts. */
export type FieldErrors = Partial<Record<ModelField, DraftError>>;

/** An error that the form found by itself, or words of the server. */
export type DraftError =
  | { code: "nameMissing" | "modelMissing" | "urlMissing" | "urlWrong" | "headerWrong" }
  | { code: "headerTwice"; name: string }
  | { words: string };

/** A draft to begin with: empty, or what is configured. */
export function draftOf(model: LanguageModel | undefined): ModelDraft {
  return {
    preset: model ? presetOf(model).id : presetById(null).id,
    name: model?.name ?? "",
    base_url: model?.base_url ?? "",
    model: model?.model ?? "",
    api_key: "",
    removeKey: false,
    headers: Object.entries(model?.headers ?? {}).map(([name, value]) => ({ name, value })),
    input_price: model?.input_price ?? "",
    output_price: model?.output_price ?? "",
  };
}

const written = (headers: readonly HeaderDraft[]) =>
  headers.map(({ name, value }) => ({ name: name.trim(), value: value.trim() })).filter(({ name, value }) => name || value);

/** A header's name is a token (RFC 9110, section 5.6.2). */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

function headerError(headers: readonly HeaderDraft[]): DraftError | undefined {
  const seen = new Set<string>();
  for (const { name } of written(headers)) {
    if (!TOKEN.test(name)) return { code: "headerWrong" };
    if (seen.has(name.toLowerCase())) return { code: "headerTwice", name };
    seen.add(name.toLowerCase());
  }
  return undefined;
}

function urlError(url: string, needed: boolean): DraftError | undefined {
  if (!url) return needed ? { code: "urlMissing" } : undefined;
  const protocol = parseUrl(url)?.protocol;
  return protocol === "http:" || protocol === "https:" ? undefined : { code: "urlWrong" };
}

/** What is wrong with where a model is reached: enough for asking which models there are. */
export function placeErrors(draft: ModelDraft): FieldErrors {
  const error = urlError(draft.base_url.trim(), presetById(draft.preset).needsUrl);
  return error ? { base_url: error } : {};
}

/** What is wrong with a draft; nothing when it can be saved. */
export function draftErrors(draft: ModelDraft): FieldErrors {
  const errors = placeErrors(draft);
  if (!draft.name.trim()) errors.name = { code: "nameMissing" };
  if (!draft.model.trim()) errors.model = { code: "modelMissing" };
  const headers = headerError(draft.headers);
  if (headers) errors.headers = headers;
  return errors;
}

const price = (typed: number | string): number | null => (typed === "" ? null : Number(typed));

/** A new model as the API takes it: what is empty is left out. */
export function addRequest(draft: ModelDraft): CreateModelRequest {
  const headers = written(draft.headers);
  const [url, key] = [draft.base_url.trim(), draft.api_key.trim()];
  const [sent, received] = [price(draft.input_price), price(draft.output_price)];
  return {
    name: draft.name.trim(),
    provider: presetById(draft.preset).provider,
    model: draft.model.trim(),
    ...(url ? { base_url: url } : {}),
    ...(key ? { api_key: key } : {}),
    ...(headers.length > 0 ? { headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])) } : {}),
    ...(sent === null ? {} : { input_price: sent }),
    ...(received === null ? {} : { output_price: received }),
  };
}

/** A changed model as the API takes it: `null` takes away, and an absent key keeps the stored one. */
export function updateRequest(draft: ModelDraft): UpdateModelRequest {
  const key = draft.api_key.trim();
  return {
    name: draft.name.trim(),
    provider: presetById(draft.preset).provider,
    model: draft.model.trim(),
    base_url: draft.base_url.trim() || null,
    headers: Object.fromEntries(written(draft.headers).map(({ name, value }) => [name, value])),
    input_price: price(draft.input_price),
    output_price: price(draft.output_price),
    ...(draft.removeKey && !key ? { api_key: null } : {}),
    ...(key ? { api_key: key } : {}),
  };
}

/** Fields by the words that the server names them with; the first that occurs in its message wins. */
const NAMED: readonly [ModelField, RegExp][] = [
  ["base_url", /base_url|base address|\burl\b/i],
  ["headers", /\bheaders?\b/i],
  ["api_key", /api[_ ]key|\bkey\b|credentials/i],
  ["prices", /_price|\bprices?\b/i],
  ["name", /\bname\b|\bnamed\b/i],
  ["model", /\bmodel\b/i],
];

/** The field that a problem of saving is about; none where it says nothing of one. */
export function fieldOf(error: unknown): ModelField | undefined {
  if (!(error instanceof ApiError)) return undefined;
  const { code, message } = error;
  if (code === "conflict") return "name";
  if (code === "unauthenticated") return "api_key";
  if (code !== "invalid_input") return undefined;
  return NAMED.find(([, words]) => words.test(message))?.[0];
}
