//! What a model is shown of a table: as much as the privacy setting lets through, and no more of it than helps.

use crate::{
    analyst::TableSubject,
    model_analyst::{Privacy, SpokenLanguage},
    wording::percent,
};
use datafyme_domain::{Column, ColumnProfile, Table, TableKind, TableRef, Value, names::identifier_words};
use serde::Serialize;

/// Longest comment in characters.
const COMMENT_CHARS: usize = 300;
/// Longest sample value in characters.
const SAMPLE_CHARS: usize = 40;
/// Sample values per column.
const SAMPLES: usize = 5;
/// Labels of an enum type that are shown.
const LABELS: usize = 20;
/// Tables that refer to this one, and tables beside it, that are named.
const NEIGHBOURS: usize = 20;
/// Columns of a wide table that are named beside those that are asked about.
const NAMED: usize = 200;

/// Everything that the prompt names.
#[derive(Debug, Serialize)]
pub(super) struct Sheet<'a> {
    /// Language of the documentation, in English.
    language: &'static str,
    /// What there is to go by.
    evidence: &'static str,
    /// The database engine.
    engine: &'static str,
    /// Name of the table.
    table: String,
    /// Table, view …
    kind: &'static str,
    comment: Option<String>,
    rows: Option<u64>,
    primary_key: String,
    unique_keys: Vec<String>,
    foreign_keys: Vec<String>,
    referenced_by: Vec<String>,
    neighbours: Vec<String>,
    /// The columns to document.
    columns: Vec<ColumnLine<'a>>,
    /// Names of the table's other columns.
    other_columns: Vec<&'a str>,
    /// Whether only columns are asked for: the rest was written with the first of them.
    columns_only: bool,
}

/// A column as shown.
#[derive(Debug, Serialize)]
pub(super) struct ColumnLine<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    declared_type: &'a str,
    required: bool,
    comment: Option<String>,
    refers_to: Option<String>,
    statistics: Option<String>,
    /// First and last of what has an order.
    range: Option<(String, String)>,
    /// Values as JSON texts, so that nothing in them ends the list.
    samples: Vec<String>,
}

impl<'a> Sheet<'a> {
    /// The part of a table's sheet that asks about `columns`; `first` asks about the table too.
    pub(super) fn of(
        subject: &TableSubject<'a>,
        columns: &'a [Column],
        first: bool,
        language: SpokenLanguage,
        privacy: Privacy,
    ) -> Self {
        let table = subject.table;
        let asked = |name: &str| columns.iter().any(|c| c.name == name);
        Self {
            language: match language {
                SpokenLanguage::English => "English",
                SpokenLanguage::Hungarian => "Hungarian",
            },
            evidence: match privacy {
                Privacy::NamesOnly => "names, types, keys and comments",
                Privacy::Statistics => "names, types, keys, comments and statistics",
                Privacy::Samples => "names, types, keys, comments, statistics and sample values",
            },
            engine: subject.catalog.dialect.title(),
            table: table.name.to_string(),
            kind: kind(table.kind),
            comment: comment(table.comment.as_deref()),
            rows: if privacy >= Privacy::Statistics { table.rows() } else { None },
            primary_key: table.primary_key.join(", "),
            unique_keys: table.unique_keys.iter().map(|k| k.join(", ")).collect(),
            foreign_keys: table
                .foreign_keys
                .iter()
                .map(|k| format!("{} → {} ({})", k.columns.join(", "), k.to_table, k.to_columns.join(", ")))
                .collect(),
            referenced_by: referenced_by(subject),
            neighbours: neighbours(subject),
            columns: columns.iter().map(|c| ColumnLine::of(table, c, privacy)).collect(),
            other_columns: table
                .columns
                .iter()
                .map(|c| c.name.as_str())
                .filter(|name| !asked(name))
                .take(NAMED)
                .collect(),
            columns_only: !first,
        }
    }
}

impl<'a> ColumnLine<'a> {
    fn of(table: &'a Table, column: &'a Column, privacy: Privacy) -> Self {
        let profile = table.profile.as_ref().and_then(|p| p.column(&column.name));
        let key = table.foreign_keys.iter().find(|k| k.columns.contains(&column.name));
        Self {
            name: &column.name,
            declared_type: declared_type(column, privacy),
            required: !column.nullable,
            comment: comment(column.comment.as_deref()),
            refers_to: key.map(|k| k.to_table.to_string()),
            statistics: profile.filter(|_| privacy >= Privacy::Statistics).map(statistics),
            range: profile.filter(|_| privacy >= Privacy::Samples).and_then(|p| range(column, p)),
            samples: if privacy >= Privacy::Samples { samples(column, profile) } else { Vec::new() },
        }
    }
}

