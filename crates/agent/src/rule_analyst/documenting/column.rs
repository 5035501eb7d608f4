//! What a column holds, as far as its name, comment, keys and profile say.

use super::entity::{Entity, words};
use crate::{
    analyst::WrittenColumn,
    wording::{count, list, number, percent},
};
use datafyme_domain::{Column, ColumnProfile, ColumnType, Table, Value};

/// Distinct values up to which all are listed.
const LISTED: usize = 6;
/// Distinct values up to which a text column is a category.
const CATEGORY_VALUES: u64 = 60;
/// Longest example in characters.
const EXAMPLE_CHARS: usize = 40;

pub(super) fn document(table: &Table, column: &Column, entity: &Entity) -> WrittenColumn {
    let mut parts = vec![subject(table, column, entity)];
    if let Some(key) = table.foreign_keys.iter().find(|k| k.columns.contains(&column.name)) {
        parts.push(format!("refers to {}.{}", key.to_table, key.to_columns.join("+")));
    }
    if !column.enum_values.is_empty() {
        parts.push(format!("one of {}", list(&column.enum_values)));
    }
    if let Some(profile) = profile_of(table, column) {
        parts.extend(values(column, profile));
        if profile.non_null == 0 && table.rows().is_some_and(|n| n > 0) {
            parts.push("always missing".to_owned());
        } else if profile.null_share > 0.0 {
            parts.push(format!("missing in {}", percent(profile.null_share)));
        }
    }
    WrittenColumn { column: column.name.clone(), description: format!("{}.", parts.join("; ")), synonyms: Vec::new() }
}

fn subject(table: &Table, column: &Column, entity: &Entity) -> String {
    if let Some(comment) = column.comment.as_deref().map(str::trim).filter(|c| !c.is_empty()) {
        return comment.trim_end_matches('.').to_owned();
    }
    let name = words(&column.name);
    let mut chars = name.chars();
    let name = chars.next().map_or_else(String::new, |c| c.to_uppercase().collect::<String>() + chars.as_str());
    match table.primary_key.as_slice() {
        [only] if *only == column.name => format!("{name}: identifies the {}", entity.one),
        _ => format!("{name} of the {}", entity.one),
    }
}

fn values(column: &Column, profile: &ColumnProfile) -> Option<String> {
    if profile.non_null == 0 {
        return None;
    }
    let ends = || (!profile.min.is_null()).then(|| (show(&profile.min), show(&profile.max)));
    if column.column_type.is_temporal() || profile.text_date_format.is_some() {
        let (from, to) = ends()?;
        return Some(format!("dates from {from} to {to}"));
    }
    if column.column_type.is_numeric() {
        let (from, to) = ends()?;
        return Some(if from == to { format!("always {from}") } else { format!("from {from} to {to}") });
    }
    let listed: Vec<String> =
        profile.top_values.iter().filter(|v| !v.value.to_string().trim().is_empty()).map(|v| show(&v.value)).collect();
    let distinct = usize::try_from(profile.distinct).unwrap_or(usize::MAX);
    if listed.is_empty() {
        return None;
    }
    if !profile.distinct_capped && distinct <= LISTED && listed.len() == distinct {
        return Some(if distinct == 1 {
            format!("always {}", listed.join(""))
        } else {
            format!("one of {}", list(&listed))
        });
    }
    let least = if profile.distinct_capped { "at least " } else { "" };
    let examples: Vec<&str> = listed.iter().take(3).map(String::as_str).collect();
    Some(format!("{least}{} different values, such as {}", count(profile.distinct as f64), list(&examples)))
}

fn show(value: &Value) -> String {
    match value {
        Value::Int(_) | Value::Float(_) | Value::Decimal(_) => value.as_f64().map_or_else(|| value.to_string(), number),
        Value::Timestamp(at) => at.date().to_string(),
        Value::TimestampTz(at) => at.date_naive().to_string(),
        other => {
            let text = other.to_string();
            if text.chars().count() > EXAMPLE_CHARS {
                text.chars().take(EXAMPLE_CHARS).collect::<String>() + "…"
            } else {
                text
            }
        }
    }
}

fn profile_of<'a>(table: &'a Table, column: &Column) -> Option<&'a ColumnProfile> {
    table.profile.as_ref()?.column(&column.name)
}

