//! The metadata store: the truth about data sources, what was learned of them, conversations, runs and jobs.
//!
//! One small trait per aggregate. Look-ups return `Option`; what must be atomic is one method; ids and times come
//! from the caller. Look-ups that take a [`Caller`] see only what that caller owns.

mod backup;
mod catalog_places;
mod columns;
pub mod conversations;
pub mod data_sources;
pub mod jobs;
pub mod knowledge;
pub mod models;
// A reader of rows is one function for the rows of all libraries; where a library's row has a lifetime, only a closure
// over it is general enough, and the files that both back ends compile are written once.
#[allow(clippy::redundant_closure)]
pub mod postgres;
pub mod runs;
#[allow(clippy::redundant_closure)]
pub mod sqlite;
mod statements;
mod transfer;

pub use backup::Staging;
pub use conversations::Conversations;
pub use data_sources::{DataSources, NewDataSource};
pub use jobs::{JobClaim, Jobs};
pub use knowledge::{BusinessTerms, Documentation, Relations, VerifiedQueries};
pub use models::{KeyChange, LanguageModels, ModelCalls};
pub use runs::{Lease, RunClaim, RunEnd, RunStart, Runs};
pub use transfer::MovedTable;

use crate::StoreError;
use async_trait::async_trait;
use datafyme_domain::{DataSourceId, ErrorKind};
use futures::stream::BoxStream;
use serde::{Deserialize, Serialize};
use std::fmt::Debug;

/// Everything that we remember.
#[async_trait]
pub trait MetadataStore:
    DataSources
    + Documentation
    + Relations
    + BusinessTerms
    + Conversations
    + Runs
    + Jobs
    + VerifiedQueries
    + LanguageModels
    + ModelCalls
    + Send
    + Sync
    + Debug
{
    /// Reads and writes a probe: for `doctor` and readiness.
    ///
    /// # Errors
    /// `Unavailable`, `ResourceExhausted` (disk full), `Corrupt`.
    async fn check(&self) -> Result<(), StoreError>;

    /// Its connections, as of now.
    fn pool(&self) -> Pool;

    /// Tells a note, at most [`LONGEST_NOTE`] bytes, to the processes that listen, where the store can. Nothing is kept
    /// of it: what must not be lost is written.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn tell(&self, _note: &str) -> Result<(), StoreError> {
        Ok(())
    }

    /// What any process tells from now on, this one too, until the connection breaks; nothing where the store cannot.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn listen(&self) -> Result<Option<BoxStream<'static, String>>, StoreError> {
        Ok(None)
    }
}

/// Bytes of a note: PostgreSQL takes less than 8,000.
pub const LONGEST_NOTE: usize = 7_500;

/// Connections of this process to a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pool {
    /// Open ones.
    pub open: u32,
    /// Of these, those that nobody uses.
    pub idle: u32,
    /// As many as may be open.
    pub most: u32,
}

/// One page of a list, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page begins; absent on the last one. Opaque.
    pub next_cursor: Option<String>,
}

/// Which page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// From an earlier page's `next_cursor`.
    pub cursor: Option<String>,
    /// Items wanted, 1 to 200.
    pub limit: u32,
}

fn no_source(source: DataSourceId) -> StoreError {
    StoreError::new(ErrorKind::NotFound, format!("there is no data source {source}: it may have been removed"))
}
