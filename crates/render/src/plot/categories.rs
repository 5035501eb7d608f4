use super::{finite, label, mark_of};
use crate::format;
use datafyme_domain::chart::Mark;
use datafyme_domain::{ChartKind, ChartSpec, Period, RowSet, Value, period};
use std::collections::HashMap;

/// Steps of an axis, and series, beyond which the rest is dropped.
const MAX_CATEGORIES: usize = 2_000;
const MAX_SERIES: usize = 50;
/// Gaps are shown as such only where the axis does not get much longer by it.
const MAX_STRETCH: usize = 4;

/// Values over labels.
#[derive(Debug, Clone, PartialEq)]
pub struct Categories {
    /// One per step of the axis, as they read.
    pub labels: Vec<String>,
    /// One or more, each as long as `labels`.
    pub series: Vec<Series>,
    /// Whether the axis is a calendar in order.
    pub temporal: bool,
    /// Rows left out since there were too many steps or series.
    pub dropped: usize,
}

/// One row of bars, one line.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Name in the legend.
    pub name: String,
    /// A value per label; absent is a gap.
    pub values: Vec<Option<f64>>,
    /// How it is drawn.
    pub mark: Mark,
    /// Whether it goes by the right axis.
    pub right: bool,
}

pub(super) fn read(spec: &ChartSpec, rows: &RowSet) -> Categories {
    let axis = Axis::read(spec, rows);
    let mut series = match spec.series {
        Some(split) => pivot(spec, rows, split, &axis),
        None => per_column(spec, rows, &axis),
    };
    let dropped_steps = axis.steps.iter().filter(|s| s.is_none()).count();
    let dropped_series = series.len().saturating_sub(MAX_SERIES);
    series.truncate(MAX_SERIES);
    if spec.kind == ChartKind::StackedBar {
        for value in series.iter_mut().flat_map(|s| &mut s.values) {
            *value = value.or(Some(0.0));
        }
    }
    Categories { labels: axis.labels, series, temporal: axis.temporal, dropped: dropped_steps + dropped_series }
}

/// One series per value column.
fn per_column(spec: &ChartSpec, rows: &RowSet, axis: &Axis) -> Vec<Series> {
    let one = |(i, y): (usize, &usize)| {
        let mark = match spec.kind {
            ChartKind::Mixed => spec.marks.get(i).copied().unwrap_or(Mark::Bar),
            kind => mark_of(kind),
        };
        let mut values = vec![None; axis.labels.len()];
        for (row, step) in rows.rows.iter().zip(&axis.steps) {
            if let Some(slot) = step.and_then(|s| values.get_mut(s)) {
                *slot = row.get(*y).and_then(finite).or(*slot);
            }
        }
        Series { name: series_name(spec, rows, *y), values, mark, right: spec.y2_title.is_some() && mark != Mark::Bar }
    };
    spec.y.iter().enumerate().map(one).collect()
}

/// The axis title where the series is alone, else its column's label, with an identifier's underscores opened.
fn series_name(spec: &ChartSpec, rows: &RowSet, position: usize) -> String {
    let column = rows.columns.get(position).map_or("", |c| c.name.as_str());
    let name = if spec.y.len() == 1 && !spec.y_title.is_empty() {
        spec.y_title.clone()
    } else if column.contains('_') && !column.contains(' ') {
        let words = column.replace('_', " ");
        let mut chars = words.trim().chars();
        chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
    } else {
        column.to_owned()
    };
    label(Some(&Value::Text(name)))
}

/// One series per value of a column, in the order in which they first occur.
fn pivot(spec: &ChartSpec, rows: &RowSet, split: usize, axis: &Axis) -> Vec<Series> {
    let mut series: Vec<Series> = Vec::new();
    let mut positions: HashMap<String, usize> = HashMap::new();
    for (row, step) in rows.rows.iter().zip(&axis.steps) {
        let name = label(row.get(split));
        let position = *positions.entry(name.clone()).or_insert_with(|| {
            series.push(Series { name, values: vec![None; axis.labels.len()], mark: mark_of(spec.kind), right: false });
            series.len() - 1
        });
        let value = spec.y.first().and_then(|y| row.get(*y)).and_then(finite);
        let slot = series.get_mut(position).zip(*step).and_then(|(s, step)| s.values.get_mut(step));
        if let (Some(slot), Some(value)) = (slot, value) {
            // A repeated pair adds up where bars stack, else the last one counts.
            let before = if spec.kind == ChartKind::StackedBar { slot.unwrap_or(0.0) } else { 0.0 };
            *slot = Some(before + value);
        }
    }
    series
}

/// The steps of the axis and which of them each row is on.
struct Axis {
    labels: Vec<String>,
    steps: Vec<Option<usize>>,
    temporal: bool,
}

