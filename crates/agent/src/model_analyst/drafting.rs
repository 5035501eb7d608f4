//! From a model's reply to a query draft: what a reply has to hold, and what is read out of its query.

use super::{
    quoting,
    reading::{self, Reading},
};
use crate::{
    analyst::{Asking, DraftColumn, DraftJoin, PastTurn, QueryDraft},
    knowledge::SourceKnowledge,
};
use datafyme_domain::ChartKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Characters of an explanation or assumption.
const NOTE: usize = 400;
/// Assumptions kept.
const NOTES: usize = 5;

/// The draft of a query that a person wrote: what can be read out of it.
pub(crate) fn read_draft(sql: &str, knowledge: &SourceKnowledge) -> QueryDraft {
    let read = reading::read(sql, knowledge);
    QueryDraft {
        sql: sql.to_owned(),
        columns: read.columns,
        joins: read.joins,
        tie_probe: read.tie_probe,
        ..QueryDraft::default()
    }
}

/// A query with what is to be said of it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub(super) struct WrittenQuery {
    /// Whether the listed tables can answer the question.
    pub(super) answerable: bool,
    /// To the user: what is missing, when it is not answerable; empty otherwise.
    #[serde(default)]
    pub(super) reason: String,
    /// One SELECT statement; empty when not answerable.
    #[serde(default)]
    pub(super) sql: String,
    /// One sentence to the user: how the question was understood.
    #[serde(default)]
    pub(super) explanation: String,
    /// To the user: what was assumed that the question does not say.
    #[serde(default)]
    pub(super) assumptions: Vec<String>,
    /// The chart that the question names; none when it names none.
    #[serde(default)]
    pub(super) chart: ChartWish,
}

/// A chart by name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ChartWish {
    #[default]
    None,
    Bar,
    StackedBar,
    Line,
    Pie,
    Scatter,
    Bubble,
    Histogram,
    Mixed,
}

impl ChartWish {
    /// The kind of chart, if one was named.
    pub(super) const fn kind(self) -> Option<ChartKind> {
        Some(match self {
            Self::None => return None,
            Self::Bar => ChartKind::Bar,
            Self::StackedBar => ChartKind::StackedBar,
            Self::Line => ChartKind::Line,
            Self::Pie => ChartKind::Pie,
            Self::Scatter => ChartKind::Scatter,
            Self::Bubble => ChartKind::Bubble,
            Self::Histogram => ChartKind::Histogram,
            Self::Mixed => ChartKind::Mixed,
        })
    }
}

impl WrittenQuery {
    /// A query is there, or a reason why not.
    pub(super) fn check(&self) -> Result<(), String> {
        match (self.answerable, self.sql.trim().is_empty(), self.reason.trim().is_empty()) {
            (true, true, _) => Err("it is answerable, but `sql` is empty".to_owned()),
            (false, _, true) => Err("it is not answerable, but `reason` is empty".to_owned()),
            _ => Ok(()),
        }
    }

    /// The query alone: without a code fence and a closing semicolon.
    pub(super) fn bare_sql(&self) -> String {
        let mut sql = self.sql.trim();
        if let Some(fenced) = sql.strip_prefix("```") {
            let fenced = fenced.strip_suffix("```").unwrap_or(fenced);
            sql = fenced.strip_prefix("sql").or_else(|| fenced.strip_prefix("sqlite")).unwrap_or(fenced);
        }
        sql.trim().trim_end_matches(';').trim_end().to_owned()
    }
}

/// What a later chart change or follow-up needs of a model's query.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Memo {
    /// The model that wrote it.
    written_by: String,
    sql: String,
    explanation: String,
    columns: Vec<DraftColumn>,
    joins: Vec<DraftJoin>,
}

impl Memo {
    /// Of the query that an earlier turn was answered with, where a model wrote it.
    pub(crate) fn of(turn: &PastTurn) -> Option<Self> {
        serde_json::from_value(turn.memo.clone()?).ok()
    }

    /// The same query once more.
    pub(crate) fn draft(self, chart: Option<ChartKind>) -> QueryDraft {
        let memo = serde_json::to_value(&self).ok();
        QueryDraft {
            sql: self.sql,
            explanation: self.explanation,
            columns: self.columns,
            joins: self.joins,
            chart_wish: chart,
            analyst: Some(self.written_by),
            memo,
            ..QueryDraft::default()
        }
    }
}

/// The draft that a reply stands for.
pub(super) fn draft(asking: &Asking, written: &WrittenQuery, sql: String, reading: Reading, model: &str) -> QueryDraft {
    let explanation = quoting::line(&written.explanation, NOTE);
    let explanation = if explanation.is_empty() { quoting::line(&asking.question, NOTE) } else { explanation };
    let memo = Memo {
        written_by: model.to_owned(),
        sql: sql.clone(),
        explanation: explanation.clone(),
        columns: reading.columns.clone(),
        joins: reading.joins.clone(),
    };
    QueryDraft {
        sql,
        explanation,
        notes: written
            .assumptions
            .iter()
            .map(|a| quoting::line(a, NOTE))
            .filter(|a| !a.is_empty())
            .take(NOTES)
            .collect(),
        columns: reading.columns,
        joins: reading.joins,
        chart_wish: written.chart.kind(),
        tie_probe: reading.tie_probe,
        analyst: Some(model.to_owned()),
        memo: serde_json::to_value(memo).ok(),
        ..QueryDraft::default()
    }
}
