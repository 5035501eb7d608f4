//! The search index over milvus-lite.

use crate::server::{Engine, port_of, shared};
use async_trait::async_trait;
use datafyme_domain::{DataSourceId, ErrorKind, TableRef};
use datafyme_store::conformance::Harness;
use datafyme_store::{
    Consistency, EmbeddedSearchIndex, Engine as _, HybridQuery, MilvusOptions, MilvusSearchIndex, SearchDocument,
    SearchIndex, SearchWithFallback,
};
use std::sync::{Arc, OnceLock};

fn server() -> &'static str {
    static STARTED: OnceLock<String> = OnceLock::new();
    shared("DATAFYME_TEST_MILVUS_URL", "milvus.sh", "milvus", &STARTED)
}

async fn open(url: &str) -> MilvusSearchIndex {
    let options = MilvusOptions { consistency: Consistency::Strong, ..MilvusOptions::default() };
    MilvusSearchIndex::open(url, options).await.unwrap()
}

/// Collections of a name of their own.
struct Milvus(String);

#[async_trait]
impl Harness<dyn SearchIndex> for Milvus {
    async fn fresh() -> Self {
        Self(format!("{}?collection=t_{}", server(), uuid::Uuid::now_v7().simple()))
    }

    async fn open(&self) -> Arc<dyn SearchIndex> {
        Arc::new(open(&self.0).await)
    }
}

datafyme_store::search_conformance!(Milvus);

fn document(source: DataSourceId, table: &str) -> SearchDocument {
    SearchDocument {
        id: format!("{table}#description"),
        source_id: source,
        table: TableRef::bare(table),
        column: None,
        text: format!("all about {table}"),
        vector: vec![1.0, 0.0],
    }
}

async fn found(index: &dyn SearchIndex, source: DataSourceId, text: &str) -> Vec<String> {
    let query = HybridQuery { sources: vec![source], text: text.to_owned(), vector: vec![1.0, 0.0], limit: 9 };
    index.search(&query).await.unwrap().into_iter().map(|hit| hit.table.table).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_tells_its_version() {
    let told = open(server()).await.check().await.unwrap();
    assert!(told.starts_with("Milvus ") && told.contains('.'), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_url_of_milvus_is_refused() {
    for url in ["", "milvus", "http://127.0.0.1:1", "milvus://", "milvus://host?collection=a b"] {
        let error = MilvusSearchIndex::open(url, MilvusOptions::default()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{url}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_not_there_is_unavailable() {
    let index = open("milvus://127.0.0.1:1").await;
    let error = index.count(DataSourceId::generate()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.to_string().contains("127.0.0.1:1"), "{error}");
}

/// A killed engine: searches go on, what was written meanwhile is found, and the engine has it once it is back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_is_stood_in_for_and_catches_up() {
    let engine = Engine::own("milvus.sh", "milvus-killed");
    let url = engine.start(None);
    let dir = tempfile::tempdir().unwrap();
    let milvus = Arc::new(open(&url).await);
    let embedded = Arc::new(EmbeddedSearchIndex::open(&dir.path().join("search.db")).await.unwrap());
    let index = SearchWithFallback::new(Arc::clone(&milvus), embedded, &dir.path().join("behind")).unwrap();
    let source = DataSourceId::generate();
    index.upsert(&[document(source, "orders")]).await.unwrap();
    assert_eq!(milvus.count(source).await.unwrap(), 1);
    assert_eq!(index.remote().status(), datafyme_store::RemoteStatus::default());

    engine.kill();
    assert_eq!(found(&index, source, "orders").await, ["orders"]);
    assert!(index.remote().status().failure.unwrap().contains("cannot be reached"));
    index.upsert(&[document(source, "refunds")]).await.unwrap();
    assert_eq!(found(&index, source, "refunds").await, ["refunds", "orders"]);
    assert_eq!(index.remote().status().behind, [source]);

    engine.start(Some(port_of(&url)));
    index.remote().probe().await.unwrap();
    assert_eq!(milvus.count(source).await.unwrap(), 1, "the engine lacks what it missed");
    assert_eq!(found(&index, source, "refunds").await, ["refunds", "orders"], "and is not asked while it does");
    index.remote().begin_repair(source);
    index.upsert(&[document(source, "orders"), document(source, "refunds")]).await.unwrap();
    assert!(index.remote().end_repair(source, true));
    assert_eq!(milvus.count(source).await.unwrap(), 2);
    assert_eq!(index.remote().status(), datafyme_store::RemoteStatus::default());
    engine.kill();
}
