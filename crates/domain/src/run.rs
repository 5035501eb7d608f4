//! One execution of the answer graph for one message, and what it ends in.

use crate::{
    ChartSpec, ConversationId, DataSourceId, Effort, MessageId, ModelCall, Relation, RowSetColumn, RunId, StepId,
    TableRef, ToldReasons, UserId, Value,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A run. Its state is the fold of its steps; these fields are what lists need.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// On whose behalf.
    pub owner_id: UserId,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The user's message that it answers.
    pub message_id: MessageId,
    /// The data source asked.
    pub source_id: DataSourceId,
    /// The question as typed.
    pub question: String,
    /// Where it stands.
    pub status: RunStatus,
    /// The end, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// Whether somebody asked it to stop.
    pub cancel_requested: bool,
    /// How much it may cost.
    #[serde(default)]
    pub effort: Effort,
    /// When it was put in.
    pub created_at: DateTime<Utc>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<DateTime<Utc>>,
}

/// `Running → Answered | Declined | Failed | Cancelled`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// Under way, or waiting to be resumed.
    Running,
    /// Has an answer.
    Answered,
    /// Will not answer; the text says why, and what to ask instead.
    Declined,
    /// Could not answer; the text names a cause the user can act on.
    Failed,
    /// Stopped by a person.
    Cancelled,
}

impl RunStatus {
    /// Whether nothing more will happen to it.
    #[must_use]
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::Running)
    }

    /// Stable code, as stored and served.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Answered => "answered",
            Self::Declined => "declined",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// What a run ends in: the body of `ask --format json`, less its steps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Answer {
    /// Answered, declined, failed or cancelled.
    pub status: RunStatus,
    /// How it is shown.
    pub kind: AnswerKind,
    /// The sentence: the description of the result, or why there is none.
    pub text: String,
    /// How the question was understood, in words; absent for small talk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interpretation: Option<String>,
    /// The same phrase by phrase, in each language that it can be said in; empty for small talk and for a model's query.
    #[serde(default)]
    pub explanations: Vec<Explanation>,
    /// The query behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sql: Option<String>,
    /// Columns of the result.
    #[serde(default)]
    pub columns: Vec<RowSetColumn>,
    /// Rows of the result, within the run's limits.
    #[serde(default)]
    pub rows: Vec<Vec<Value>>,
    /// Whether there are more rows than these.
    #[serde(default)]
    pub truncated: bool,
    /// The chart, when `kind` is chart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chart: Option<ChartSpec>,
    /// Tables that the query reads.
    #[serde(default)]
    pub tables: Vec<TableRef>,
    /// Relations that the query joins along.
    #[serde(default)]
    pub relations: Vec<Relation>,
    /// Their reasons in words, in each language that there are words in; empty where nothing was joined, and in answers
    /// of earlier versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relation_reasons: Vec<ToldReasons>,
    /// What was checked, and how it came out.
    #[serde(default)]
    pub checks: Vec<Check>,
    /// Questions to ask next or instead.
    #[serde(default)]
    pub suggestions: Vec<String>,
    /// Where the question can be read in several ways: each reading with the beginning of its result, best first. One of
    /// them can be chosen by its position, from 1.
    #[serde(default)]
    pub readings: Vec<AnswerReading>,
    /// Confidence of the analyst, 0 to 1, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
    /// What it cost.
    #[serde(default)]
    pub usage: Usage,
}

impl Answer {
    /// An answer of that end and those words, with nothing else in it yet.
    #[must_use]
    pub fn of_words(status: RunStatus, text: String) -> Self {
        Self {
            status,
            kind: AnswerKind::Text,
            text,
            interpretation: None,
            explanations: Vec::new(),
            sql: None,
            columns: Vec::new(),
            rows: Vec::new(),
            truncated: false,
            chart: None,
            tables: Vec::new(),
            relations: Vec::new(),
            relation_reasons: Vec::new(),
            checks: Vec::new(),
            suggestions: Vec::new(),
            readings: Vec::new(),
            confidence: None,
            usage: Usage::default(),
        }
    }
}

/// How a question was understood, in one language: the phrases put together are one sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Explanation {
    /// `en` or `hu`.
    pub language: String,
    /// In order, blanks included.
    pub phrases: Vec<Phrase>,
}

/// A part of an explanation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Phrase {
    /// The words.
    pub text: String,
    /// What they stand for; absent for words between.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<PhraseTarget>,
}

/// What a phrase stands for: a table, a column of it, or a value of that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PhraseTarget {
    /// The table.
    pub table: TableRef,
    /// Its column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// A value that the column is compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// One way to read a question, with the beginning of its result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AnswerReading {
    /// In words.
    pub interpretation: String,
    /// Its query.
    pub sql: String,
    /// Columns of its result.
    pub columns: Vec<RowSetColumn>,
    /// The first rows of its result.
    pub rows: Vec<Vec<Value>>,
    /// Whether there are more.
    pub truncated: bool,
    /// How sure the analyst is of it, 0 to 1.
    pub confidence: f64,
}

