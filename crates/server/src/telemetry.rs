//! Export of traces: an ended run with its steps and model calls, an ended job with its model calls, as OTLP over HTTP.
//!
//! Made from what is stored, after the fact: nothing waits for a collector, and a collector that is away costs a log
//! line. See `docs/adr/0009-telemetry.md`. [`trace`] says what is told, [`span`] how it is written, [`collector`] how it
//! is sent.

mod collector;
mod span;
mod trace;

use crate::{config::TelemetryConfig, models::Models};
use collector::Collector;
use datafyme_agent::AgentError;
use datafyme_domain::{Caller, JobId, RunId};
use datafyme_llm::HttpOptions;
use datafyme_store::MetadataStore;
use std::{path::Path, sync::Arc, time::Duration};
use tokio::sync::{mpsc, oneshot};

/// What has ended and was not exported yet; more is dropped.
const QUEUE: usize = 1024;
/// How long a process that ends waits for its last export.
const FLUSH: Duration = Duration::from_secs(5);

/// Exports what ends. Does nothing when no collector is configured.
#[derive(Debug, Default)]
pub struct Telemetry {
    queue: Option<mpsc::Sender<Order>>,
}

/// What is to be done.
#[derive(Debug)]
enum Order {
    Run(Caller, RunId),
    Job(Caller, JobId),
    /// Everything before is done: tell.
    Flush(oneshot::Sender<()>),
}

/// Reads what ended, and sends it.
struct Exporter {
    metadata: Arc<dyn MetadataStore>,
    models: Arc<Models>,
    collector: Collector,
}

impl Telemetry {
    /// Exports as configured; `extra_ca` is trusted besides the public certificates.
    ///
    /// # Errors
    /// `InvalidInput` for an endpoint or headers that cannot be used.
    pub fn start(
        config: &TelemetryConfig,
        extra_ca: Option<&Path>,
        metadata: Arc<dyn MetadataStore>,
        models: Arc<Models>,
    ) -> Result<Self, AgentError> {
        let Some(endpoint) = &config.endpoint else { return Ok(Self::default()) };
        let http = HttpOptions { extra_ca: extra_ca.map(Path::to_owned), ..HttpOptions::default() };
        let exporter = Exporter { metadata, models, collector: Collector::new(endpoint, config, &http)? };
        let (queue, orders) = mpsc::channel(QUEUE);
        tokio::spawn(exporter.work(orders));
        Ok(Self { queue: Some(queue) })
    }

    /// A run has ended.
    pub fn run_ended(&self, caller: Caller, id: RunId) {
        self.put(Order::Run(caller, id));
    }

    /// A job has ended.
    pub fn job_ended(&self, caller: Caller, id: JobId) {
        self.put(Order::Job(caller, id));
    }

    /// Waits until what ended so far is exported, for some seconds at most.
    pub async fn flush(&self) {
        let Some(queue) = &self.queue else { return };
        let (done, told) = oneshot::channel();
        let flushed = async {
            if queue.send(Order::Flush(done)).await.is_ok() {
                let _ = told.await;
            }
        };
        if tokio::time::timeout(FLUSH, flushed).await.is_err() {
            tracing::warn!("telemetry.not_flushed");
        }
    }

    fn put(&self, order: Order) {
        if let Some(queue) = &self.queue
            && queue.try_send(order).is_err()
        {
            tracing::warn!("telemetry.dropped");
        }
    }
}

impl Exporter {
    async fn work(self, mut orders: mpsc::Receiver<Order>) {
        while let Some(order) = orders.recv().await {
            let exported = match order {
                Order::Run(caller, id) => self.export_run(caller, id).await,
                Order::Job(caller, id) => self.export_job(caller, id).await,
                Order::Flush(done) => {
                    let _ = done.send(());
                    continue;
                }
            };
            if let Err(failure) = exported {
                tracing::warn!(error = %failure, "telemetry.failed");
            }
        }
    }

    async fn export_run(&self, caller: Caller, id: RunId) -> Result<(), AgentError> {
        let Some(run) = self.metadata.run(caller, id).await? else { return Ok(()) };
        let steps = self.metadata.steps(caller, id).await?;
        let models = self.models.known(caller).await?;
        self.collector.send(&trace::of_run(&run, &steps, &models)).await
    }

    async fn export_job(&self, caller: Caller, id: JobId) -> Result<(), AgentError> {
        let Some(job) = self.metadata.job(caller, id).await? else { return Ok(()) };
        let calls = self.metadata.job_calls(caller, id).await?;
        let models = self.models.known(caller).await?;
        self.collector.send(&trace::of_job(&job, &calls, &models)).await
    }
}
