//! Registered customer databases.

use crate::StoreError;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use datafyme_domain::{Caller, Catalog, DataSource, DataSourceId, SourceStatus};

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

    /// Marks learning as done: catalog, `Ready`, table count and time in one step.
    ///
    /// # Errors
    /// `NotFound` when it was removed meanwhile.
    async fn finish_learning(
        &self,
        caller: Caller,
        id: DataSourceId,
        catalog: &Catalog,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError>;

    /// Saves the catalog as far as it is, without a change of status: what a resumed job goes on from.
    ///
    /// # Errors
    /// `NotFound` when the source was removed meanwhile.
    async fn put_catalog(&self, caller: Caller, id: DataSourceId, catalog: &Catalog) -> Result<(), StoreError>;

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
