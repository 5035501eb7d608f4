//! What can go wrong with a customer's database.

use datafyme_domain::ErrorKind;

/// A failure at a customer's database. Messages say what failed and what to do, and hold no password and no row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ConnectError {
    kind: ErrorKind,
    message: String,
}

impl ConnectError {
    /// A failure of that kind.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// This build or database cannot do it.
    #[must_use]
    pub fn unsupported(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unsupported, message)
    }

    /// The database refused the query, in its own words.
    #[must_use]
    pub fn query_failed(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::QueryFailed, message)
    }

    /// What kind of failure it is.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Whether the same call may succeed later.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        self.kind.is_retryable()
    }
}
