//! Pairs of a column and a possible key that are worth comparing, and how they stand among their rivals.
//!
//! Small schemas: every pair. Large ones: keys that share a word with the child, or whose values do; whole numbers
//! without a gap contain each other anyway and are looked up by name alone. The work stays near-linear in the columns.

mod lookup;

use super::{
    facts::{Class, ColumnFacts},
    names::{self, NameSignals},
};
use datafyme_domain::{TableRef, sketch::Overlap};
use lookup::Lookup;
use std::collections::{HashMap, HashSet};

/// Pairs up to which every one is looked at.
const EVERY_PAIR: usize = 60_000;
/// Least containment of a pair whose names do not speak for it.
const CONTAINED: f64 = 0.75;
/// Least containment at all.
const OVERLAPPING: f64 = 0.3;
/// Least affinity of a pair that is not contained.
const STRONG_NAME: f64 = 0.75;
/// Least affinity of a pair without values to compare.
const TELLING_NAME: f64 = 0.45;

/// Least affinity of a pair without values whose declared types differ.
const MISFIT_NAME: f64 = 0.6;

/// A child column and a possible parent key, as positions among the facts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// The referencing column.
    pub child: usize,
    /// The referenced key.
    pub parent: usize,
    /// Name affinity, 0 to 1; 0 where names tell nothing.
    pub affinity: f64,
    /// Share of the child's distinct values found in the parent, where known.
    pub overlap: Option<Overlap>,
    /// Share of the parent's values that the child covers, 0 to 1.
    pub coverage: f64,
}

/// All pairs worth comparing, child by child; with `only`, those with an end in one of these tables.
#[must_use]
pub fn propose(facts: &[ColumnFacts<'_>], only: Option<&HashSet<TableRef>>) -> Vec<Pair> {
    let keys: Vec<usize> = (0..facts.len()).filter(|i| facts.get(*i).is_some_and(|f| f.is_key)).collect();
    let children = facts.iter().filter(|f| f.can_refer()).count();
    let asked = |f: &ColumnFacts<'_>| only.is_none_or(|only| only.contains(&f.table.name));
    let asked_keys: Vec<usize> = keys.iter().copied().filter(|k| facts.get(*k).is_some_and(asked)).collect();
    let lookup = (children.saturating_mul(keys.len()) > EVERY_PAIR).then(|| Lookup::new(facts, &keys));
    // A table that is not asked about may refer to few keys that are.
    let few = only.and(lookup.as_ref()).map(|lookup| lookup.among(&asked_keys));
    let mut pairs = Vec::new();
    let mut near = Vec::new();
    let mut of_table: Option<(usize, bool)> = None;
    for (child, of_child) in facts.iter().enumerate().filter(|(_, f)| f.can_refer()) {
        let is_asked = match of_table {
            Some((table, is_asked)) if table == of_child.table_position => is_asked,
            _ => asked(of_child),
        };
        of_table = Some((of_child.table_position, is_asked));
        near.clear();
        match (&lookup, &few) {
            (Some(_), Some(few)) if !is_asked => few.near(of_child, &mut near),
            (Some(lookup), _) => lookup.near(of_child, &mut near),
            (None, _) if is_asked => near.extend_from_slice(&keys),
            (None, _) => near.extend_from_slice(&asked_keys),
        }
        let parents = near.iter().filter(|p| **p != child);
        pairs.extend(parents.filter_map(|p| worth(child, of_child, *p, facts.get(*p)?)));
    }
    pairs
}

fn worth(child: usize, of_child: &ColumnFacts<'_>, parent: usize, of_parent: &ColumnFacts<'_>) -> Option<Pair> {
    let fit = classes_fit(of_child, of_parent);
    if fit == Fit::Never {
        return None;
    }
    let overlap = of_child.overlap(of_parent);
    if overlap.is_some_and(|o| o.share < OVERLAPPING) {
        return None;
    }
    let affinity = signals(of_child, of_parent).affinity;
    let least = match overlap {
        Some(o) if o.share >= CONTAINED => 0.0,
        Some(_) => STRONG_NAME,
        None if fit == Fit::ByName => MISFIT_NAME,
        None => TELLING_NAME,
    };
    (affinity >= least).then(|| Pair {
        child,
        parent,
        affinity,
        overlap,
        coverage: coverage(overlap, of_child, of_parent),
    })
}

/// Share of the parent's distinct values that the child has.
#[must_use]
pub fn coverage(overlap: Option<Overlap>, child: &ColumnFacts<'_>, parent: &ColumnFacts<'_>) -> f64 {
    let parents = parent.distinct();
    overlap
        .map_or(0.0, |o| if parents == 0 { 0.0 } else { (o.share * child.distinct() as f64 / parents as f64).min(1.0) })
}

/// The names of a pair compared.
#[must_use]
pub fn signals(child: &ColumnFacts<'_>, parent: &ColumnFacts<'_>) -> NameSignals {
    if parent.names.words.is_empty() {
        return NameSignals::default();
    }
    names::compare(&child.names, &parent.names, child.table_position == parent.table_position)
}

/// Whether two columns can hold the same values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fit {
    Never,
    /// By their declared types only with a conversion: where there are values they would tell.
    ByName,
    Well,
}

