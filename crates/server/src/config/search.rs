//! `[search]`

use super::{ApiKey, engine_url};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Where the search index lives. The embedded one in the data directory is always kept: it answers while the engine is
/// away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SearchConfig {
    /// `milvus://user@host:19530/database?tls=true&collection=datafyme`, without the password: user, database and what
    /// follows may be left out. Milvus 2.5 or later; needs a build with the feature `milvus`. The embedded index alone
    /// when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// File that holds the password of the user, or an API key where the URL names no user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_file: Option<PathBuf>,
    /// The same, in the environment only: `DATAFYME_SEARCH__PASSWORD`. In a file it is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<ApiKey>,
    /// File of PEM certificates of the authorities that the engine is trusted by, instead of the public ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// How fresh what a question sees is.
    pub consistency: Freshness,
}

/// How fresh what a question sees is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Freshness {
    /// All that was written before it: waits up to a fifth of a second.
    Strong,
    /// What was written up to some seconds before it.
    #[default]
    Bounded,
    /// Whatever is there.
    Eventually,
}

impl SearchConfig {
    /// What is wrong with it as a whole, if anything. Repeats no secret.
    pub(crate) fn fault(&self) -> Option<String> {
        engine_url::fault("search", self.url.as_deref()?, "Milvus", &["milvus"], "milvus://host:19530")
    }
}
