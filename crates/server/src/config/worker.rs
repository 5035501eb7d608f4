//! `[worker]`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much is worked on at once in the background.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WorkerConfig {
    /// Jobs (learning a data source …) at once.
    #[schemars(range(min = 1, max = 64))]
    pub jobs: u16,
    /// Runs (questions) at once.
    #[schemars(range(min = 1, max = 256))]
    pub runs: u16,
}

impl Default for WorkerConfig {
    fn default() -> Self {
        Self { jobs: 2, runs: 4 }
    }
}
