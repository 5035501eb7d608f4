//! Schema linking: which tables a question is about, best first.
//!
//! A table counts for the words of the question that it answers for by itself, and for those that tables within its
//! reach along relations answer for: the tables of one query join, so that of several `city` tables the one beside
//! tables that know the rest of the question is meant, and a link table between two named ones comes along although
//! nobody names it. Words are weighed by how few tables know them (inverse document frequency, Spärck Jones 1972).
//! What the search index found is one more piece of evidence.

mod evidence;
mod lexicon;
mod near_words;
mod reach;

pub(crate) use near_words::is_one_edit_away;

use crate::{analyst::FoundTable, values::ValueIndex};
use datafyme_domain::{BusinessTerm, Catalog, Relation, TableDocumentation};
use evidence::{Evidence, of_question};
use lexicon::Lexicon;
use reach::Reach;
use std::collections::HashMap;

/// What is within reach counts that much of what a table answers for by itself.
const REACH: f32 = 1.5;
/// What a table gains by having all words of its name in the question.
const NAMED: f32 = 2.4;
/// What the best table of the search index gains, in the weight of words.
const SEARCHED: f32 = 3.0;
/// Ranks of the search index after which half of that is left.
const HALF: f32 = 10.0;

/// What linking needs to know of a data source, prepared once. A few megabytes for thousands of tables.
#[derive(Debug)]
pub(crate) struct SchemaLinker {
    lexicon: Lexicon,
    reach: Reach,
}

impl SchemaLinker {
    /// Prepares what is known; `relations` without rejected ones.
    pub(crate) fn build(
        catalog: &Catalog,
        relations: &[Relation],
        documentation: &[TableDocumentation],
        terms: &[BusinessTerm],
    ) -> Self {
        Self { lexicon: Lexicon::build(catalog, documentation, terms), reach: Reach::build(catalog, relations) }
    }

    /// The tables that `question` is about, best first, at most `limit`; the scores are shares of what the best
    /// conceivable table would have. `searched` is what the search index found, best first.
    pub(crate) fn link(
        &self,
        catalog: &Catalog,
        values: &ValueIndex,
        question: &str,
        searched: &[FoundTable],
        limit: usize,
    ) -> Vec<FoundTable> {
        let mut evidence = of_question(&self.lexicon, catalog, values, question);
        evidence.extend(self.of_search(searched));
        let scores = self.scores(&evidence, question);
        let conceivable: f32 = (1.0 + REACH) * evidence.iter().map(|e| e.weight).sum::<f32>() + NAMED;
        let mut order: Vec<(usize, f32)> = scores.into_iter().enumerate().filter(|(_, score)| *score > 0.0).collect();
        order.sort_by(|(a_at, a), (b_at, b)| b.total_cmp(a).then(a_at.cmp(b_at)));
        order.truncate(limit);
        let found = order.into_iter().filter_map(|(table, score)| {
            let known = catalog.tables.get(table)?;
            let mut found = FoundTable {
                table: known.name.clone(),
                score: f64::from(score / conceivable),
                columns: Vec::new(),
                words: Vec::new(),
            };
            for piece in &evidence {
                for hit in piece.hits.iter().filter(|hit| hit.table == table) {
                    let column = hit.column.and_then(|c| known.columns.get(c)).map(|c| c.name.clone());
                    add(&mut found.columns, column);
                    add(&mut found.words, Some(piece.words.clone()).filter(|w| !w.is_empty()));
                }
            }
            Some(found)
        });
        found.collect()
    }

    /// What each table gains from all evidence, by position in the catalog.
    fn scores(&self, evidence: &[Evidence], question: &str) -> Vec<f32> {
        let mut scores = vec![0.0_f32; self.reach.len()];
        let mut spread = self.reach.spreading();
        for piece in evidence {
            let mut own: HashMap<usize, f32> = HashMap::new();
            for hit in &piece.hits {
                let strength = own.entry(hit.table).or_default();
                *strength = strength.max(hit.strength);
            }
            for (table, strength) in &own {
                if let Some(score) = scores.get_mut(*table) {
                    *score += piece.weight * strength;
                }
            }
            spread.each(&own, |table, strength| {
                if let Some(score) = scores.get_mut(table) {
                    *score += REACH * piece.weight * strength;
                }
            });
        }
        for (table, share) in self.lexicon.named_share(question) {
            if let Some(score) = scores.get_mut(table) {
                *score += NAMED * share;
            }
        }
        scores
    }

    fn of_search(&self, searched: &[FoundTable]) -> Option<Evidence> {
        let ranks = (0_u16..).zip(searched);
        let hits = ranks.filter_map(|(rank, found)| {
            let table = self.lexicon.table(&found.table)?;
            let strength = HALF / (HALF + f32::from(rank));
            Some(evidence::Hit { table, column: None, strength })
        });
        let hits: Vec<evidence::Hit> = hits.collect();
        (!hits.is_empty()).then(|| Evidence { words: String::new(), weight: SEARCHED, hits })
    }
}

fn add(list: &mut Vec<String>, item: Option<String>) {
    if let Some(item) = item
        && !list.contains(&item)
    {
        list.push(item);
    }
}

#[cfg(test)]
mod tests;
