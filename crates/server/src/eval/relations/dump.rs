//! Every candidate with its features and its truth, a JSON line each: what a new feature or another model is tried on
//! before it is built.

use super::{
    schemas::Schema,
    training::views,
    truth::{Truth, Verdict},
};
use datafyme_agent::relations::{
    candidates::{self, Rivals},
    facts, judging,
    model::{Classifier, Known},
};
use std::{
    io::{BufWriter, Write},
    path::Path,
};

/// Writes the candidates of all views that are learned from.
pub(super) fn of_views(schemas: &[Schema], truth: &Truth, path: &Path) -> std::io::Result<()> {
    let mut out = BufWriter::new(std::fs::File::create(path)?);
    for schema in schemas {
        for (view, schema, _) in views(schema) {
            write(&mut out, view, &schema, truth)?;
        }
    }
    out.flush()
}

/// Writes the candidates of schemas as they are measured behind them.
pub(super) fn of_measured(schemas: &[Schema], fold: usize, truth: &Truth, path: &Path) -> std::io::Result<()> {
    let mut out = BufWriter::new(std::fs::OpenOptions::new().append(true).open(path)?);
    for schema in schemas {
        write(&mut out, &format!("measured_{fold}"), schema, truth)?;
    }
    out.flush()
}

fn write(out: &mut impl Write, view: &str, schema: &Schema, truth: &Truth) -> std::io::Result<()> {
    let facts = facts::of_catalog(&schema.catalog);
    let pairs = candidates::propose(&facts, None);
    let rivals = Rivals::new(&pairs);
    for pair in &pairs {
        let (Some(child), Some(parent)) = (facts.get(pair.child), facts.get(pair.parent)) else { continue };
        let Some((known, features)) = judging::features(pair, &facts, &rivals) else { continue };
        let (from, to) = ([child.column.name.clone()], [parent.column.name.clone()]);
        let known = match known {
            Known::NamesAndValues => "names_and_values",
            Known::Names => "names",
            Known::Values => "values",
        };
        let verdict = match schema.verdict(truth, (&child.table.name, &from), (&parent.table.name, &to)) {
            Verdict::Declared => "declared",
            Verdict::Joined => "joined",
            Verdict::Transitive => "transitive",
            Verdict::Wrong => "wrong",
        };
        let features: serde_json::Map<String, serde_json::Value> =
            features.iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
        let line = serde_json::json!({
            "db": schema.name,
            "view": view,
            "known": known,
            "verdict": verdict,
            "child": [child.table.name.table, child.column.name],
            "parent": [parent.table.name.table, parent.column.name],
            "original": schema.names(&child.table.name, &from).into_iter().chain(schema.names(&parent.table.name, &to)).collect::<Vec<_>>(),
            "within": child.table_position == parent.table_position,
            "confidence": judging::confidence(pair, &facts, &rivals, Classifier::shipped()),
            "features": features,
        });
        writeln!(out, "{line}")?;
    }
    Ok(())
}
