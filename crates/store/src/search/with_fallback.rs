//! A search index on another machine, with the embedded one behind it. Start at [`SearchWithFallback`].

use super::{HybridQuery, SearchDocument, SearchHit, SearchIndex};
use crate::StoreError;
use crate::remote::{Engine, Remote};
use async_trait::async_trait;
use datafyme_domain::{DataSourceId, TableRef};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Searches the engine, and the embedded index while the engine is away or behind.
#[derive(Debug)]
pub struct SearchWithFallback {
    engine: Arc<dyn SearchIndex>,
    embedded: Arc<dyn SearchIndex>,
    remote: Arc<Remote>,
}

impl SearchWithFallback {
    /// `dir` holds notes of what the engine lacks.
    ///
    /// # Errors
    /// `Unavailable`: the directory cannot be read or made.
    pub fn new<E: SearchIndex + Engine + 'static>(
        engine: Arc<E>,
        embedded: Arc<dyn SearchIndex>,
        dir: &Path,
    ) -> Result<Self, StoreError> {
        let remote = Arc::new(Remote::open("search index", Arc::<E>::clone(&engine), dir)?);
        Ok(Self { engine, embedded, remote })
    }

    /// What is known of the engine.
    #[must_use]
    pub const fn remote(&self) -> &Arc<Remote> {
        &self.remote
    }

    /// Whether the engine is there and has no document of a data source that was learned: it was emptied, or is new.
    pub async fn has_lost(&self, source: DataSourceId) -> bool {
        self.remote.serves(&[source]) && self.engine.count(source).await.is_ok_and(|count| count == 0)
    }
}

#[async_trait]
impl SearchIndex for SearchWithFallback {
    async fn upsert(&self, documents: &[SearchDocument]) -> Result<(), StoreError> {
        self.embedded.upsert(documents).await?;
        let mut of_source: BTreeMap<DataSourceId, Vec<SearchDocument>> = BTreeMap::new();
        for document in documents {
            of_source.entry(document.source_id).or_default().push(document.clone());
        }
        for (source, documents) in of_source {
            self.remote.write(source, self.engine.upsert(&documents)).await;
        }
        Ok(())
    }

    async fn delete(&self, source: DataSourceId, table: Option<&TableRef>) -> Result<(), StoreError> {
        self.embedded.delete(source, table).await?;
        self.remote.write(source, self.engine.delete(source, table)).await;
        Ok(())
    }

    async fn replace(
        &self,
        source: DataSourceId,
        tables: &[TableRef],
        documents: &[SearchDocument],
    ) -> Result<(), StoreError> {
        self.embedded.replace(source, tables, documents).await?;
        self.remote.write(source, self.engine.replace(source, tables, documents)).await;
        Ok(())
    }

    async fn search(&self, query: &HybridQuery) -> Result<Vec<SearchHit>, StoreError> {
        match self.remote.read(&query.sources, self.engine.search(query)).await {
            Some(outcome) => outcome,
            None => self.embedded.search(query).await,
        }
    }

    async fn count(&self, source: DataSourceId) -> Result<u64, StoreError> {
        match self.remote.read(&[source], self.engine.count(source)).await {
            Some(outcome) => outcome,
            None => self.embedded.count(source).await,
        }
    }
}
