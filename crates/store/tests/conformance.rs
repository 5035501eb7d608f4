//! The conformance suites over the embedded back ends.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use async_trait::async_trait;
use datafyme_store::conformance::Harness;
use datafyme_store::conformance::sample::{OTHER, at};
use datafyme_store::{
    EmbeddedRelationGraph, EmbeddedSearchIndex, MetadataStore, RelationGraph, SearchIndex, SqliteMetadata, Vault,
};
use std::sync::Arc;
use tempfile::TempDir;

/// A data directory that goes away with the test.
struct Embedded(TempDir);

#[async_trait]
impl Harness<dyn MetadataStore> for Embedded {
    async fn fresh() -> Self {
        let dir = TempDir::new().unwrap();
        let store = SqliteMetadata::open(dir.path(), Vault::open(dir.path()).unwrap()).await.unwrap();
        store.create_user(OTHER.user_id, "other", at(0)).await.unwrap();
        store.close().await;
        Self(dir)
    }

    async fn open(&self) -> Arc<dyn MetadataStore> {
        let vault = Vault::open(self.0.path()).unwrap();
        Arc::new(SqliteMetadata::open(self.0.path(), vault).await.unwrap())
    }
}

#[async_trait]
impl Harness<dyn SearchIndex> for Embedded {
    async fn fresh() -> Self {
        Self(TempDir::new().unwrap())
    }

    async fn open(&self) -> Arc<dyn SearchIndex> {
        Arc::new(EmbeddedSearchIndex::open(&self.0.path().join("index.db")).await.unwrap())
    }
}

#[async_trait]
impl Harness<dyn RelationGraph> for Embedded {
    async fn fresh() -> Self {
        Self(TempDir::new().unwrap())
    }

    async fn open(&self) -> Arc<dyn RelationGraph> {
        Arc::new(EmbeddedRelationGraph::open(&self.0.path().join("graph.db")).await.unwrap())
    }
}

datafyme_store::metadata_conformance!(Embedded);
datafyme_store::search_conformance!(Embedded);
datafyme_store::graph_conformance!(Embedded);

/// A case that no macro names would never run.
#[test]
fn every_case_is_emitted() {
    let suites = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/conformance");
    let read = |file: &str| std::fs::read_to_string(suites.join(file)).unwrap();
    let of_metadata = ["data_sources", "knowledge", "conversations", "runs", "jobs", "models"]
        .map(|name| format!("metadata/{name}.rs"));
    let lists = [("search.rs", "search.rs"), ("graph.rs", "graph.rs")];
    let files = of_metadata.iter().map(|file| (file.as_str(), "metadata.rs")).chain(lists);
    let mut cases = 0;
    for (file, list) in files {
        let list = read(list);
        for line in read(file).lines().filter(|line| line.starts_with("pub async fn ")) {
            let name = line.trim_start_matches("pub async fn ").split('(').next().unwrap();
            assert!(list.contains(&format!(" {name},\n")), "{name} is in no list");
            cases += 1;
        }
    }
    assert!(cases > 80, "{cases}");
}
