//! What each column of a result is, and what that allows.

use super::{ChartKind, MAX_SERIES, SCALE_RATIO};
use crate::analyst::{DraftColumn, DraftColumnRole};
use datafyme_domain::{Period, RowSet, Value, names, period};
use std::collections::HashSet;

/// The part that a column plays in a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Measure,
    Share,
    Time,
    Category,
    Identifier,
    /// The same in every row: says what was filtered, and is not drawn.
    Constant,
}

/// A column with what its values show.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) position: usize,
    pub(super) label: String,
    pub(super) part: Part,
    /// Length of its periods, where all its values are periods.
    pub(super) period: Option<Period>,
    /// Whether its values may be added up: counts and sums, not averages and ratios.
    pub(super) additive: bool,
    pub(super) distinct: usize,
    /// Characters of its longest value.
    pub(super) longest: usize,
    pub(super) least: f64,
    pub(super) greatest: f64,
    pub(super) total: f64,
}

impl Column {
    /// Whether shares make up one whole: 1, or 100 per cent.
    pub(super) fn sums_to_whole(&self) -> bool {
        (self.total - 1.0).abs() < 0.02 || (self.total - 100.0).abs() < 1.5
    }
}

/// All columns of a result.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    all: Vec<Column>,
}

impl Columns {
    pub(super) fn read(rows: &RowSet, told: &[DraftColumn]) -> Self {
        let told = if told.len() == rows.columns.len() { told } else { &[] };
        let all = (0..rows.columns.len()).map(|position| read_column(rows, position, told.get(position))).collect();
        Self { all }
    }

    pub(super) fn of(&self, part: Part) -> Vec<&Column> {
        self.all.iter().filter(|c| c.part == part).collect()
    }

    /// Columns with values to draw.
    pub(super) fn measures(&self) -> Vec<&Column> {
        let drawable = |c: &&Column| matches!(c.part, Part::Measure | Part::Share) && c.least.is_finite();
        self.all.iter().filter(drawable).collect()
    }

    /// Columns to group by: categories, or an identifier where there is nothing better.
    pub(super) fn categories(&self) -> Vec<&Column> {
        let named = self.of(Part::Category);
        if named.is_empty() { self.of(Part::Identifier) } else { named }
    }

    /// How many columns the rows are grouped by. Three and more are entities with their attributes.
    pub(super) fn groups(&self) -> usize {
        self.categories().len()
    }

    /// Whether two categories cross each other: every pair once, and neither tells the other.
    pub(super) fn crosses(&self, rows: &RowSet) -> bool {
        let [a, b] = self.categories()[..] else {
            return false;
        };
        let pairs: HashSet<(String, String)> =
            rows.rows.iter().map(|row| (text(row.get(a.position)), text(row.get(b.position)))).collect();
        let (fewer, more) = (a.distinct.min(b.distinct), a.distinct.max(b.distinct));
        pairs.len() == rows.rows.len() && fewer > 1 && fewer <= MAX_SERIES && more <= 60 && pairs.len() > more
    }

    /// Whether the first two measures differ so much in size that one axis would flatten one of them.
    pub(super) fn scales_differ(&self) -> bool {
        let tops: Vec<f64> = self.measures().iter().map(|c| c.greatest.abs().max(c.least.abs())).collect();
        let (low, high) = tops.iter().fold((f64::MAX, 0.0_f64), |(l, h), t| (l.min(*t), h.max(*t)));
        low > 0.0 && high / low > SCALE_RATIO
    }

    /// One time, one group, one measure.
    pub(super) fn over_time_by_group(&self, count: usize) -> Option<(ChartKind, &'static str)> {
        let (time, group) = (self.of(Part::Time), self.categories());
        let (time, group) = (time.first()?, group.first()?);
        // A group that is another one in every row is an entity with its date.
        if group.distinct > MAX_SERIES || group.distinct == count {
            None
        } else if time.distinct >= 3 {
            Some((ChartKind::Line, "a measure over time, a line for each category"))
        } else {
            Some((ChartKind::StackedBar, "a measure by category, cut by period"))
        }
    }

