//! Derived stores in an engine with the embedded ones behind it: while it is there, away, slow, and back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use async_trait::async_trait;
use datafyme_domain::{DataSourceId, ErrorKind, TableRef};
use datafyme_store::conformance::Harness;
use datafyme_store::{
    EmbeddedRelationGraph, EmbeddedSearchIndex, Engine, GraphWithFallback, HybridQuery, RelationGraph, RemoteStatus,
    SearchDocument, SearchHit, SearchIndex, SearchWithFallback, StoreError,
};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::time::Duration;
use tempfile::TempDir;

const THERE: u8 = 0;
const AWAY: u8 = 1;
const SILENT: u8 = 2;

/// An engine whose answers can be had, refused or waited for in vain.
#[derive(Debug)]
struct Switched {
    inner: EmbeddedSearchIndex,
    state: AtomicU8,
    calls: AtomicUsize,
}

impl Switched {
    async fn at(file: &Path) -> Arc<Self> {
        let inner = EmbeddedSearchIndex::open(file).await.unwrap();
        Arc::new(Self { inner, state: AtomicU8::new(THERE), calls: AtomicUsize::new(0) })
    }

    fn turn(&self, state: u8) {
        self.state.store(state, Ordering::SeqCst);
    }

    async fn called(&self) -> Result<(), StoreError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        match self.state.load(Ordering::SeqCst) {
            THERE => Ok(()),
            AWAY => Err(StoreError::new(ErrorKind::Unavailable, "the engine is away")),
            _ => std::future::pending().await,
        }
    }
}

#[async_trait]
impl Engine for Switched {
    async fn check(&self) -> Result<String, StoreError> {
        self.called().await.map(|()| "Switched 1.0".to_owned())
    }
}

#[async_trait]
impl SearchIndex for Switched {
    async fn upsert(&self, documents: &[SearchDocument]) -> Result<(), StoreError> {
        self.called().await?;
        self.inner.upsert(documents).await
    }

    async fn delete(&self, source: DataSourceId, table: Option<&TableRef>) -> Result<(), StoreError> {
        self.called().await?;
        self.inner.delete(source, table).await
    }

    async fn replace(
        &self,
        source: DataSourceId,
        tables: &[TableRef],
        documents: &[SearchDocument],
    ) -> Result<(), StoreError> {
        self.called().await?;
        self.inner.replace(source, tables, documents).await
    }

    async fn search(&self, query: &HybridQuery) -> Result<Vec<SearchHit>, StoreError> {
        self.called().await?;
        self.inner.search(query).await
    }

    async fn count(&self, source: DataSourceId) -> Result<u64, StoreError> {
        self.called().await?;
        self.inner.count(source).await
    }
}

/// The graph is not switched: it runs the suite alone.
#[derive(Debug)]
struct Graph(EmbeddedRelationGraph);

#[async_trait]
impl Engine for Graph {
    async fn check(&self) -> Result<String, StoreError> {
        Ok("Graph 1.0".to_owned())
    }
}

#[async_trait]
impl RelationGraph for Graph {
    async fn replace(&self, source: DataSourceId, relations: &[datafyme_domain::Relation]) -> Result<(), StoreError> {
        self.0.replace(source, relations).await
    }

    async fn relations(&self, source: DataSourceId) -> Result<Vec<datafyme_domain::Relation>, StoreError> {
        self.0.relations(source).await
    }

    async fn neighbours(
        &self,
        source: DataSourceId,
        tables: &[TableRef],
        hops: u32,
    ) -> Result<Vec<TableRef>, StoreError> {
        self.0.neighbours(source, tables, hops).await
    }

    async fn join_paths(
        &self,
        source: DataSourceId,
        from: &TableRef,
        to: &TableRef,
        limit: usize,
    ) -> Result<Vec<datafyme_domain::JoinPath>, StoreError> {
        self.0.join_paths(source, from, to, limit).await
    }
}

struct WithFallback(TempDir);

async fn embedded(dir: &TempDir) -> Arc<dyn SearchIndex> {
    Arc::new(EmbeddedSearchIndex::open(&dir.path().join("embedded.db")).await.unwrap())
}

