//! Readings of a question as drafts of queries, with scores: values are bound to columns, names get their parts,
//! and both together are assembled into drafts in a few variants each.

mod assemble;
pub(crate) mod bindings;
mod cues;
pub(crate) mod measures;
mod neighbours;
mod roles;
mod shape;
mod style;
mod twins;
mod variations;

pub(crate) use bindings::{date_condition, literal_of, number_text};
pub(crate) use cues::comparison;
pub(crate) use roles::descending;
pub(crate) use variations::FAMILIES;

use crate::{
    CatalogIndex,
    catalog_index::TableId,
    draft::{self, Draft},
    followup,
    plan::Plan,
    rank::{Features, Weights},
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
    /// Families of these changes.
    pub families: Vec<usize>,
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
    realise_all(&Search { index, reading, weights }, scored)
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
            families: Vec::new(),
            style: 0.0,
            features: Features::new(),
            edited: true,
            unexplained,
        });
    }
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    found
}

/// A question with what its candidates are looked for by.
struct Search<'a> {
    index: &'a CatalogIndex,
    reading: &'a Reading,
    weights: &'a Weights,
}

fn realise_all(search: &Search<'_>, scored: Vec<Scored>) -> Vec<Candidate> {
    let Search { index, reading, weights } = *search;
    let scores: Vec<f64> = (0..index.tables.len()).map(|t| reading.table_score(t)).collect();
    let memo: RefCell<HashMap<usize, f64>> = RefCell::default();
    let penalty =
        |edge: usize| *memo.borrow_mut().entry(edge).or_insert_with(|| edge_penalty(index, reading, &scores, edge));
    let mut seen: HashSet<u64> = HashSet::new();
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
        if !seen.insert(twins::key(index, &draft, &plan)) {
            continue;
        }
        let sql = plan.to_sql(index.dialect);
        let (shape_prior, mut shape_features) = shape::features(index, reading, &draft, &plan, &used);
        features.append(&mut shape_features);
        merge(&mut features);
        let prior = prior + shape_prior;
        let score = prior + weights.dot(&features);
        let unexplained = used.unexplained(reading);
        let [bound, parts, form] = pieces;
        let pieces = [bound, parts, form, score - bound - parts - form];
        let style = style::penalty(index, reading, &draft);
        found.push(Candidate {
            draft,
            plan,
            sql,
            score,
            pieces,
            changed: 0.0,
            families: Vec::new(),
            style,
            features,
            edited: false,
            unexplained,
        });
    }
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    let near = neighbours::of(search, &found, seen, &penalty);
    found.extend(near);
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    found
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
