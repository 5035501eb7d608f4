//! What kind of failure something was: the one code that HTTP statuses, exit codes and retries are mapped from.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Kind of a failure. Each crate's error enum has `kind()`; only the edge (HTTP, CLI) maps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// The caller's input cannot be used; the message says what to change.
    InvalidInput,
    /// Nothing with that id or name that this caller may see.
    NotFound,
    /// It exists already, or its state does not allow this.
    Conflict,
    /// The caller is not allowed to.
    Forbidden,
    /// Credentials were refused (ours or the data source's).
    Unauthenticated,
    /// SQL that is not provably a read of allowed tables.
    UnsafeSql,
    /// The database understood the query and refused it (unknown column, type mismatch …).
    QueryFailed,
    /// A time limit passed.
    Timeout,
    /// Somebody cancelled it.
    Cancelled,
    /// A remote party (data source, model, engine) cannot be reached.
    Unavailable,
    /// A limit (rows, bytes, tokens, disk) was met.
    ResourceExhausted,
    /// This build or back end cannot do it.
    Unsupported,
    /// Stored data does not read back as it should.
    Corrupt,
    /// A defect of ours.
    Internal,
}

impl ErrorKind {
    /// Whether the same call may succeed later without a change by the user.
    #[must_use]
    pub const fn is_retryable(self) -> bool {
        matches!(self, Self::Timeout | Self::Unavailable | Self::ResourceExhausted)
    }

    /// Stable snake-case code, as in problems and reports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::InvalidInput => "invalid_input",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::Forbidden => "forbidden",
            Self::Unauthenticated => "unauthenticated",
            Self::UnsafeSql => "unsafe_sql",
            Self::QueryFailed => "query_failed",
            Self::Timeout => "timeout",
            Self::Cancelled => "cancelled",
            Self::Unavailable => "unavailable",
            Self::ResourceExhausted => "resource_exhausted",
            Self::Unsupported => "unsupported",
            Self::Corrupt => "corrupt",
            Self::Internal => "internal",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
