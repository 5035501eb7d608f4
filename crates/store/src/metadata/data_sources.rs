//! Registered customer databases.

use crate::StoreError;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use datafyme_domain::{Caller, Catalog, DataSource, DataSourceId, JobId, SourceStatus, Table};

/// Data sources, their sealed passwords, and the catalog last learned of each.
#[async_trait]
pub trait DataSources {
    /// Registers one; its password is sealed before it is written.
    ///
    /// # Errors
    /// `Conflict` when the owner has one of that name.
    async fn create_source(&self, new: &NewDataSource) -> Result<(), StoreError>;

    /// By id.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn source(&self, caller: Caller, id: DataSourceId) -> Result<Option<DataSource>, StoreError>;

    /// By name.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn find_source(&self, caller: Caller, name: &str) -> Result<Option<DataSource>, StoreError>;

    /// All of the caller's, by name.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn list_sources(&self, caller: Caller) -> Result<Vec<DataSource>, StoreError>;

    /// The password, unsealed; for opening the connector only.
    ///
    /// # Errors
    /// `Corrupt` when the key file does not fit.
    async fn source_password(&self, caller: Caller, id: DataSourceId) -> Result<Option<String>, StoreError>;

    /// Moves it to another status, with the cause of an error. Returns whether it exists.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn set_source_status(
        &self,
        caller: Caller,
        id: DataSourceId,
        status: SourceStatus,
        detail: Option<&str>,
    ) -> Result<bool, StoreError>;

    /// Marks learning as done: catalog, `Ready`, table count and time in one step. Drafts of its tables go. `kept` is what
    /// [`Self::catalog`] gave to this learning, if it did: tables that are equal in both are not written again.
    ///
    /// # Errors
    /// `NotFound` when it was removed meanwhile.
    async fn finish_learning(
        &self,
        caller: Caller,
        id: DataSourceId,
        catalog: &Catalog,
        kept: Option<&Catalog>,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError>;

    /// Saves the catalog without a change of status.
    ///
    /// # Errors
    /// `NotFound` when the source was removed meanwhile.
    async fn put_catalog(&self, caller: Caller, id: DataSourceId, catalog: &Catalog) -> Result<(), StoreError>;

    /// Keeps tables as a learning under way found them, beside the catalog that answers rest on until it is done: what
    /// the job goes on from when its worker is lost. Drafts of other jobs go.
    ///
    /// # Errors
    /// `NotFound` when the source was removed meanwhile.
    async fn put_drafts(
        &self,
        caller: Caller,
        id: DataSourceId,
        job: JobId,
        tables: &[&Table],
    ) -> Result<(), StoreError>;

    /// The tables kept by that job, by name.
    ///
    /// # Errors
    /// `Corrupt` when one does not read back.
    async fn drafts(&self, caller: Caller, id: DataSourceId, job: JobId) -> Result<Vec<Table>, StoreError>;

    /// Sets after how many seconds a data source is learned again by itself: 0 never, `None` as configured. Returns
    /// whether it exists.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn set_resync(&self, caller: Caller, id: DataSourceId, seconds: Option<u32>) -> Result<bool, StoreError>;

    /// The data sources of all owners that are due to be learned again, longest waiting first; `seconds` counts for
    /// those without an interval of their own, 0 for never. Those never learned, paused, or with a learning under way or
    /// begun within the interval are not among them.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn sources_due(&self, now: DateTime<Utc>, seconds: u32) -> Result<Vec<DataSource>, StoreError>;

    /// The catalog last saved.
    ///
    /// # Errors
    /// `Corrupt` when it does not read back.
    async fn catalog(&self, caller: Caller, id: DataSourceId) -> Result<Option<Catalog>, StoreError>;

    /// Removes it with all that hangs on it: documentation, relations, conversations, runs, jobs. Returns whether it existed.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn delete_source(&self, caller: Caller, id: DataSourceId) -> Result<bool, StoreError>;
}

/// A data source to register.
#[derive(Debug, Clone)]
pub struct NewDataSource {
    /// The row as it will be listed; its status is where it starts.
    pub source: DataSource,
    /// The password, in clear; sealed by the store.
    pub password: Option<String>,
}
