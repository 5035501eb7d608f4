//! Contracts of the tasks that lead to a query.

use datafyme_domain::{ChartKind, Explanation, JoinPath, RelationId, TableRef};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A table that retrieval found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FoundTable {
    /// The table.
    pub table: TableRef,
    /// Larger is better; comparable within one retrieval.
    pub score: f64,
    /// Columns of it that were found by themselves.
    pub columns: Vec<String>,
    /// The words of the question that point to it.
    #[serde(default)]
    pub words: Vec<String>,
}

/// The tables that a question is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SelectedTables {
    /// Best first; empty when none fits.
    pub tables: Vec<SelectedTable>,
}

/// A table that a question is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SelectedTable {
    /// Name, as the catalog spells it.
    #[schemars(with = "String")]
    pub table: TableRef,
    /// Larger is better.
    pub score: f64,
    /// The words of the question that point to it, or another reason.
    pub reasons: Vec<String>,
}

/// The question in other words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rephrased {
    /// The words.
    pub question: String,
}

/// What a query may be made of.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct QueryScope {
    /// The selected tables and those between and beside them.
    pub tables: Vec<TableRef>,
    /// How they connect.
    pub paths: Vec<JoinPath>,
}

/// A query that is to answer a question.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct QueryDraft {
    /// One SELECT in the dialect of the data source.
    pub sql: String,
    /// How the question was understood, in words.
    pub explanation: String,
    /// The same phrase by phrase, in each language that it can be said in.
    #[serde(default)]
    #[schemars(skip)]
    pub explanations: Vec<Explanation>,
    /// 0 to 1, where the analyst has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
    /// What the reader should know: assumptions made, words not used.
    #[serde(default)]
    pub notes: Vec<String>,
    /// What each column of the result is, in order; empty when not known.
    #[serde(default)]
    pub columns: Vec<DraftColumn>,
    /// The joins.
    #[serde(default)]
    pub joins: Vec<DraftJoin>,
    /// The chart that the question names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub chart_wish: Option<ChartKind>,
    /// Where only the first rows of an order are kept: a query for the sort keys of the first rows and those after
    /// them, so that ties are seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tie_probe: Option<TieProbe>,
    /// Other readings, best first: what a repair may fall back to.
    #[serde(default)]
    #[schemars(skip)]
    pub others: Vec<OtherReading>,
    /// Who wrote it, when that is not who was asked: `rules` or a model's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(skip)]
    pub analyst: Option<String>,
    /// That a person approved it for just this question, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(skip)]
    pub verified: Option<String>,
    /// What the analyst wants to see again at a follow-up; nobody else reads it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(skip)]
    pub memo: Option<serde_json::Value>,
}

/// A query that shows whether a cut through an order cuts through equals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TieProbe {
    /// Selects nothing but the sort keys, in the order of the query, a few rows beyond its limit.
    pub sql: String,
    /// Rows that the query keeps.
    pub kept: usize,
}

/// A column of a query's result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DraftColumn {
    /// Its heading.
    pub label: String,
    /// What part it plays.
    pub role: DraftColumnRole,
    /// Period of a time column: `day`, `week`, `month`, `quarter`, `year`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
}

/// What part a column of the result plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DraftColumnRole {
    /// A number that can be drawn.
    Measure,
    /// A category.
    Dimension,
    /// A date or period.
    Time,
    /// A key or code.
    Identifier,
    /// A share of a whole or a ratio.
    Share,
}

/// A join of a query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DraftJoin {
    /// Table on one side.
    #[schemars(with = "String")]
    pub from_table: TableRef,
    /// Its columns.
    pub from_columns: Vec<String>,
    /// Table on the other side.
    #[schemars(with = "String")]
    pub to_table: TableRef,
    /// Its columns.
    pub to_columns: Vec<String>,
    /// The known relation that it follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(skip)]
    pub relation: Option<RelationId>,
    /// Whether rows of `from_table` without a partner stay.
    #[serde(default)]
    pub keeps_unmatched: bool,
    /// Whether it repeats rows that an aggregate then counts or adds up more than once.
    #[serde(default)]
    pub inflates: bool,
}

/// Another reading of the question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OtherReading {
    /// Its query.
    pub sql: String,
    /// In words.
    pub explanation: String,
    /// 0 to 1.
    pub confidence: f64,
    /// The analyst's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memo: Option<serde_json::Value>,
}

/// A query that failed, as the next attempt sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FailedQuery {
    /// The query.
    pub draft: QueryDraft,
    /// What the guard or the database said.
    pub error: String,
}
