import type { components } from "./generated/schema";
import type { ModelCall } from "./models-contract";

type Schemas = components["schemas"];

/** A value of a row: null, boolean, number or text (dates ISO 8601, decimals and non-finite numbers as text). */
export type Cell = unknown;

export type Answer = Schemas["Answer"];
export type ChartKind = Schemas["ChartKind"];
export type ChartSpec = Schemas["ChartSpec"];
export type Check = Schemas["Check"];
export type CheckResult = Schemas["CheckResult"];
export type Column = Schemas["Column"];
export type ColumnDocumentation = Schemas["ColumnDocumentation"];
export type ColumnProfile = Schemas["ColumnProfile"];
export type ColumnType = Schemas["ColumnType"];
export type Conversation = Schemas["Conversation"];
export type DataSource = Schemas["DataSource"];
export type Job = Schemas["Job"];
export type JobStatus = Schemas["JobStatus"];
export type MessageItem = Schemas["MessageItem"];
export type NumberFormat = Schemas["NumberFormat"];
export type Relation = Schemas["Relation"];
export type RowSetColumn = Schemas["RowSetColumn"];
export type Run = Schemas["Run"];
export type RunEvent = Schemas["RunEvent"];
export type RunStatus = Schemas["RunStatus"];
export type SourceStatus = Schemas["SourceStatus"];
export type Step = Schemas["Step"] & { calls?: ModelCall[] };
export type TableDetail = Schemas["TableDetail"];
export type TableDocumentation = Schemas["TableDocumentation"];
export type TableRef = Schemas["TableRef"];
export type TableSummary = Schemas["TableSummary"];
export type Usage = Schemas["Usage"] & { model_calls?: number; cost_micros?: number | null };

export type {
  AddModelRequest,
  DiscoverModelsRequest,
  Effort,
  LanguageModel,
  ModelAbilities,
  ModelCall,
  ModelCallOutcome,
  ModelRole,
  ModelTest,
  Provider,
  SpendToday,
  UpdateModelRequest,
} from "./models-contract";

/** Kinds of chart, in the order in which they are offered. */
export const CHART_KINDS = [
  "bar",
  "stacked_bar",
  "line",
  "pie",
  "scatter",
  "bubble",
  "histogram",
  "mixed",
] as const satisfies readonly ChartKind[];

/** A table's name for people: `schema.table`. */
export function tableLabel({ schema, table }: TableRef): string {
  return schema ? `${schema}.${table}` : table;
}
