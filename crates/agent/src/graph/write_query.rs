//! The write-query graph: from a question to the draft of a query.

use super::{BudgetLeft, OutcomeKind, Transition};

/// Stages of the write-query graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WriteQueryStage {
    /// Tables and columns by meaning and by word.
    Retrieve,
    /// Which of them the question is about.
    Rerank,
    /// The question in other words.
    Rephrase,
    /// Join paths and neighbours.
    Expand,
    /// The query.
    Generate,
}

impl WriteQueryStage {
    /// All, in reading order.
    pub const ALL: [Self; 5] = [Self::Retrieve, Self::Rerank, Self::Rephrase, Self::Expand, Self::Generate];

    /// Stable name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Retrieve => "retrieve",
            Self::Rerank => "rerank",
            Self::Rephrase => "rephrase",
            Self::Expand => "expand",
            Self::Generate => "generate",
        }
    }
}

/// All edges of the write-query graph. `Leave` hands the outcome to the answer graph.
#[must_use]
pub const fn next(stage: WriteQueryStage, outcome: OutcomeKind, left: BudgetLeft) -> Transition<WriteQueryStage> {
    use OutcomeKind as O;
    use Transition::{Go, Impossible, Leave};
    use WriteQueryStage as S;
    match (stage, outcome) {
        (_, O::Failed | O::Cancelled) => Leave,
        (S::Retrieve, O::Found) => Go(S::Rerank),
        (S::Rerank, O::TablesSelected) => Go(S::Expand),
        (S::Rerank, O::Declined) if left.rephrasings > 0 => Go(S::Rephrase),
        (S::Rerank, O::Declined) => Leave,
        (S::Rephrase, O::Rephrased) => Go(S::Retrieve),
        (S::Rephrase, O::Declined) => Leave,
        (S::Expand, O::Expanded) => Go(S::Generate),
        (S::Generate, O::Drafted | O::Declined) => Leave,
        _ => Impossible,
    }
}
