//! The derived stores of a process: the embedded ones in the data directory, and before them the engines that are
//! configured. What is written goes to both; what is read comes from the engine while it is there and has all.

mod engines;

use crate::config::Config;
use datafyme_agent::AgentError;
use datafyme_domain::{Caller, DataSourceId, ErrorKind};
use datafyme_store::{
    EmbeddedRelationGraph, EmbeddedSearchIndex, GraphWithFallback, RelationGraph, Remote, SearchIndex,
    SearchWithFallback, StoreError,
};
use std::{path::Path, sync::Arc};

/// The search index in the data directory.
pub const SEARCH_FILE: &str = "search.db";
/// The relation graph in the data directory.
pub const GRAPH_FILE: &str = "relations.db";
/// Notes in the data directory of what an engine lacks.
const BEHIND: &str = "behind";

/// The derived stores.
#[derive(Debug)]
pub struct Derived {
    /// In the data directory.
    pub embedded_search: Arc<dyn SearchIndex>,
    /// In the data directory.
    pub embedded_graph: Arc<dyn RelationGraph>,
    /// Milvus, where it is configured, with the embedded index behind it.
    pub milvus: Option<Arc<SearchWithFallback>>,
    /// Neo4j, where it is configured, with the embedded graph behind it.
    pub neo4j: Option<Arc<GraphWithFallback>>,
}

impl Derived {
    /// Opens those of `data_dir`, and makes ready for the engines that are configured: these need not be there.
    ///
    /// # Errors
    /// Whatever an embedded store says; `InvalidInput`, `Unsupported`: an engine that this build cannot reach.
    pub async fn open(config: &Config, data_dir: &Path) -> Result<Self, StoreError> {
        let embedded_search: Arc<dyn SearchIndex> =
            Arc::new(EmbeddedSearchIndex::open(&data_dir.join(SEARCH_FILE)).await?);
        let embedded_graph: Arc<dyn RelationGraph> =
            Arc::new(EmbeddedRelationGraph::open(&data_dir.join(GRAPH_FILE)).await?);
        let behind = data_dir.join(BEHIND);
        let milvus = match &config.search.url {
            Some(url) => {
                Some(engines::milvus(url, &config.search, Arc::clone(&embedded_search), &behind.join("search")).await?)
            }
            None => None,
        };
        let neo4j = match &config.graph.url {
            Some(url) => Some(engines::neo4j(url, &config.graph, Arc::clone(&embedded_graph), &behind.join("graph"))?),
            None => None,
        };
        Ok(Self { embedded_search, embedded_graph, milvus: milvus.map(Arc::new), neo4j: neo4j.map(Arc::new) })
    }

    /// What questions and learning work with.
    #[must_use]
    pub fn search(&self) -> Arc<dyn SearchIndex> {
        match &self.milvus {
            Some(milvus) => Arc::clone(milvus) as Arc<dyn SearchIndex>,
            None => Arc::clone(&self.embedded_search),
        }
    }

    /// What questions and learning work with.
    #[must_use]
    pub fn graph(&self) -> Arc<dyn RelationGraph> {
        match &self.neo4j {
            Some(neo4j) => Arc::clone(neo4j) as Arc<dyn RelationGraph>,
            None => Arc::clone(&self.embedded_graph),
        }
    }

    /// What is known of each engine.
    pub fn remotes(&self) -> impl Iterator<Item = &Remote> {
        let milvus = self.milvus.iter().map(|milvus| &**milvus.remote());
        milvus.chain(self.neo4j.iter().map(|neo4j| &**neo4j.remote()))
    }

    /// Notes which of these data sources an engine has nothing of: it was emptied, or is new.
    pub async fn look_for_losses(&self, sources: &[DataSourceId]) {
        for source in sources {
            if let Some(milvus) = &self.milvus
                && milvus.has_lost(*source).await
            {
                milvus.remote().note_behind(*source);
            }
            if let Some(neo4j) = &self.neo4j
                && neo4j.has_lost(*source).await
            {
                neo4j.remote().note_behind(*source);
            }
        }
    }

    /// Builds a data source anew everywhere by `reindex`, or takes it out everywhere when there is no such data source any
    /// more. Whether the engines have all of it then.
    ///
    /// # Errors
    /// Failures of `reindex` and of the embedded stores.
    pub async fn rebuild(
        &self,
        source: DataSourceId,
        reindex: impl Future<Output = Result<(), AgentError>>,
    ) -> Result<bool, AgentError> {
        self.remotes().for_each(|remote| remote.begin_repair(source));
        let outcome = reindex.await;
        let done = match &outcome {
            Ok(()) => true,
            Err(error) => error.kind() == ErrorKind::NotFound && self.take_out(source).await.is_ok(),
        };
        let wholes = self.remotes().map(|remote| remote.end_repair(source, done)).collect::<Vec<bool>>();
        outcome.map(|()| wholes.into_iter().all(|whole| whole))
    }

    async fn take_out(&self, source: DataSourceId) -> Result<(), AgentError> {
        self.search().delete(source, None).await?;
        Ok(self.graph().replace(source, &[]).await?)
    }
}

/// Builds what is derived of a data source anew, in the engines too.
///
/// # Errors
/// `NotFound`, `Conflict` (never learned); failures of the embedded stores.
pub async fn rebuild(app: &crate::App, caller: Caller, source: DataSourceId) -> Result<bool, AgentError> {
    app.derived.rebuild(source, app.agent.reindex(caller, source)).await
}
