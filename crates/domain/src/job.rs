//! Durable background work.

use crate::{DataSourceId, JobId, TableRef, UserId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A unit of background work. Survives restarts; a dead worker's job is taken over once its lease ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// On whose behalf it runs.
    pub owner_id: UserId,
    /// What it does.
    pub kind: JobKind,
    /// The data source it works on.
    pub source_id: DataSourceId,
    /// Where it stands.
    pub status: JobStatus,
    /// How far it is.
    pub progress: JobProgress,
    /// Cause of a failure, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// How many workers have started it.
    pub attempts: u32,
    /// Whether somebody asked it to stop.
    pub cancel_requested: bool,
    /// When it was put in.
    pub created_at: DateTime<Utc>,
    /// When a worker first took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<DateTime<Utc>>,
}

/// What a job does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// Introspect, profile, document, relate, index.
    Learn,
    /// Rebuild search index and relation graph from metadata.
    Reindex,
}

/// `Queued → Running → Succeeded | Failed | Cancelled`; a lost `Running` goes back to `Queued`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobStatus {
    /// Waiting for a worker.
    Queued,
    /// A worker has it.
    Running,
    /// Done.
    Succeeded,
    /// Ended with a cause.
    Failed,
    /// Stopped by a person.
    Cancelled,
}

impl JobStatus {
    /// Whether nothing more will happen to it.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }

    /// Stable code, as stored and served.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// How far a job is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct JobProgress {
    /// Phase in a word: `introspect`, `profile`, `document`, `relate`, `index`.
    pub phase: String,
    /// Units done over all phases.
    pub done: u64,
    /// Units in all; 0 while not known.
    pub total: u64,
    /// What it works on now, e.g. a table name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<String>,
    /// Estimated seconds left; absent while not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds_left: Option<u64>,
    /// What a learning found changed since the one before; absent while not known, and of a first learning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<LearnedChanges>,
    /// Which tables these are; absent while not known, and where nothing changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_tables: Option<ChangedTables>,
    /// What its result lacks, in sentences for people, e.g. that the day's budget for models was spent half-way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// How many tables a learning found changed since the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LearnedChanges {
    /// Tables that were not there.
    pub added: u64,
    /// Tables whose columns, keys, comments or rows are others than before.
    pub changed: u64,
    /// Tables that go by another name.
    pub renamed: u64,
    /// Tables that are no more.
    pub removed: u64,
    /// All others: nothing about them was made anew.
    pub unchanged: u64,
}

/// The tables that a learning found changed, by name: of each kind the first few, since progress is written often.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ChangedTables {
    /// Tables that were not there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub added: Vec<TableRef>,
    /// Tables whose columns, keys, comments or rows are others than before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<TableRef>,
    /// Tables that go by another name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub renamed: Vec<RenamedTable>,
    /// Tables that are no more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<TableRef>,
}

impl ChangedTables {
    /// Most tables of a kind; the counts tell of the others.
    pub const NAMED: usize = 30;
}

/// A table that goes by another name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RenamedTable {
    /// Its name before.
    pub from: TableRef,
    /// Its name now.
    pub to: TableRef,
}
