//! The seam between Datafyme and whatever turns text into vectors.

use crate::LlmError;
use async_trait::async_trait;
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
