//! Readings of a question as drafts of queries, with scores: values are bound to columns, names get their parts,
//! and both together are assembled into drafts in a few variants each.

mod assemble;
pub(crate) mod bindings;
mod cues;
pub(crate) mod measures;
mod roles;
mod shape;
mod style;
mod variations;

pub(crate) use bindings::{date_condition, literal_of, number_text};
pub(crate) use cues::comparison;
pub(crate) use roles::descending;

use crate::{
    CatalogIndex,
    catalog_index::TableId,
    draft::{self, Draft},
    followup,
    learned::Sight,
    plan::Plan,
    rank::{Features, Weights, feature},
    reading::Reading,
};
use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
};

/// A reading of the question.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub draft: Draft,
    pub plan: Plan,
    pub sql: String,
    /// Prior plus learned score.
    pub score: f64,
    /// What the score is made of: constants, parts, form, the whole.
    pub pieces: [f64; 4],
    /// What the changes cost that led from another candidate to this one; 0 where it was found as it stands.
    pub changed: f64,
    /// What people expect speaks against it, in log-likelihood; not part of the score.
    pub style: f64,
    pub features: Features,
    /// A change of the last question rather than a question of its own.
    pub edited: bool,
    /// Tokens that the candidate does not account for.
    pub unexplained: Vec<usize>,
}

/// Widths of the search.
const BINDINGS: usize = 10;
const PARTS: usize = 26;
const KEPT: usize = 70;
/// Of so many of the best candidates neighbours are looked at, so many of these are kept.
const PARENTS: usize = 8;
const NEIGHBOURS: usize = 90;
/// What a join costs that a neighbour is to do without.
const AVOIDED: f64 = 4.0;
/// So many of the neighbours are changed once more; what that costs beyond both changes.
const GRANDPARENTS: usize = 12;
const TWICE: f64 = 0.4;

/// A draft before its joins are known.
struct Scored {
    score: f64,
    prior: f64,
    pieces: [f64; 3],
    draft: Draft,
    features: Features,
    used: assemble::Used,
}

/// Readings of the question, best first, each with different SQL.
pub(crate) fn generate(index: &CatalogIndex, reading: &Reading, weights: &Weights) -> Vec<Candidate> {
    let options = bindings::options(index, reading, weights);
    let mut scored: Vec<Scored> = Vec::new();
    for (bound_score, bound) in bindings::joint(reading, &options, weights, BINDINGS) {
        for parts in roles::assign(index, reading, &bound, weights, PARTS) {
            for variant in assemble::drafts(index, reading, &bound, &parts) {
                let mut features = variant.features;
                let shape = weights.dot(&features);
                let form = variant.prior + shape;
                let score = bound_score + parts.score + form;
                features.extend(parts.features.iter().copied());
                for binding in &bound {
                    features.extend(binding.features.iter().copied());
                }
                let learned = weights.dot(&features);
                scored.push(Scored {
                    score,
                    prior: score - learned,
                    pieces: [bound_score, parts.score, form],
                    draft: variant.draft,
                    features,
                    used: variant.used,
                });
            }
        }
    }
    scored.sort_by(|a, b| b.score.total_cmp(&a.score));
    realise_all(index, reading, weights, scored)
}

/// Changes of the last question, best first.
pub(crate) fn follow(index: &CatalogIndex, reading: &Reading, last: &Draft, weights: &Weights) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    let no_penalty = |_: usize| 0.0;
    for (draft, score, used) in followup::edits(index, reading, last, weights) {
        let Some(plan) = draft::realise(index, &draft, &no_penalty) else {
            continue;
        };
        let sql = plan.to_sql(index.dialect);
        if found.iter().any(|c| c.sql == sql) {
            continue;
        }
        let unexplained = assemble::Used(used).unexplained(reading);
        let score = score - 1.2 * unexplained.len() as f64;
        found.push(Candidate {
            draft,
            plan,
            sql,
            score,
            pieces: [0.0; 4],
            changed: 0.0,
            style: 0.0,
            features: Features::new(),
            edited: true,
            unexplained,
        });
    }
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    found
}

