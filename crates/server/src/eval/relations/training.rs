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
/// How much a schema whose keys are all named `id` counts: the public data has few of these, the world has many.
const KEYS_NAMED_ID: f64 = 0.5;

/// The examples of each database.
pub(super) fn examples(schemas: &[Schema], truth: &Truth) -> Vec<(String, Vec<Example>)> {
    let of = |schema: &Schema| {
        let mut examples = Vec::new();
        for (view, weight) in [
            (schema.clone(), 1.0),
            (schema.without_keys(), WITHOUT_KEYS),
            (schema.without_rows(), 1.0),
            (schema.with_keys_named_id(), KEYS_NAMED_ID),
            (schema.with_keys_named_id().without_rows(), KEYS_NAMED_ID),
            (schema.anonymous(), 1.0),
            (schema.anonymous().without_keys(), WITHOUT_KEYS),
        ] {
            of_view(&view, truth, weight, &mut examples);
        }
        (schema.name.clone(), examples)
    };
    schemas.iter().map(of).collect()
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
