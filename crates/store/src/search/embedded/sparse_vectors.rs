//! Vectors that are mostly zeros, as those of the built-in embedder are: which documents have something in a dimension,
//! and what, so that a search reads only the dimensions of its query. Numbers are rounded as in `compact_vectors`.

use super::compact_vectors::{DOCUMENT_STEPS, largest, whole};

/// Unit vectors of the same length.
#[derive(Debug)]
pub(super) struct SparseVectors {
    dimensions: Vec<Dimension>,
    /// What one step of each vector is worth.
    steps: Vec<f32>,
}

/// The numbers that differ from zero in one dimension, by position of the vector.
#[derive(Debug, Clone, Default)]
struct Dimension {
    positions: Vec<u32>,
    numbers: Vec<i8>,
}

impl SparseVectors {
    /// Empty.
    pub(super) fn new(dimensions: usize) -> Self {
        Self { dimensions: vec![Dimension::default(); dimensions], steps: Vec::new() }
    }

    /// Length of each vector.
    pub(super) const fn dimensions(&self) -> usize {
        self.dimensions.len()
    }

    /// Adds a vector; of another length than the others it is cut or filled up.
    #[allow(clippy::cast_possible_truncation)] // at most 127, by the choice of the step
    pub(super) fn push(&mut self, vector: &[f32]) {
        let position = u32::try_from(self.steps.len()).unwrap_or(u32::MAX);
        let step = largest(vector) / DOCUMENT_STEPS;
        for (dimension, value) in self.dimensions.iter_mut().zip(vector) {
            let number = whole(*value, step) as i8;
            if number != 0 {
                dimension.positions.push(position);
                dimension.numbers.push(number);
            }
        }
        self.steps.push(step);
    }

    /// Gives back the room that was made for more.
    pub(super) fn shrink_to_fit(&mut self) {
        for dimension in &mut self.dimensions {
            dimension.positions.shrink_to_fit();
            dimension.numbers.shrink_to_fit();
        }
        self.steps.shrink_to_fit();
    }

    /// Tells `found` of each vector that points at least a little the query's way, with the cosine, by position; of none
    /// for a query of another length.
    pub(super) fn near(&self, query: &[f32], mut found: impl FnMut(u32, f32)) {
        if query.len() != self.dimensions.len() {
            return;
        }
        let mut sums = vec![0.0_f32; self.steps.len()];
        for (dimension, value) in self.dimensions.iter().zip(query).filter(|(_, v)| v.is_finite() && **v != 0.0) {
            for (position, number) in dimension.positions.iter().zip(&dimension.numbers) {
                if let Some(sum) = usize::try_from(*position).ok().and_then(|at| sums.get_mut(at)) {
                    *sum += value * f32::from(*number);
                }
            }
        }
        for (position, (sum, step)) in (0_u32..).zip(sums.iter().zip(&self.steps)) {
            if *sum > 0.0 {
                found(position, sum * step);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::compact_vectors::CompactVectors;
    use super::*;
    use proptest::prelude::*;

    /// A unit vector with a few numbers that differ from zero.
    fn sparse() -> impl Strategy<Value = Vec<f32>> {
        prop::collection::vec((0_usize..64, -1.0_f32..1.0), 1..8).prop_map(|places| {
            let mut vector = vec![0.0; 64];
            for (at, value) in places {
                vector[at] = value;
            }
            let length = vector.iter().map(|v| v * v).sum::<f32>().sqrt();
            vector.into_iter().map(|v| if length > 0.0 { v / length } else { 0.0 }).collect()
        })
    }

    fn found(vectors: &SparseVectors, query: &[f32]) -> Vec<(u32, f32)> {
        let mut found = Vec::new();
        vectors.near(query, |position, cosine| found.push((position, cosine)));
        found
    }

    proptest! {
        #[test]
        fn cosines_are_those_of_whole_vectors(documents in prop::collection::vec(sparse(), 1..20), query in sparse()) {
            let (mut sparse, mut whole) = (SparseVectors::new(64), CompactVectors::with_capacity(64, 20));
            for document in &documents {
                sparse.push(document);
                whole.push(document);
            }
            let mut expected = vec![0.0_f32; documents.len()];
            for (position, cosine) in whole.near(&query) {
                expected[position as usize] = cosine;
            }
            let mut given = vec![0.0_f32; documents.len()];
            for (position, cosine) in found(&sparse, &query) {
                given[position as usize] = cosine;
            }
            for (given, expected) in given.iter().zip(&expected) {
                prop_assert!((given - expected).abs() < 0.01, "{given} {expected}");
            }
        }
    }

    #[test]
    fn a_query_of_another_length_or_without_finite_numbers_finds_nothing() {
        let mut vectors = SparseVectors::new(2);
        vectors.push(&[f32::NAN, 1.0]);
        assert_eq!(found(&vectors, &[1.0]), []);
        assert_eq!(found(&vectors, &[]), []);
        assert_eq!(found(&vectors, &[f32::NAN, f32::INFINITY]), []);
        assert_eq!(found(&vectors, &[0.0, 1.0]).len(), 1);
    }
}
