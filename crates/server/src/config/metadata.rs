//! `[metadata]`

use super::{ApiKey, engine_url};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Where metadata lives: the truth about data sources, conversations and jobs. Processes that share it share their work.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MetadataConfig {
    /// `postgres://user@host:5432/database?sslmode=verify-full`, without the password. A SQLite file in the data
    /// directory when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// File that holds the password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_file: Option<PathBuf>,
    /// The password, in the environment only: `DATAFYME_METADATA__PASSWORD`. In a file it is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<ApiKey>,
    /// File with the 32 bytes that seal passwords and keys of models (`openssl rand 32`); all who share metadata need the
    /// same. `secret.key` in the data directory when absent, made where it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_file: Option<PathBuf>,
    /// These bytes as base64 (`openssl rand -base64 32`), in the environment only: `DATAFYME_METADATA__KEY`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<ApiKey>,
}

impl MetadataConfig {
    /// Server and database of a shared store: no user, no password, no options.
    pub(crate) fn place(&self) -> Option<String> {
        let (_, rest) = self.url.as_deref()?.split_once("://")?;
        let rest = rest.split('?').next().unwrap_or_default();
        Some(rest.rsplit_once('@').map_or(rest, |(_, place)| place).to_owned())
    }

    /// What is wrong with it as a whole, if anything. Repeats no secret.
    pub(crate) fn fault(&self) -> Option<String> {
        let example = "postgres://user@host:5432/database";
        engine_url::fault("metadata", self.url.as_deref()?, "PostgreSQL", &["postgres", "postgresql"], example)
    }
}