#[async_trait]
impl Harness<dyn SearchIndex> for WithFallback {
    async fn fresh() -> Self {
        Self(TempDir::new().unwrap())
    }

    async fn open(&self) -> Arc<dyn SearchIndex> {
        let engine = Switched::at(&self.0.path().join("engine.db")).await;
        let behind = self.0.path().join(uuid::Uuid::now_v7().to_string());
        Arc::new(SearchWithFallback::new(engine, embedded(&self.0).await, &behind).unwrap())
    }
}

#[async_trait]
impl Harness<dyn RelationGraph> for WithFallback {
    async fn fresh() -> Self {
        Self(TempDir::new().unwrap())
    }

    async fn open(&self) -> Arc<dyn RelationGraph> {
        let file = |name: &str| self.0.path().join(name);
        let engine = Graph(EmbeddedRelationGraph::open(&file("engine.db")).await.unwrap());
        let embedded = Arc::new(EmbeddedRelationGraph::open(&file("embedded.db")).await.unwrap());
        let behind = file(&uuid::Uuid::now_v7().to_string());
        Arc::new(GraphWithFallback::new(Arc::new(engine), embedded, &behind).unwrap())
    }
}

datafyme_store::search_conformance!(WithFallback);
datafyme_store::graph_conformance!(WithFallback);

/// An engine, and the index before it.
struct Site {
    dir: TempDir,
    engine: Arc<Switched>,
    index: SearchWithFallback,
}

impl Site {
    async fn fresh() -> Self {
        let dir = TempDir::new().unwrap();
        let engine = Switched::at(&dir.path().join("engine.db")).await;
        let index = Self::index_of(&dir, &engine).await;
        Self { dir, engine, index }
    }

    async fn index_of(dir: &TempDir, engine: &Arc<Switched>) -> SearchWithFallback {
        SearchWithFallback::new(Arc::clone(engine), embedded(dir).await, &dir.path().join("behind")).unwrap()
    }

    /// As another process would.
    async fn open_again(&mut self) {
        self.index = Self::index_of(&self.dir, &self.engine).await;
    }

    fn status(&self) -> RemoteStatus {
        self.index.remote().status()
    }
}

fn document(source: DataSourceId, table: &str) -> SearchDocument {
    SearchDocument {
        id: format!("{table}#description"),
        source_id: source,
        table: TableRef::bare(table),
        column: None,
        text: table.to_owned(),
        vector: vec![1.0, 0.0],
    }
}

#[tokio::test]
async fn what_is_written_while_the_engine_is_away_is_read_at_once_and_known_to_the_next_process() {
    let mut site = Site::fresh().await;
    let (source, other) = (DataSourceId::generate(), DataSourceId::generate());
    site.index.upsert(&[document(source, "orders"), document(other, "films")]).await.unwrap();
    site.engine.turn(AWAY);
    site.index.upsert(&[document(source, "refunds")]).await.unwrap();
    assert_eq!(site.index.count(source).await.unwrap(), 2);
    assert_eq!(site.status(), RemoteStatus { failure: Some("the engine is away".to_owned()), behind: vec![source] });

    site.engine.turn(THERE);
    site.open_again().await;
    assert_eq!(site.status(), RemoteStatus { failure: None, behind: vec![source] });
    assert_eq!(site.index.count(source).await.unwrap(), 2);
    assert_eq!(site.engine.inner.count(source).await.unwrap(), 1);
    let before = site.engine.calls.load(Ordering::SeqCst);
    assert_eq!(site.index.count(other).await.unwrap(), 1);
    assert_eq!(site.engine.calls.load(Ordering::SeqCst), before + 1, "of others it is asked");
}

