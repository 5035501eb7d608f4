//! Candidates one or two changes away from the best ones.

use super::{Candidate, Search, style, twins, variations};
use crate::{
    draft::{self, Draft},
    learned::Sight,
    rank::{Weights, feature},
};
use std::collections::HashSet;

/// Of so many of the best candidates neighbours are looked at, so many of these are kept.
const PARENTS: usize = 16;
const NEIGHBOURS: usize = 300;
/// What a join costs that a neighbour is to do without.
const AVOIDED: f64 = 4.0;
/// So many of the neighbours are changed once more; what that costs beyond both changes.
const GRANDPARENTS: usize = 28;
const TWICE: f64 = 0.4;

/// A draft one or two changes away from a candidate.
struct Change {
    score: f64,
    /// The candidate.
    at: usize,
    names: Vec<&'static str>,
    families: Vec<usize>,
    cost: f64,
    draft: Draft,
    avoid: Option<usize>,
}

/// Candidates one or two changes away from `parents`, which come best first; `known` are the keys of drafts that are there.
pub(super) fn of(
    search: &Search<'_>,
    parents: &[Candidate],
    mut known: HashSet<u64>,
    penalty: &dyn Fn(usize) -> f64,
) -> Vec<Candidate> {
    let Search { index, reading, weights } = *search;
    let mut found: Vec<Candidate> = Vec::new();
    for Change { at, names, families, cost, draft, avoid, .. } in changes(search, parents, penalty) {
        if found.len() >= NEIGHBOURS {
            break;
        }
        let Some(parent) = parents.get(at) else { continue };
        let avoiding = |edge: usize| penalty(edge) + if avoid == Some(edge) { AVOIDED } else { 0.0 };
        let Some(plan) = draft::realise(index, &draft, &avoiding) else { continue };
        if !known.insert(twins::key(index, &draft, &plan)) {
            continue;
        }
        let sql = plan.to_sql(index.dialect);
        let mut features = parent.features.clone();
        features.extend(names.iter().map(|name| (feature(&["change", name]), 1.0)));
        let [bound, parts, form, whole] = parent.pieces;
        let pieces = [bound, parts, form, whole - cost];
        let change = names.iter().map(|name| learned(weights, name)).sum::<f64>() - cost;
        found.push(Candidate {
            changed: cost,
            families,
            style: style::penalty(index, reading, &draft),
            draft,
            plan,
            sql,
            score: parent.score + change,
            pieces,
            features,
            edited: false,
            unexplained: parent.unexplained.clone(),
        });
    }
    found
}

/// What the weights of the search think of a change.
fn learned(weights: &Weights, change: &str) -> f64 {
    f64::from(weights.get(feature(&["change", change])))
}

/// Changes of the best candidates, and of the best of these, best first.
fn changes(search: &Search<'_>, parents: &[Candidate], penalty: &dyn Fn(usize) -> f64) -> Vec<Change> {
    let Search { index, reading, weights } = *search;
    let sight = Sight::new(index, reading);
    let learned = |name: &str| learned(weights, name);
    let of = |draft: &Draft| {
        let mut all = variations::of(index, reading, &sight, draft);
        all.extend(variations::joins(index, draft, penalty));
        all
    };
    let mut changes: Vec<Change> = Vec::new();
    for (at, parent) in parents.iter().enumerate().take(PARENTS) {
        changes.extend(of(&parent.draft).into_iter().map(|v| Change {
            score: parent.score - v.cost + learned(v.name),
            at,
            names: vec![v.name],
            families: vec![v.family],
            cost: v.cost,
            draft: v.draft,
            avoid: v.avoid,
        }));
    }
    let order = |a: &Change, b: &Change| b.score.total_cmp(&a.score).then(a.at.cmp(&b.at));
    changes.sort_by(order);
    let again: Vec<Change> = changes
        .iter()
        .filter(|c| c.avoid.is_none())
        .take(GRANDPARENTS)
        .flat_map(|first| {
            of(&first.draft).into_iter().filter(|v| !first.names.contains(&v.name)).map(|v| Change {
                score: first.score - TWICE - v.cost + learned(v.name),
                at: first.at,
                names: [first.names.as_slice(), &[v.name]].concat(),
                families: [first.families.as_slice(), &[v.family]].concat(),
                cost: first.cost + TWICE + v.cost,
                draft: v.draft,
                avoid: v.avoid,
            })
        })
        .collect();
    changes.extend(again);
    changes.sort_by(order);
    let mut seen: Vec<(Draft, Option<usize>)> = Vec::new();
    changes.retain(|c| {
        let new = seen.len() < 3 * NEIGHBOURS && !seen.iter().any(|(d, a)| *d == c.draft && *a == c.avoid);
        if new {
            seen.push((c.draft.clone(), c.avoid));
        }
        new
    });
    changes
}
