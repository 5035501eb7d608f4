//! What a query or a profile may cost.

use crate::QueryId;
use std::time::Duration;

/// Limits of one query. The caps apply to the outermost fetch only: the query itself is never rewritten.
#[derive(Debug, Clone)]
pub struct QueryLimits {
    /// Names the query for cancelling.
    pub id: QueryId,
    /// Wall-clock limit, enforced by the server where it can.
    pub timeout: Duration,
    /// Rows fetched at most; one more is looked for to tell `truncated`.
    pub rows: u64,
    /// Bytes fetched at most.
    pub bytes: u64,
}

impl QueryLimits {
    /// Limits under a fresh id.
    #[must_use]
    pub fn new(timeout: Duration, rows: u64, bytes: u64) -> Self {
        Self { id: QueryId::next(), timeout, rows, bytes }
    }
}

/// What profiling one table may cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileBudget {
    /// Wall-clock limit for the table.
    pub timeout: Duration,
    /// Tables up to this many rows are read whole; larger ones are sampled to it.
    pub full_scan_rows: u64,
    /// Most frequent values kept per column.
    pub top_values: usize,
    /// Distinct text values kept per column for matching with words of a question; 0 keeps none.
    pub values: usize,
}

impl Default for ProfileBudget {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(30), full_scan_rows: 200_000, top_values: 10, values: 2_000 }
    }
}
