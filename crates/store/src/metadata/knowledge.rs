//! What was learned or taught about a data source: documentation, relations, verified queries.

use crate::StoreError;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use datafyme_domain::{
    BusinessTerm, BusinessTermId, Caller, DataSourceId, JobId, ModelCall, Relation, RelationId, RelationKind,
    TableDocumentation, TableEdits, TableRef, VerifiedQuery, VerifiedQueryId,
};
use std::collections::HashMap;

/// Table documentation: as generated, and what people wrote over it. The two are kept apart, so that no learning can
/// lose what a person wrote. A change by a person raises the data source's `knowledge_version`.
#[async_trait]
pub trait Documentation {
    /// Writes the generated documentation of one table, in place of what was generated before. Edits stay.
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

    /// All documentation of a data source, by table name: generated texts under what people wrote over them.
    ///
    /// # Errors
    /// `Corrupt`.
    async fn documentation(&self, caller: Caller, source: DataSourceId) -> Result<Vec<TableDocumentation>, StoreError>;

    /// The documentation of one table as generated.
    ///
    /// # Errors
    /// `Corrupt`.
    async fn generated_documentation(
        &self,
        caller: Caller,
        source: DataSourceId,
        table: &TableRef,
    ) -> Result<Option<TableDocumentation>, StoreError>;

    /// What people wrote about the tables of a data source, by table name; of tables that are gone as well.
    ///
    /// # Errors
    /// `Corrupt`.
    async fn documentation_edits(&self, caller: Caller, source: DataSourceId) -> Result<Vec<TableEdits>, StoreError>;

    /// Writes what people wrote about some tables of one data source: all or none. Each must rest on the version that
    /// is stored (0 where there is none); the next version is stored. Returns the first table that was changed
    /// meanwhile, in which case nothing was written.
    ///
    /// # Errors
    /// `NotFound` when the source was removed meanwhile.
    async fn put_documentation_edits(
        &self,
        caller: Caller,
        source: DataSourceId,
        edits: &[TableEdits],
        at: DateTime<Utc>,
    ) -> Result<Option<TableRef>, StoreError>;

    /// Takes out the generated documentation of tables that are not among `keep`. Edits stay: a table may return.
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

    /// Adds a relation that a person knows of, as confirmed; one over the same columns that is there already is
    /// confirmed instead.
    ///
    /// # Errors
    /// `NotFound` when the source was removed meanwhile.
    async fn confirm_relation(&self, caller: Caller, relation: &Relation) -> Result<(), StoreError>;
}

/// Words of the business and what they mean in the data. A change raises the data source's `knowledge_version`.
#[async_trait]
pub trait BusinessTerms {
    /// All of a data source, by term.
    ///
    /// # Errors
    /// `Corrupt`.
    async fn list_terms(&self, caller: Caller, source: DataSourceId) -> Result<Vec<BusinessTerm>, StoreError>;

    /// Writes some terms of one data source, new ones and changed ones: all or none. Each must rest on the version
    /// that is stored (0 for a new one); the next version is stored. Returns the first term that was changed or removed
    /// meanwhile, in which case nothing was written.
    ///
    /// # Errors
    /// `NotFound` when the source was removed meanwhile; `Conflict` when another term has that name.
    async fn put_terms(
        &self,
        caller: Caller,
        source: DataSourceId,
        terms: &[BusinessTerm],
    ) -> Result<Option<BusinessTermId>, StoreError>;

    /// Removes one. Returns whether it existed.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn delete_term(&self, caller: Caller, id: BusinessTermId) -> Result<bool, StoreError>;
}

/// Verified queries.
#[async_trait]
pub trait VerifiedQueries {
    /// Adds one.
    ///
    /// # Errors
    /// `NotFound` when the source was removed meanwhile.
    async fn create_verified_query(&self, query: &VerifiedQuery) -> Result<(), StoreError>;

    /// One by id.
    ///
    /// # Errors
    /// `Corrupt`.
    async fn verified_query(&self, caller: Caller, id: VerifiedQueryId) -> Result<Option<VerifiedQuery>, StoreError>;

    /// All of a data source, newest first.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn list_verified_queries(
        &self,
        caller: Caller,
        source: DataSourceId,
    ) -> Result<Vec<VerifiedQuery>, StoreError>;

    /// Writes one anew. It must rest on the version that is stored; the next version is stored. Returns whether it
    /// did: if not, it was changed or removed meanwhile.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn update_verified_query(&self, caller: Caller, query: &VerifiedQuery) -> Result<bool, StoreError>;

    /// Removes one. Returns whether it existed.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn delete_verified_query(&self, caller: Caller, id: VerifiedQueryId) -> Result<bool, StoreError>;
}
