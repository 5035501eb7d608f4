import type { components } from "./generated/schema";

type Schemas = components["schemas"];

/** A value of a row: null, boolean, number or text (dates ISO 8601, decimals and non-finite numbers as text). */
export type Cell = unknown;

export type Answer = Schemas["Answer"];
export type AnswerReading = Schemas["AnswerReading"];
export type ChartKind = Schemas["ChartKind"];
export type ChartSpec = Schemas["ChartSpec"];
export type Check = Schemas["Check"];
export type CheckResult = Schemas["CheckResult"];
export type Column = Schemas["Column"];
export type ColumnDocumentation = Schemas["ColumnDocumentation"];
export type ColumnProfile = Schemas["ColumnProfile"];
export type ColumnType = Schemas["ColumnType"];
export type Conversation = Schemas["Conversation"];
export type CreateModelRequest = Schemas["CreateModelRequest"];
export type DataSource = Schemas["DataSource"];
export type DocumentationChange = Schemas["DocumentationChange"];
export type DiscoverModelsRequest = Schemas["DiscoverModelsRequest"];
export type Effort = Schemas["Effort"];
export type Job = Schemas["Job"];
export type JoinCount = Schemas["JoinCount"];
export type JobStatus = Schemas["JobStatus"];
export type LanguageModel = Schemas["LanguageModel"];
export type LearnedChanges = Schemas["LearnedChanges"];
export type MessageItem = Schemas["MessageItem"];
export type ModelAbilities = Schemas["ModelAbilities"];
export type ModelCall = Schemas["ModelCall"];
export type ModelCallOutcome = Schemas["ModelCallOutcome"];
export type ModelRole = Schemas["ModelRole"];
export type ModelTrial = Schemas["ModelTrial"];
export type NumberFormat = Schemas["NumberFormat"];
export type Phrase = Schemas["Phrase"];
export type PhraseTarget = Schemas["PhraseTarget"];
export type Provider = Schemas["Provider"];
export type Relation = Schemas["ToldRelation"];
export type RelationKind = Schemas["RelationKind"];
export type Resync = Schemas["Resync"];
export type RowSetColumn = Schemas["RowSetColumn"];
export type Run = Schemas["Run"];
export type RunEvent = Schemas["RunEvent"];
export type RunStatus = Schemas["RunStatus"];
export type SourceStatus = Schemas["SourceStatus"];
export type Step = Schemas["Step"];
export type TableDetail = Schemas["TableDetail"];
export type TableDocumentation = Schemas["TableDocumentation"];
export type TableRef = Schemas["TableRef"];
export type TableSummary = Schemas["TableSummary"];
export type TermItem = Schemas["TermItem"];
export type TermMeaning = Schemas["TermMeaning"];
export type TermRequest = Schemas["TermRequest"];
export type UpdateModelRequest = Schemas["UpdateModelRequest"];
export type Usage = Schemas["Usage"];
export type VerifiedQueryItem = Schemas["VerifiedQueryItem"];

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
