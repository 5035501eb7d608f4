//! The vectors of a data source's documents: sparse ones by their numbers, others whole.

use super::{compact_vectors::CompactVectors, sparse_vectors::SparseVectors};

/// Part of the numbers that may differ from zero in vectors that are kept by their numbers. Reading one costs about four
/// times as much as in a whole vector, but of the documents' numbers only those are read where the query has some too: it
/// pays up to the square root of a quarter. The built-in embedder's have 0.15 to 0.25.
const SPARSE: f32 = 0.4;

/// Unit vectors of the same length.
#[derive(Debug)]
pub(super) enum Vectors {
    Whole(CompactVectors),
    Sparse(SparseVectors),
}

impl Vectors {
    /// Empty, for vectors like those `seen`.
    pub(super) fn like(seen: &[Vec<f32>]) -> Self {
        let dimensions = seen.first().map_or(0, Vec::len);
        let (mut filled, mut all) = (0_u32, 0_u32);
        for number in seen.iter().flatten() {
            filled += u32::from(*number != 0.0);
            all += 1;
        }
        if filled as f32 <= SPARSE * all as f32 {
            Self::Sparse(SparseVectors::new(dimensions))
        } else {
            Self::Whole(CompactVectors::with_capacity(dimensions, seen.len()))
        }
    }

    /// Length of each vector.
    pub(super) const fn dimensions(&self) -> usize {
        match self {
            Self::Whole(vectors) => vectors.dimensions(),
            Self::Sparse(vectors) => vectors.dimensions(),
        }
    }

    /// Adds a vector; of another length than the others it is cut or filled up.
    pub(super) fn push(&mut self, vector: &[f32]) {
        match self {
            Self::Whole(vectors) => vectors.push(vector),
            Self::Sparse(vectors) => vectors.push(vector),
        }
    }

    /// Gives back the room that was made for more.
    pub(super) fn shrink_to_fit(&mut self) {
        match self {
            Self::Whole(vectors) => vectors.shrink_to_fit(),
            Self::Sparse(vectors) => vectors.shrink_to_fit(),
        }
    }

    /// Tells `found` of each vector that points at least a little the query's way, with the cosine, by position; of none
    /// for a query of another length.
    pub(super) fn near(&self, query: &[f32], mut found: impl FnMut(u32, f32)) {
        match self {
            Self::Whole(vectors) => vectors.near(query).for_each(|(position, cosine)| found(position, cosine)),
            Self::Sparse(vectors) => vectors.near(query, found),
        }
    }
}
