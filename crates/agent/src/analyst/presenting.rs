//! Contracts of the tasks that show a result.

use crate::analyst::QueryDraft;
use datafyme_domain::{ChartSpec, RowSet};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A result with the query behind it.
#[derive(Debug, Clone, Copy)]
pub struct ResultView<'a> {
    /// The query.
    pub draft: &'a QueryDraft,
    /// Its rows, bounded.
    pub rows: &'a RowSet,
}

/// How a result is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RepresentationChoice {
    /// Text, table or chart.
    pub kind: RepresentationKind,
    /// Why, in one line.
    pub why: String,
}

/// Text, table or chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RepresentationKind {
    /// A sentence.
    Text,
    /// Rows.
    Table,
    /// A drawing of the rows.
    Chart,
}

/// A chart to draw. Columns are named by position, from 0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChartDraft {
    /// The chart.
    #[schemars(with = "serde_json::Value")]
    pub spec: ChartSpec,
    /// Why this one, in one line.
    pub why: String,
}

/// What a result says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Description {
    /// A few sentences; every figure is one of the rows or computed from them.
    pub text: String,
    /// Questions to ask next.
    pub suggestions: Vec<String>,
}
