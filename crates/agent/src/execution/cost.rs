//! What a run has cost, over all its steps, and what it may still spend.

use super::Recorded;
use crate::{
    AgentError, AgentParts,
    analyst::{Ledger, SpendLimits},
    graph::State,
};
use chrono::NaiveTime;
use datafyme_domain::{Caller, ModelCall, ModelCallOutcome, Step, Usage};

/// What a run has cost so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Cost {
    pub(super) total_ms: u64,
    queries: u32,
    query_ms: u64,
    calls: u64,
    prompt_tokens: u64,
    completion_tokens: u64,
    cost_micros: u64,
    /// A model without a price was called: what it costs nobody knows.
    unpriced: bool,
    /// The model of the last reply that was of use.
    last_model: Option<String>,
}

impl Cost {
    /// Adds a completed step.
    pub(super) fn add(&mut self, step: &Step, recorded: &Recorded) {
        self.queries += recorded.queries;
        self.query_ms += recorded.query_ms;
        self.total_ms += step.duration_ms.unwrap_or(0);
        for call in &step.calls {
            self.add_call(call);
        }
    }

    fn add_call(&mut self, call: &ModelCall) {
        self.calls += 1;
        self.prompt_tokens += call.prompt_tokens;
        self.completion_tokens += call.completion_tokens;
        match call.cost_micros {
            Some(cost) => self.cost_micros += cost,
            None => self.unpriced = true,
        }
        if matches!(call.outcome, ModelCallOutcome::Answered | ModelCallOutcome::Repaired) {
            self.last_model = Some(call.model.clone());
        }
    }

    /// As an answer shows it. Who reasoned is who wrote the query; where there is none, whoever spoke last.
    pub(super) fn usage(&self, state: &State, analyst: &str) -> Usage {
        let reasoned = match state.result() {
            Some(result) => result.draft.analyst.clone(),
            None => self.last_model.clone(),
        };
        Usage {
            analyst: reasoned.unwrap_or_else(|| analyst.to_owned()),
            prompt_tokens: self.prompt_tokens,
            completion_tokens: self.completion_tokens,
            model_calls: self.calls,
            cost_micros: (self.calls > 0 && !self.unpriced).then_some(self.cost_micros),
            queries: self.queries,
            query_ms: self.query_ms,
            total_ms: self.total_ms,
        }
    }
}

/// A ledger with what is left of the budgets, after what earlier workers spent on this run and others today.
pub(super) async fn ledger(parts: &AgentParts, caller: Caller, spent: &Cost) -> Result<Ledger, AgentError> {
    let budget = &parts.budget;
    let run = SpendLimits {
        tokens: Some(budget.tokens.saturating_sub(spent.prompt_tokens + spent.completion_tokens)),
        cost_micros: budget.cost_micros.map(|limit| limit.saturating_sub(spent.cost_micros)),
    };
    Ok(Ledger::new(run).within_day(day_left(parts, caller).await?).closing_at_outage())
}

/// What the caller may still spend on models today (UTC), by the budgets of a day.
///
/// # Errors
/// Failures of the metadata store.
pub(crate) async fn day_left(parts: &AgentParts, caller: Caller) -> Result<SpendLimits, AgentError> {
    let budget = &parts.budget;
    if budget.day_tokens.is_none() && budget.day_cost_micros.is_none() {
        return Ok(SpendLimits::default());
    }
    let midnight = parts.clock.now().date_naive().and_time(NaiveTime::MIN).and_utc();
    let today = parts.metadata.model_spend(caller, midnight).await?;
    Ok(SpendLimits {
        tokens: budget.day_tokens.map(|limit| limit.saturating_sub(today.tokens)),
        cost_micros: budget.day_cost_micros.map(|limit| limit.saturating_sub(today.cost_micros)),
    })
}
