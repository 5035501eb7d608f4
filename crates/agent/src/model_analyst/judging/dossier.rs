//! What a model is shown of candidates of relations, as far as the privacy setting lets it through.

use crate::{analyst::RelationSubject, model_analyst::Privacy, wording::percent};
use datafyme_domain::{Catalog, Column, ColumnProfile, Relation, Table, TableRef, Value};
use serde::Serialize;

/// Values shown per column.
const SAMPLES: usize = 4;
/// Longest value, comment and description shown, in characters.
const SAMPLE_CHARS: usize = 30;
const COMMENT_CHARS: usize = 120;
const ABOUT_CHARS: usize = 200;
/// Columns of a table that are named.
const NAMED: usize = 25;

/// Everything that the prompt names.
#[derive(Debug, Serialize)]
pub(super) struct Dossier {
    engine: &'static str,
    candidates: Vec<CandidateLine>,
    /// The tables that the candidates are about, each once.
    tables: Vec<TableLine>,
}

#[derive(Debug, Serialize)]
struct CandidateLine {
    number: usize,
    from: End,
    to: End,
    evidence: Vec<String>,
}

#[derive(Debug, Serialize)]
struct End {
    label: String,
    #[serde(rename = "type")]
    declared_type: String,
    comment: Option<String>,
    samples: Vec<String>,
}

#[derive(Debug, Serialize)]
struct TableLine {
    name: String,
    columns: String,
    comment: Option<String>,
    about: Option<String>,
}

impl Dossier {
    /// The candidates, numbered from 1.
    pub(super) fn of(subject: &RelationSubject<'_>, batch: &[&Relation], privacy: Privacy) -> Self {
        let mut names: Vec<&TableRef> = Vec::new();
        for name in batch.iter().flat_map(|r| [&r.from_table, &r.to_table]) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        Self {
            engine: subject.catalog.dialect.title(),
            candidates: batch
                .iter()
                .zip(1..)
                .map(|(relation, number)| CandidateLine {
                    number,
                    from: End::of(subject.catalog, &relation.from_table, &relation.from_columns, privacy),
                    to: End::of(subject.catalog, &relation.to_table, &relation.to_columns, privacy),
                    evidence: evidence(subject.catalog, relation, privacy),
                })
                .collect(),
            tables: names.iter().filter_map(|name| TableLine::of(subject, name, privacy)).collect(),
        }
    }
}

impl End {
    fn of(catalog: &Catalog, name: &TableRef, columns: &[String], privacy: Privacy) -> Self {
        let table = catalog.get(name);
        let found: Vec<&Column> = columns.iter().filter_map(|c| table.and_then(|t| t.column(c))).collect();
        let types: Vec<&str> =
            found.iter().map(|c| c.declared_type.split('(').next().unwrap_or_default().trim()).collect();
        let only = table.zip(found.first().copied()).filter(|_| found.len() == 1);
        Self {
            label: format!("{name}.{}", columns.join("+")),
            declared_type: types.join(", "),
            comment: found.iter().find_map(|c| c.comment.as_deref()).map(|c| one_line(c, COMMENT_CHARS)),
            samples: match only {
                Some((table, column)) if privacy >= Privacy::Samples => samples(table, column),
                _ => Vec::new(),
            },
        }
    }
}

impl TableLine {
    fn of(subject: &RelationSubject<'_>, name: &TableRef, privacy: Privacy) -> Option<Self> {
        let table = subject.catalog.get(name)?;
        let columns: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).take(NAMED).collect();
        // Documentation may hold values: it was written from them.
        let about = subject.documentation.iter().find(|d| &d.table == name && privacy >= Privacy::Samples);
        Some(Self {
            name: name.to_string(),
            columns: columns.join(", "),
            comment: table.comment.as_deref().map(|c| one_line(c, COMMENT_CHARS)),
            about: about.map(|d| one_line(&d.business_description, ABOUT_CHARS)).filter(|a| !a.is_empty()),
        })
    }
}

fn profile<'a>(table: &'a Table, column: &str) -> Option<&'a ColumnProfile> {
    table.profile.as_ref()?.column(column)
}

fn samples(table: &Table, column: &Column) -> Vec<String> {
    let Some(profile) = profile(table, &column.name) else { return Vec::new() };
    let frequent = profile.top_values.iter().map(|v| &v.value).take(SAMPLES);
    let ends = [&profile.min, &profile.max];
    let values: Vec<&Value> = if profile.top_values.is_empty() { ends.to_vec() } else { frequent.collect() };
    values.into_iter().filter(|v| !v.is_null()).map(shown).collect()
}

fn shown(value: &Value) -> String {
    match value {
        Value::Int(_) | Value::Float(_) | Value::Decimal(_) => value.to_string(),
        other => serde_json::Value::from(one_line(&other.to_string(), SAMPLE_CHARS)).to_string(),
    }
}

fn one_line(text: &str, chars: usize) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(chars).collect()
}

/// What was measured, in figures without values; what the structure says, always.
fn evidence(catalog: &Catalog, relation: &Relation, privacy: Privacy) -> Vec<String> {
    let evidence = &relation.evidence;
    let mut lines = Vec::new();
    let parent = catalog.get(&relation.to_table);
    if parent.is_some_and(|t| t.primary_key == relation.to_columns) {
        lines.push("the target is a primary key".to_owned());
    }
    if evidence.same_type == Some(false) {
        lines.push("the types differ".to_owned());
    }
    if privacy < Privacy::Statistics {
        return lines;
    }
    match (evidence.containment, evidence.child_rows) {
        (Some(share), Some(rows)) if rows > 0 => {
            lines.push(format!("{} of the distinct values are in the target ({rows} rows looked at)", percent(share)));
        }
        _ => lines.push("the values were not compared: there are none, or it took too long".to_owned()),
    }
    for (table, columns) in [(&relation.from_table, &relation.from_columns), (&relation.to_table, &relation.to_columns)]
    {
        let counted = catalog.get(table).zip(columns.first()).and_then(|(t, c)| profile(t, c));
        if let Some(profile) = counted {
            lines.push(format!("{table}: {} distinct in {} rows", profile.distinct, profile.non_null));
        }
    }
    lines
}
