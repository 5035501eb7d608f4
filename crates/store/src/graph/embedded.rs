//! The relation graph in one derived SQLite file, searched in memory. Start at [`EmbeddedRelationGraph::open`].

use super::RelationGraph;
use super::source_graph::SourceGraph;
use crate::StoreError;
use crate::derived_file::{DerivedFile, Layout, Loaded};
use async_trait::async_trait;
use datafyme_domain::{DataSourceId, ErrorKind, JoinPath, Relation, TableRef};
use sqlx::SqliteConnection;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

const LAYOUT: Layout = Layout {
    version: 1,
    create: "
        CREATE TABLE relations (
            source_id TEXT   NOT NULL,
            position  BIGINT NOT NULL,
            document  TEXT   NOT NULL,
            PRIMARY KEY (source_id, position)
        )",
};

const DELETE_FROM: &str = "DELETE FROM relations WHERE source_id = $1 AND position >= $2";
const PUT: &str = "INSERT OR REPLACE INTO relations (source_id, position, document) VALUES ($1, $2, $3)";
const LIST: &str = "SELECT document FROM relations WHERE source_id = $1 ORDER BY position";

/// The relation graph that needs nothing else installed. Any number of processes may open the same file.
#[derive(Debug)]
pub struct EmbeddedRelationGraph {
    file: DerivedFile,
    graphs: Mutex<HashMap<DataSourceId, Arc<Loaded<SourceGraph>>>>,
}

impl EmbeddedRelationGraph {
    /// Opens the file, or makes it; a damaged one is made anew, empty: [`RelationGraph::relations`] gives none then,
    /// and it is to be rebuilt from metadata.
    ///
    /// # Errors
    /// `Unavailable` (missing or read-only directory, locked), `ResourceExhausted` (disk full).
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        Ok(Self { file: DerivedFile::open(path, LAYOUT).await?, graphs: Mutex::default() })
    }

    async fn graph(&self, source: DataSourceId) -> Result<Arc<SourceGraph>, StoreError> {
        let loaded = {
            let mut graphs = self.graphs.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(graphs.entry(source).or_default())
        };
        loaded.get(&self.file, source, async |connection| self.load(connection, source).await).await
    }

    async fn load(&self, connection: &mut SqliteConnection, source: DataSourceId) -> Result<SourceGraph, StoreError> {
        let documents: Vec<String> = sqlx::query_scalar(LIST)
            .bind(source.to_string())
            .fetch_all(connection)
            .await
            .map_err(|error| self.file.failed("read", error))?;
        let relations: Result<Vec<Relation>, _> = documents.iter().map(|text| serde_json::from_str(text)).collect();
        relations.map(SourceGraph::new).map_err(|error| {
            StoreError::new(
                ErrorKind::Corrupt,
                format!("a relation in the relation graph does not read back ({error}): run datafyme reindex"),
            )
        })
    }

    async fn write(&self, source: DataSourceId, relations: &[Relation]) -> Result<(), StoreError> {
        let mut tx = self.file.write().await?;
        let failed = |error| self.file.failed("write to", error);
        let there: Vec<String> =
            sqlx::query_scalar(LIST).bind(source.to_string()).fetch_all(&mut *tx).await.map_err(failed)?;
        let mut there = there.into_iter();
        let mut count = 0_i64;
        // Of thousands of relations few differ from those that are there: only these are written.
        for (place, relation) in (0_i64..).zip(relations.iter().filter(|r| r.is_usable())) {
            count = place + 1;
            let document = serde_json::to_string(relation)
                .map_err(|error| StoreError::new(ErrorKind::Internal, format!("cannot write a relation: {error}")))?;
            if there.next().is_some_and(|old| old == document) {
                continue;
            }
            sqlx::query(PUT)
                .bind(source.to_string())
                .bind(place)
                .bind(document)
                .execute(&mut *tx)
                .await
                .map_err(failed)?;
        }
        sqlx::query(DELETE_FROM).bind(source.to_string()).bind(count).execute(&mut *tx).await.map_err(failed)?;
        self.file.commit(tx, &[source]).await
    }
}

#[async_trait]
impl RelationGraph for EmbeddedRelationGraph {
    async fn replace(&self, source: DataSourceId, relations: &[Relation]) -> Result<(), StoreError> {
        self.write(source, relations).await
    }

    async fn relations(&self, source: DataSourceId) -> Result<Vec<Relation>, StoreError> {
        Ok(self.graph(source).await?.relations().to_vec())
    }

    async fn neighbours(
        &self,
        source: DataSourceId,
        tables: &[TableRef],
        hops: u32,
    ) -> Result<Vec<TableRef>, StoreError> {
        Ok(self.graph(source).await?.neighbours(tables, hops))
    }

    async fn join_paths(
        &self,
        source: DataSourceId,
        from: &TableRef,
        to: &TableRef,
        limit: usize,
    ) -> Result<Vec<JoinPath>, StoreError> {
        Ok(self.graph(source).await?.join_paths(from, to, limit))
    }
}