fn classes_fit(child: &ColumnFacts<'_>, parent: &ColumnFacts<'_>) -> Fit {
    use Class::{Date, Integer, NumericText, Other, Text};
    let has_values = child.has_values() && parent.has_values();
    match (child.class, parent.class) {
        (Other, _) | (_, Other) => Fit::Never,
        (Date, Date) | (Integer, Integer) | (Text, Text) => Fit::Well,
        (Date, _) | (_, Date) => Fit::Never,
        (Text | NumericText, Text | NumericText) => Fit::Well,
        (Integer | NumericText, Integer | NumericText) if has_values => Fit::Well,
        _ if has_values => Fit::Never,
        _ => Fit::ByName,
    }
}

/// How a pair stands among the others of its child and of its parent. Counts are bounded, so that wide schemas do
/// not drown the rest.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Standing {
    /// Parents that the child has, children that the parent has, parents that the parent has: log₂(1 + n), at most 3,
    /// over 3.
    pub crowd: [f64; 3],
    /// Whether the reverse is a candidate too.
    pub reversed: f64,
    /// Other parents that the child covers better, at most 3, over 3.
    pub coverage_rank: f64,
    /// Coverage against the best other parent's.
    pub coverage_margin: f64,
    /// Affinity against the best other parent's.
    pub affinity_margin: f64,
    /// Other parents of better affinity, at most 2, over 2.
    pub affinity_rank: f64,
    /// Other children of strong affinity that the parent has, at most 2, over 2.
    pub siblings: f64,
    /// Best affinity of the parent with a parent of its own.
    pub parent_affinity: f64,
    /// Best affinity of a column that may refer to the child; whether it is strong.
    pub referred: [f64; 2],
}

/// The standings of all pairs.
#[derive(Debug)]
pub struct Rivals {
    by_child: HashMap<usize, Vec<(usize, f64, f64, bool)>>,
    by_parent: HashMap<usize, Vec<(usize, f64)>>,
}

impl Rivals {
    /// Counts the pairs.
    #[must_use]
    pub fn new(pairs: &[Pair]) -> Self {
        let mut rivals = Self { by_child: HashMap::new(), by_parent: HashMap::new() };
        for pair in pairs {
            let known = pair.overlap.is_some();
            rivals.by_child.entry(pair.child).or_default().push((pair.parent, pair.affinity, pair.coverage, known));
            rivals.by_parent.entry(pair.parent).or_default().push((pair.child, pair.affinity));
        }
        rivals
    }

    /// How `pair` stands.
    #[must_use]
    pub fn standing(&self, pair: &Pair) -> Standing {
        let crowd = |n: usize| (1.0 + n as f64).log2().min(3.0) / 3.0;
        let parents = self.by_child.get(&pair.child).map_or(&[][..], Vec::as_slice);
        let children = self.by_parent.get(&pair.parent).map_or(&[][..], Vec::as_slice);
        let above = self.by_child.get(&pair.parent).map_or(&[][..], Vec::as_slice);
        let below = self.by_parent.get(&pair.child).map_or(&[][..], Vec::as_slice);
        let most = |values: &mut dyn Iterator<Item = f64>| values.fold(0.0, f64::max);
        let others = || parents.iter().filter(|(parent, ..)| *parent != pair.parent);
        let covered = || others().filter(|(.., known)| *known);
        let better = covered().filter(|(_, _, coverage, _)| *coverage > pair.coverage).count();
        let named = others().filter(|(_, affinity, ..)| *affinity > pair.affinity).count();
        let siblings = children.iter().filter(|(child, a)| *child != pair.child && *a >= STRONG_NAME).count();
        let referred = most(&mut below.iter().map(|(_, a)| *a));
        Standing {
            crowd: [crowd(parents.len()), crowd(children.len()), crowd(above.len())],
            reversed: f64::from(u8::from(above.iter().any(|(parent, ..)| *parent == pair.child))),
            coverage_rank: better.min(3) as f64 / 3.0,
            coverage_margin: if covered().next().is_none() {
                1.0
            } else {
                pair.coverage - most(&mut covered().map(|(_, _, coverage, _)| *coverage))
            },
            affinity_margin: pair.affinity - most(&mut others().map(|(_, affinity, ..)| *affinity)),
            affinity_rank: named.min(2) as f64 / 2.0,
            siblings: siblings.min(2) as f64 / 2.0,
            parent_affinity: most(&mut above.iter().map(|(_, affinity, ..)| *affinity)),
            referred: [referred, f64::from(u8::from(referred >= STRONG_NAME))],
        }
    }
}

#[cfg(test)]
mod tests;