#[tokio::test]
async fn an_engine_that_is_away_is_asked_no_more_until_it_has_answered() {
    let site = Site::fresh().await;
    let source = DataSourceId::generate();
    site.index.upsert(&[document(source, "orders")]).await.unwrap();
    site.engine.turn(AWAY);
    assert_eq!(site.index.count(source).await.unwrap(), 1);
    let asked = site.engine.calls.load(Ordering::SeqCst);
    for _ in 0..5 {
        assert_eq!(site.index.count(source).await.unwrap(), 1);
    }
    assert_eq!(site.engine.calls.load(Ordering::SeqCst), asked);
    assert_eq!(site.index.remote().probe().await.unwrap_err().kind(), ErrorKind::Unavailable);
    site.engine.turn(THERE);
    assert_eq!(site.index.remote().probe().await.unwrap(), "Switched 1.0");
    assert_eq!(site.status(), RemoteStatus::default());
    assert_eq!(site.index.count(source).await.unwrap(), 1);
    assert_eq!(site.engine.calls.load(Ordering::SeqCst), asked + 3);
}

#[tokio::test]
async fn a_write_that_is_cut_off_leaves_a_note() {
    let mut site = Site::fresh().await;
    let source = DataSourceId::generate();
    site.engine.turn(SILENT);
    let documents = [document(source, "orders")];
    let cut_off = tokio::time::timeout(Duration::from_millis(20), site.index.upsert(&documents)).await;
    assert!(cut_off.is_err());
    assert_eq!(site.status().behind, [source]);
    site.open_again().await;
    assert_eq!(site.status().behind, [source]);
    assert_eq!(site.index.count(source).await.unwrap(), 1);
}

#[tokio::test]
async fn only_a_repair_without_a_failed_write_ends_what_is_behind() {
    let mut site = Site::fresh().await;
    let source = DataSourceId::generate();
    site.engine.turn(AWAY);
    site.index.upsert(&[document(source, "orders")]).await.unwrap();

    site.engine.turn(THERE);
    site.index.remote().probe().await.unwrap();
    let remote = Arc::clone(site.index.remote());
    remote.begin_repair(source);
    site.index.delete(source, None).await.unwrap();
    site.engine.turn(AWAY);
    site.index.upsert(&[document(source, "orders")]).await.unwrap();
    site.engine.turn(THERE);
    remote.probe().await.unwrap();
    site.index.upsert(&[document(source, "items")]).await.unwrap();
    assert!(!remote.end_repair(source, true), "a write of it failed");
    remote.begin_repair(source);
    assert!(!remote.end_repair(source, false), "it was not done");
    assert_eq!(site.status().behind, [source]);

    remote.begin_repair(source);
    site.index.delete(source, None).await.unwrap();
    site.index.upsert(&[document(source, "orders"), document(source, "items")]).await.unwrap();
    assert!(remote.end_repair(source, true));
    assert_eq!(site.engine.inner.count(source).await.unwrap(), 2);
    assert_eq!(site.status(), RemoteStatus::default());
    site.open_again().await;
    assert_eq!(site.status(), RemoteStatus::default(), "no note is left");
}

#[tokio::test]
async fn what_it_is_asked_wrongly_is_no_failure_of_the_engine() {
    let site = Site::fresh().await;
    let source = DataSourceId::generate();
    site.index.upsert(&[document(source, "orders")]).await.unwrap();
    let query = HybridQuery { sources: vec![source], text: "orders".to_owned(), vector: vec![1.0; 3], limit: 5 };
    assert_eq!(site.index.search(&query).await.unwrap_err().kind(), ErrorKind::InvalidInput);
    let longer = SearchDocument { vector: vec![1.0; 3], ..document(source, "items") };
    assert_eq!(site.index.upsert(&[longer]).await.unwrap_err().kind(), ErrorKind::InvalidInput);
    assert_eq!(site.status(), RemoteStatus::default());
}

#[tokio::test]
async fn an_engine_that_was_emptied_is_seen_to_have_lost_what_was_in_it() {
    let site = Site::fresh().await;
    let source = DataSourceId::generate();
    site.index.upsert(&[document(source, "orders")]).await.unwrap();
    assert!(!site.index.has_lost(source).await);
    site.engine.inner.delete(source, None).await.unwrap();
    assert!(site.index.has_lost(source).await);
    site.index.remote().note_behind(source);
    assert_eq!(site.index.count(source).await.unwrap(), 1);
    assert!(!site.index.has_lost(source).await, "that is known already");
    site.engine.turn(AWAY);
    assert!(!site.index.has_lost(DataSourceId::generate()).await, "who is away has lost nothing");
}
