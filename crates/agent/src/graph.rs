//! Where a run goes next, and why: three graphs, each with its edges in one pure function, and the fold that makes a
//! run's state out of its persisted steps.
//!
//! [`answer`] is the outer graph; [`write_query`] and [`represent`] stand in it as one stage each. [`advance`] walks
//! all three as one line of stages, which is what steps are numbered along.

pub mod answer;
pub mod budget_left;
pub mod outcome;
pub mod represent;
pub mod state;
pub mod write_query;

pub use answer::AnswerStage;
pub use budget_left::BudgetLeft;
pub use outcome::{Outcome, OutcomeKind};
pub use represent::RepresentStage;
pub use state::State;
pub use write_query::WriteQueryStage;

/// Where an outcome leads within one graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transition<S> {
    /// To that stage.
    Go(S),
    /// Out of an inner graph, with the outcome, to the graph around it.
    Leave,
    /// To the end of the run.
    End(Ending),
    /// Nowhere: that stage never has that outcome.
    Impossible,
}

/// How a run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ending {
    /// With an answer.
    Answered,
    /// Not answered, with why and what to ask instead.
    Declined,
    /// Not answered, for a cause that the user can act on.
    Failed,
    /// Stopped by a person.
    Cancelled,
}

/// A stage of any of the graphs: what a step is a run through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Of the answer graph; never one that stands for an inner graph.
    Answer(AnswerStage),
    /// Of the write-query graph.
    WriteQuery(WriteQueryStage),
    /// Of the represent graph.
    Represent(RepresentStage),
}

/// Where an outcome leads, all graphs taken together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// To that stage.
    Go(Stage),
    /// To the end of the run.
    End(Ending),
}

impl Stage {
    /// Where every run begins.
    pub const FIRST: Self = Self::Answer(AnswerStage::Screen);

    /// All stages that a step can be of.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let answer = AnswerStage::ALL.into_iter().filter(|s| s.inner().is_none()).map(Self::Answer);
        let write = WriteQueryStage::ALL.into_iter().map(Self::WriteQuery);
        let represent = RepresentStage::ALL.into_iter().map(Self::Represent);
        answer.chain(write).chain(represent).collect()
    }

    /// Stable name, as persisted and served; unique over the graphs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Answer(s) => s.code(),
            Self::WriteQuery(s) => s.code(),
            Self::Represent(s) => s.code(),
        }
    }
}

/// The stage after `stage`, given its outcome and what is left of the budget.
#[must_use]
pub fn advance(stage: Stage, outcome: OutcomeKind, left: BudgetLeft) -> Next {
    match stage {
        Stage::Answer(s) => settle(answer::next(s, outcome, left)),
        Stage::WriteQuery(s) => match write_query::next(s, outcome, left) {
            Transition::Go(next) => Next::Go(Stage::WriteQuery(next)),
            Transition::Leave => settle(answer::next(AnswerStage::WriteQuery, outcome, left)),
            Transition::End(ending) => Next::End(ending),
            Transition::Impossible => Next::End(Ending::Failed),
        },
        Stage::Represent(s) => match represent::next(s, outcome, left) {
            Transition::Go(next) => Next::Go(Stage::Represent(next)),
            Transition::Leave => settle(answer::next(AnswerStage::Represent, outcome, left)),
            Transition::End(ending) => Next::End(ending),
            Transition::Impossible => Next::End(Ending::Failed),
        },
    }
}

fn settle(transition: Transition<AnswerStage>) -> Next {
    match transition {
        Transition::Go(stage) => Next::Go(stage.inner().unwrap_or(Stage::Answer(stage))),
        Transition::End(ending) => Next::End(ending),
        Transition::Leave | Transition::Impossible => Next::End(Ending::Failed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{HashMap, HashSet};

    #[test]
    fn stage_names_are_unique() {
        let names: Vec<&str> = Stage::all().iter().map(|s| s.code()).collect();
        let unique: HashSet<&str> = names.iter().copied().collect();
        assert_eq!(unique.len(), names.len(), "{names:?}");
    }

    /// Every outcome that a stage can have, with what is left.
    fn edges(stage: Stage, left: BudgetLeft) -> Vec<(OutcomeKind, Next)> {
        OutcomeKind::ALL
            .into_iter()
            .filter(|kind| match stage {
                Stage::Answer(s) => answer::next(s, *kind, left) != Transition::Impossible,
                Stage::WriteQuery(s) => write_query::next(s, *kind, left) != Transition::Impossible,
                Stage::Represent(s) => represent::next(s, *kind, left) != Transition::Impossible,
            })
            .map(|kind| (kind, advance(stage, kind, left)))
            .collect()
    }

    #[test]
    fn every_stage_is_reached_and_every_end_too() {
        let mut seen = HashSet::from([Stage::FIRST]);
        let mut ends = HashSet::new();
        let mut open = vec![Stage::FIRST];
        while let Some(stage) = open.pop() {
            for left in [BudgetLeft::PLENTY, BudgetLeft::NOTHING] {
                for (_, next) in edges(stage, left) {
                    match next {
                        Next::Go(stage) if seen.insert(stage) => open.push(stage),
                        Next::Go(_) => {}
                        Next::End(ending) => {
                            ends.insert(ending);
                        }
                    }
                }
            }
        }
        assert_eq!(seen.len(), Stage::all().len());
        assert_eq!(ends.len(), 4);
    }

    /// With nothing left of the budget, no way through the graphs meets a stage twice more than each repair allows:
    /// the longest walk is finite, so every run ends.
    #[test]
    fn without_budget_there_is_no_loop() {
        fn longest(stage: Stage, path: &mut Vec<Stage>, known: &mut HashMap<Stage, usize>) -> usize {
            assert!(!path.contains(&stage), "loop: {path:?} back to {stage:?}");
            if let Some(n) = known.get(&stage) {
                return *n;
            }
            path.push(stage);
            let mut most = 0;
            for (_, next) in edges(stage, BudgetLeft::NOTHING) {
                if let Next::Go(next) = next {
                    most = most.max(longest(next, path, known));
                }
            }
            path.pop();
            known.insert(stage, most + 1);
            most + 1
        }
        let n = longest(Stage::FIRST, &mut Vec::new(), &mut HashMap::new());
        assert!(n > 10 && n <= Stage::all().len(), "{n}");
    }
}
