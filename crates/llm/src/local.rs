//! An embedder in a directory of this machine: BERT or XLM-RoBERTa with safetensors and a tokenizer, as
//! sentence-transformers writes them (MiniLM, bge-small, bge-m3 with its sparse head). Nothing is downloaded.

mod bert;
mod directory;
mod sentences;
mod sparse;

use crate::{Embedder, LlmError};
use async_trait::async_trait;
use datafyme_domain::ErrorKind;
use sentences::SentenceEncoder;
use std::{fmt, path::Path, sync::Arc};
use tokio::task::spawn_blocking;

/// Embeds on the processor of this machine.
pub struct LocalEmbedder {
    name: String,
    encoder: Arc<SentenceEncoder>,
}

impl fmt::Debug for LocalEmbedder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalEmbedder").field("name", &self.name).finish_non_exhaustive()
    }
}

impl LocalEmbedder {
    /// Loads the model in `dir`: seconds for a large one.
    ///
    /// # Errors
    /// `InvalidInput`: what is missing, or not supported.
    pub async fn load(dir: &Path) -> Result<Self, LlmError> {
        let place = dir.to_owned();
        let encoder = blocking(move || SentenceEncoder::load(&place), ErrorKind::InvalidInput).await?;
        let named = dir.file_name().map_or_else(|| dir.display().to_string(), |n| n.to_string_lossy().into_owned());
        Ok(Self { name: format!("local:{named}:{}", encoder.dimensions()), encoder: Arc::new(encoder) })
    }
}

#[async_trait]
impl Embedder for LocalEmbedder {
    fn name(&self) -> &str {
        &self.name
    }

    fn dimensions(&self) -> usize {
        self.encoder.dimensions()
    }

    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, LlmError> {
        let (encoder, texts) = (Arc::clone(&self.encoder), texts.to_vec());
        blocking(move || encoder.embed(&texts), ErrorKind::Internal).await
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
    kind: ErrorKind,
) -> Result<T, LlmError> {
    let done = spawn_blocking(work).await;
    done.map_err(|_| {
        LlmError::new(ErrorKind::Internal, "the local embedder stopped by a defect; the log has the details")
    })?
    .map_err(|why| LlmError::new(kind, format!("the local embedder: {why}")))
}
