//! `[metrics]`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;

/// What Prometheus scrapes: counts and times of questions, stages, models, jobs and requests. No question, name of a
/// table, value or person stands in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MetricsConfig {
    /// Address and port of `/metrics`, `/health` and `/ready`, for `serve` and `worker`, e.g. `127.0.0.1:9464`, or
    /// `0.0.0.0:9464` in a container. Off when absent; port 0 takes a free one, which is logged.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub listen: Option<SocketAddr>,
}
