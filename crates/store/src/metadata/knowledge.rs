//! What was learned or taught about a data source: documentation, relations, verified queries.

use crate::StoreError;
use async_trait::async_trait;
use datafyme_domain::{
    Caller, DataSourceId, JobId, ModelCall, Relation, RelationId, RelationKind, TableDocumentation, TableRef,
    VerifiedQuery,
};
use std::collections::HashMap;

/// Table documentation.
#[async_trait]
pub trait Documentation {
    /// Writes the documentation of one table, in place of what was there.
    ///
    /// # Errors
    /// `NotFound` when the source was removed meanwhile.
    async fn put_documentation(&self, caller: Caller, documentation: &TableDocumentation) -> Result<(), StoreError>;

    /// Writes the documentation of tables of one data source as a job had it made, together with the calls of models
    /// that it cost: all or nothing, so that nothing that was paid for is paid for again, or forgotten.
    ///
    /// # Errors
    /// `NotFound` when the source or the job was removed meanwhile.
    async fn put_job_documentation(
        &self,
        caller: Caller,
        job: JobId,
        documentation: &[TableDocumentation],
        calls: &[ModelCall],
    ) -> Result<(), StoreError>;

    /// All documentation of a data source, by table name.
    ///
    /// # Errors
    /// `Corrupt`.
    async fn documentation(&self, caller: Caller, source: DataSourceId) -> Result<Vec<TableDocumentation>, StoreError>;

    /// Takes out the documentation of tables that are not among `keep`.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn prune_documentation(
        &self,
        caller: Caller,
        source: DataSourceId,
        keep: &[TableRef],
    ) -> Result<(), StoreError>;
}

/// Relations, rejected ones included.
#[async_trait]
pub trait Relations {
    /// Writes all declared and inferred relations of a data source in place of those before; confirmed and rejected
    /// ones stay, and a found relation over the same columns as one of these is dropped.
    ///
    /// # Errors
    /// `NotFound` when the source was removed meanwhile.
    async fn replace_relations(
        &self,
        caller: Caller,
        source: DataSourceId,
        found: &[Relation],
    ) -> Result<(), StoreError>;

    /// All relations of a data source, surest first.
    ///
    /// # Errors
    /// `Corrupt`.
    async fn list_relations(&self, caller: Caller, source: DataSourceId) -> Result<Vec<Relation>, StoreError>;

    /// Lets relations, settled ones too, follow tables to their new names: new name → old name. One that would meet
    /// another over the same columns gives way.
    ///
    /// # Errors
    /// `NotFound` when the source was removed meanwhile.
    async fn move_relations(
        &self,
        caller: Caller,
        source: DataSourceId,
        renamed: &HashMap<TableRef, TableRef>,
    ) -> Result<(), StoreError>;

    /// A person's word on a relation. Returns whether it exists.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn set_relation_kind(&self, caller: Caller, id: RelationId, kind: RelationKind) -> Result<bool, StoreError>;
}

/// Verified queries.
#[async_trait]
pub trait VerifiedQueries {
    /// Adds one.
    ///
    /// # Errors
    /// `NotFound` when the source was removed meanwhile.
    async fn create_verified_query(&self, query: &VerifiedQuery) -> Result<(), StoreError>;

    /// All of a data source, newest first.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn list_verified_queries(
        &self,
        caller: Caller,
        source: DataSourceId,
    ) -> Result<Vec<VerifiedQuery>, StoreError>;

    /// Removes one. Returns whether it existed.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn delete_verified_query(
        &self,
        caller: Caller,
        id: datafyme_domain::VerifiedQueryId,
    ) -> Result<bool, StoreError>;
}
