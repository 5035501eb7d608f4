//! BM25 over an inverted index (Robertson & Zaragoza, "The Probabilistic Relevance Framework", 2009, §3.4).

use std::collections::{BTreeSet, HashMap};

/// Saturation of a term's frequency.
const K1: f32 = 1.2;
/// How much a document's length counts.
const B: f32 = 0.75;

/// Which documents hold which terms.
#[derive(Debug, Default)]
pub(super) struct InvertedIndex {
    /// Term → (document, times it stands there), by document.
    postings: HashMap<Box<str>, Vec<(u32, u32)>>,
    /// Terms of each document.
    lengths: Vec<u32>,
    total_length: u64,
}

/// Figures over all documents searched, of whichever index: what makes scores of several comparable.
#[derive(Debug)]
pub(super) struct Collection {
    mean_length: f32,
    /// Term → how much it tells.
    weights: Vec<(String, f32)>,
}

#[allow(clippy::cast_precision_loss)] // counts of documents, far below 2²⁴
fn real(count: u64) -> f32 {
    count as f32
}

impl InvertedIndex {
    /// Adds the next document, terms separated by spaces.
    pub(super) fn push(&mut self, terms: &str) {
        let document = u32::try_from(self.lengths.len()).unwrap_or(u32::MAX);
        let mut length = 0;
        for term in terms.split(' ').filter(|term| !term.is_empty()) {
            length += 1;
            if !self.postings.contains_key(term) {
                self.postings.insert(term.into(), Vec::new());
            }
            let Some(posting) = self.postings.get_mut(term) else {
                continue;
            };
            match posting.last_mut() {
                Some((last, times)) if *last == document => *times += 1,
                _ => posting.push((document, 1)),
            }
        }
        self.lengths.push(length);
        self.total_length += u64::from(length);
    }

    /// Gives back the room that was made for more.
    pub(super) fn shrink_to_fit(&mut self) {
        self.postings.values_mut().for_each(Vec::shrink_to_fit);
        self.lengths.shrink_to_fit();
    }

    /// Tells `found` of the documents that hold a term of the query, with their scores, by position.
    pub(super) fn scores(&self, collection: &Collection, mut found: impl FnMut(u32, f32)) {
        let mut scores = vec![0.0_f32; self.lengths.len()];
        for (term, weight) in &collection.weights {
            for (document, times) in self.postings.get(term.as_str()).map_or(&[][..], Vec::as_slice) {
                let Ok(at) = usize::try_from(*document) else { continue };
                if let (Some(score), Some(length)) = (scores.get_mut(at), self.lengths.get(at)) {
                    let relative = real(u64::from(*length)) / collection.mean_length;
                    let times = real(u64::from(*times));
                    *score += weight * times * (K1 + 1.0) / (times + K1 * (1.0 - B + B * relative));
                }
            }
        }
        for (document, score) in (0_u32..).zip(scores) {
            if score > 0.0 {
                found(document, score);
            }
        }
    }
}

impl Collection {
    /// The figures of all of `indexes` for the distinct `terms` of a query.
    pub(super) fn of<'a>(indexes: impl Iterator<Item = &'a InvertedIndex> + Clone, terms: Vec<String>) -> Self {
        let documents = real(indexes.clone().map(|index| index.lengths.len() as u64).sum());
        let length = real(indexes.clone().map(|index| index.total_length).sum());
        let distinct: BTreeSet<String> = terms.into_iter().collect();
        let weights = distinct.into_iter().filter_map(|term| {
            let holding: usize =
                indexes.clone().filter_map(|index| index.postings.get(term.as_str())).map(Vec::len).sum();
            let holding = real(holding as u64);
            let weight = (1.0 + (documents - holding + 0.5) / (holding + 0.5)).ln();
            (holding > 0.0).then_some((term, weight))
        });
        Self { weights: weights.collect(), mean_length: (length / documents.max(1.0)).max(1.0) }
    }
}
