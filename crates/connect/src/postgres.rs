//! PostgreSQL 10 and later.

pub(crate) mod options;

use crate::{
    Capabilities, ConnectError, Connector, ProfileBudget, QueryId, QueryLimits, QueryPlan, ReadOnlySql, RowStream,
    Scope, ServerInfo, SourceUrl,
};
use async_trait::async_trait;
use datafyme_domain::{Catalog, Dialect, Table, TableProfile};
use options::Target;

#[derive(Debug)]
pub(crate) struct PostgresConnector {
    target: Target,
}

impl PostgresConnector {
    pub(crate) fn new(url: &SourceUrl) -> Result<Self, ConnectError> {
        Ok(Self {
            target: options::target(url)?,
        })
    }
}

#[async_trait]
impl Connector for PostgresConnector {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            schemas: true,
            server_side_timeout: true,
            comments: true,
        }
    }
    async fn ping(&self) -> Result<ServerInfo, ConnectError> {
        Err(ConnectError::unsupported(format!(
            "postgres at {} is not in this build yet",
            self.target.address
        )))
    }
    async fn introspect(&self, _: &Scope) -> Result<Catalog, ConnectError> {
        self.ping().await.map(|_| Catalog {
            dialect: Dialect::Postgres,
            tables: Vec::new(),
        })
    }
    async fn profile(&self, _: &Table, _: &ProfileBudget) -> Result<TableProfile, ConnectError> {
        self.ping().await.map(|_| TableProfile::default())
    }
    async fn explain(&self, _: &ReadOnlySql) -> Result<QueryPlan, ConnectError> {
        Err(ConnectError::unsupported("postgres is not in this build yet"))
    }
    async fn query(&self, _: &ReadOnlySql, _: &QueryLimits) -> Result<RowStream, ConnectError> {
        Err(ConnectError::unsupported("postgres is not in this build yet"))
    }
    async fn cancel(&self, _: QueryId) -> Result<(), ConnectError> {
        Ok(())
    }
}
