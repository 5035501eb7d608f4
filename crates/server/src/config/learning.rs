//! `[learning]`

use super::Interval;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How data sources are learned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LearningConfig {
    /// How often a data source is learned again by itself, where it has no interval of its own: `30m`, `6h`, `1d`,
    /// `never`. Only what changed is looked at.
    pub resync_every: Interval,
}

impl Default for LearningConfig {
    fn default() -> Self {
        Self { resync_every: Interval::hours(24) }
    }
}
