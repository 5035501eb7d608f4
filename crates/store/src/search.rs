//! The search index: finds tables and columns by meaning and by word. Derived: rebuilt from metadata at any time.

pub mod embedded;
mod fusion;
#[cfg(feature = "milvus")]
pub mod milvus;
pub mod with_fallback;
mod words;

use crate::StoreError;
use async_trait::async_trait;
use datafyme_domain::{DataSourceId, ErrorKind, TableRef};
use std::fmt::Debug;

/// Finds documents about tables. Hybrid: dense and lexical rankings fused by reciprocal rank
/// (Cormack, Clarke & Büttcher 2009, k = 60), best first.
#[async_trait]
pub trait SearchIndex: Send + Sync + Debug {
    /// Puts documents in, replacing those of the same id.
    ///
    /// # Errors
    /// `Unavailable`, `ResourceExhausted` (disk).
    async fn upsert(&self, documents: &[SearchDocument]) -> Result<(), StoreError>;

    /// Takes out all documents of a data source, or those of one of its tables.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn delete(&self, source: DataSourceId, table: Option<&TableRef>) -> Result<(), StoreError>;

    /// Puts documents of `tables` in, in place of all that there were of these tables. All `documents` are of that data
    /// source and of one of `tables`; a table that has none among them is taken out.
    ///
    /// # Errors
    /// `Unavailable`, `ResourceExhausted` (disk), `InvalidInput` (a vector of other dimensions than the index holds).
    async fn replace(
        &self,
        source: DataSourceId,
        tables: &[TableRef],
        documents: &[SearchDocument],
    ) -> Result<(), StoreError>;

    /// The best documents for a query, best first, at most `query.limit`.
    ///
    /// # Errors
    /// `Unavailable`, `InvalidInput` (a vector of other dimensions than the index holds).
    async fn search(&self, query: &HybridQuery) -> Result<Vec<SearchHit>, StoreError>;

    /// Documents of a data source.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn count(&self, source: DataSourceId) -> Result<u64, StoreError>;
}

/// One searchable text about a table or a column.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchDocument {
    /// Unique within the data source, stable over rebuilds: `sales.orders#description`.
    pub id: String,
    /// The data source.
    pub source_id: DataSourceId,
    /// The table it is about.
    pub table: TableRef,
    /// The column it is about, if it is about one.
    pub column: Option<String>,
    /// What is searched by words.
    pub text: String,
    /// What is searched by meaning; unit length.
    pub vector: Vec<f32>,
}

/// A question to the index.
#[derive(Debug, Clone, PartialEq)]
pub struct HybridQuery {
    /// Only documents of these data sources: what the caller may see.
    pub sources: Vec<DataSourceId>,
    /// Words.
    pub text: String,
    /// Meaning; unit length.
    pub vector: Vec<f32>,
    /// Hits wanted.
    pub limit: usize,
}

/// A found document.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchHit {
    /// Its id.
    pub id: String,
    /// Its data source.
    pub source_id: DataSourceId,
    /// The table it is about.
    pub table: TableRef,
    /// The column it is about, if it is about one.
    pub column: Option<String>,
    /// Fused score; larger is better.
    pub score: f64,
}

/// The error of a vector that does not compare with those that are held.
pub(super) fn other_dimensions(given: usize, held: usize) -> StoreError {
    StoreError::new(
        ErrorKind::InvalidInput,
        format!(
            "a vector of {given} dimensions does not fit the search index, which holds {held}: run datafyme reindex"
        ),
    )
}
