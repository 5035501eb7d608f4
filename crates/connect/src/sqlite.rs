//! SQLite 3 files, opened read-only.
//!
//! Blocking work runs on Tokio's blocking threads over a few read-only connections. A query stops at its time limit,
//! when it is cancelled and when nobody reads it any more, by a progress handler that SQLite calls while it works.

mod authorizer;
mod errors;
mod introspect;
mod pool;
mod profile;
mod query;

use crate::{
    Capabilities, ConnectError, Connector, ProfileBudget, QueryId, QueryLimits, QueryPlan, ReadOnlySql, RowStream,
    Scope, ServerInfo, SourceUrl,
    stop::{Running, Stop},
};
use async_trait::async_trait;
use datafyme_domain::{Catalog, Dialect, ErrorKind, Table, TableProfile};
use pool::Pool;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// For everything but queries and profiles, which have their own limit.
const HOUSEKEEPING_TIMEOUT: Duration = Duration::from_secs(60);

/// A SQLite file.
#[derive(Debug)]
pub(crate) struct SqliteConnector {
    pool: Arc<Pool>,
    running: Arc<Running>,
}

impl SqliteConnector {
    pub(crate) fn new(url: &SourceUrl) -> Result<Self, ConnectError> {
        let (path, immutable) = crate::source_url::sqlite_file(url)?;
        Ok(Self { pool: Arc::new(Pool::new(path, immutable)), running: Arc::default() })
    }

    /// Runs `work` on a blocking thread with a connection that may be used for anything read-only.
    async fn with_connection<T: Send + 'static>(
        &self,
        timeout: Duration,
        work: impl FnOnce(&rusqlite::Connection, &Arc<Stop>) -> Result<T, ConnectError> + Send + 'static,
    ) -> Result<T, ConnectError> {
        let stop = Stop::after(timeout);
        let lease = self.pool.lease(&stop).await?;
        let task = tokio::task::spawn_blocking(move || {
            let connection = lease.connection()?;
            pool::watch(&stop, connection);
            work(connection, &stop)
        });
        task.await.map_err(errors::lost_thread)?
    }
}

#[async_trait]
impl Connector for SqliteConnector {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { schemas: false, server_side_timeout: true, comments: false }
    }

    async fn ping(&self) -> Result<ServerInfo, ConnectError> {
        let started = Instant::now();
        let version = self
            .with_connection(HOUSEKEEPING_TIMEOUT, |connection, stop| {
                connection
                    .query_row("SELECT sqlite_version(), (SELECT count(*) FROM sqlite_schema)", [], |row| {
                        row.get::<_, String>(0)
                    })
                    .map_err(|e| errors::from_sqlite(e, stop))
            })
            .await?;
        Ok(ServerInfo { version: format!("SQLite {version}"), latency: started.elapsed() })
    }

    async fn introspect(&self, scope: &Scope) -> Result<Catalog, ConnectError> {
        if let Some(schema) = scope.schemas.first() {
            return Err(ConnectError::new(
                ErrorKind::InvalidInput,
                format!("a SQLite file has no schemas, so there is no '{schema}' to look at"),
            ));
        }
        self.with_connection(HOUSEKEEPING_TIMEOUT, |connection, stop| {
            introspect::catalog(connection).map_err(|e| errors::from_sqlite(e, stop))
        })
        .await
    }

    async fn data_versions(&self, catalog: &Catalog) -> Result<Vec<Option<String>>, ConnectError> {
        // SQLite keeps no account of its tables: whoever writes to one marks the whole file.
        let state = self.pool.file_state();
        Ok(vec![state; catalog.tables.len()])
    }

    async fn profile(&self, table: &Table, budget: &ProfileBudget) -> Result<TableProfile, ConnectError> {
        let (table, budget) = (table.clone(), budget.clone());
        self.with_connection(budget.timeout, move |connection, stop| profile::table(connection, &table, &budget, stop))
            .await
    }

    async fn explain(&self, sql: &ReadOnlySql) -> Result<QueryPlan, ConnectError> {
        let sql = sql.clone();
        self.with_connection(HOUSEKEEPING_TIMEOUT, move |connection, stop| {
            query::explain(connection, &sql).map_err(|e| errors::from_sqlite(e, stop))
        })
        .await
    }

    async fn query(&self, sql: &ReadOnlySql, limits: &QueryLimits) -> Result<RowStream, ConnectError> {
        query::start(&self.pool, &self.running, sql, limits).await
    }

    async fn cancel(&self, query: QueryId) -> Result<(), ConnectError> {
        self.running.cancel(query).await;
        Ok(())
    }
}