/// How an answer is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnswerKind {
    /// A sentence, or a single figure inside one.
    Text,
    /// A table.
    Table,
    /// A chart over the rows.
    Chart,
}

/// One check that an answer passed or did not: the ground for trusting it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Check {
    /// Stable code: `read_only`, `tables_exist`, `relations_known`, `complete`, `orphans` …
    pub code: String,
    /// How it came out.
    pub result: CheckResult,
    /// In words, with the figures.
    pub detail: String,
    /// The figures of a join, where the check is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub join: Option<JoinCount>,
}

/// What a join did to the rows before it, counted on the data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct JoinCount {
    /// The table that the other is attached to.
    pub from: String,
    /// The attached table.
    pub to: String,
    /// Rows before the join.
    pub rows_in: u64,
    /// Rows of them with a partner.
    pub matched: u64,
    /// Rows of them without a partner, which the join leaves out.
    pub dropped: u64,
    /// Rows of them without a partner, which the join keeps.
    pub kept_unmatched: u64,
    /// Rows that come in addition, since a row has several partners.
    pub repeated: u64,
}

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckResult {
    /// Nothing to say against it.
    Passed,
    /// Read the detail before relying on it.
    Warning,
    /// Does not hold.
    Failed,
}

/// One persisted stage of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Step {
    /// Its id.
    pub id: StepId,
    /// The run.
    pub run_id: RunId,
    /// Position in the run, from 0.
    pub seq: u32,
    /// Stage name in snake case, e.g. `write_query`.
    pub stage: String,
    /// Where it stands.
    pub status: StepStatus,
    /// Outcome as JSON text: the typed result that decided the next stage. Empty while running.
    pub outcome: String,
    /// One line for people: what happened.
    pub summary: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// Milliseconds that it took; absent while running.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// Calls of language models that it made, in order.
    #[serde(default)]
    pub calls: Vec<ModelCall>,
}

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepStatus {
    /// Under way.
    Running,
    /// Has an outcome.
    Completed,
}

/// What a run may spend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Budget {
    /// Query repairs after an error.
    pub repair_attempts: u32,
    /// Query repairs after an empty result.
    pub empty_attempts: u32,
    /// Rewordings when no table was found.
    pub rephrase_attempts: u32,
    /// Chart mappings after an invalid one.
    pub chart_attempts: u32,
    /// Wall-clock milliseconds for the whole run.
    pub run_ms: u64,
    /// Milliseconds for one query of the data source.
    pub query_ms: u64,
    /// Rows kept of a result.
    pub rows: u64,
    /// Bytes kept of a result.
    pub bytes: u64,
    /// Model tokens, both ways.
    pub tokens: u64,
    /// Millionths of the operator's currency spent on models; no limit when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_micros: Option<u64>,
    /// Model tokens of a day (UTC), over all runs and jobs; no limit when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day_tokens: Option<u64>,
    /// Millionths of the operator's currency spent on models in a day (UTC); no limit when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day_cost_micros: Option<u64>,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            repair_attempts: 3,
            empty_attempts: 2,
            rephrase_attempts: 2,
            chart_attempts: 2,
            run_ms: 120_000,
            query_ms: 30_000,
            rows: 1_000,
            bytes: 8 * 1024 * 1024,
            tokens: 60_000,
            cost_micros: None,
            day_tokens: None,
            day_cost_micros: None,
        }
    }
}

/// What a run spent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Usage {
    /// Who reasoned: `rules` or a model's name.
    pub analyst: String,
    /// Tokens sent to a model.
    pub prompt_tokens: u64,
    /// Tokens that came back.
    pub completion_tokens: u64,
    /// Calls of language models.
    #[serde(default)]
    pub model_calls: u64,
    /// Millionths of the operator's currency; absent when a model without a price was called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_micros: Option<u64>,
    /// Queries sent to the data source.
    pub queries: u32,
    /// Milliseconds spent in the data source.
    pub query_ms: u64,
    /// Milliseconds in all.
    pub total_ms: u64,
}

/// What the event stream of a run carries. `seq` of the envelope numbers them from 1 for `Last-Event-ID`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "type")]
pub enum RunEvent {
    /// A stage began.
    #[serde(rename = "step.started")]
    StepStarted {
        /// Position in the run.
        seq: u32,
        /// Stage name.
        stage: String,
    },
    /// A stage says something on its way (model text, a candidate being tried).
    #[serde(rename = "step.delta")]
    StepDelta {
        /// Position in the run.
        seq: u32,
        /// Stage name.
        stage: String,
        /// What it says.
        text: String,
    },
    /// A stage ended.
    #[serde(rename = "step.completed")]
    StepCompleted {
        /// The step as persisted.
        step: Step,
    },
    /// The run ended: the last event of every stream.
    #[serde(rename = "run.completed")]
    RunCompleted {
        /// The end.
        answer: Box<Answer>,
    },
}
