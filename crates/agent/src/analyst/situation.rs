//! What an analyst knows when it is asked.

use super::Ledger;
use crate::knowledge::SourceKnowledge;
use chrono::NaiveDate;
use datafyme_domain::{Answer, Effort, RunId, VerifiedQuery};
use std::sync::Arc;

/// A question with everything that it depends on.
#[derive(Debug, Clone)]
pub struct Asking {
    /// As typed, or as restated once that was done.
    pub question: String,
    /// What "this month" refers to.
    pub today: NaiveDate,
    /// What was learned about the data source.
    pub knowledge: Arc<SourceKnowledge>,
    /// The finished turns of the conversation, oldest first.
    pub history: Arc<Vec<PastTurn>>,
    /// Questions about this data source whose SQL a person has approved.
    pub verified: Arc<Vec<VerifiedQuery>>,
    /// How much the answer may cost.
    pub effort: Effort,
    /// Where the calls of language models are written down.
    pub ledger: Ledger,
}

impl Asking {
    /// The last turn whose query gave rows: what a follow-up refers to.
    #[must_use]
    pub fn last_answered(&self) -> Option<&PastTurn> {
        self.history.iter().rev().find(|t| t.memo.is_some())
    }
}

/// An earlier question of the conversation and what it ended in.
#[derive(Debug, Clone, PartialEq)]
pub struct PastTurn {
    /// Its run.
    pub run_id: RunId,
    /// The question as typed.
    pub question: String,
    /// The end.
    pub answer: Answer,
    /// What the analyst kept of its query for follow-ups.
    pub memo: Option<serde_json::Value>,
}
