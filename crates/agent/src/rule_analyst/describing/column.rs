//! What a column of a result is, as far as its description needs to know.

use crate::{
    analyst::{DraftColumnRole, ResultView},
    wording::{number, percent},
};
use datafyme_domain::{RowSetColumn, Value, names::identifier_words};

/// A column, read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reading {
    pub(super) position: usize,
    /// Its heading in words.
    pub(super) label: String,
    /// A number to compare and add up.
    pub(super) measure: bool,
    /// A date or period.
    pub(super) time: bool,
    /// What one step of it is: `month`; absent for single days and where nobody knows.
    pub(super) period: Option<String>,
    /// Totals over its rows mean something: counts and sums, not averages.
    pub(super) additive: bool,
    /// A percentage.
    percent: bool,
    /// A share of one.
    fraction: bool,
    /// Written without grouped digits: years, keys, codes.
    raw: bool,
}

/// All columns of a result.
pub(super) fn read(result: &ResultView<'_>) -> Vec<Reading> {
    let columns = result.rows.columns.iter().enumerate();
    columns.map(|(position, column)| reading(result, position, column)).collect()
}

fn reading(result: &ResultView<'_>, position: usize, column: &RowSetColumn) -> Reading {
    let told = result.draft.columns.get(position);
    let period = told.and_then(|c| c.period.clone()).filter(|p| p != "day");
    let told = told.map(|c| c.role);
    let words = identifier_words(&column.name);
    let has = |word: &str| words.iter().any(|w| w == word);
    let numeric = column.column_type.is_numeric();
    let key = has("id") || has("code") || has("no") || has("zip") || has("phone");
    let measure = match told {
        Some(DraftColumnRole::Measure | DraftColumnRole::Share) => numeric,
        Some(_) => false,
        None => numeric && !key && !has("year"),
    };
    let within_one = |v: &Value| v.as_f64().is_none_or(|n| (0.0..=1.0).contains(&n));
    let fraction =
        measure && matches!(told, Some(DraftColumnRole::Share)) && result.rows.column_values(position).all(within_one);
    let additive_words = ["number", "total", "count", "sum"];
    Reading {
        position,
        label: readable(&column.name),
        measure,
        period,
        time: matches!(told, Some(DraftColumnRole::Time)) || (told.is_none() && column.column_type.is_temporal()),
        additive: measure && additive_words.iter().any(|w| has(w)) && !has("average") && !has("running"),
        percent: measure && (has("percent") || has("percentage") || column.name.contains('%')),
        fraction: fraction && (has("share") || has("ratio")),
        raw: !measure || has("year"),
    }
}

/// A heading in words: identifiers are split, phrases stay as they are.
fn readable(name: &str) -> String {
    if name.contains(' ') || name.chars().all(char::is_lowercase) {
        return name.to_owned();
    }
    if name.contains('_') {
        return name.replace('_', " ").trim().to_owned();
    }
    name.to_owned()
}

/// A cell as it stands in a sentence.
pub(super) fn cell(value: &Value, column: &Reading) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Text(text) if text.is_empty() => "(empty)".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Float(share) if column.fraction => percent(*share),
        Value::Int(_) | Value::Float(_) | Value::Decimal(_) if !column.raw => {
            let text = value.as_f64().map_or_else(|| value.to_string(), number);
            if column.percent { format!("{text} %") } else { text }
        }
        Value::Timestamp(moment) if moment.and_utc().timestamp() % 86_400 == 0 => moment.date().to_string(),
        Value::Timestamp(moment) => moment.format("%Y-%m-%d %H:%M:%S").to_string(),
        Value::TimestampTz(moment) => moment.format("%Y-%m-%d %H:%M:%S UTC").to_string(),
        other => other.to_string(),
    }
}

/// A cell as a number to compare.
pub(super) fn figure(value: &Value) -> Option<f64> {
    value.as_f64().filter(|v| v.is_finite())
}
