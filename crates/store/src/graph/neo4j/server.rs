//! The connections to a Neo4j, and how long each call may take.

use super::failure::failure;
use crate::StoreError;
use datafyme_domain::ErrorKind;
use neo4rs::{ConfigBuilder, Graph, Query};
use std::fmt;
use std::time::Duration;
use url::Url;

/// A question waits this long at most for what the graph adds to it.
const READ: Duration = Duration::from_secs(5);
/// Replacing the relations of thousands of tables takes seconds.
const WRITE: Duration = Duration::from_secs(120);
/// Until a connection stands, and between two answers on it.
const SILENCE: Duration = Duration::from_secs(20);
const CONNECTIONS: usize = 16;
/// Relations fetched at once.
const ROWS: usize = 5_000;

const HINT: &str = "write neo4j://user@host:7687 or neo4j+s://user@host:7687/database";

/// One Neo4j, or a cluster that routes for its clients.
pub(super) struct Server {
    graph: Graph,
    /// Host and port, for messages.
    place: String,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("place", &self.place).finish_non_exhaustive()
    }
}

impl Server {
    pub(super) fn at(url: &str, password: Option<&str>) -> Result<Self, StoreError> {
        let invalid = |why: &str| StoreError::new(ErrorKind::InvalidInput, format!("graph.url {why}: {HINT}"));
        let parsed = Url::parse(url).map_err(|_| invalid("is no URL"))?;
        if !matches!(parsed.scheme(), "neo4j" | "neo4j+s" | "neo4j+ssc" | "bolt" | "bolt+s" | "bolt+ssc") {
            return Err(invalid("is not of Neo4j"));
        }
        let host = parsed.host_str().filter(|host| !host.is_empty()).ok_or_else(|| invalid("names no host"))?;
        let place = format!("{host}:{}", parsed.port().unwrap_or(7687));
        let user = if parsed.username().is_empty() { "neo4j" } else { parsed.username() };
        let mut config = ConfigBuilder::new()
            .uri(format!("{}://{place}", parsed.scheme()))
            .user(user)
            .password(password.unwrap_or_default())
            .max_connections(CONNECTIONS)
            .fetch_size(ROWS)
            .connection_timeout(SILENCE);
        let database = parsed.path().trim_matches('/');
        if !database.is_empty() {
            config = config.db(database);
        }
        let graph = config.build().and_then(Graph::connect).map_err(|error| failure(&place, &error))?;
        Ok(Self { graph, place })
    }

    /// The column `column` of all rows of a query that changes nothing.
    pub(super) async fn read(&self, query: Query, column: &str) -> Result<Vec<String>, StoreError> {
        let reading = async {
            let mut rows = self.graph.execute_read(query).await?;
            let mut values = Vec::new();
            while let Some(row) = rows.next().await? {
                values.push(row.get::<String>(column)?);
            }
            Ok(values)
        };
        self.within(READ, reading).await
    }

    /// Runs a statement by itself.
    pub(super) async fn run(&self, query: Query) -> Result<(), StoreError> {
        self.within(WRITE, self.graph.run(query)).await
    }

    /// Runs statements as one transaction: all of them are done, or none.
    pub(super) async fn write(&self, statements: Vec<Query>) -> Result<(), StoreError> {
        let writing = async {
            let mut txn = self.graph.start_txn().await?;
            match txn.run_queries(statements).await {
                Ok(()) => txn.commit().await,
                Err(error) => {
                    // Whatever the rollback says, the server rolls back what is not committed.
                    let _ = txn.rollback().await;
                    Err(error)
                }
            }
        };
        self.within(WRITE, writing).await
    }

    async fn within<T>(
        &self,
        limit: Duration,
        call: impl Future<Output = Result<T, neo4rs::Error>>,
    ) -> Result<T, StoreError> {
        match tokio::time::timeout(limit, call).await {
            Ok(outcome) => outcome.map_err(|error| failure(&self.place, &error)),
            Err(_) => Err(StoreError::new(
                ErrorKind::Unavailable,
                format!("Neo4j at {} does not answer within {} s", self.place, limit.as_secs()),
            )),
        }
    }
}
