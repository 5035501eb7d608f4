//! How a result is best shown, by rule: a sentence, a table, or one of the eight charts, with every column in its
//! place. Looks at what the columns are (told by whoever wrote the query, else read off the values), how many rows
//! there are, and which chart the question names. [`validate`] says what stands against drawing a chart, whoever
//! proposed it.
//!
//! The order of the rules follows Mackinlay's ranking of encodings (1986): position for quantities and time, length
//! for comparisons, angle only for few shares of a whole.

mod columns;
mod mapping;
mod validate;
mod wording;

use crate::analyst::DraftColumn;
use columns::{Columns, Part};
use datafyme_domain::{ChartKind, ChartSpec, RowSet};

pub use validate::{ChartProblem, ChartProblems, validate};

/// More categories than this are read better in a table.
const MAX_BARS: usize = 30;
/// More slices than this cannot be told apart.
const MAX_SLICES: usize = 6;
/// More lines or colours than this cannot be told apart.
const MAX_SERIES: usize = 12;
/// From here on a cloud of points says something.
const MIN_POINTS: usize = 8;
/// Correlation (Pearson's r) from which two measures are shown against each other unasked.
const NOTABLE_CORRELATION: f64 = 0.6;
/// Largest values that differ more than this share no axis.
const SCALE_RATIO: f64 = 12.0;

/// What is known besides the rows.
#[derive(Debug, Clone, Copy, Default)]
pub struct ChartHint<'a> {
    /// The question, restated where it was a follow-up.
    pub question: &'a str,
    /// What the columns are, in order; empty when nobody knows.
    pub columns: &'a [DraftColumn],
    /// The chart that the question names.
    pub wish: Option<ChartKind>,
}

/// How a result is shown.
#[derive(Debug, Clone, PartialEq)]
pub enum Representation {
    /// A sentence.
    Text,
    /// Rows.
    Table,
    /// A drawing.
    Chart(Box<ChartSpec>),
}

/// A representation and its reason, in one line.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// What was chosen.
    pub representation: Representation,
    /// Why.
    pub why: String,
}

impl Choice {
    fn text(why: &str) -> Self {
        Self { representation: Representation::Text, why: why.to_owned() }
    }

    fn table(why: &str) -> Self {
        Self { representation: Representation::Table, why: why.to_owned() }
    }
}

/// Chooses how to show `rows`. A chart that it returns passes [`validate`]; where the wished chart cannot be drawn,
/// the reason says so and the next best is taken.
#[must_use]
pub fn choose(rows: &RowSet, hint: &ChartHint<'_>) -> Choice {
    if rows.is_empty() {
        return Choice::text("there are no rows");
    }
    if rows.rows.len() == 1 {
        let few = rows.columns.len() <= 3;
        return if few {
            Choice::text("a single figure reads best as a sentence")
        } else {
            Choice::table("one row with several fields")
        };
    }
    let columns = Columns::read(rows, hint.columns);
    let mut refused = None;
    if let Some(kind) = hint.wish {
        match mapping::map(kind, &columns, rows, hint) {
            Ok(spec) => {
                return Choice {
                    representation: Representation::Chart(Box::new(spec)),
                    why: format!("the question asks for a {} chart", kind.code().replace('_', " ")),
                };
            }
            Err(problems) => refused = Some(format!("no {} chart: {problems}; ", kind.code().replace('_', " "))),
        }
    }
    let mut choice = by_rule(&columns, rows, hint);
    if let Some(refused) = refused {
        choice.why.insert_str(0, &refused);
    }
    choice
}

/// The chart of a given kind over these rows.
///
/// # Errors
/// What stands against it.
pub fn map(kind: ChartKind, rows: &RowSet, hint: &ChartHint<'_>) -> Result<ChartSpec, ChartProblems> {
    mapping::map(kind, &Columns::read(rows, hint.columns), rows, hint)
}

fn by_rule(columns: &Columns, rows: &RowSet, hint: &ChartHint<'_>) -> Choice {
    let Some((kind, why)) = kind_by_rule(columns, rows, hint) else {
        return Choice::table("the rows themselves are what was asked for");
    };
    match mapping::map(kind, columns, rows, hint) {
        Ok(spec) => Choice { representation: Representation::Chart(Box::new(spec)), why: why.to_owned() },
        Err(problems) => Choice::table(&problems.to_string()),
    }
}

fn kind_by_rule(columns: &Columns, rows: &RowSet, hint: &ChartHint<'_>) -> Option<(ChartKind, &'static str)> {
    let measures = columns.measures();
    let first = measures.first()?;
    if rows.truncated || wording::asks_for_list(hint.question) {
        return None;
    }
    let count = rows.rows.len();
    let related = wording::asks_for_relation(hint.question);
    match (columns.of(Part::Time).len(), columns.groups(), measures.len()) {
        (0, 0, 1) if count >= 10 && wording::asks_for_distribution(hint.question) => {
            Some((ChartKind::Histogram, "the spread of one measure"))
        }
        (0, groups, 3) if groups <= 1 && related && count >= 5 => {
            Some((ChartKind::Bubble, "three measures against each other"))
        }
        (0, 0, 2) if count >= MIN_POINTS || related => Some((ChartKind::Scatter, "two measures against each other")),
        (0, 1, 2) if related && count > 2 => Some((ChartKind::Scatter, "two measures against each other")),
        (0, 1, 2) if count >= MIN_POINTS && columns.correlation(rows) >= NOTABLE_CORRELATION => {
            Some((ChartKind::Scatter, "two measures that go together"))
        }
        (0, 1, 2) if count <= MAX_BARS => Some((ChartKind::Mixed, "two measures per category")),
        (0, 1, 1) => ranking(first, count, hint),
        (0, 2, 1) if columns.crosses(rows) && first.additive => {
            Some((ChartKind::StackedBar, "a measure by two categories"))
        }
        (1, 0, 1..) | (2, 0, 1) => over_time(columns, measures.len(), count),
        (1, 1, 1) => columns.over_time_by_group(count),
        _ => None,
    }
}

/// One category and one measure.
fn ranking(measure: &columns::Column, count: usize, hint: &ChartHint<'_>) -> Option<(ChartKind, &'static str)> {
    let whole = measure.part == Part::Share && measure.sums_to_whole();
    if (whole || wording::asks_for_share(hint.question) && measure.additive)
        && count <= MAX_SLICES
        && measure.least >= 0.0
    {
        return Some((ChartKind::Pie, "few shares of one whole"));
    }
    if count > MAX_BARS {
        let spread = wording::asks_for_distribution(hint.question);
        return spread.then_some((ChartKind::Histogram, "the spread of one measure"));
    }
    Some((ChartKind::Bar, "a measure per category"))
}

fn over_time(columns: &Columns, measures: usize, count: usize) -> Option<(ChartKind, &'static str)> {
    match measures {
        1 if count == 2 => Some((ChartKind::Bar, "two points in time to compare")),
        1 => Some((ChartKind::Line, "a measure over time")),
        2 if columns.scales_differ() => Some((ChartKind::Mixed, "two measures of different size over time")),
        2..=4 if !columns.scales_differ() => Some((ChartKind::Line, "measures over time")),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
