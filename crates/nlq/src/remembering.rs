//! Trials of one question: each query runs once, however many readings come to it.

use crate::{Trial, TrialOutcome};
use std::{cell::RefCell, collections::HashMap};

pub(crate) struct Remembering<'a> {
    trial: &'a dyn Trial,
    known: RefCell<HashMap<String, TrialOutcome>>,
}

impl<'a> Remembering<'a> {
    pub(crate) fn new(trial: &'a dyn Trial) -> Self {
        Self { trial, known: RefCell::default() }
    }
}

impl Trial for Remembering<'_> {
    fn run(&self, sql: &str) -> TrialOutcome {
        if let Some(known) = self.known.borrow().get(sql) {
            return known.clone();
        }
        let outcome = self.trial.run(sql);
        self.known.borrow_mut().insert(sql.to_owned(), outcome.clone());
        outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafyme_domain::RowSet;
    use std::cell::Cell;

    struct Counting(Cell<usize>);

    impl Trial for Counting {
        fn run(&self, _: &str) -> TrialOutcome {
            self.0.set(self.0.get() + 1);
            TrialOutcome::Rows(RowSet { columns: Vec::new(), rows: Vec::new(), truncated: false })
        }
    }

    #[test]
    fn a_query_that_comes_again_is_not_run_again() {
        let counting = Counting(Cell::new(0));
        let trial = Remembering::new(&counting);
        for sql in ["SELECT 1", "SELECT 2", "SELECT 1"] {
            let _ = trial.run(sql);
        }
        assert_eq!(counting.0.get(), 2);
    }
}
