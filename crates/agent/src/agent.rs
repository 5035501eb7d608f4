//! The one entrance for whoever serves people: questions, sources, jobs, knowledge.

mod conversations;
mod editing;
mod jobs;
mod knowledge;
mod readings;
mod resync;
mod sources;
mod verifying;

pub use editing::TableWords;
pub use knowledge::{TableHit, ValueHit};
pub use resync::Resync;
pub use verifying::JudgedQuery;

use crate::{
    AgentError, Analyst, LearnOptions,
    cancels::Cancels,
    connectors::Connectors,
    knowledge::{KnowledgeCache, KnowledgeCacheState},
};
use datafyme_domain::{Budget, Caller, Clock, DataSource, DataSourceId};
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
    pub(crate) learning: LearnOptions,
    pub(crate) connectors: Connectors,
    pub(crate) knowledge: KnowledgeCache,
    pub(crate) cancels: Cancels,
}

impl Agent {
    /// An agent of these parts.
    #[must_use]
    pub fn new(parts: AgentParts) -> Self {
        Self::with_learning(parts, LearnOptions::default())
    }

    /// An agent of these parts that learns that way.
    #[must_use]
    pub fn with_learning(parts: AgentParts, learning: LearnOptions) -> Self {
        Self {
            inner: Arc::new(Inner {
                parts,
                learning,
                connectors: Connectors::default(),
                knowledge: KnowledgeCache::default(),
                cancels: Cancels::default(),
            }),
        }
    }

    /// How the cache of prepared knowledge fares.
    #[must_use]
    pub fn knowledge_cache(&self) -> KnowledgeCacheState {
        self.inner.knowledge.state()
    }

    /// The caller's data source of that id.
    pub(crate) async fn source(&self, caller: Caller, id: DataSourceId) -> Result<DataSource, AgentError> {
        let found = self.inner.parts.metadata.source(caller, id).await?;
        found.ok_or_else(|| AgentError::not_found("data source"))
    }

    /// Drops what is cached of a data source: it changed.
    pub(crate) fn forget(&self, source: DataSourceId) {
        self.inner.connectors.forget(source);
        self.inner.knowledge.forget(source);
    }
}
