//! What a result says, computed from its rows alone.

mod column;
mod series;

use crate::{
    analyst::{Description, Opinion, ResultView},
    wording::{count, list},
};
use column::{Reading, cell, read};
use datafyme_domain::{RowSet, Value};

/// Values listed in a sentence.
const LISTED: usize = 8;
/// Fields of a single row told in a sentence.
const FIELDS: usize = 8;

pub(super) fn describe(result: &ResultView<'_>) -> Opinion<Description> {
    let text = match result.rows.rows.as_slice() {
        [] => nothing(result),
        [row] => one_row(result, row),
        rows => many_rows(result, rows.len()),
    };
    Opinion::Given(Description { text, suggestions: Vec::new() })
}

/// The explanation as the middle of a sentence.
fn midway(explanation: &str) -> String {
    let mut chars = explanation.trim_end_matches('.').chars();
    let first = chars.next().map(|c| c.to_lowercase().collect::<String>()).unwrap_or_default();
    // An acronym or a name at the start stays as it is.
    if chars.clone().next().is_some_and(char::is_uppercase) {
        return explanation.trim_end_matches('.').to_owned();
    }
    first + chars.as_str()
}

fn nothing(result: &ResultView<'_>) -> String {
    match result.draft.explanation.as_str() {
        "" => "No rows: nothing in the data matches this.".to_owned(),
        explanation => format!("No rows: nothing in the data matches ({}).", midway(explanation)),
    }
}

fn one_row(result: &ResultView<'_>, row: &[Value]) -> String {
    let columns = read(result);
    if row.iter().all(Value::is_null) {
        return match result.draft.explanation.as_str() {
            "" => "There is no value: no row fits.".to_owned(),
            explanation => format!("There is no value: no row fits ({}).", midway(explanation)),
        };
    }
    if let ([column], [value]) = (columns.as_slice(), row) {
        return figure(result, column, value);
    }
    let fields: Vec<String> = columns
        .iter()
        .zip(row)
        .take(FIELDS)
        .map(|(column, value)| format!("{} {}", column.label, cell(value, column)))
        .collect();
    let more = if row.len() > FIELDS { ", and more" } else { "" };
    format!("{}{more}.", capitalized(&fields.join(", ")))
}

/// A single figure in a sentence.
fn figure(result: &ResultView<'_>, column: &Reading, value: &Value) -> String {
    let shown = cell(value, column);
    let explanation = &result.draft.explanation;
    if let Some((_, cut)) = explanation.split_once(", the one with ") {
        return format!("The {} with {cut} is {shown}.", column.label);
    }
    if column.measure && [" where ", " whose ", " that have ", " without "].iter().any(|w| explanation.contains(w)) {
        // "… where country is Germany is 12" would be hard to read.
        return format!("{}: {shown}.", explanation.trim_end_matches('.'));
    }
    if column.measure && !explanation.is_empty() {
        let verb = if explanation.to_lowercase().starts_with("distinct") { "are" } else { "is" };
        return format!("The {} {verb} {shown}.", midway(explanation));
    }
    format!("{}: {shown}.", capitalized(&column.label))
}

fn many_rows(result: &ResultView<'_>, n: usize) -> String {
    let columns = read(result);
    let rows = result.rows;
    let mut sentences = Vec::new();
    if rows.truncated {
        sentences.push(format!("The first {} rows; there are more.", count(n as f64)));
    }
    let time = columns.iter().find(|c| c.time);
    let category = columns.iter().find(|c| !c.measure && !c.time);
    let measures: Vec<&Reading> = columns.iter().filter(|c| c.measure).collect();
    match (time, category, measures.as_slice()) {
        (_, _, []) => sentences.push(listing(rows, &columns, n)),
        (Some(time), None, [measure]) => sentences.push(series::over_time(rows, time, measure)),
        (None, Some(category), [measure]) => sentences.push(series::per_category(rows, category, measure)),
        (None, None, [measure]) => sentences.push(series::alone(rows, measure)),
        (time, category, measures) => {
            if !rows.truncated {
                sentences.push(format!("{} rows.", count(n as f64)));
            }
            if let Some(label) = category.or(time) {
                for measure in measures.iter().take(2) {
                    sentences.push(series::extremes_by(rows, label, measure, &columns));
                }
            }
        }
    }
    sentences.join(" ")
}

fn listing(rows: &RowSet, columns: &[Reading], n: usize) -> String {
    let [column] = columns else {
        return if rows.truncated { String::new() } else { format!("{} rows.", count(n as f64)) };
    };
    if let Some(text) = repeated(rows, column, n) {
        return text;
    }
    let values: Vec<String> = rows.column_values(column.position).take(LISTED).map(|v| cell(v, column)).collect();
    if n > LISTED || rows.truncated {
        let all = if rows.truncated { String::new() } else { format!("{} rows: ", count(n as f64)) };
        return format!("{all}{} and others.", values.join(", "));
    }
    format!("{n} rows: {}.", list(&values))
}

/// Values that repeat are told with how often they do.
fn repeated(rows: &RowSet, column: &Reading, n: usize) -> Option<String> {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for value in rows.column_values(column.position) {
        let shown = cell(value, column);
        if let Some((_, times)) = counts.iter_mut().find(|(known, _)| *known == shown) {
            *times += 1;
            continue;
        }
        if counts.len() == LISTED {
            // Many different values: a list of the first ones says more.
            return None;
        }
        counts.push((shown, 1));
    }
    if counts.len() == n {
        return None;
    }
    counts.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
    let told: Vec<String> = counts
        .iter()
        .map(|(value, times)| {
            format!(
                "{value} {}",
                if *times == 1 { "once".to_owned() } else { format!("{} times", count(*times as f64)) }
            )
        })
        .collect();
    let all = if rows.truncated { String::new() } else { format!("{} rows: ", count(n as f64)) };
    Some(format!("{all}{}.", list(&told)))
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().collect::<String>() + chars.as_str())
}

#[cfg(test)]
mod tests;
