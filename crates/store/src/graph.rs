//! The relation graph: which tables join, and along which way. Derived: rebuilt from metadata at any time.

pub mod embedded;
#[cfg(feature = "neo4j")]
pub mod neo4j;
mod paths;
mod source_graph;
pub mod with_fallback;

use crate::StoreError;
use async_trait::async_trait;
use datafyme_domain::{DataSourceId, JoinPath, Relation, TableRef};
use std::fmt::Debug;

/// Tables as nodes, relations as edges. Rejected relations are never in it.
#[async_trait]
pub trait RelationGraph: Send + Sync + Debug {
    /// Puts in all relations of a data source in place of those before, at once.
    ///
    /// # Errors
    /// `Unavailable`, `ResourceExhausted` (disk).
    async fn replace(&self, source: DataSourceId, relations: &[Relation]) -> Result<(), StoreError>;

    /// All relations of a data source, surest first.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn relations(&self, source: DataSourceId) -> Result<Vec<Relation>, StoreError>;

    /// Tables within `hops` relations of any of `tables`, those left out; nearest first.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn neighbours(
        &self,
        source: DataSourceId,
        tables: &[TableRef],
        hops: u32,
    ) -> Result<Vec<TableRef>, StoreError>;

    /// The cheapest join paths between two tables, at most `limit`, cheapest first; none when they do not connect.
    /// The cost of a relation is 2 − confidence, so that a sure detour of one beats two doubtful steps. Beside the
    /// cheapest, ways of more than four steps above what the one of fewest steps costs may be missing.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn join_paths(
        &self,
        source: DataSourceId,
        from: &TableRef,
        to: &TableRef,
        limit: usize,
    ) -> Result<Vec<JoinPath>, StoreError>;
}
