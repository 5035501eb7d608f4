//! A relation graph on another machine, with the embedded one behind it. Start at [`GraphWithFallback`].

use super::RelationGraph;
use crate::StoreError;
use crate::remote::{Engine, Remote};
use async_trait::async_trait;
use datafyme_domain::{DataSourceId, JoinPath, Relation, TableRef};
use std::path::Path;
use std::sync::Arc;

/// Asks the engine, and the embedded graph while the engine is away or behind.
#[derive(Debug)]
pub struct GraphWithFallback {
    engine: Arc<dyn RelationGraph>,
    embedded: Arc<dyn RelationGraph>,
    remote: Arc<Remote>,
}

impl GraphWithFallback {
    /// `dir` holds notes of what the engine lacks.
    ///
    /// # Errors
    /// `Unavailable`: the directory cannot be read or made.
    pub fn new<E: RelationGraph + Engine + 'static>(
        engine: Arc<E>,
        embedded: Arc<dyn RelationGraph>,
        dir: &Path,
    ) -> Result<Self, StoreError> {
        let remote = Arc::new(Remote::open("relation graph", Arc::<E>::clone(&engine), dir)?);
        Ok(Self { engine, embedded, remote })
    }

    /// What is known of the engine.
    #[must_use]
    pub const fn remote(&self) -> &Arc<Remote> {
        &self.remote
    }

    /// Whether the engine is there and has no relation of a data source that the embedded graph has some of.
    pub async fn has_lost(&self, source: DataSourceId) -> bool {
        self.remote.serves(&[source])
            && self.engine.relations(source).await.is_ok_and(|relations| relations.is_empty())
            && self.embedded.relations(source).await.is_ok_and(|relations| !relations.is_empty())
    }
}

#[async_trait]
impl RelationGraph for GraphWithFallback {
    async fn replace(&self, source: DataSourceId, relations: &[Relation]) -> Result<(), StoreError> {
        self.embedded.replace(source, relations).await?;
        self.remote.write(source, self.engine.replace(source, relations)).await;
        Ok(())
    }

    async fn relations(&self, source: DataSourceId) -> Result<Vec<Relation>, StoreError> {
        match self.remote.read(&[source], self.engine.relations(source)).await {
            Some(outcome) => outcome,
            None => self.embedded.relations(source).await,
        }
    }

    async fn neighbours(
        &self,
        source: DataSourceId,
        tables: &[TableRef],
        hops: u32,
    ) -> Result<Vec<TableRef>, StoreError> {
        match self.remote.read(&[source], self.engine.neighbours(source, tables, hops)).await {
            Some(outcome) => outcome,
            None => self.embedded.neighbours(source, tables, hops).await,
        }
    }

    async fn join_paths(
        &self,
        source: DataSourceId,
        from: &TableRef,
        to: &TableRef,
        limit: usize,
    ) -> Result<Vec<JoinPath>, StoreError> {
        match self.remote.read(&[source], self.engine.join_paths(source, from, to, limit)).await {
            Some(outcome) => outcome,
            None => self.embedded.join_paths(source, from, to, limit).await,
        }
    }
}
