//! PostgreSQL 10 and later.
//!
//! Everything runs in read-only transactions over a few connections of our own ([`session`]). Queries go through a
//! cursor ([`query`]); values are read from the text that the server prints ([`values`]).

mod errors;
mod introspect;
pub(crate) mod options;
mod profile;
mod query;
mod session;
mod statistics;
mod values;

pub use introspect::catalog_queries;

use crate::{
    Capabilities, ConnectError, Connector, ProfileBudget, QueryId, QueryLimits, QueryPlan, ReadOnlySql, RowStream,
    Scope, ServerInfo, SourceUrl,
    stop::{Running, Stop},
};
use async_trait::async_trait;
use datafyme_domain::{Catalog, Dialect, ErrorKind, Table, TableProfile};
use session::Sessions;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// For everything but queries and profiles, which have their own limit.
const HOUSEKEEPING_TIMEOUT: Duration = Duration::from_secs(60);

/// A PostgreSQL database.
#[derive(Debug)]
pub(crate) struct PostgresConnector {
    sessions: Arc<Sessions>,
    running: Arc<Running>,
}

impl PostgresConnector {
    pub(crate) fn new(url: &SourceUrl) -> Result<Self, ConnectError> {
        Ok(Self { sessions: Arc::new(Sessions::new(options::target(url)?)), running: Arc::default() })
    }
}

#[async_trait]
impl Connector for PostgresConnector {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { schemas: true, server_side_timeout: true, comments: true }
    }

    async fn ping(&self) -> Result<ServerInfo, ConnectError> {
        let started = Instant::now();
        let stop = Stop::after(HOUSEKEEPING_TIMEOUT);
        let mut session = self.sessions.begin(&stop, &[]).await?;
        let rows = session.rows("SELECT pg_catalog.current_setting('server_version')", &stop).await;
        session.end().await;
        let version = rows?.first().and_then(|r| session::text(r, 0)).unwrap_or_default();
        Ok(ServerInfo { version: format!("PostgreSQL {version}"), latency: started.elapsed() })
    }

    async fn introspect(&self, scope: &Scope) -> Result<Catalog, ConnectError> {
        let stop = Stop::after(HOUSEKEEPING_TIMEOUT);
        let schemas = if scope.schemas.is_empty() { &self.sessions.target.schemas } else { &scope.schemas };
        let mut session = self.sessions.begin(&stop, &[]).await?;
        let catalog = introspect::catalog(&mut session, schemas, &stop).await;
        session.end().await;
        let catalog = catalog?;
        if catalog.tables.is_empty() && !schemas.is_empty() {
            return Err(ConnectError::new(
                ErrorKind::NotFound,
                format!(
                    "user '{}' may read no table in the schemas {} of database '{}'",
                    self.sessions.target.user,
                    schemas.join(", "),
                    self.sessions.target.database
                ),
            ));
        }
        Ok(catalog)
    }

    async fn data_versions(&self, catalog: &Catalog) -> Result<Vec<Option<String>>, ConnectError> {
        let stop = Stop::after(HOUSEKEEPING_TIMEOUT);
        let mut session = self.sessions.begin(&stop, &[]).await?;
        let versions = statistics::data_versions(&mut session, catalog, &stop).await;
        session.end().await;
        versions
    }

    async fn profile(&self, table: &Table, budget: &ProfileBudget) -> Result<TableProfile, ConnectError> {
        profile::table(&self.sessions, table, budget, &Stop::after(budget.timeout)).await
    }

    async fn explain(&self, sql: &ReadOnlySql) -> Result<QueryPlan, ConnectError> {
        query::explain(&self.sessions, sql, &Stop::after(HOUSEKEEPING_TIMEOUT)).await
    }

    async fn query(&self, sql: &ReadOnlySql, limits: &QueryLimits) -> Result<RowStream, ConnectError> {
        query::start(&self.sessions, &self.running, sql, limits).await
    }

    async fn cancel(&self, query: QueryId) -> Result<(), ConnectError> {
        self.running.cancel(query).await;
        Ok(())
    }
}
