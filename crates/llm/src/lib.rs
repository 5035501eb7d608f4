//! Language models and embedders.
//!
//! Owns: the [`ChatModel`] and [`Embedder`] seams; clients of the providers' protocols ([`providers`]); retries and limits
//! around them; replies of a given shape from models that differ in what they hold to ([`structured`]); the built-in
//! hashing embedder, which needs no model and no download; one in a directory (feature `local-embeddings`); doubles of all that for tests (feature `double`).
//! Refuses: prompts (but for the words that ask for JSON), decisions, storage, budgets, time of day.
//! Start at [`ChatModel`], then [`providers::connect`], then [`structured::ask`].

pub mod chat;
#[cfg(any(test, feature = "double"))]
pub mod conformance;
#[cfg(any(test, feature = "double"))]
pub mod double;
pub mod embedder;
pub mod error;
pub mod hashing;
mod http;
pub mod limited;
#[cfg(feature = "local-embeddings")]
pub mod local;
pub mod probe;
pub mod providers;
pub mod retrying;
pub mod secret;
pub mod structured;

pub use chat::{
    ChatMessage, ChatModel, ChatReply, ChatRequest, ChatRole, FinishReason, OutputFormat, ReplyEvent, ReplyStream,
    TokenUsage, ToolCall, ToolSpec,
};
pub use embedder::Embedder;
pub use error::{LlmCause, LlmError};
pub use hashing::HashingEmbedder;
pub use http::plain_client;
pub use limited::{Limited, ProviderLimits};
#[cfg(feature = "local-embeddings")]
pub use local::LocalEmbedder;
pub use probe::probe;
pub use providers::{HttpOptions, ModelSpec};
pub use retrying::{RetryPolicy, Retrying};
pub use secret::Secret;
pub use structured::{
    CallUsage, Structured, StructuredFailure, StructuredModeCell, StructuredRequest, ask, ask_checked,
};
