//! The documents of one data source in memory.

use super::documents::DocumentRow;
use super::lexical::InvertedIndex;
use super::vectors::Vectors;
use crate::search::other_dimensions;
use crate::{SearchHit, StoreError};
use datafyme_domain::{DataSourceId, TableRef};
use std::sync::Arc;

/// Everything that a search of one data source needs.
#[derive(Debug)]
pub(super) struct SourceIndex {
    source: DataSourceId,
    about: Vec<About>,
    words: InvertedIndex,
    vectors: Vectors,
}

/// What a document is about.
#[derive(Debug)]
struct About {
    id: String,
    /// One for the documents of a table that were read one after the other.
    table: Arc<TableRef>,
    column: Option<String>,
}

impl SourceIndex {
    /// Of no documents.
    pub(super) fn empty(source: DataSourceId) -> Self {
        Self { source, about: Vec::new(), words: InvertedIndex::default(), vectors: Vectors::like(&[]) }
    }

    /// With more documents, by id.
    pub(super) fn with(mut self, documents: Vec<DocumentRow>) -> Self {
        let vectors: Vec<Vec<f32>> = documents.iter().map(|document| floats(&document.vector)).collect();
        if self.about.is_empty() {
            self.vectors = Vectors::like(&vectors);
        }
        for (document, vector) in documents.into_iter().zip(&vectors) {
            self.words.push(&document.terms);
            self.vectors.push(vector);
            let table = match self.about.last() {
                Some(last) if *last.table == document.table => Arc::clone(&last.table),
                _ => Arc::new(document.table),
            };
            self.about.push(About { id: document.id, table, column: document.column });
        }
        self
    }

    /// Gives back the room that was made for more.
    pub(super) fn settled(mut self) -> Self {
        self.about.shrink_to_fit();
        self.vectors.shrink_to_fit();
        self.words.shrink_to_fit();
        self
    }

    /// Whether a query's vector compares with those held; an empty one asks by words alone.
    pub(super) fn accepts(&self, vector: &[f32]) -> Result<(), StoreError> {
        if vector.is_empty() || self.about.is_empty() || vector.len() == self.vectors.dimensions() {
            Ok(())
        } else {
            Err(other_dimensions(vector.len(), self.vectors.dimensions()))
        }
    }

    /// Which terms stand in which documents.
    pub(super) const fn words(&self) -> &InvertedIndex {
        &self.words
    }

    /// The documents' vectors.
    pub(super) const fn vectors(&self) -> &Vectors {
        &self.vectors
    }

    /// The hit of a document.
    pub(super) fn hit(&self, document: u32, score: f64) -> Option<SearchHit> {
        let about = self.about.get(usize::try_from(document).ok()?)?;
        Some(SearchHit {
            id: about.id.clone(),
            source_id: self.source,
            table: TableRef::clone(&about.table),
            column: about.column.clone(),
            score,
        })
    }
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    let (floats, _) = bytes.as_chunks();
    floats.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
}
