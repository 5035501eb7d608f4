//! Everything that a process of ours works with, wired once.

use crate::{
    config::Config, derived::Derived, events::EventHub, jobs::WorkerSignal, metadata, metrics::Metrics, models::Models,
    telemetry::Telemetry,
};
use datafyme_agent::{Agent, AgentParts, Analyst, LearnOptions, ModelAnalyst, RuleAnalyst, TieredAnalyst};
use datafyme_domain::{Clock, ErrorKind, SystemClock};
use datafyme_llm::Embedder;
use datafyme_store::{MetadataStore, RelationGraph, SearchIndex, StoreError};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio_util::sync::CancellationToken;

/// The application: seams behind `Arc<dyn Trait>`, shared by HTTP, command line and worker.
#[derive(Debug)]
pub struct App {
    /// What the process runs with.
    pub config: Config,
    /// Where its own files are.
    pub data_dir: PathBuf,
    /// The truth about everything of ours.
    pub metadata: Arc<dyn MetadataStore>,
    /// Derived: finds tables.
    pub search: Arc<dyn SearchIndex>,
    /// Derived: finds join paths.
    pub graph: Arc<dyn RelationGraph>,
    /// Both of them as they are: embedded, and in engines.
    pub derived: Derived,
    /// Which language models are active.
    pub models: Arc<Models>,
    /// Counts what ends.
    pub metrics: Metrics,
    /// Exports what ends.
    pub telemetry: Telemetry,
    /// Questions, sources, jobs.
    pub agent: Agent,
    /// As `agent`, with the embedded stores alone: what others learned is in the engines already.
    pub embedded_agent: Agent,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// What happens in this process.
    pub events: EventHub,
    /// Wakes the worker of this process.
    pub worker: WorkerSignal,
    /// Names this process on the leases that it holds.
    pub worker_name: String,
    /// Ends when the process should.
    pub shutdown: CancellationToken,
}

impl App {
    /// Opens the configured metadata store, and the derived ones in `data_dir`, which is made where it is missing.
    ///
    /// # Errors
    /// Whatever a store says; a data directory that cannot be made or written.
    pub async fn open(config: Config, data_dir: &Path) -> Result<Self, StoreError> {
        Self::open_with(config, data_dir, None).await
    }

    /// As [`Self::open`], with another analyst than the rules with the active models behind them.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn open_with(
        config: Config,
        data_dir: &Path,
        analyst: Option<Arc<dyn Analyst>>,
    ) -> Result<Self, StoreError> {
        make_private(data_dir)?;
        let metadata = metadata::open(&config.metadata, data_dir).await?;
        let derived = Derived::open(&config, data_dir).await?;
        let (search, graph) = (derived.search(), derived.graph());
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let models = Arc::new(Models::new(&config.model, &config.embedder, Arc::clone(&metadata)));
        models.refresh_or_log().await;
        let telemetry = telemetry(&config, &metadata, &models);
        let analyst = analyst.unwrap_or_else(|| tiered(&config, &models));
        let parts = AgentParts {
            metadata: Arc::clone(&metadata),
            search: Arc::clone(&search),
            graph: Arc::clone(&graph),
            embedder: Arc::clone(&models.embedder) as Arc<dyn Embedder>,
            analyst,
            clock: Arc::clone(&clock),
            budget: config.run.budget(),
        };
        // As many tables at a time as there may be calls: more would wait, fewer would leave the model idle.
        let learning = LearnOptions { concurrent_tables: usize::from(config.model.concurrency) };
        let embedded = AgentParts {
            search: Arc::clone(&derived.embedded_search),
            graph: Arc::clone(&derived.embedded_graph),
            ..parts.clone()
        };
        let agent = Agent::with_learning(parts, learning);
        Ok(Self {
            config,
            data_dir: data_dir.to_owned(),
            metadata,
            search,
            graph,
            derived,
            models,
            metrics: Metrics::default(),
            telemetry,
            agent,
            embedded_agent: Agent::new(embedded),
            clock,
            events: EventHub::default(),
            worker: WorkerSignal::default(),
            worker_name: format!("{}-{}", std::process::id(), uuid::Uuid::now_v7().simple()),
            shutdown: CancellationToken::new(),
        })
    }
}

/// The export as configured; one that cannot be started is logged, and everything else goes on.
fn telemetry(config: &Config, metadata: &Arc<dyn MetadataStore>, models: &Arc<Models>) -> Telemetry {
    let ca = config.model.ca_file.as_deref();
    Telemetry::start(&config.telemetry, ca, Arc::clone(metadata), Arc::clone(models)).unwrap_or_else(|failure| {
        tracing::error!(error = %failure, "telemetry.unavailable");
        Telemetry::default()
    })
}

/// The rules where they are sure, else the active models.
fn tiered(config: &Config, models: &Models) -> Arc<dyn Analyst> {
    let model = ModelAnalyst::new(models.active.clone(), config.model.analyst());
    Arc::new(TieredAnalyst::new(RuleAnalyst::new(), model, config.model.threshold))
}

/// Makes the data directory; one that we make is for its owner alone: it holds answers, and the key of the secrets.
fn make_private(dir: &Path) -> Result<(), StoreError> {
    if dir.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(|e| {
        let kind = match e.kind() {
            std::io::ErrorKind::StorageFull => ErrorKind::ResourceExhausted,
            _ => ErrorKind::Unavailable,
        };
        StoreError::new(kind, format!("cannot make the data directory {}: {e}", dir.display()))
    })
}