    /// Pearson's r of the first two measures; 0 where it is not defined.
    pub(super) fn correlation(&self, rows: &RowSet) -> f64 {
        let [a, b] = self.measures()[..] else {
            return 0.0;
        };
        let pairs: Vec<(f64, f64)> = rows
            .rows
            .iter()
            .filter_map(|row| Some((number(row.get(a.position)?)?, number(row.get(b.position)?)?)))
            .collect();
        let n = pairs.len() as f64;
        let (sx, sy) = pairs.iter().fold((0.0, 0.0), |(x, y), p| (x + p.0, y + p.1));
        let (mx, my) = (sx / n, sy / n);
        let (xy, xx, yy) = pairs.iter().fold((0.0, 0.0, 0.0), |(xy, xx, yy), (x, y)| {
            (xy + (x - mx) * (y - my), xx + (x - mx).powi(2), yy + (y - my).powi(2))
        });
        let r = xy / (xx * yy).sqrt();
        if r.is_finite() { r.abs() } else { 0.0 }
    }
}

fn read_column(rows: &RowSet, position: usize, told: Option<&DraftColumn>) -> Column {
    let name = rows.columns.get(position).map_or("", |c| c.name.as_str());
    let label = told.map_or(name, |t| t.label.as_str()).to_owned();
    let mut column = Column {
        position,
        part: Part::Category,
        period: None,
        additive: !is_average(&label),
        distinct: 0,
        longest: 0,
        least: f64::INFINITY,
        greatest: f64::NEG_INFINITY,
        total: 0.0,
        label,
    };
    let mut numeric = true;
    let mut seen = HashSet::new();
    for value in rows.column_values(position) {
        let as_text = value.to_string();
        column.longest = column.longest.max(as_text.chars().count());
        seen.insert(as_text);
        match number(value) {
            Some(v) => {
                column.least = column.least.min(v);
                column.greatest = column.greatest.max(v);
                column.total += v;
            }
            None => numeric &= value.is_null() || value.as_f64().is_some_and(|v| !v.is_finite()),
        }
    }
    column.distinct = seen.len();
    let periods = period::detect(rows.rows.iter().filter_map(|r| r.get(position)));
    column.part = part(&column, numeric, periods.as_ref().map(|p| p.period), rows, told);
    if column.distinct == 1 && rows.rows.len() > 1 && !matches!(column.part, Part::Measure | Part::Share) {
        column.part = Part::Constant;
    }
    column.period = periods.filter(|_| column.part == Part::Time).map(|p| p.period);
    column
}

fn part(column: &Column, numeric: bool, period: Option<Period>, rows: &RowSet, told: Option<&DraftColumn>) -> Part {
    let drawable = numeric && column.least.is_finite();
    if let Some(told) = told {
        return match told.role {
            DraftColumnRole::Measure if drawable => Part::Measure,
            DraftColumnRole::Share if drawable => Part::Share,
            DraftColumnRole::Time => Part::Time,
            DraftColumnRole::Identifier => Part::Identifier,
            _ => Part::Category,
        };
    }
    let words = names::identifier_words(&column.label);
    let has = |any: &[&str]| words.iter().any(|w| any.contains(&w.as_str()));
    let declared = rows.columns.get(column.position).map(|c| c.column_type);
    if declared.is_some_and(datafyme_domain::ColumnType::is_temporal) {
        return Part::Time;
    }
    let called_time = has(&["year", "month", "quarter", "week", "day", "date", "hour", "weekday"]);
    match period {
        Some(Period::Year) if !called_time => {}
        Some(_) => return Part::Time,
        None if called_time && words.len() == 1 && numeric => return Part::Time,
        None => {}
    }
    if words.last().is_some_and(|w| ["id", "uuid", "code", "key"].contains(&w.as_str())) {
        return Part::Identifier;
    }
    if drawable && declared != Some(datafyme_domain::ColumnType::Boolean) {
        return if has(&["share", "percent", "percentage", "proportion", "ratio", "pct"]) {
            Part::Share
        } else {
            Part::Measure
        };
    }
    Part::Category
}

fn is_average(label: &str) -> bool {
    const WORDS: [&str; 12] =
        ["average", "avg", "mean", "median", "max", "maximum", "min", "minimum", "rate", "ratio", "rating", "price"];
    names::identifier_words(label).iter().any(|w| WORDS.contains(&w.as_str()))
}

/// Finite numbers only; truth values are categories.
pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Bool(_) => None,
        other => other.as_f64().filter(|v| v.is_finite()),
    }
}

pub(super) fn text(value: Option<&Value>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}
