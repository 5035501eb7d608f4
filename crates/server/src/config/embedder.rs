//! `[embedder]`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What turns texts into vectors for the search index: the built-in embedder, unless a directory is given here or a
/// model has the role `embed`, which goes first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EmbedderConfig {
    /// Directory of a BERT or XLM-RoBERTa model (`config.json`, `tokenizer.json`, `model.safetensors`), e.g. MiniLM,
    /// bge-small, or bge-m3 with `sparse_linear.pt`. Needs a build with the feature `local-embeddings`, and `datafyme
    /// reindex` after a change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dir: Option<PathBuf>,
}
