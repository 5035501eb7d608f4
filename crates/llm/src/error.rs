//! What goes wrong with a model or embedder.

use datafyme_domain::ErrorKind;
use std::time::Duration;

/// A failure of a model or embedder. Messages hold no key and no prompt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct LlmError {
    kind: ErrorKind,
    message: String,
    cause: LlmCause,
    status: Option<u16>,
    retry_after: Option<Duration>,
    attempts: u32,
}

/// What went wrong, more finely than [`ErrorKind`] says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LlmCause {
    /// Nothing below.
    Other,
    /// The provider refused the connection, or its name or certificate does not hold.
    Connection,
    /// The connection broke before the reply was whole.
    Cut,
    /// Nothing was heard for too long.
    Silence,
    /// The request's own time is over.
    Deadline,
    /// Too many calls or tokens a minute.
    RateLimit,
    /// The account has nothing left to spend.
    Quota,
    /// The prompt is longer than the model reads.
    ContextOverflow,
    /// The key is missing, wrong or not allowed to.
    Key,
    /// The provider has no such model or address.
    ModelMissing,
    /// The provider does not accept the request as it stands.
    Request,
    /// A content filter of the provider objects.
    ContentFilter,
    /// The provider failed.
    Server,
    /// The reply is not what the protocol says.
    Reply,
    /// The reply does not end.
    ReplyTooLong,
}

impl LlmError {
    /// A failure of that kind.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), cause: LlmCause::Other, status: None, retry_after: None, attempts: 1 }
    }

    /// A failure with that cause, of the kind that follows from it.
    #[must_use]
    pub fn caused(cause: LlmCause, message: impl Into<String>) -> Self {
        Self { cause, ..Self::new(cause.kind(), message) }
    }

    /// The same, with the HTTP status of the reply.
    #[must_use]
    pub fn with_status(self, status: u16) -> Self {
        Self { status: Some(status), ..self }
    }

    /// The same, with the wait that the provider asks for.
    #[must_use]
    pub fn with_retry_after(self, wait: Option<Duration>) -> Self {
        Self { retry_after: wait, ..self }
    }

    /// The same, after that many requests.
    #[must_use]
    pub fn after_attempts(self, attempts: u32) -> Self {
        Self { attempts, ..self }
    }

    /// What kind of failure it is.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What went wrong.
    #[must_use]
    pub const fn cause(&self) -> LlmCause {
        self.cause
    }

    /// The HTTP status of the provider's reply, where there was one.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        self.status
    }

    /// Requests sent before it was given up.
    #[must_use]
    pub const fn attempts(&self) -> u32 {
        self.attempts
    }

    /// How long the provider asks to wait.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Whether the same call may succeed later. An empty account and a prompt that is too long stay what they are.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        self.kind.is_retryable()
            && !matches!(self.cause, LlmCause::Quota | LlmCause::ContextOverflow | LlmCause::ReplyTooLong)
    }
}

impl LlmCause {
    const fn kind(self) -> ErrorKind {
        match self {
            Self::Other => ErrorKind::Internal,
            Self::Connection | Self::Cut | Self::Server | Self::Reply => ErrorKind::Unavailable,
            Self::Silence | Self::Deadline => ErrorKind::Timeout,
            Self::RateLimit | Self::Quota | Self::ContextOverflow | Self::ReplyTooLong => ErrorKind::ResourceExhausted,
            Self::Key => ErrorKind::Unauthenticated,
            Self::ModelMissing => ErrorKind::NotFound,
            Self::Request | Self::ContentFilter => ErrorKind::InvalidInput,
        }
    }
}