/// The type without what stands in its brackets where that may be values: `ENUM('a','b')` → `ENUM`.
fn declared_type(column: &Column, privacy: Privacy) -> &str {
    let declared = column.declared_type.as_str();
    if privacy < Privacy::Samples && declared.contains(['\'', '"']) {
        return declared.split('(').next().unwrap_or_default().trim();
    }
    declared
}

fn statistics(profile: &ColumnProfile) -> String {
    if profile.non_null == 0 {
        return "always missing".to_owned();
    }
    let least = if profile.distinct_capped { "at least " } else { "" };
    let mut text = format!("{least}{} distinct", profile.distinct);
    if profile.is_unique() {
        text.push_str(", each once");
    }
    if profile.null_share > 0.0 {
        text.push_str(&format!(", missing in {}", percent(profile.null_share)));
    }
    if profile.text_date_format.is_some() {
        text.push_str(", all read as dates");
    } else if profile.text_is_numeric {
        text.push_str(", all read as numbers");
    }
    text
}

/// Labels of an enum, else the most frequent values where some are more frequent than others.
fn samples(column: &Column, profile: Option<&ColumnProfile>) -> Vec<String> {
    if !column.enum_values.is_empty() {
        return column.enum_values.iter().take(LABELS).map(|v| quoted(v)).collect();
    }
    let Some(profile) = profile else { return Vec::new() };
    if range(column, profile).is_some() && profile.is_unique() {
        return Vec::new();
    }
    profile.top_values.iter().take(SAMPLES).filter(|v| !v.value.is_null()).map(|v| shown(&v.value)).collect()
}

/// From where to where numbers and dates go.
fn range(column: &Column, profile: &ColumnProfile) -> Option<(String, String)> {
    let ordered =
        column.column_type.is_numeric() || column.column_type.is_temporal() || profile.text_date_format.is_some();
    let known = !profile.min.is_null() && !profile.max.is_null() && profile.min != profile.max;
    (ordered && known).then(|| (shown(&profile.min), shown(&profile.max)))
}

fn shown(value: &Value) -> String {
    match value {
        Value::Int(_) | Value::Float(_) | Value::Decimal(_) | Value::Bool(_) => value.to_string(),
        other => quoted(&other.to_string()),
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(cut(text, SAMPLE_CHARS)).to_string()
}

fn comment(text: Option<&str>) -> Option<String> {
    let text = text.map(str::trim).filter(|t| !t.is_empty())?;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(cut(&line, COMMENT_CHARS))
}

/// At most that many characters.
pub(super) fn cut(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

const fn kind(kind: TableKind) -> &'static str {
    match kind {
        TableKind::Table => "table",
        TableKind::PartitionedTable => "partitioned table",
        TableKind::View => "view",
        TableKind::MaterializedView => "materialised view",
        TableKind::ForeignTable => "foreign table",
    }
}

fn referenced_by(subject: &TableSubject<'_>) -> Vec<String> {
    let others = subject.catalog.tables.iter();
    others
        .flat_map(|t| t.foreign_keys.iter().map(move |k| (t, k)))
        .filter(|(_, k)| k.to_table == subject.table.name)
        .map(|(t, k)| format!("{} ({})", t.name, k.columns.join(", ")))
        .take(NEIGHBOURS)
        .collect()
}

/// Tables of the same schema that share a word with this one first, then those next to it in the catalog.
fn neighbours(subject: &TableSubject<'_>) -> Vec<String> {
    let words = identifier_words(&subject.table.name.table);
    let here = subject.catalog.tables.iter().position(|t| t.name == subject.table.name).unwrap_or(0);
    let mut others: Vec<(bool, usize, &TableRef)> = subject
        .catalog
        .tables
        .iter()
        .enumerate()
        .filter(|(place, t)| *place != here && t.name.schema == subject.table.name.schema)
        .map(|(place, t)| {
            let akin = identifier_words(&t.name.table).iter().any(|w| words.contains(w));
            (!akin, place.abs_diff(here), &t.name)
        })
        .collect();
    others.sort();
    others.into_iter().take(NEIGHBOURS).map(|(_, _, name)| name.to_string()).collect()
}
