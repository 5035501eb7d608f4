//! The engines that this build can reach.

use crate::config::{GraphConfig, SearchConfig};
use datafyme_store::{GraphWithFallback, RelationGraph, SearchIndex, SearchWithFallback, StoreError};
use std::{path::Path, sync::Arc};

/// The search index in Milvus, with the embedded one behind it.
#[cfg(feature = "milvus")]
pub(super) async fn milvus(
    url: &str,
    config: &SearchConfig,
    embedded: Arc<dyn SearchIndex>,
    behind: &Path,
) -> Result<SearchWithFallback, StoreError> {
    use crate::{config::Freshness, metadata::secret};
    use datafyme_domain::ErrorKind;
    use datafyme_store::{Consistency, MilvusOptions, MilvusSearchIndex};

    let ca_pem = config
        .ca_file
        .as_deref()
        .map(std::fs::read)
        .transpose()
        .map_err(|error| StoreError::new(ErrorKind::Unavailable, format!("cannot read search.ca_file: {error}")))?;
    let options = MilvusOptions {
        password: secret("search.password_file", config.password.as_ref(), config.password_file.as_deref())?,
        ca_pem,
        consistency: match config.consistency {
            Freshness::Strong => Consistency::Strong,
            Freshness::Bounded => Consistency::Bounded,
            Freshness::Eventually => Consistency::Eventually,
        },
    };
    SearchWithFallback::new(Arc::new(MilvusSearchIndex::open(url, options).await?), embedded, behind)
}

/// The search index in Milvus, which this build cannot reach.
#[cfg(not(feature = "milvus"))]
#[allow(clippy::unused_async)] // as the one that reaches it
pub(super) async fn milvus(
    _: &str,
    _: &SearchConfig,
    _: Arc<dyn SearchIndex>,
    _: &Path,
) -> Result<SearchWithFallback, StoreError> {
    Err(not_in_this_build("search.url", "Milvus", "milvus"))
}

/// The relation graph in Neo4j, with the embedded one behind it.
#[cfg(feature = "neo4j")]
pub(super) fn neo4j(
    url: &str,
    config: &GraphConfig,
    embedded: Arc<dyn RelationGraph>,
    behind: &Path,
) -> Result<GraphWithFallback, StoreError> {
    use crate::metadata::secret;
    use datafyme_store::Neo4jRelationGraph;

    let password = secret("graph.password_file", config.password.as_ref(), config.password_file.as_deref())?;
    GraphWithFallback::new(Arc::new(Neo4jRelationGraph::open(url, password.as_deref())?), embedded, behind)
}

/// The relation graph in Neo4j, which this build cannot reach.
#[cfg(not(feature = "neo4j"))]
pub(super) fn neo4j(
    _: &str,
    _: &GraphConfig,
    _: Arc<dyn RelationGraph>,
    _: &Path,
) -> Result<GraphWithFallback, StoreError> {
    Err(not_in_this_build("graph.url", "Neo4j", "neo4j"))
}

#[cfg(not(all(feature = "milvus", feature = "neo4j")))]
fn not_in_this_build(key: &str, engine: &str, feature: &str) -> StoreError {
    StoreError::new(
        datafyme_domain::ErrorKind::Unsupported,
        format!(
            "this build cannot reach {engine}, which {key} names: build with `--features {feature}`, or leave it out"
        ),
    )
}
