//! Language models as an installation knows them, and what their calls cost.

use crate::{ModelId, UserId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A configured language model or embedder. Its key is sealed in the store and never part of this.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LanguageModel {
    /// Its id.
    pub id: ModelId,
    /// Who configured it.
    pub owner_id: UserId,
    /// What people call it; unique per owner.
    pub name: String,
    /// Whose protocol it speaks.
    pub provider: Provider,
    /// The provider's name of it.
    pub model: String,
    /// Where it is reached; the provider's own address when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// Headers sent with every call. No secrets: those go into the key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Whether a key is stored.
    pub has_key: bool,
    /// Price of a million tokens sent, in the operator's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_price: Option<f64>,
    /// Price of a million tokens that came back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_price: Option<f64>,
    /// What it was used for.
    #[serde(default)]
    pub roles: Vec<ModelRole>,
    /// What probing it found; absent before the first test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abilities: Option<ModelAbilities>,
    /// When it was configured.
    pub created_at: DateTime<Utc>,
}

/// Whose wire protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// OpenAI chat completions, and everything compatible with them.
    OpenAi,
    /// OpenAI as Azure serves it: the deployment in the path, `api-key` as header.
    Azure,
    /// Anthropic messages.
    Anthropic,
    /// Google Gemini.
    Gemini,
}

impl Provider {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::OpenAi, Self::Azure, Self::Anthropic, Self::Gemini];

    /// Stable code, as stored and served.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::OpenAi => "open_ai",
            Self::Azure => "azure",
            Self::Anthropic => "anthropic",
            Self::Gemini => "gemini",
        }
    }
}

/// What a model is used for: one active model per role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ModelRole {
    /// Queries, repairs, documentation: what needs thought.
    Reason,
    /// Screening, titles, descriptions: what needs little.
    Fast,
    /// Vectors for the search index.
    Embed,
}

impl ModelRole {
    /// All.
    pub const ALL: [Self; 3] = [Self::Reason, Self::Fast, Self::Embed];

    /// Stable code, as stored and served.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Reason => "reason",
            Self::Fast => "fast",
            Self::Embed => "embed",
        }
    }
}

/// What a model can do, as probed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ModelAbilities {
    /// The strongest way in which it gives structured output.
    pub structured: StructuredMode,
    /// Whether it streams.
    pub streaming: bool,
    /// Whether it calls tools.
    pub tools: bool,
}

/// How a reply of a given shape is had from a model, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StructuredMode {
    /// The provider holds the reply to a JSON schema.
    Schema,
    /// The reply is a call of one tool whose arguments have the schema.
    Tool,
    /// The provider holds the reply to some JSON.
    Json,
    /// The schema stands in the prompt; the JSON is looked for in the reply.
    Text,
}

/// How much a question may cost: the number of queries that a model writes, of which the results are compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Effort {
    /// One candidate.
    #[default]
    Low,
    /// Three.
    Medium,
    /// Five.
    High,
}

impl Effort {
    /// Queries written before one is chosen.
    #[must_use]
    pub const fn candidates(self) -> usize {
        match self {
            Self::Low => 1,
            Self::Medium => 3,
            Self::High => 5,
        }
    }

    /// Stable code, as stored and served.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// One call of a language model: what a trace keeps of it. No prompt, no reply, no row value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ModelCall {
    /// The reasoning task, e.g. `write_query`; also the name of its prompt file.
    pub task: String,
    /// The model's configured name.
    pub model: String,
    /// SHA-256 of the prompt's template, in hexadecimal, first 16 characters.
    pub prompt_hash: String,
    /// Tokens sent.
    pub prompt_tokens: u64,
    /// Tokens that came back.
    pub completion_tokens: u64,
    /// Milliseconds with waiting and retries.
    pub duration_ms: u64,
    /// Millionths of the operator's currency; absent when the model has no price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_micros: Option<u64>,
    /// Requests sent, with retries.
    pub attempts: u32,
    /// How it came out.
    pub outcome: ModelCallOutcome,
    /// Why, when it did not come out well. Holds no key, no prompt, no row value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// How a model call came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ModelCallOutcome {
    /// The reply fits its contract.
    Answered,
    /// The reply did not fit, and did after one repair.
    Repaired,
    /// The reply did not fit, and did not after one repair.
    Malformed,
    /// The model declined.
    Refused,
    /// No reply was had.
    Failed,
}

/// What models cost in a stretch of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ModelSpend {
    /// Calls.
    pub calls: u64,
    /// Tokens, both ways.
    pub tokens: u64,
    /// Millionths of the operator's currency.
    pub cost_micros: u64,
}
