//! Everything that a process of ours works with, wired once.

use crate::{config::Config, events::EventHub, jobs::WorkerSignal};
use datafyme_agent::Agent;
use datafyme_domain::Clock;
use datafyme_store::MetadataStore;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// The application: seams behind `Arc<dyn Trait>`, shared by HTTP, command line and worker.
#[derive(Debug)]
pub struct App {
    /// What the process runs with.
    pub config: Config,
    /// The truth about everything of ours.
    pub metadata: Arc<dyn MetadataStore>,
    /// Questions, sources, jobs.
    pub agent: Agent,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// What happens in this process.
    pub events: EventHub,
    /// Wakes the worker of this process.
    pub worker: WorkerSignal,
    /// Ends when the process should.
    pub shutdown: CancellationToken,
}
