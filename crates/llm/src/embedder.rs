//! The seam between Datafyme and whatever turns text into vectors.

use async_trait::async_trait;
use datafyme_domain::ErrorKind;
use std::fmt::Debug;

/// Turns texts into vectors of unit length, near when the texts are alike.
#[async_trait]
pub trait Embedder: Send + Sync + Debug {
    /// Stable name with everything that changes vectors, e.g. `hashing-384-v1`: vectors of another name do not compare.
    fn name(&self) -> &str;

    /// Length of the vectors.
    fn dimensions(&self) -> usize;

    /// One vector per text, in order.
    ///
    /// # Errors
    /// `Unavailable`, `Timeout`, `ResourceExhausted` from a remote embedder.
    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, LlmError>;
}

/// A failure of a model or embedder. Messages hold no key and no prompt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct LlmError {
    kind: ErrorKind,
    message: String,
}

impl LlmError {
    /// A failure of that kind.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
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