fn realise_all(index: &CatalogIndex, reading: &Reading, weights: &Weights, scored: Vec<Scored>) -> Vec<Candidate> {
    let scores: Vec<f64> = (0..index.tables.len()).map(|t| reading.table_score(t)).collect();
    let memo: RefCell<HashMap<usize, f64>> = RefCell::default();
    let penalty =
        |edge: usize| *memo.borrow_mut().entry(edge).or_insert_with(|| edge_penalty(index, reading, &scores, edge));
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut drafts_seen: Vec<Draft> = Vec::new();
    let mut found: Vec<Candidate> = Vec::new();
    for Scored { prior, pieces, draft, mut features, used, .. } in scored {
        if found.len() >= KEPT || drafts_seen.len() >= KEPT * 3 {
            break;
        }
        if drafts_seen.contains(&draft) {
            continue;
        }
        drafts_seen.push(draft.clone());
        let Some(plan) = draft::realise(index, &draft, &penalty) else {
            continue;
        };
        let sql = plan.to_sql(index.dialect);
        if seen.contains_key(&sql) {
            continue;
        }
        let (shape_prior, mut shape_features) = shape::features(index, reading, &draft, &plan, &used);
        features.append(&mut shape_features);
        merge(&mut features);
        let prior = prior + shape_prior;
        let score = prior + weights.dot(&features);
        seen.insert(sql.clone(), found.len());
        let unexplained = used.unexplained(reading);
        let [bound, parts, form] = pieces;
        let pieces = [bound, parts, form, score - bound - parts - form];
        let style = style::penalty(index, reading, &draft);
        let changed = 0.0;
        found.push(Candidate { draft, plan, sql, score, pieces, changed, style, features, edited: false, unexplained });
    }
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    let near = neighbours(index, reading, weights, &found, &penalty);
    found.extend(near);
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    found
}

/// A draft one or two changes away from a candidate.
struct Change {
    score: f64,
    /// The candidate.
    at: usize,
    names: Vec<&'static str>,
    cost: f64,
    draft: Draft,
    avoid: Option<usize>,
}

/// Candidates one or two changes away from the best ones.
fn neighbours(
    index: &CatalogIndex,
    reading: &Reading,
    weights: &Weights,
    parents: &[Candidate],
    penalty: &dyn Fn(usize) -> f64,
) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    let mut known: HashSet<String> = parents.iter().map(|p| p.sql.clone()).collect();
    for Change { at, names, cost, draft, avoid, .. } in changes(index, reading, weights, parents, penalty) {
        if found.len() >= NEIGHBOURS {
            break;
        }
        let Some(parent) = parents.get(at) else { continue };
        let avoiding = |edge: usize| penalty(edge) + if avoid == Some(edge) { AVOIDED } else { 0.0 };
        let Some(plan) = draft::realise(index, &draft, &avoiding) else { continue };
        let sql = plan.to_sql(index.dialect);
        if !known.insert(sql.clone()) {
            continue;
        }
        let mut features = parent.features.clone();
        features.extend(names.iter().map(|name| (feature(&["change", name]), 1.0)));
        let [bound, parts, form, whole] = parent.pieces;
        let pieces = [bound, parts, form, whole - cost];
        let change = names.iter().map(|name| learned(weights, name)).sum::<f64>() - cost;
        found.push(Candidate {
            changed: cost,
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
fn changes(
    index: &CatalogIndex,
    reading: &Reading,
    weights: &Weights,
    parents: &[Candidate],
    penalty: &dyn Fn(usize) -> f64,
) -> Vec<Change> {
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
        let new = seen.len() < 2 * NEIGHBOURS && !seen.iter().any(|(d, a)| *d == c.draft && *a == c.avoid);
        if new {
            seen.push((c.draft.clone(), c.avoid));
        }
        new
    });
    changes
}

/// Joins through tables and columns that the question names are cheaper.
fn edge_penalty(index: &CatalogIndex, reading: &Reading, scores: &[f64], edge: usize) -> f64 {
    let Some(edge) = index.graph.edge(edge) else { return 0.0 };
    let named = |t: TableId| scores.get(t).copied().unwrap_or(0.0).min(1.0);
    let columns = edge.child_columns.iter().map(|c| reading.column_score(*c)).fold(0.0, f64::max);
    let hidden = index.table(edge.child).hidden || index.table(edge.parent).hidden;
    -0.3 * (named(edge.child) + named(edge.parent)) - 0.1 * columns.min(1.0) + if hidden { 5.0 } else { 0.0 }
}

fn merge(features: &mut Features) {
    features.sort_unstable_by_key(|f| f.0);
    let mut merged: Features = Vec::with_capacity(features.len());
    for (bucket, value) in features.drain(..) {
        match merged.last_mut() {
            Some((last, sum)) if *last == bucket => *sum += value,
            _ => merged.push((bucket, value)),
        }
    }
    *features = merged;
}
