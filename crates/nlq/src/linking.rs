//! Which words of a question stand for which tables and columns.

use crate::{
    CatalogIndex, Link, LinkTarget, TableHit, candidates, catalog_index::Named, rank::Weights, reading::Reading,
};
use std::collections::BTreeMap;

/// The words of `text` that name a table or a column.
pub(crate) fn links(index: &CatalogIndex, reading: &Reading, text: &str) -> Vec<Link> {
    let mut found = Vec::new();
    for mention in &reading.mentions {
        let Some(option) = mention.options.first() else {
            continue;
        };
        let (Some(first), Some(last)) = (reading.tokens.get(mention.start), reading.tokens.get(mention.end - 1)) else {
            continue;
        };
        let target = match option.named {
            Named::Table(t) => index.table(t).name.clone().map(LinkTarget::Table),
            Named::Column(c) => {
                index.table(index.table_of(c)).name.clone().map(|t| LinkTarget::Column(t, index.column(c).name.clone()))
            }
        };
        if let (Some(target), Some(words)) = (target, text.get(first.start..last.end)) {
            found.push(Link { start: first.start, end: last.end, text: words.to_owned(), target });
        }
    }
    found
}

/// Schema linking alone: the tables that `text` is about, best first.
#[must_use]
pub fn link(index: &CatalogIndex, text: &str) -> Vec<TableHit> {
    let today = chrono::NaiveDate::default();
    let english = index.in_english(text);
    let reading = Reading::new(index, english.as_deref().unwrap_or(text), today);
    let weights = Weights::trained();
    let mut scores: BTreeMap<usize, (f64, Vec<String>)> = BTreeMap::new();
    let mut add = |table: usize, score: f64, words: Option<String>| {
        let entry = scores.entry(table).or_default();
        entry.0 += score;
        if let Some(words) = words.filter(|w| !entry.1.contains(w)) {
            entry.1.push(words);
        }
    };
    // Tables of the likeliest readings come first; names and values decide among the rest.
    let candidates = candidates::generate(index, &reading, weights);
    let best = candidates.first().map_or(0.0, |c| c.score);
    let total: f64 = candidates.iter().map(|c| (c.score - best).exp()).sum();
    for candidate in &candidates {
        let share = (candidate.score - best).exp() / total.max(1e-9);
        for name in candidate.plan.tables() {
            if let Some(table) = index.find_table(&name) {
                add(table, 3.0 * share, None);
            }
        }
    }
    for mention in &reading.mentions {
        let words: Vec<&str> = reading.words(mention.start, mention.end).collect();
        for (rank, option) in mention.options.iter().enumerate() {
            let (table, weight) = match option.named {
                Named::Table(t) => (t, 1.0),
                Named::Column(c) => (index.table_of(c), 0.5),
            };
            add(table, option.score * weight / (1.0 + rank as f64), Some(words.join(" ")));
        }
    }
    for value in &reading.values {
        for (column, _, quality) in value.hits.iter().take(6) {
            add(index.table_of(*column), quality * 0.6 / value.hits.len().min(6) as f64, Some(value.text.clone()));
        }
    }
    ranked(index, scores)
}

/// Tables by score, best first; equal-shaped ones each by itself.
fn ranked(index: &CatalogIndex, scores: BTreeMap<usize, (f64, Vec<String>)>) -> Vec<TableHit> {
    let mut hits: Vec<TableHit> = scores
        .into_iter()
        .flat_map(|(table, (score, words))| {
            let facts = index.table(table);
            let names = if facts.siblings.is_empty() {
                facts.name.clone().into_iter().collect::<Vec<_>>()
            } else {
                facts.siblings.iter().map(|s| s.table.clone()).collect()
            };
            names.into_iter().map(move |table| TableHit { table, score, words: words.clone() }).collect::<Vec<_>>()
        })
        .collect();
    hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.table.cmp(&b.table)));
    let mut seen = Vec::new();
    hits.retain(|h| {
        !seen.contains(&h.table) && {
            seen.push(h.table.clone());
            true
        }
    });
    hits
}
