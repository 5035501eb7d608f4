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

impl ProfileBudget {
    /// Tables that are each profiled with the whole standard budget; more of them share what these would get.
    const TABLES: usize = 200;

    /// The budget of each of `tables` tables, so that thousands take no longer, and no more room, than some hundreds.
    #[must_use]
    pub fn for_each_of(tables: usize) -> Self {
        let whole = Self::default();
        let share = |amount: usize, least: usize| (amount * Self::TABLES / tables.max(Self::TABLES)).max(least);
        Self {
            timeout: Duration::from_secs(share(30, 5) as u64),
            full_scan_rows: share(200_000, 2_000) as u64,
            top_values: share(whole.top_values, 5),
            values: share(whole.values, 20),
        }
    }
}

impl Default for ProfileBudget {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(30), full_scan_rows: 200_000, top_values: 10, values: 2_000 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hundreds_of_tables_get_the_standard_budget_and_thousands_share_it() {
        assert_eq!(ProfileBudget::for_each_of(200), ProfileBudget::default());
        let many = ProfileBudget::for_each_of(5_000);
        assert_eq!((many.full_scan_rows, many.values, many.timeout), (8_000, 80, Duration::from_secs(5)));
        assert_eq!(ProfileBudget::for_each_of(1_000_000).full_scan_rows, 2_000);
    }
}
