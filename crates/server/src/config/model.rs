//! `[model]`

use super::{ApiKey, ProviderName};
use datafyme_agent::{ModelAnalystOptions, Privacy, SpokenLanguage, TieredAnalyst};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::PathBuf, time::Duration};

/// The language model that reasons where the rules are not sure, and how models are reached. Models that were added
/// with `datafyme model add` and have a role go before the one named here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ModelConfig {
    /// Whose protocol it speaks; `openai` for everything compatible with OpenAI's (Ollama, vLLM, llama.cpp …).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<ProviderName>,
    /// The provider's name of it; Azure's deployment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The provider's name of a smaller model for what needs little thought; the same model when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fast_name: Option<String>,
    /// Where it is reached, e.g. `http://localhost:11434/v1`; the provider's own address when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// File that holds the key; read again when it changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_key_file: Option<PathBuf>,
    /// The key, in the environment only: `DATAFYME_MODEL__API_KEY`. In a file it is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_key: Option<ApiKey>,
    /// Headers sent with every call. No secrets.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Price of a million tokens sent, in your currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0))]
    pub input_price: Option<f64>,
    /// Price of a million tokens that come back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0))]
    pub output_price: Option<f64>,
    /// Tokens that fit into a prompt with its reply; what the provider says counts when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1024))]
    pub context_tokens: Option<u32>,
    /// Calls at once to one address, over all models there; as many tables are documented at once.
    #[schemars(range(min = 1, max = 1024))]
    pub concurrency: u16,
    /// Milliseconds for one call, with its retries.
    #[schemars(range(min = 1))]
    pub call_ms: u64,
    /// Confidence from which the rules answer without a model: 0 asks a model only where the rules abstain, more than
    /// 1 always.
    #[schemars(range(min = 0.0))]
    pub threshold: f64,
    /// What of your data may stand in a prompt: `names_only`, `statistics`, `samples`.
    pub privacy: Privacy,
    /// Language of the documentation that a model writes; that of the data source's own comments when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<SpokenLanguage>,
    /// Proxy for every call: `http://[user:password@]host:port`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy: Option<ApiKey>,
    /// Hosts that are reached without the proxy.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub no_proxy: Vec<String>,
    /// File of PEM certificates that are trusted besides the public ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
}

impl ModelConfig {
    /// Whether a key is set, wherever it stands.
    #[must_use]
    pub const fn has_key(&self) -> bool {
        self.api_key.is_some() || self.api_key_file.is_some()
    }

    /// How the analyst asks.
    #[must_use]
    pub const fn analyst(&self) -> ModelAnalystOptions {
        ModelAnalystOptions {
            privacy: self.privacy,
            documentation_language: self.language,
            call_timeout: Duration::from_millis(self.call_ms),
        }
    }

    /// What is wrong with it as a whole, if anything.
    pub(super) fn fault(&self) -> Option<String> {
        let is_price = |price: Option<f64>| price.is_none_or(|p| p.is_finite() && p >= 0.0);
        match () {
            () if self.provider.is_none() != self.name.is_none() => {
                Some("model.provider and model.name go together: give both, or neither".to_owned())
            }
            () if !is_price(self.input_price) || !is_price(self.output_price) => {
                Some("model.input_price and model.output_price are not below 0".to_owned())
            }
            () if !self.threshold.is_finite() || self.threshold < 0.0 => {
                Some("model.threshold is a number from 0".to_owned())
            }
            () => None,
        }
    }
}

impl Default for ModelConfig {
    fn default() -> Self {
        let analyst = ModelAnalystOptions::default();
        Self {
            provider: None,
            name: None,
            fast_name: None,
            base_url: None,
            api_key_file: None,
            api_key: None,
            headers: BTreeMap::new(),
            input_price: None,
            output_price: None,
            context_tokens: None,
            concurrency: 16,
            call_ms: u64::try_from(analyst.call_timeout.as_millis()).unwrap_or(u64::MAX),
            threshold: TieredAnalyst::THRESHOLD,
            privacy: analyst.privacy,
            language: analyst.documentation_language,
            proxy: None,
            no_proxy: Vec::new(),
            ca_file: None,
        }
    }
}
