//! Two rankings become one by reciprocal rank (Cormack, Clarke & Büttcher, SIGIR 2009).

use std::cmp::Ordering;
use std::collections::BTreeMap;

/// The paper's constant: how much less the first ranks tower over the others.
const K: f64 = 60.0;
/// Shortest and longest part of a ranking that takes part; between them ten times the hits wanted.
const DEPTH: (usize, usize) = (100, 1_000);

/// How many of each ranking take part where `limit` hits are wanted.
pub(super) fn depth(limit: usize) -> usize {
    limit.saturating_mul(10).clamp(DEPTH.0, DEPTH.1).max(limit)
}

/// The places of both rankings with the sum of what each gives them, best first; of equal ones the earlier place.
pub(super) fn fused<P: Ord>(rankings: [Best<P>; 2]) -> Vec<(P, f64)> {
    let mut fused: BTreeMap<P, f64> = BTreeMap::new();
    for ranking in rankings {
        for (place, rank) in ranking.ranks() {
            *fused.entry(place).or_default() += 1.0 / (K + rank);
        }
    }
    let mut best: Vec<(P, f64)> = fused.into_iter().collect();
    best.sort_by(|(a_place, a), (b_place, b)| b.total_cmp(a).then_with(|| a_place.cmp(b_place)));
    best
}

/// The highest scores of many. Whatever cannot be among them is not kept: most of what is looked at.
pub(super) struct Best<P> {
    depth: usize,
    scored: Vec<(P, f32)>,
    /// Scores up to this one are too low: so many higher ones were seen.
    floor: f32,
}

impl<P: Ord> Best<P> {
    pub(super) fn of(depth: usize) -> Self {
        Self { depth, scored: Vec::with_capacity(2 * depth), floor: f32::NEG_INFINITY }
    }

    /// Takes a score, by place: of equal ones the first are kept.
    pub(super) fn push(&mut self, place: P, score: f32) {
        if score > self.floor {
            self.scored.push((place, score));
            if self.scored.len() >= 2 * self.depth.max(1) {
                self.cut();
                self.floor = self.scored.iter().map(|(_, score)| *score).fold(f32::INFINITY, f32::min);
            }
        }
    }

    fn cut(&mut self) {
        if self.scored.len() > self.depth {
            self.scored.select_nth_unstable_by(self.depth, order);
            self.scored.truncate(self.depth);
        }
    }

    /// The ranks, from 1, of the highest scores; equal scores share the better rank.
    fn ranks(mut self) -> Vec<(P, f64)> {
        self.cut();
        self.scored.sort_by(order);
        let mut ranks = Vec::with_capacity(self.scored.len());
        let (mut rank, mut last) = (0.0, f32::NAN);
        for (position, (place, score)) in (1_u32..).zip(self.scored) {
            if score.total_cmp(&last).is_ne() {
                (rank, last) = (f64::from(position), score);
            }
            ranks.push((place, rank));
        }
        ranks
    }
}

/// The higher score first, of equal ones the earlier place.
fn order<P: Ord>((a_place, a): &(P, f32), (b_place, b): &(P, f32)) -> Ordering {
    b.total_cmp(a).then_with(|| a_place.cmp(b_place))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An index, and a position in it.
    type Place = (usize, u32);

    fn ranked(scored: impl IntoIterator<Item = (Place, f32)>, depth: usize) -> Vec<(Place, f64)> {
        let mut best = Best::of(depth);
        scored.into_iter().for_each(|(place, score)| best.push(place, score));
        best.ranks()
    }

    #[test]
    fn equal_scores_share_a_rank_and_the_next_one_counts_them() {
        let scored = [((0, 1), 2.0), ((0, 2), 0.5), ((0, 3), 1.0), ((1, 0), 2.0)];
        assert_eq!(ranked(scored, 10), [((0, 1), 1.0), ((1, 0), 1.0), ((0, 3), 3.0), ((0, 2), 4.0)]);
    }

    #[test]
    fn a_ranking_is_cut_to_its_best() {
        for rising in [true, false] {
            let score = |i: u8| f32::from(if rising { i } else { 50 - i });
            let places: Vec<u32> = ranked((0..50).map(|i| ((0, u32::from(i)), score(i))), 3)
                .into_iter()
                .map(|((_, document), _)| document)
                .collect();
            assert_eq!(places, if rising { [49, 48, 47] } else { [0, 1, 2] });
        }
    }

    #[test]
    fn of_equal_scores_the_first_are_kept() {
        let places: Vec<Place> =
            ranked((0..50).map(|i| ((0, i), 1.0)), 3).into_iter().map(|(place, _)| place).collect();
        assert_eq!(places, [(0, 0), (0, 1), (0, 2)]);
    }
}
