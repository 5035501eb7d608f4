//! What can go wrong above the seams.

use datafyme_connect::ConnectError;
use datafyme_domain::ErrorKind;
use datafyme_llm::LlmError;
use datafyme_store::StoreError;

/// A failure that is not data for the next stage. Messages say what failed, on what, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AgentError {
    /// The request cannot be done as it stands.
    #[error("{message}")]
    Refused {
        /// What kind of refusal.
        kind: ErrorKind,
        /// Why, and what to do.
        message: String,
    },
    /// The customer's database failed.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// Our own state failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A model or embedder failed.
    #[error(transparent)]
    Llm(#[from] LlmError),
}

impl AgentError {
    /// A refusal of that kind.
    #[must_use]
    pub fn refused(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self::Refused { kind, message: message.into() }
    }

    /// Nothing of that name that the caller may see.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::refused(ErrorKind::NotFound, format!("no such {what}"))
    }

    /// What kind of failure it is.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Refused { kind, .. } => *kind,
            Self::Connect(e) => e.kind(),
            Self::Store(e) => e.kind(),
            Self::Llm(e) => e.kind(),
        }
    }

    /// Whether the same call may succeed later.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        self.kind().is_retryable()
    }
}
