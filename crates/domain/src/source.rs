//! A registered customer database.

use crate::{DataSourceId, Dialect, UserId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A data source as everyone who may use it sees it. Holds no secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DataSource {
    /// Its id.
    pub id: DataSourceId,
    /// Who registered it.
    pub owner_id: UserId,
    /// Short unique name, as on the command line.
    pub name: String,
    /// SQL flavour.
    pub dialect: Dialect,
    /// Where it is, without the password: `postgres://reader@db.example:5432/sales`.
    pub location: String,
    /// Where it stands.
    pub status: SourceStatus,
    /// Cause of an error, for people; absent otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_detail: Option<String>,
    /// Tables known after learning.
    pub table_count: u32,
    /// When it was registered.
    pub created_at: DateTime<Utc>,
    /// When it was last learned to the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learned_at: Option<DateTime<Utc>>,
    /// Seconds after which it is learned again by itself, 0 never; as configured when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resync_seconds: Option<u32>,
    /// How often people changed what is known of it: with `learned_at`, what a cache of that rests on.
    #[serde(default, skip_serializing)]
    #[schema(ignore)]
    pub knowledge_version: u64,
}

/// `Loading → Ready | Error`; `Ready ↔ Paused`; learning again goes back to `Loading`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceStatus {
    /// Being learned, or waiting for it.
    Loading,
    /// Can be asked.
    Ready,
    /// Learning failed; `status_detail` says why.
    Error,
    /// Set aside by a person: cannot be asked.
    Paused,
}

impl SourceStatus {
    /// Stable code, as stored and served.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Loading => "loading",
            Self::Ready => "ready",
            Self::Error => "error",
            Self::Paused => "paused",
        }
    }
}
