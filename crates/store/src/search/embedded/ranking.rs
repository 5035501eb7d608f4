//! Dense and lexical rankings, fused by reciprocal rank (Cormack, Clarke & Büttcher, SIGIR 2009).

use super::lexical::Collection;
use super::source_index::SourceIndex;
use super::words::terms;
use crate::SearchHit;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The paper's constant: how much less the first ranks tower over the others.
const K: f64 = 60.0;
/// Shortest and longest part of a ranking that takes part; between them ten times the hits wanted.
const DEPTH: (usize, usize) = (100, 1_000);

/// A document: the index it is in, and its position there. The order breaks ties the same way every time.
type Place = (usize, u32);

/// The best hits over all indexes, best first; of equal ones by data source, then by id.
pub(super) fn search(indexes: &[Arc<SourceIndex>], text: &str, vector: &[f32], limit: usize) -> Vec<SearchHit> {
    let depth = limit.saturating_mul(10).clamp(DEPTH.0, DEPTH.1).max(limit);
    let collection = Collection::of(indexes.iter().map(|index| index.words()), terms(text));
    let mut by_word: Vec<(Place, f32)> = Vec::new();
    let mut by_meaning: Vec<(Place, f32)> = Vec::new();
    for (at, index) in indexes.iter().enumerate() {
        let scores = index.words().scores(&collection);
        by_word.extend(scores.map(|(document, score)| ((at, document), score)));
        by_meaning.extend(index.vectors().near(vector).map(|(document, cosine)| ((at, document), cosine)));
    }
    let mut fused: BTreeMap<Place, f64> = BTreeMap::new();
    for scored in [by_word, by_meaning] {
        for (place, rank) in ranked(scored, depth) {
            *fused.entry(place).or_default() += 1.0 / (K + rank);
        }
    }
    let mut best: Vec<(Place, f64)> = fused.into_iter().collect();
    best.sort_by(|(a_place, a), (b_place, b)| b.total_cmp(a).then(a_place.cmp(b_place)));
    best.into_iter().take(limit).filter_map(|((at, document), score)| indexes.get(at)?.hit(document, score)).collect()
}

/// The ranks, from 1, of the `depth` highest scores; equal scores share the better rank.
fn ranked(mut scored: Vec<(Place, f32)>, depth: usize) -> Vec<(Place, f64)> {
    let order = |(a_place, a): &(Place, f32), (b_place, b): &(Place, f32)| b.total_cmp(a).then(a_place.cmp(b_place));
    if scored.len() > depth {
        scored.select_nth_unstable_by(depth, order);
        scored.truncate(depth);
    }
    scored.sort_by(order);
    let mut ranks = Vec::with_capacity(scored.len());
    let (mut rank, mut last) = (0.0, f32::NAN);
    for (position, (place, score)) in (1_u32..).zip(scored) {
        if score.total_cmp(&last).is_ne() {
            (rank, last) = (f64::from(position), score);
        }
        ranks.push((place, rank));
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_scores_share_a_rank_and_the_next_one_counts_them() {
        let scored = vec![((0, 3), 1.0), ((0, 1), 2.0), ((1, 0), 2.0), ((0, 2), 0.5)];
        assert_eq!(ranked(scored, 10), [((0, 1), 1.0), ((1, 0), 1.0), ((0, 3), 3.0), ((0, 2), 4.0)]);
    }

    #[test]
    fn a_ranking_is_cut_to_its_best() {
        let scored = (0..50_u8).map(|i| ((0, u32::from(i)), f32::from(i))).collect();
        let places: Vec<u32> = ranked(scored, 3).into_iter().map(|((_, document), _)| document).collect();
        assert_eq!(places, [49, 48, 47]);
    }
}
