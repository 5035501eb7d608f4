//! The represent graph: from rows to text, a table or a valid chart.

use super::{BudgetLeft, OutcomeKind, Transition};

/// Stages of the represent graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RepresentStage {
    /// Text, table or chart?
    Choose,
    /// Which chart.
    ChooseChart,
    /// Over which columns; again after an invalid mapping.
    MapColumns,
    /// Can it be drawn?
    Validate,
}

impl RepresentStage {
    /// All, in reading order.
    pub const ALL: [Self; 4] = [Self::Choose, Self::ChooseChart, Self::MapColumns, Self::Validate];

    /// Stable name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Choose => "choose",
            Self::ChooseChart => "choose_chart",
            Self::MapColumns => "map_columns",
            Self::Validate => "validate",
        }
    }
}

/// All edges of the represent graph. `Leave` hands the outcome to the answer graph; after an invalid chart with no
/// attempt left, the rows are shown as a table.
#[must_use]
pub const fn next(stage: RepresentStage, outcome: OutcomeKind, left: BudgetLeft) -> Transition<RepresentStage> {
    use OutcomeKind as O;
    use RepresentStage as S;
    use Transition::{Go, Impossible, Leave};
    match (stage, outcome) {
        (_, O::Failed | O::Cancelled) => Leave,
        (S::Choose, O::AsText | O::AsTable) => Leave,
        (S::Choose, O::AsChart) => Go(S::ChooseChart),
        (S::ChooseChart, O::ChartChosen) => Go(S::MapColumns),
        (S::ChooseChart | S::MapColumns, O::NoChart) => Leave,
        (S::MapColumns, O::Mapped) => Go(S::Validate),
        (S::Validate, O::Valid) => Leave,
        (S::Validate, O::Invalid) if left.charts > 0 => Go(S::MapColumns),
        (S::Validate, O::Invalid) => Leave,
        _ => Impossible,
    }
}