fn is_key(table: &Table, column: &Column) -> bool {
    let id_like = datafyme_domain::names::identifier_words(&column.name).last().is_some_and(|w| {
        matches!(w.as_str(), "id" | "key" | "code" | "number" | "num" | "nr" | "no" | "uuid" | "index" | "idx" | "rank")
    });
    id_like
        || table.primary_key.contains(&column.name)
        || table.foreign_keys.iter().any(|k| k.columns.contains(&column.name))
}

/// Columns whose numbers are compared and added up.
pub(super) fn measures(table: &Table) -> Vec<&Column> {
    let year = |c: &Column| datafyme_domain::names::identifier_words(&c.name).iter().any(|w| w == "year");
    let columns = table.columns.iter();
    columns.filter(|c| c.column_type.is_numeric() && !is_key(table, c) && !year(c)).collect()
}

/// Text columns with few values.
pub(super) fn categories(table: &Table) -> Vec<&Column> {
    table
        .columns
        .iter()
        .filter(|c| matches!(c.column_type, ColumnType::Text | ColumnType::Boolean) && !is_key(table, c))
        .filter(|c| !is_personal_name(c))
        .filter(|c| {
            profile_of(table, c).is_some_and(|p| {
                let repeated = p.distinct.saturating_mul(2) <= p.non_null;
                p.text_date_format.is_none() && (2..=CATEGORY_VALUES).contains(&p.distinct) && repeated
            })
        })
        .collect()
}

/// Parts of people's names repeat by chance and group nothing.
fn is_personal_name(column: &Column) -> bool {
    let words = datafyme_domain::names::identifier_words(&column.name);
    let part = |w: &String| matches!(w.as_str(), "first" | "last" | "given" | "family" | "middle" | "surname" | "sur");
    words.iter().any(part) && words.iter().any(|w| w.ends_with("name"))
}

/// The date that the table is followed along: the first column that is one.
pub(super) fn date(table: &Table) -> Option<&Column> {
    table
        .columns
        .iter()
        .find(|c| c.column_type.is_temporal() || profile_of(table, c).is_some_and(|p| p.text_date_format.is_some()))
}

/// First and last day of a date column.
fn days(table: &Table, column: &Column) -> Option<(String, String)> {
    let profile = profile_of(table, column)?;
    if profile.min.is_null() || profile.max.is_null() {
        return None;
    }
    let day = |value: &Value| {
        let text = show(value);
        // A moment in text form: its day is what matters here.
        text.split_once([' ', 'T']).map_or_else(|| text.clone(), |(day, _)| day.to_owned())
    };
    Some((day(&profile.min), day(&profile.max)))
}

/// " from 2023-10-10 to 2024-10-09 (order date)"
pub(super) fn period(table: &Table) -> Option<String> {
    let column = date(table)?;
    let (from, to) = days(table, column)?;
    Some(format!(" from {from} to {to} ({})", words(&column.name)))
}

/// What a date column is cut into: months, or years where there are many.
pub(super) fn grain(table: &Table, column: &Column) -> &'static str {
    let year = |day: &str| day.get(..4).and_then(|y| y.parse::<i32>().ok());
    match days(table, column).and_then(|(from, to)| Some((year(&from)?, year(&to)?))) {
        Some((from, to)) if to - from >= 4 => "year",
        _ => "month",
    }
}

/// Whether adding up the column means something: amounts do, sizes and prices do not.
pub(super) fn is_additive(column: &Column) -> bool {
    const ADDITIVE: &[&str] = &[
        "quantity",
        "qty",
        "amount",
        "sales",
        "revenue",
        "total",
        "sum",
        "units",
        "count",
        "cost",
        "profit",
        "attendance",
        "visitors",
        "hours",
        "payment",
        "budget",
    ];
    // Sums of what was summed up already mean nothing.
    const SUMMED: &[&str] = &["cumulative", "running", "average", "avg", "mean", "rate", "per"];
    let words = datafyme_domain::names::identifier_words(&column.name);
    let has = |list: &[&str]| words.iter().any(|w| list.contains(&w.as_str()));
    has(ADDITIVE) && !has(SUMMED)
}

/// Whether some column with the name of a key has another value in every row.
pub(super) fn has_key(table: &Table) -> bool {
    let rows = table.rows();
    table.columns.iter().any(|c| {
        let id_like = datafyme_domain::names::identifier_words(&c.name)
            .last()
            .is_some_and(|w| matches!(w.as_str(), "id" | "key" | "code" | "uuid"));
        id_like && profile_of(table, c).is_some_and(|p| p.is_unique() && Some(p.non_null) == rows)
    })
}
