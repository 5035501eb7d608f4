//! Examples for the classifier: every schema as it is, without declared keys, without rows, with keys named `id`, and
//! without names.

use super::{
    schemas::Schema,
    truth::{Truth, Verdict},
};
use datafyme_agent::relations::{
    candidates::{self, Rivals},
    facts, judging,
    model::Classifier,
    training::{Example, train},
};
use std::{collections::HashMap, path::Path};

/// How much a schema without its declared keys counts.
const WITHOUT_KEYS: f64 = 0.5;
/// The same where there are no names either: no evidence is left but values.
const WITHOUT_KEYS_AND_NAMES: f64 = 0.25;
/// How much a schema whose keys are all named `id` counts: the public data has few of these, the world has many.
const KEYS_NAMED_ID: f64 = 0.5;

/// The examples of each database.
pub(super) fn examples(schemas: &[Schema], truth: &Truth) -> Vec<(String, Vec<Example>)> {
    let of = |schema: &Schema| {
        let mut examples = Vec::new();
        for (_, view, weight) in views(schema) {
            of_view(&view, truth, weight, &mut examples);
        }
        (schema.name.clone(), examples)
    };
    schemas.iter().map(of).collect()
}

/// The views of a schema that are learned from, with a name and how much each counts.
pub(super) fn views(schema: &Schema) -> [(&'static str, Schema, f64); 7] {
    [
        ("as_is", schema.clone(), 1.0),
        ("without_keys", schema.without_keys(), WITHOUT_KEYS),
        ("without_rows", schema.without_rows(), 1.0),
        ("keys_named_id", schema.with_keys_named_id(), KEYS_NAMED_ID),
        ("keys_named_id_without_rows", schema.with_keys_named_id().without_rows(), KEYS_NAMED_ID),
        ("anonymous", schema.anonymous(), 1.0),
        ("anonymous_without_keys", schema.anonymous().without_keys(), WITHOUT_KEYS_AND_NAMES),
    ]
}

fn of_view(view: &Schema, truth: &Truth, weight: f64, examples: &mut Vec<Example>) {
    let facts = facts::of_catalog(&view.catalog);
    let pairs = candidates::propose(&facts, None);
    let rivals = Rivals::new(&pairs);
    for pair in &pairs {
        let (Some(child), Some(parent)) = (facts.get(pair.child), facts.get(pair.parent)) else { continue };
        // The public data has no references within a table: a model would learn that there are none.
        if child.table_position == parent.table_position {
            continue;
        }
        let (from, to) = ([child.column.name.clone()], [parent.column.name.clone()]);
        let verdict = view.verdict(truth, (&child.table.name, &from), (&parent.table.name, &to));
        // What gold queries join, or what follows, is neither right nor wrong.
        let weight = if matches!(verdict, Verdict::Joined | Verdict::Transitive) { 0.0 } else { weight };
        if let Some((known, features)) = judging::features(pair, &facts, &rivals).filter(|_| weight > 0.0) {
            examples.push(Example { known, features, is_relation: verdict == Verdict::Declared, weight });
        }
    }
}

/// The classifier of all databases but those of a fold.
pub(super) fn fit(
    examples: &[(String, Vec<Example>)],
    without: Option<(&HashMap<String, usize>, usize)>,
) -> Classifier {
    let seen = |db: &str| without.is_none_or(|(folds, fold)| folds.get(db) != Some(&fold));
    train(examples.iter().filter(|(db, _)| seen(db)).flat_map(|(_, e)| e))
}

/// Writes the weights down.
pub(super) fn write(classifier: &Classifier, path: &Path) -> std::io::Result<()> {
    std::fs::write(path, serde_json::to_string_pretty(classifier)? + "\n")
}
