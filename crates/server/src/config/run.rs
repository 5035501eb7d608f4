//! `[run]`

use super::EffortLevel;
use datafyme_domain::Budget;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What one question may spend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RunConfig {
    /// How many queries a model writes before one is chosen, where a question does not say.
    pub effort: EffortLevel,
    /// Query repairs after an error.
    pub repair_attempts: u32,
    /// Query repairs after an empty result.
    pub empty_attempts: u32,
    /// Rewordings when no table was found.
    pub rephrase_attempts: u32,
    /// Chart mappings after an invalid one.
    pub chart_attempts: u32,
    /// Milliseconds for the whole run.
    #[schemars(range(min = 1))]
    pub run_ms: u64,
    /// Milliseconds for one query of the data source.
    #[schemars(range(min = 1))]
    pub query_ms: u64,
    /// Rows kept of a result.
    #[schemars(range(min = 1))]
    pub rows: u64,
    /// Bytes kept of a result.
    #[schemars(range(min = 1))]
    pub bytes: u64,
    /// Model tokens, both ways.
    pub tokens: u64,
    /// Millionths of your currency spent on models; no limit when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_micros: Option<u64>,
    /// Model tokens of a day (UTC), over all questions and jobs; no limit when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day_tokens: Option<u64>,
    /// Millionths of your currency spent on models in a day (UTC); no limit when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day_cost_micros: Option<u64>,
}

impl RunConfig {
    /// As the agent takes it.
    #[must_use]
    pub const fn budget(&self) -> Budget {
        Budget {
            repair_attempts: self.repair_attempts,
            empty_attempts: self.empty_attempts,
            rephrase_attempts: self.rephrase_attempts,
            chart_attempts: self.chart_attempts,
            run_ms: self.run_ms,
            query_ms: self.query_ms,
            rows: self.rows,
            bytes: self.bytes,
            tokens: self.tokens,
            cost_micros: self.cost_micros,
            day_tokens: self.day_tokens,
            day_cost_micros: self.day_cost_micros,
        }
    }
}

impl Default for RunConfig {
    fn default() -> Self {
        let budget = Budget::default();
        Self {
            effort: EffortLevel::default(),
            repair_attempts: budget.repair_attempts,
            empty_attempts: budget.empty_attempts,
            rephrase_attempts: budget.rephrase_attempts,
            chart_attempts: budget.chart_attempts,
            run_ms: budget.run_ms,
            query_ms: budget.query_ms,
            rows: budget.rows,
            bytes: budget.bytes,
            tokens: budget.tokens,
            cost_micros: budget.cost_micros,
            day_tokens: budget.day_tokens,
            day_cost_micros: budget.day_cost_micros,
        }
    }
}
