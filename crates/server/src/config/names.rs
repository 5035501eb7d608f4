//! Domain words as people write them in settings and on the command line.

use clap::ValueEnum;
use datafyme_domain::{Effort, ModelRole, Provider};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whose wire protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, ValueEnum)]
#[serde(rename_all = "lowercase")]
#[value(rename_all = "lower")]
pub enum ProviderName {
    /// OpenAI, and everything compatible: Ollama, vLLM, llama.cpp, LM Studio, OpenRouter …
    #[serde(alias = "open_ai")]
    #[value(alias = "open_ai")]
    OpenAi,
    /// OpenAI as Azure serves it.
    Azure,
    /// Anthropic.
    Anthropic,
    /// Google Gemini.
    Gemini,
}

/// How many queries a model writes before one is chosen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum EffortLevel {
    /// One.
    #[default]
    Low,
    /// Three, of which the results are compared.
    Medium,
    /// Five, of which the results are compared.
    High,
}

/// What a model is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RoleName {
    /// Queries, repairs, documentation.
    Reason,
    /// Screening, titles, descriptions.
    Fast,
    /// Vectors for the search index.
    Embed,
}

impl From<ProviderName> for Provider {
    fn from(name: ProviderName) -> Self {
        match name {
            ProviderName::OpenAi => Self::OpenAi,
            ProviderName::Azure => Self::Azure,
            ProviderName::Anthropic => Self::Anthropic,
            ProviderName::Gemini => Self::Gemini,
        }
    }
}

impl From<EffortLevel> for Effort {
    fn from(level: EffortLevel) -> Self {
        match level {
            EffortLevel::Low => Self::Low,
            EffortLevel::Medium => Self::Medium,
            EffortLevel::High => Self::High,
        }
    }
}

impl From<RoleName> for ModelRole {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Reason => Self::Reason,
            RoleName::Fast => Self::Fast,
            RoleName::Embed => Self::Embed,
        }
    }
}
