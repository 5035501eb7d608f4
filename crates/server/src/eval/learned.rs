//! A database of an evaluation, learned like a customer's.

use super::{Databases, EvalOptions};
use crate::{
    App,
    config::{Config, EmbedderConfig},
    events::Unwatched,
    jobs::job,
};
use datafyme_agent::{AgentError, Analyst};
use datafyme_connect::{AllowedTables, Connector, QueryLimits, ReadOnlySql, SourceUrl, guard};
use datafyme_domain::{Budget, Caller, Catalog, DataSource, ErrorKind, JobStatus, RowSet};
use std::{sync::Arc, time::Duration};
use tempfile::TempDir;

/// More than any gold result that is worth comparing.
const MAX_ROWS: u64 = 200_000;
const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// An application of its own in a directory that goes with it.
#[derive(Debug)]
pub struct Workplace {
    /// The application.
    pub app: Arc<App>,
    _dir: TempDir,
}

impl Workplace {
    /// Opens one.
    ///
    /// # Errors
    /// Whatever the stores say.
    pub async fn open(budget: &Budget, analyst: Arc<dyn Analyst>) -> Result<Self, AgentError> {
        Self::open_with(budget, analyst, &EmbedderConfig::default()).await
    }

    /// As [`Self::open`], with another embedder than the built-in one.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn open_with(
        budget: &Budget,
        analyst: Arc<dyn Analyst>,
        embedder: &EmbedderConfig,
    ) -> Result<Self, AgentError> {
        let dir = tempfile::tempdir().map_err(|e| {
            AgentError::refused(ErrorKind::Unavailable, format!("cannot make a temporary directory: {e}"))
        })?;
        let mut config = Config::default();
        config.embedder.clone_from(embedder);
        config.run.query_ms = budget.query_ms;
        config.run.run_ms = budget.run_ms;
        config.run.rows = budget.rows;
        config.run.bytes = budget.bytes;
        config.run.tokens = budget.tokens;
        config.run.cost_micros = budget.cost_micros;
        let app = Arc::new(App::open_with(config, dir.path(), Some(analyst)).await?);
        Ok(Self { app, _dir: dir })
    }

    /// Registers and learns the database at `url`.
    ///
    /// # Errors
    /// Whatever stops the learning.
    pub async fn learn(&self, name: &str, url: &SourceUrl) -> Result<DataSource, AgentError> {
        let caller = Caller::local();
        let (source, queued) = self.app.agent.add_source(caller, name, url).await?;
        let job = job::see_through(&self.app, caller, queued.id, &Unwatched).await?;
        if job.status != JobStatus::Succeeded {
            let cause = job.error.unwrap_or_else(|| job.status.code().to_owned());
            return Err(AgentError::refused(ErrorKind::Unavailable, format!("learning failed: {cause}")));
        }
        let learned = self.app.metadata.source(caller, source.id).await?;
        learned.ok_or_else(|| AgentError::not_found("data source"))
    }
}

/// One learned database with a connector for gold queries.
#[derive(Debug)]
pub struct LearnedDatabase {
    /// Where it was learned.
    pub workplace: Workplace,
    /// As registered.
    pub source: DataSource,
    /// As learned.
    pub catalog: Catalog,
    connector: Arc<dyn Connector>,
    allowed: AllowedTables,
    timeout: Duration,
}

impl LearnedDatabase {
    /// Learns the database `db`.
    ///
    /// # Errors
    /// Whatever stops it: no such file, a server that cannot be reached …
    pub async fn learn(db: &str, databases: &Databases, options: &EvalOptions) -> Result<Self, AgentError> {
        let url = databases.url(db)?;
        let workplace = Workplace::open_with(&options.budget, Arc::clone(&options.analyst), &options.embedder).await?;
        let source = workplace.learn(&source_name(db), &url).await?;
        let catalog = workplace.app.metadata.catalog(Caller::local(), source.id).await?;
        let catalog = catalog.ok_or_else(|| AgentError::not_found("catalog"))?;
        Ok(Self {
            connector: datafyme_connect::open(&url)?,
            allowed: AllowedTables::of_catalog(&catalog),
            timeout: options.query_timeout(),
            workplace,
            source,
            catalog,
        })
    }

    /// A query, checked like any other.
    ///
    /// # Errors
    /// `UnsafeSql`, `QueryFailed`.
    pub fn check(&self, sql: &str) -> Result<ReadOnlySql, AgentError> {
        Ok(guard::check(sql, self.source.dialect, &self.allowed)?)
    }

    /// All rows of a query.
    ///
    /// # Errors
    /// What the guard or the database says.
    pub async fn rows(&self, sql: &str) -> Result<RowSet, AgentError> {
        let checked = self.check(sql)?;
        let limits = QueryLimits::new(self.timeout, MAX_ROWS, MAX_BYTES);
        Ok(self.connector.query(&checked, &limits).await?.collect().await?)
    }
}

/// A database's name as the name of a data source.
#[must_use]
pub fn source_name(db: &str) -> String {
    let name: String =
        db.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    name.trim_matches('_').to_owned()
}
