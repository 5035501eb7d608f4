//! The seam between Datafyme and a kind of database.

use crate::{ConnectError, ProfileBudget, QueryLimits, ReadOnlySql, RowStream};
use async_trait::async_trait;
use datafyme_domain::{Catalog, Dialect, Table, TableProfile};
use std::{fmt::Debug, time::Duration};

/// A customer's database. Cheap to share; pools its own connections.
#[async_trait]
pub trait Connector: Send + Sync + Debug {
    /// SQL flavour.
    fn dialect(&self) -> Dialect;

    /// What this kind of database can do.
    fn capabilities(&self) -> Capabilities;

    /// Connects and asks for the version: the connection test.
    ///
    /// # Errors
    /// `Unavailable`, `Unauthenticated`, `NotFound` (database or file), `InvalidInput` (a file that is no database).
    async fn ping(&self) -> Result<ServerInfo, ConnectError>;

    /// Reads the structure in a constant number of queries, whatever the number of tables.
    ///
    /// # Errors
    /// As [`Connector::ping`].
    async fn introspect(&self, scope: &Scope) -> Result<Catalog, ConnectError>;

    /// The database's own mark of the state of each table's rows, in a constant number of queries: one for each of
    /// `catalog.tables`, in their order. As long as a mark stays the same, nothing was written to that table; `None`
    /// where the database cannot say. What stands before its first `/` marks the table for as long as it lives, whatever
    /// it is called; nothing stands there where the database has no such mark. Asked before a profile is made, so that a write in between makes it old.
    ///
    /// # Errors
    /// As [`Connector::ping`].
    async fn data_versions(&self, catalog: &Catalog) -> Result<Vec<Option<String>>, ConnectError>;

    /// Statistics of one table, within `budget`. A table that has more rows than that is never read whole, not even to
    /// count them: the database's own statistics come first, where it keeps any, and a sample fills them up.
    ///
    /// # Errors
    /// `Timeout` when even the first look took too long; `QueryFailed` when the table cannot be read.
    async fn profile(&self, table: &Table, budget: &ProfileBudget) -> Result<TableProfile, ConnectError>;

    /// The database's own plan for a query: also the proof that it compiles.
    ///
    /// # Errors
    /// `QueryFailed` with the database's message.
    async fn explain(&self, sql: &ReadOnlySql) -> Result<QueryPlan, ConnectError>;

    /// Runs a query in a read-only transaction under `limits`.
    ///
    /// # Errors
    /// `QueryFailed` with the database's message, `Timeout`, `Cancelled`, `Unavailable`.
    async fn query(&self, sql: &ReadOnlySql, limits: &QueryLimits) -> Result<RowStream, ConnectError>;

    /// Stops the query that was started with that id, on the server too. Does nothing when it has ended.
    ///
    /// # Errors
    /// `Unavailable` when the server cannot be reached to say so.
    async fn cancel(&self, query: QueryId) -> Result<(), ConnectError>;
}

/// Names a running query for [`Connector::cancel`]; chosen by the caller, unique within the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct QueryId(pub u64);

impl QueryId {
    /// The next unused id of this process.
    #[must_use]
    pub fn next() -> Self {
        use std::sync::atomic::{AtomicU64, Ordering};
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// What a kind of database can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// Tables stand in schemas.
    pub schemas: bool,
    /// The server itself stops a query at a timeout.
    pub server_side_timeout: bool,
    /// The database has a comment per table and column.
    pub comments: bool,
}

/// What answered a ping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerInfo {
    /// Product and version, e.g. `PostgreSQL 15.18`.
    pub version: String,
    /// How long the round trip took.
    pub latency: Duration,
}

/// Which part of a database is introspected. The default is everything that the connection may read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// Only these schemas; empty means all but the system's own.
    pub schemas: Vec<String>,
}

/// A query plan, as the database prints it.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryPlan {
    /// The plan's text.
    pub text: String,
    /// Rows that the database expects, where it says so.
    pub estimated_rows: Option<f64>,
    /// Cost in the database's own unit, where it says so.
    pub cost: Option<f64>,
}
