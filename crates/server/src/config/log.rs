//! `[log]`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is logged, and how. Logs go to standard error.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LogConfig {
    /// Level, or levels per module, e.g. `info` or `warn,datafyme_agent=debug`. When absent, `info` for `serve` and
    /// `worker`, `error` for commands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// Lines for people, or one JSON object per line.
    pub format: LogFormat,
}

/// Form of a log line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object per line.
    Json,
}
