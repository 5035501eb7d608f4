//! Language models and embedders.
//!
//! Owns: the [`Embedder`] seam and the built-in hashing embedder, which needs no model and no download.
//! Refuses: prompts, decisions, storage.
//! Start at [`Embedder`].

pub mod embedder;
pub mod hashing;

pub use embedder::{Embedder, LlmError};
pub use hashing::HashingEmbedder;
