//! The search index in one derived SQLite file, searched in memory. Start at [`EmbeddedSearchIndex::open`].
//!
//! A data source's documents are loaded when it is first searched, and anew when any process has written to it.

mod compact_vectors;
mod documents;
mod lexical;
mod ranking;
mod source_index;
mod sparse_vectors;
mod vectors;

use super::{HybridQuery, SearchDocument, SearchHit, SearchIndex};
use crate::StoreError;
use crate::derived_file::{DerivedFile, Layout, Loaded};
use async_trait::async_trait;
use datafyme_domain::{DataSourceId, ErrorKind, TableRef};
use futures::TryStreamExt;
use source_index::SourceIndex;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};

/// The words are kept as [`super::words::terms`] makes them: raise the version when it changes.
const LAYOUT: Layout = Layout { version: 1, create: documents::CREATE_TABLES };

/// Documents that are in memory twice while a data source is loaded.
const LOADED_TOGETHER: usize = 2_000;

/// The search index that needs nothing else installed. Any number of processes may open the same file.
#[derive(Debug)]
pub struct EmbeddedSearchIndex {
    file: DerivedFile,
    indexes: Mutex<HashMap<DataSourceId, Arc<Loaded<SourceIndex>>>>,
}

impl EmbeddedSearchIndex {
    /// Opens the file, or makes it; a damaged one is made anew, empty: [`SearchIndex::count`] is 0 then, and it is to
    /// be rebuilt from metadata.
    ///
    /// # Errors
    /// `Unavailable` (missing or read-only directory, locked), `ResourceExhausted` (disk full).
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        Ok(Self { file: DerivedFile::open(path, LAYOUT).await?, indexes: Mutex::default() })
    }

    async fn index(&self, source: DataSourceId) -> Result<Arc<SourceIndex>, StoreError> {
        let loaded = {
            let mut indexes = self.indexes.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(indexes.entry(source).or_default())
        };
        loaded
            .get(&self.file, source, async |connection| {
                let mut index = SourceIndex::empty(source);
                let mut parts = pin!(documents::list(connection, source).try_chunks(LOADED_TOGETHER));
                while let Some(part) = parts.try_next().await.map_err(|error| self.file.failed("read", error.1))? {
                    index = off_the_runtime(move || index.with(part)).await?;
                }
                Ok(index.settled())
            })
            .await
    }
}

/// Runs what keeps a core busy for milliseconds beside the runtime's threads.
async fn off_the_runtime<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| StoreError::new(ErrorKind::Internal, format!("a search did not end: {error}")))
}

#[async_trait]
impl SearchIndex for EmbeddedSearchIndex {
    async fn upsert(&self, documents: &[SearchDocument]) -> Result<(), StoreError> {
        let mut of_source: BTreeMap<DataSourceId, Vec<&SearchDocument>> = BTreeMap::new();
        for document in documents {
            of_source.entry(document.source_id).or_default().push(document);
        }
        if of_source.is_empty() {
            return Ok(());
        }
        let mut tx = self.file.write().await?;
        for (source, documents) in &of_source {
            documents::put(&self.file, &mut tx, *source, documents).await?;
        }
        let sources: Vec<DataSourceId> = of_source.into_keys().collect();
        self.file.commit(tx, &sources).await
    }

    async fn delete(&self, source: DataSourceId, table: Option<&TableRef>) -> Result<(), StoreError> {
        let mut tx = self.file.write().await?;
        documents::delete(&self.file, &mut tx, source, table).await?;
        self.file.commit(tx, &[source]).await
    }

    async fn replace(
        &self,
        source: DataSourceId,
        tables: &[TableRef],
        documents: &[SearchDocument],
    ) -> Result<(), StoreError> {
        let mut tx = self.file.write().await?;
        for table in tables {
            documents::delete(&self.file, &mut tx, source, Some(table)).await?;
        }
        let documents: Vec<&SearchDocument> = documents.iter().filter(|d| d.source_id == source).collect();
        documents::put(&self.file, &mut tx, source, &documents).await?;
        self.file.commit(tx, &[source]).await
    }

    async fn search(&self, query: &HybridQuery) -> Result<Vec<SearchHit>, StoreError> {
        let sources: BTreeSet<DataSourceId> = query.sources.iter().copied().collect();
        let mut indexes = Vec::with_capacity(sources.len());
        for source in sources {
            let index = self.index(source).await?;
            index.accepts(&query.vector)?;
            indexes.push(index);
        }
        let (text, vector, limit) = (query.text.clone(), query.vector.clone(), query.limit);
        off_the_runtime(move || ranking::search(&indexes, &text, &vector, limit)).await
    }

    async fn count(&self, source: DataSourceId) -> Result<u64, StoreError> {
        let mut tx = self.file.read().await?;
        documents::count(&self.file, &mut tx, source).await
    }
}
