//! The documents of one data source in memory.

use super::documents::{DocumentRow, other_dimensions};
use super::lexical::InvertedIndex;
use crate::{SearchHit, StoreError};
use datafyme_domain::{DataSourceId, TableRef};

/// Sums kept side by side in a dot product, so that the compiler can add them with one instruction.
const LANES: usize = 16;

/// Everything that a search of one data source needs.
#[derive(Debug)]
pub(super) struct SourceIndex {
    source: DataSourceId,
    about: Vec<About>,
    words: InvertedIndex,
    dimensions: usize,
    /// One after the other, `dimensions` each.
    vectors: Vec<f32>,
}

/// What a document is about.
#[derive(Debug)]
struct About {
    id: String,
    table: TableRef,
    column: Option<String>,
}

impl SourceIndex {
    /// `documents` by id.
    pub(super) fn new(source: DataSourceId, documents: Vec<DocumentRow>) -> Self {
        let dimensions = documents
            .first()
            .map_or(0, |document| document.vector.len() / size_of::<f32>());
        let mut index = Self {
            source,
            about: Vec::with_capacity(documents.len()),
            words: InvertedIndex::default(),
            dimensions,
            vectors: Vec::with_capacity(documents.len() * dimensions),
        };
        for document in documents {
            index.words.push(&document.terms);
            let (floats, _) = document.vector.as_chunks();
            index
                .vectors
                .extend(floats.iter().map(|bytes| f32::from_le_bytes(*bytes)));
            index.about.push(About {
                id: document.id,
                table: document.table,
                column: document.column,
            });
        }
        index
    }

    /// Whether a query's vector compares with those held; an empty one asks by words alone.
    pub(super) fn accepts(&self, vector: &[f32]) -> Result<(), StoreError> {
        if vector.is_empty() || self.about.is_empty() || vector.len() == self.dimensions {
            Ok(())
        } else {
            Err(other_dimensions(vector.len(), self.dimensions))
        }
    }

    /// Which terms stand in which documents.
    pub(super) const fn words(&self) -> &InvertedIndex {
        &self.words
    }

    /// The documents that point at least a little the query's way, with the cosine (both are of unit length).
    pub(super) fn near<'a>(&'a self, vector: &'a [f32]) -> impl Iterator<Item = (u32, f32)> + 'a {
        let usable = vector.len() == self.dimensions && !vector.is_empty();
        let documents = if usable { self.vectors.as_slice() } else { &[] };
        (0_u32..)
            .zip(documents.chunks_exact(self.dimensions.max(1)))
            .map(|(document, held)| (document, dot(held, vector)))
            .filter(|(_, cosine)| *cosine > 0.0)
    }

    /// The hit of a document.
    pub(super) fn hit(&self, document: u32, score: f64) -> Option<SearchHit> {
        let about = self.about.get(usize::try_from(document).ok()?)?;
        Some(SearchHit {
            id: about.id.clone(),
            source_id: self.source,
            table: about.table.clone(),
            column: about.column.clone(),
            score,
        })
    }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (a_wide, a_rest) = a.as_chunks::<LANES>();
    let (b_wide, b_rest) = b.as_chunks::<LANES>();
    let mut sums = [0.0_f32; LANES];
    for (a, b) in a_wide.iter().zip(b_wide) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += a * b;
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}
