//! What is left of a run's attempts.

use crate::graph::State;
use datafyme_domain::Budget;

/// Attempts left of each bounded loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BudgetLeft {
    /// Query repairs after an error.
    pub repairs: u32,
    /// Query repairs after an empty result.
    pub empties: u32,
    /// Rewordings when no table was found.
    pub rephrasings: u32,
    /// Chart mappings after an invalid one.
    pub charts: u32,
}

impl BudgetLeft {
    /// One more of everything: for printing the graphs.
    pub const PLENTY: Self = Self { repairs: 1, empties: 1, rephrasings: 1, charts: 1 };
    /// Nothing more: for printing the graphs.
    pub const NOTHING: Self = Self { repairs: 0, empties: 0, rephrasings: 0, charts: 0 };

    /// What `state` has left of `budget`.
    #[must_use]
    pub const fn of(state: &State, budget: &Budget) -> Self {
        Self {
            repairs: budget.repair_attempts.saturating_sub(state.spent.repairs),
            empties: budget.empty_attempts.saturating_sub(state.spent.empties),
            rephrasings: budget.rephrase_attempts.saturating_sub(state.spent.rephrasings),
            charts: budget.chart_attempts.saturating_sub(state.spent.charts),
        }
    }
}
