//! What stands against drawing a chart.

use super::columns::{number, text};
use datafyme_domain::{ChartKind, ChartSpec, RowSet};
use std::collections::HashSet;
use std::fmt;

/// Bars, steps of a line or slices beyond which nothing can be read.
const MAX_CATEGORIES: usize = 2_000;
const MAX_PIE_CATEGORIES: usize = 30;

/// One reason why a chart cannot be drawn from some rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChartProblem {
    /// The rows have no columns that fit the kind.
    MissingColumns(ChartKind),
    /// A column position that the rows do not have: (position, number of columns).
    NoSuchColumn(usize, usize),
    /// The encoding needs another number of columns: (what, what it needs).
    WrongCount(&'static str, &'static str),
    /// A value column with something that is not a number; its name.
    NotNumeric(String),
    /// No finite number in any value column.
    NothingToDraw,
    /// The same category or point in time occurs twice in one series; the column's name.
    Repeated(String),
    /// More categories than can be read: (how many, at most).
    TooMany(usize, usize),
    /// Negative shares, or shares of nothing.
    NoWhole,
}

impl fmt::Display for ChartProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingColumns(kind) => {
                let needs = match kind {
                    ChartKind::Bar | ChartKind::Pie => "a category and a number",
                    ChartKind::StackedBar => "two categories and a number",
                    ChartKind::Line => "a date or category and a number",
                    ChartKind::Scatter => "two numbers",
                    ChartKind::Bubble => "three numbers",
                    ChartKind::Histogram => "a number",
                    ChartKind::Mixed => "a category and two numbers",
                };
                write!(f, "it needs {needs} per row")
            }
            Self::NoSuchColumn(position, count) => {
                write!(f, "there is no column {position}, only 0 to {}", count.saturating_sub(1))
            }
            Self::WrongCount(what, needs) => write!(f, "{what} needs {needs}"),
            Self::NotNumeric(name) => write!(f, "column {name} does not hold numbers"),
            Self::NothingToDraw => f.write_str("there is no number to draw"),
            Self::Repeated(name) => write!(f, "values of {name} occur more than once"),
            Self::TooMany(count, most) => write!(f, "{count} categories are too many to read, {most} at most"),
            Self::NoWhole => f.write_str("the values are no shares of a whole: negative, or nothing in all"),
        }
    }
}

/// At least one problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartProblems(pub Vec<ChartProblem>);

impl From<ChartProblem> for ChartProblems {
    fn from(problem: ChartProblem) -> Self {
        Self(vec![problem])
    }
}

impl fmt::Display for ChartProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&texts.join("; "))
    }
}

impl std::error::Error for ChartProblems {}

/// Whether the chart can be drawn from the rows and read by a person.
///
/// # Errors
/// All that stands against it. Problems of the encodings come alone; the values are looked at only when those fit.
pub fn validate(spec: &ChartSpec, rows: &RowSet) -> Result<(), ChartProblems> {
    let mut problems = encodings(spec, rows);
    if problems.is_empty() {
        problems = values(spec, rows);
    }
    if problems.is_empty() { Ok(()) } else { Err(ChartProblems(problems)) }
}

fn encodings(spec: &ChartSpec, rows: &RowSet) -> Vec<ChartProblem> {
    let mut problems = Vec::new();
    let used = [spec.x].into_iter().chain(spec.y.iter().copied()).chain(spec.series).chain(spec.size);
    for position in used.filter(|p| *p >= rows.columns.len()) {
        problems.push(ChartProblem::NoSuchColumn(position, rows.columns.len()));
    }
    let mut need = |fits: bool, what, needs| {
        if !fits {
            problems.push(ChartProblem::WrongCount(what, needs));
        }
    };
    match spec.kind {
        ChartKind::Bar => need(spec.y.len() == 1, "a bar chart", "one value column"),
        ChartKind::Pie => need(spec.y.len() == 1, "a pie chart", "one value column"),
        ChartKind::StackedBar => {
            need(spec.y.len() == 1, "a stacked bar chart", "one value column");
            need(spec.series.is_some(), "a stacked bar chart", "a series column");
        }
        ChartKind::Line => {
            need(!spec.y.is_empty(), "a line chart", "a value column");
            let split = spec.series.is_none() || spec.y.len() == 1;
            need(split, "a line chart with a series column", "one value column");
        }
        ChartKind::Scatter => need(spec.y.len() == 1, "a scatter chart", "one vertical column"),
        ChartKind::Bubble => {
            need(spec.y.len() == 1, "a bubble chart", "one vertical column");
            need(spec.size.is_some(), "a bubble chart", "a size column");
        }
        ChartKind::Histogram => need(spec.y.is_empty(), "a histogram", "its measured column as x alone"),
        ChartKind::Mixed => {
            need(spec.y.len() >= 2, "a mixed chart", "two value columns at least");
            need(spec.marks.len() == spec.y.len(), "a mixed chart", "one mark for each value column");
        }
    }
    problems
}

fn values(spec: &ChartSpec, rows: &RowSet) -> Vec<ChartProblem> {
    let mut problems = Vec::new();
    let mut measured: Vec<usize> = spec.y.iter().copied().chain(spec.size).collect();
    if matches!(spec.kind, ChartKind::Scatter | ChartKind::Bubble | ChartKind::Histogram) {
        measured.push(spec.x);
    }
    for position in &measured {
        let foreign = |value: &datafyme_domain::Value| !value.is_null() && value.as_f64().is_none();
        if rows.column_values(*position).any(foreign) {
            problems.push(ChartProblem::NotNumeric(name(rows, *position)));
        }
    }
    let mut numbers = measured.iter().flat_map(|p| rows.column_values(*p)).filter_map(number);
    if problems.is_empty() && numbers.next().is_none() {
        problems.push(ChartProblem::NothingToDraw);
    }
    if !matches!(spec.kind, ChartKind::Scatter | ChartKind::Bubble | ChartKind::Histogram) {
        problems.extend(categories(spec, rows));
    }
    problems
}

fn categories(spec: &ChartSpec, rows: &RowSet) -> Vec<ChartProblem> {
    let mut problems = Vec::new();
    let mut seen = HashSet::new();
    let mut distinct = HashSet::new();
    let mut repeated = false;
    for row in &rows.rows {
        let category = text(row.get(spec.x));
        repeated |= !seen.insert((category.clone(), spec.series.map(|s| text(row.get(s)))));
        distinct.insert(category);
    }
    if repeated {
        problems.push(ChartProblem::Repeated(name(rows, spec.x)));
    }
    let most = if spec.kind == ChartKind::Pie { MAX_PIE_CATEGORIES } else { MAX_CATEGORIES };
    if distinct.len() > most {
        problems.push(ChartProblem::TooMany(distinct.len(), most));
    }
    if spec.kind == ChartKind::Pie {
        let shares: Vec<f64> = spec.y.iter().flat_map(|y| rows.column_values(*y)).filter_map(number).collect();
        if shares.iter().any(|s| *s < 0.0) || shares.iter().sum::<f64>() <= 0.0 {
            problems.push(ChartProblem::NoWhole);
        }
    }
    problems
}

fn name(rows: &RowSet, position: usize) -> String {
    rows.columns.get(position).map_or_else(|| position.to_string(), |c| c.name.clone())
}
