//! What reasoning costs: every call of a language model is written down here, and a further one is admitted only
//! while there is something left to spend.

use crate::AgentError;
use datafyme_domain::{ErrorKind, ModelCall};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What may still be spent; absent is no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SpendLimits {
    /// Model tokens, both ways.
    pub tokens: Option<u64>,
    /// Millionths of the operator's currency.
    pub cost_micros: Option<u64>,
}

/// The calls of one run or job. Clones write into the same book.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    limits: SpendLimits,
    day: SpendLimits,
    closes_at_outage: bool,
    book: Arc<Mutex<Book>>,
}

#[derive(Debug, Default)]
struct Book {
    /// Not taken yet.
    calls: Vec<ModelCall>,
    tokens: u64,
    cost_micros: u64,
    /// Models that are not asked again, and why.
    closed: Vec<(String, AgentError)>,
}

impl Ledger {
    /// A ledger of a run or a job that has this much left.
    #[must_use]
    pub fn new(limits: SpendLimits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// The same, with what is left of the day.
    #[must_use]
    pub fn within_day(self, day: SpendLimits) -> Self {
        Self { day, ..self }
    }

    /// The same, made to give up the model after it could not be reached: a person waits, and every further call would
    /// wait for the same silence.
    #[must_use]
    pub fn closing_at_outage(self) -> Self {
        Self { closes_at_outage: true, ..self }
    }

    /// Takes note that the model of that name itself failed, with retries and all.
    pub fn failed(&self, model: &str, error: &AgentError) {
        use ErrorKind::{Forbidden, NotFound, Timeout, Unauthenticated, Unavailable};
        let is_lasting = matches!(error.kind(), Forbidden | NotFound | Timeout | Unauthenticated | Unavailable);
        if self.closes_at_outage && is_lasting {
            self.book().closed.push((model.to_owned(), error.clone()));
        }
    }

    /// Whether that model may be asked: a budget is left, and it was not given up.
    ///
    /// # Errors
    /// As [`Self::admit`]; the failure that it was given up for.
    pub fn admit_model(&self, model: &str) -> Result<(), AgentError> {
        self.admit()?;
        let given_up = self.book().closed.iter().find(|(name, _)| name == model).map(|(_, error)| error.clone());
        given_up.map_or(Ok(()), Err)
    }

    /// Writes a call down.
    pub fn record(&self, call: ModelCall) {
        let mut book = self.book();
        book.tokens = book.tokens.saturating_add(call.prompt_tokens).saturating_add(call.completion_tokens);
        book.cost_micros = book.cost_micros.saturating_add(call.cost_micros.unwrap_or(0));
        book.calls.push(call);
    }

    /// The calls since this was last asked, in the order of their ends.
    #[must_use]
    pub fn take(&self) -> Vec<ModelCall> {
        std::mem::take(&mut self.book().calls)
    }

    /// Whether another call may be made. Calls that are under way count once they are over.
    ///
    /// # Errors
    /// `ResourceExhausted` with the name of the budget that is spent.
    pub fn admit(&self) -> Result<(), AgentError> {
        let (tokens, cost_micros) = {
            let book = self.book();
            (book.tokens, book.cost_micros)
        };
        let spent = |limit: Option<u64>, spent: u64| limit.is_some_and(|limit| spent >= limit);
        let budget = if spent(self.limits.tokens, tokens) {
            "the budget of model tokens for one question (tokens)"
        } else if spent(self.limits.cost_micros, cost_micros) {
            "the budget of model cost for one question (cost)"
        } else if spent(self.day.tokens, tokens) {
            "the budget of model tokens for today (day_tokens)"
        } else if spent(self.day.cost_micros, cost_micros) {
            "the budget of model cost for today (day_cost)"
        } else {
            return Ok(());
        };
        Err(AgentError::refused(ErrorKind::ResourceExhausted, format!("{budget} is spent")))
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafyme_domain::ModelCallOutcome;

    fn call(tokens: u64, cost_micros: Option<u64>) -> ModelCall {
        ModelCall {
            task: "write_query".to_owned(),
            model: "small".to_owned(),
            prompt_hash: String::new(),
            prompt_tokens: tokens,
            completion_tokens: 1,
            duration_ms: 1,
            cost_micros,
            attempts: 1,
            outcome: ModelCallOutcome::Answered,
            error: None,
        }
    }

    #[test]
    fn a_call_is_admitted_until_a_budget_is_spent_and_the_refusal_names_it() {
        let run = SpendLimits { tokens: Some(100), cost_micros: Some(50) };
        let day = SpendLimits { tokens: Some(80), cost_micros: Some(40) };
        let cases = [
            (call(98, None), run, SpendLimits::default(), None),
            (call(99, None), run, SpendLimits::default(), Some("(tokens)")),
            (call(1, Some(50)), run, SpendLimits::default(), Some("(cost)")),
            (call(79, None), run, day, Some("(day_tokens)")),
            (call(1, Some(40)), run, day, Some("(day_cost)")),
            (call(1_000_000, Some(1_000_000)), SpendLimits::default(), SpendLimits::default(), None),
        ];
        for (call, run, day, budget) in cases {
            let ledger = Ledger::new(run).within_day(day);
            assert_eq!(ledger.admit(), Ok(()));
            ledger.clone().record(call);
            match (ledger.admit(), budget) {
                (Ok(()), None) => {}
                (Err(error), Some(name)) => {
                    assert_eq!(error.kind(), ErrorKind::ResourceExhausted);
                    assert!(error.to_string().contains(name), "{error}");
                }
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn a_model_that_is_down_is_given_up_for_a_run_and_another_one_is_not() {
        let down = AgentError::refused(ErrorKind::Timeout, "no answer");
        let run = Ledger::default().closing_at_outage();
        run.failed("big", &down);
        assert_eq!(run.clone().admit_model("big"), Err(down.clone()));
        assert_eq!(run.admit_model("small"), Ok(()));
        run.failed("small", &AgentError::refused(ErrorKind::InvalidInput, "this once"));
        assert_eq!(run.admit_model("small"), Ok(()));
        let job = Ledger::default();
        job.failed("big", &down);
        assert_eq!(job.admit_model("big"), Ok(()), "a job comes back to it");
    }

    #[test]
    fn what_was_taken_still_counts_as_spent() {
        let ledger = Ledger::new(SpendLimits { tokens: Some(10), cost_micros: None });
        ledger.record(call(9, None));
        assert_eq!(ledger.take().len(), 1);
        assert_eq!(ledger.take(), []);
        assert!(ledger.admit().is_err());
    }
}
