//! What a process runs with: one file per section, and the only reader of the environment.
//!
//! `datafyme.toml` < `DATAFYME_SECTION__KEY` < command-line flag. Unknown keys are refused, with the nearest known one.

mod api_key;
mod data;
mod embedder;
mod engine_url;
mod environment;
mod graph;
mod interval;
mod keys;
mod learning;
mod load;
mod log;
mod metadata;
mod metrics;
mod model;
mod names;
mod run;
mod search;
mod server;
mod telemetry;
mod worker;

pub use api_key::ApiKey;
pub use data::DataConfig;
pub use embedder::EmbedderConfig;
pub use environment::Environment;
pub use graph::GraphConfig;
pub use interval::Interval;
pub use learning::LearningConfig;
pub use load::{ConfigError, load};
pub use log::{LogConfig, LogFormat};
pub use metadata::MetadataConfig;
pub use metrics::MetricsConfig;
pub use model::ModelConfig;
pub use names::{EffortLevel, ProviderName, RoleName};
pub use run::RunConfig;
pub use search::{Freshness, SearchConfig};
pub use server::ServerConfig;
pub use telemetry::TelemetryConfig;
pub use worker::WorkerConfig;

use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde::{Deserialize, Serialize};

/// Configuration of Datafyme (`datafyme.toml`). Every key has a default.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(title = "datafyme.toml")]
pub struct Config {
    /// Where the HTTP API and the web UI listen, and to whom they answer.
    pub server: ServerConfig,
    /// Where our own state lives.
    pub data: DataConfig,
    /// Where metadata lives, and the key of what is secret in it.
    pub metadata: MetadataConfig,
    /// Where the search index lives.
    pub search: SearchConfig,
    /// Where the relation graph lives.
    pub graph: GraphConfig,
    /// The language model, and how models are reached.
    pub model: ModelConfig,
    /// What turns texts into vectors.
    pub embedder: EmbedderConfig,
    /// What one question may spend.
    pub run: RunConfig,
    /// How data sources are learned.
    pub learning: LearningConfig,
    /// How much is worked on at once in the background.
    pub worker: WorkerConfig,
    /// What is logged, and how.
    pub log: LogConfig,
    /// What is exported about runs and jobs, and where to.
    pub telemetry: TelemetryConfig,
    /// What Prometheus scrapes.
    pub metrics: MetricsConfig,
}

/// The JSON schema of `datafyme.toml`.
#[must_use]
pub fn schema() -> serde_json::Value {
    let settings = SchemaSettings::draft2020_12().with(|s| s.inline_subschemas = true);
    SchemaGenerator::new(settings).into_root_schema_for::<Config>().to_value()
}
