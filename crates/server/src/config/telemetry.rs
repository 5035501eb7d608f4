//! `[telemetry]`

use super::ApiKey;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Export of traces by OpenTelemetry: a run with its steps and model calls, a job with its model calls. Off when no
/// endpoint is given. No question, prompt, query or row is exported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TelemetryConfig {
    /// Base address of a collector that takes OTLP over HTTP, e.g. `http://localhost:4318`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// Headers sent along, e.g. the collector's key. Their values are never printed.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, ApiKey>,
    /// `service.name` of what is exported.
    pub service_name: String,
}

impl Default for TelemetryConfig {
    fn default() -> Self {
        Self { endpoint: None, headers: BTreeMap::new(), service_name: "datafyme".to_owned() }
    }
}
