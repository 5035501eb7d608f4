//! The one entrance for whoever serves people: questions, sources, jobs, knowledge.

mod conversations;
mod jobs;
mod knowledge;
mod sources;

pub use knowledge::TableHit;

use crate::Analyst;
use datafyme_domain::{Budget, Clock};
use datafyme_llm::Embedder;
use datafyme_store::{MetadataStore, RelationGraph, SearchIndex};
use std::sync::Arc;

/// What the agent works with; built once by the binary.
#[derive(Debug, Clone)]
pub struct AgentParts {
    /// The truth about everything of ours.
    pub metadata: Arc<dyn MetadataStore>,
    /// Derived: finds tables.
    pub search: Arc<dyn SearchIndex>,
    /// Derived: finds join paths.
    pub graph: Arc<dyn RelationGraph>,
    /// Turns text into vectors for `search`.
    pub embedder: Arc<dyn Embedder>,
    /// Who reasons.
    pub analyst: Arc<dyn Analyst>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// What one run may spend.
    pub budget: Budget,
}

/// Answers questions and learns databases. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Agent {
    pub(crate) inner: Arc<Inner>,
}

/// What all clones share.
#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) parts: AgentParts,
}

impl Agent {
    /// An agent of these parts.
    #[must_use]
    pub fn new(parts: AgentParts) -> Self {
        Self {
            inner: Arc::new(Inner { parts }),
        }
    }
}
