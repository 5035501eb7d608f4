//! From pairs to probabilities: the classifier, and a rule where it was never taught.

use super::{
    candidates::{Pair, Rivals, signals},
    facts::ColumnFacts,
    features::{self, Features},
    model::{Classifier, Known},
    names,
};

/// Confidence of a reference within a table whose name and values speak for it.
const SELF_PROVEN: f64 = 0.92;
/// The same where values prove nothing: possible, so that it waits for a person's word.
const SELF_NAMED: f64 = 0.5;
/// Most that chance may have to do with the values of a proven one.
const BY_CHANCE: f64 = 0.001;
/// Most that the key of a table, named after it, can reach: it may refer to a supertype, but a name in common
/// (`constructor_results`, `results`) is no proof.
const OWN_KEY: f64 = 0.9;
/// Least containment of a reference within a table.
const SELF_CONTAINED: f64 = 0.9;

/// A pair with what was made of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The pair.
    pub pair: Pair,
    /// Probability that it is a relation, 0 to 1.
    pub confidence: f64,
}

/// What is known of a pair.
#[must_use]
pub fn known(pair: &Pair, parent: &ColumnFacts<'_>) -> Known {
    match (parent.names.words.is_empty(), pair.overlap.is_some()) {
        (true, _) => Known::Values,
        (false, true) => Known::NamesAndValues,
        (false, false) => Known::Names,
    }
}

/// The features of a pair among its rivals.
#[must_use]
pub fn features(pair: &Pair, facts: &[ColumnFacts<'_>], rivals: &Rivals) -> Option<(Known, Features)> {
    let (child, parent) = (facts.get(pair.child)?, facts.get(pair.parent)?);
    let standing = rivals.standing(pair);
    let known = known(pair, parent);
    Some((known, features::of(pair, child, parent, &signals(child, parent), &standing, known)))
}

/// Judges all pairs of a schema.
#[must_use]
pub fn judge(pairs: Vec<Pair>, facts: &[ColumnFacts<'_>], classifier: &Classifier) -> Vec<Judged> {
    let rivals = Rivals::new(&pairs);
    pairs
        .into_iter()
        .map(|pair| {
            let confidence = confidence(&pair, facts, &rivals, classifier);
            Judged { pair, confidence }
        })
        .collect()
}

/// Judges one pair again after its containment was counted.
#[must_use]
pub fn confidence(pair: &Pair, facts: &[ColumnFacts<'_>], rivals: &Rivals, classifier: &Classifier) -> f64 {
    let (Some(child), Some(parent)) = (facts.get(pair.child), facts.get(pair.parent)) else { return 0.0 };
    if child.table_position == parent.table_position {
        return within_table(pair, child, parent);
    }
    let probability = features(pair, facts, rivals).map_or(0.0, |(known, f)| classifier.of(known).probability(&f));
    if is_own_key(child, parent) { probability.min(OWN_KEY) } else { probability }
}

fn is_own_key(child: &ColumnFacts<'_>, parent: &ColumnFacts<'_>) -> bool {
    let n = &child.names;
    let named_after_table = !n.core_joined.is_empty() && n.core_joined == n.table_joined;
    child.sole_primary_key && named_after_table && n.core_joined != parent.names.core_joined
}

/// References of a table to itself: by role, containment, and not being a copy. The public data that the classifier
/// learns from declares none.
fn within_table(pair: &Pair, child: &ColumnFacts<'_>, parent: &ColumnFacts<'_>) -> f64 {
    let key = parent.sole_primary_key || child.table.primary_key.is_empty() && parent.keys_before == 0;
    let copy = child.sole_primary_key || child.is_unique() && child.distinct() == parent.distinct();
    let named = names::is_self_reference(&child.names, &parent.names) && child.class == parent.class;
    if !key || copy || !named {
        return 0.0;
    }
    match pair.overlap {
        Some(o) if o.share >= SELF_CONTAINED && proves_itself(child, parent) => SELF_PROVEN,
        Some(o) if o.share >= SELF_CONTAINED => SELF_NAMED,
        Some(_) => 0.0,
        None => SELF_NAMED,
    }
}

/// Whether values of `child` that are among those of `parent`, the key of its own table, say that they refer to it.
/// Whoever follows references within a table comes to a row that has none, or goes in circles; and figures are among
/// keys that count from 1 by chance.
fn proves_itself(child: &ColumnFacts<'_>, parent: &ColumnFacts<'_>) -> bool {
    let has_roots = child.profile.is_some_and(|p| p.null_share > 0.0);
    // Of the numbers from 1 to the largest key, how many are keys. Words are no keys by chance.
    let taken = parent.range.map_or(0.0, |(_, largest)| (parent.distinct() as f64 / largest.max(1.0)).min(1.0));
    let values = i32::try_from(child.distinct()).unwrap_or(i32::MAX);
    values >= 2 && (has_roots || taken.powi(values) <= BY_CHANCE)
}