impl Axis {
    fn read(spec: &ChartSpec, rows: &RowSet) -> Self {
        let ordered = match spec.kind {
            ChartKind::Line | ChartKind::StackedBar => true,
            ChartKind::Mixed => spec.marks.contains(&Mark::Line),
            _ => false,
        };
        let values: Vec<&Value> = rows.rows.iter().map(|row| row.get(spec.x).unwrap_or(&Value::Null)).collect();
        match period::detect(values.iter().copied()) {
            Some(periods) if ordered => Self::calendar(spec, &periods),
            Some(periods) => Self::as_given(&values, Some((&periods, spec))),
            None if ordered => Self::in_order(&values),
            None => Self::as_given(&values, None),
        }
    }

    /// Every period from the first to the last; those without a row become gaps. Rows without a date are dropped.
    fn calendar(spec: &ChartSpec, periods: &period::Periods) -> Self {
        let mut known: Vec<i64> = periods.ordinals.iter().flatten().copied().collect();
        known.sort_unstable();
        known.dedup();
        let (first, last) = (known.first().copied().unwrap_or(0), known.last().copied().unwrap_or(0));
        let span = usize::try_from(last - first + 1).unwrap_or(usize::MAX);
        // Weeks may be numbered by the year, where the last and the first one meet in one running number.
        let fill = periods.period != Period::Week && span <= MAX_CATEGORIES && span <= known.len() * MAX_STRETCH;
        let axis: Vec<i64> = if fill { (first..=last).collect() } else { known };
        let axis: Vec<i64> = axis.into_iter().take(MAX_CATEGORIES).collect();
        let steps = periods.ordinals.iter().map(|o| o.and_then(|o| axis.binary_search(&o).ok())).collect();
        let labels = axis.iter().map(|o| period_label(periods.period, *o, spec)).collect();
        Self { labels, steps, temporal: true }
    }

    /// Categories in the order of their first row.
    fn as_given(values: &[&Value], periods: Option<(&period::Periods, &ChartSpec)>) -> Self {
        let mut labels = Vec::new();
        let mut positions: HashMap<String, usize> = HashMap::new();
        let mut steps = Vec::with_capacity(values.len());
        for (row, value) in values.iter().enumerate() {
            let text = periods
                .and_then(|(p, spec)| Some(period_label(p.period, (*p.ordinals.get(row)?)?, spec)))
                .unwrap_or_else(|| label(Some(value)));
            let step = positions.get(&text).copied().or_else(|| {
                (labels.len() < MAX_CATEGORIES).then(|| {
                    positions.insert(text.clone(), labels.len());
                    labels.push(text);
                    labels.len() - 1
                })
            });
            steps.push(step);
        }
        Self { labels, steps, temporal: false }
    }

    /// Numbers and moments ascending; anything else as given.
    fn in_order(values: &[&Value]) -> Self {
        let mut order: Vec<usize> = (0..values.len()).collect();
        let value_at = |i: &usize| values.get(*i).copied().unwrap_or(&Value::Null);
        if values.iter().all(|v| v.is_null() || finite(v).is_some()) {
            order.sort_by(|a, b| {
                let key = |i| finite(value_at(i)).unwrap_or(f64::INFINITY);
                key(a).total_cmp(&key(b))
            });
        } else if values.iter().all(|v| is_moment(v)) {
            order.sort_by_cached_key(|i| value_at(i).to_string().replace('T', " "));
        }
        let sorted: Vec<&Value> = order.iter().map(value_at).collect();
        let axis = Self::as_given(&sorted, None);
        let mut steps = vec![None; values.len()];
        for (row, step) in order.into_iter().zip(axis.steps) {
            if let Some(slot) = steps.get_mut(row) {
                *slot = step;
            }
        }
        Self { steps, ..axis }
    }
}

/// A time stamp in a type or in text: `2024-03-05 10:30`.
fn is_moment(value: &Value) -> bool {
    match value {
        Value::Timestamp(_) | Value::TimestampTz(_) | Value::Date(_) | Value::Time(_) => true,
        Value::Text(text) => {
            text.get(..10).is_some_and(|day| chrono::NaiveDate::parse_from_str(day, "%Y-%m-%d").is_ok())
        }
        _ => false,
    }
}

fn period_label(period: Period, ordinal: i64, spec: &ChartSpec) -> String {
    let Some(start) = period.start(ordinal) else {
        return ordinal.to_string();
    };
    let pattern = match (period, &spec.date_format) {
        (Period::Quarter, _) => return format!("{} Q{}", ordinal.div_euclid(4), ordinal.rem_euclid(4) + 1),
        (_, Some(pattern)) => pattern.as_str(),
        (Period::Day, None) => "%Y-%m-%d",
        (Period::Week, None) => "%G-W%V",
        (Period::Month, None) => "%Y-%m",
        (Period::Year, None) => "%Y",
    };
    format::shortened(&format::printable(&format::date(start, pattern)), super::MAX_LABEL)
}
