//! The answer graph: from a message to the end of its run.

use super::{BudgetLeft, Ending, OutcomeKind, RepresentStage, Stage, Transition, WriteQueryStage};

/// Stages of the answer graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AnswerStage {
    /// Small talk, a question, or nothing that is answered?
    Screen,
    /// A reply to small talk.
    Reply,
    /// The question so that it stands alone.
    Restate,
    /// Does it take a query?
    NeedsQuery,
    /// Does it take another chart?
    NeedsChart,
    /// The answer from earlier answers.
    AnswerFromHistory,
    /// The write-query graph.
    WriteQuery,
    /// Guarded, compiled, its joins known?
    Check,
    /// The rows.
    Execute,
    /// Another query after an error.
    RepairQuery,
    /// Another query after an empty result.
    RepairEmpty,
    /// The represent graph.
    Represent,
    /// What the result says.
    Describe,
}

impl AnswerStage {
    /// All, in reading order.
    pub const ALL: [Self; 13] = [
        Self::Screen,
        Self::Reply,
        Self::Restate,
        Self::NeedsQuery,
        Self::NeedsChart,
        Self::AnswerFromHistory,
        Self::WriteQuery,
        Self::Check,
        Self::Execute,
        Self::RepairQuery,
        Self::RepairEmpty,
        Self::Represent,
        Self::Describe,
    ];

    /// The first stage of the inner graph that this one stands for.
    #[must_use]
    pub const fn inner(self) -> Option<Stage> {
        match self {
            Self::WriteQuery => Some(Stage::WriteQuery(WriteQueryStage::Retrieve)),
            Self::Represent => Some(Stage::Represent(RepresentStage::Choose)),
            _ => None,
        }
    }

    /// Stable name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Screen => "screen",
            Self::Reply => "reply",
            Self::Restate => "restate",
            Self::NeedsQuery => "needs_query",
            Self::NeedsChart => "needs_chart",
            Self::AnswerFromHistory => "answer_from_history",
            Self::WriteQuery => "write_query",
            Self::Check => "check",
            Self::Execute => "execute",
            Self::RepairQuery => "repair_query",
            Self::RepairEmpty => "repair_empty",
            Self::Represent => "represent",
            Self::Describe => "describe",
        }
    }
}

/// All edges of the answer graph.
#[must_use]
pub const fn next(stage: AnswerStage, outcome: OutcomeKind, left: BudgetLeft) -> Transition<AnswerStage> {
    use AnswerStage as S;
    use OutcomeKind as O;
    use Transition::{End, Go, Impossible};
    match (stage, outcome) {
        (_, O::Failed) => End(Ending::Failed),
        (_, O::Cancelled) => End(Ending::Cancelled),

        (S::Screen, O::SmallTalk) => Go(S::Reply),
        (S::Screen, O::Relevant) => Go(S::Restate),
        // A person approved a query for just this question.
        (S::Screen, O::Drafted) => Go(S::Check),
        (S::Reply, O::Replied) => End(Ending::Answered),

        (S::Restate, O::Restated) => Go(S::NeedsQuery),
        (S::NeedsQuery, O::Needed) => Go(S::WriteQuery),
        (S::NeedsQuery, O::NotNeeded) => Go(S::NeedsChart),
        (S::NeedsChart, O::Needed) => Go(S::WriteQuery),
        (S::NeedsChart, O::NotNeeded) => Go(S::AnswerFromHistory),
        (S::AnswerFromHistory, O::Replied) => End(Ending::Answered),

        (S::WriteQuery | S::RepairQuery | S::RepairEmpty, O::Drafted) => Go(S::Check),
        (S::Screen | S::Reply | S::AnswerFromHistory | S::WriteQuery, O::Declined) => End(Ending::Declined),

        (S::Check, O::Checked) => Go(S::Execute),
        (S::Check | S::Execute, O::QueryFailed) if left.repairs > 0 => Go(S::RepairQuery),
        (S::Check | S::Execute, O::QueryFailed) => End(Ending::Failed),
        (S::RepairQuery, O::NotRepaired) => End(Ending::Failed),

        (S::Execute, O::Rows) => Go(S::Represent),
        (S::Execute, O::Empty) if left.empties > 0 => Go(S::RepairEmpty),
        (S::Execute, O::Empty) => Go(S::Represent),
        // No better value: the empty result is the honest answer.
        (S::RepairEmpty | S::Check | S::Execute, O::Settled) => Go(S::Represent),

        (S::Represent, O::AsText | O::AsTable | O::Valid | O::NoChart | O::Invalid) => Go(S::Describe),
        (S::Describe, O::Described) => End(Ending::Answered),
        _ => Impossible,
    }
}
