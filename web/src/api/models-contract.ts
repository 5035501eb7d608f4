// The part of the API that is about language models, until the generated types have it.

export type Provider = "open_ai" | "azure" | "anthropic" | "gemini";
export type ModelRole = "reason" | "fast" | "embed";
export type StructuredMode = "schema" | "tool" | "json" | "text";
export type Effort = "low" | "medium" | "high";
export type ModelCallOutcome = "answered" | "repaired" | "malformed" | "refused" | "failed";

export interface ModelAbilities {
  structured: StructuredMode;
  streaming: boolean;
  tools: boolean;
}

export interface LanguageModel {
  id: string;
  owner_id: string;
  name: string;
  provider: Provider;
  model: string;
  base_url?: string | null;
  headers?: Record<string, string>;
  has_key: boolean;
  input_price?: number | null;
  output_price?: number | null;
  roles?: ModelRole[];
  abilities?: ModelAbilities | null;
  created_at: string;
}

export interface ModelCall {
  task: string;
  model: string;
  prompt_hash: string;
  prompt_tokens: number;
  completion_tokens: number;
  duration_ms: number;
  cost_micros?: number | null;
  attempts: number;
  outcome: ModelCallOutcome;
  error?: string | null;
}

export interface AddModelRequest {
  name: string;
  provider: Provider;
  model: string;
  base_url?: string | null;
  api_key?: string | null;
  headers?: Record<string, string>;
  input_price?: number | null;
  output_price?: number | null;
}

export type UpdateModelRequest = Partial<AddModelRequest>;

export interface DiscoverModelsRequest {
  provider: Provider;
  base_url?: string | null;
  api_key?: string | null;
  model_id?: string | null;
}

export interface ModelTest {
  ok: boolean;
  latency_ms: number;
  abilities?: ModelAbilities | null;
  error?: string | null;
}

export type ModelRolesRequest = Partial<Record<ModelRole, string | null>>;

export interface ModelSpend {
  calls: number;
  tokens: number;
  cost_micros: number;
}

export interface SpendToday {
  today: ModelSpend;
  day_tokens?: number | null;
  day_cost_micros?: number | null;
}

interface Items {
  items: LanguageModel[];
  next_cursor?: string | null;
}

interface Answers<Status extends number, Body> {
  responses: Record<Status, { headers: Record<string, unknown>; content: { "application/json": Body } }>;
}
interface Takes<Body> {
  requestBody: { content: { "application/json": Body } };
}
interface OfOne {
  parameters: { path: { id: string } };
}

export interface ModelPaths {
  "/api/v1/models": { get: Answers<200, Items>; post: Takes<AddModelRequest> & Answers<201, LanguageModel> };
  "/api/v1/models/{id}": {
    get: OfOne & Answers<200, LanguageModel>;
    patch: OfOne & Takes<UpdateModelRequest> & Answers<200, LanguageModel>;
    delete: OfOne & { responses: { 204: { headers: Record<string, unknown>; content?: never } } };
  };
  "/api/v1/models/{id}/test": { post: OfOne & Answers<200, ModelTest> };
  "/api/v1/models/discover": { post: Takes<DiscoverModelsRequest> & Answers<200, { models: string[] }> };
  "/api/v1/models/roles": { put: Takes<ModelRolesRequest> & Answers<200, Items> };
  "/api/v1/models/spend": { get: Answers<200, SpendToday> };
}
