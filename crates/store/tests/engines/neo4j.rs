//! The relation graph over a real Neo4j.

use crate::server::{Engine, port_of, shared};
use async_trait::async_trait;
use datafyme_domain::{DataSourceId, ErrorKind, Relation, TableRef};
use datafyme_store::conformance::{Harness, sample};
use datafyme_store::{EmbeddedRelationGraph, Engine as _, GraphWithFallback, Neo4jRelationGraph, RelationGraph};
use std::sync::{Arc, OnceLock};

const PASSWORD: Option<&str> = Some("datafyme");

fn server() -> &'static str {
    static STARTED: OnceLock<String> = OnceLock::new();
    shared("DATAFYME_TEST_NEO4J_URL", "neo4j.sh", "neo4j", &STARTED)
}

/// Data sources are fresh in every case, so that all share a database.
struct Neo4j;

#[async_trait]
impl Harness<dyn RelationGraph> for Neo4j {
    async fn fresh() -> Self {
        Self
    }

    async fn open(&self) -> Arc<dyn RelationGraph> {
        Arc::new(Neo4jRelationGraph::open(server(), PASSWORD).unwrap())
    }
}

datafyme_store::graph_conformance!(Neo4j);

fn relations(source: DataSourceId, of: &[(&str, &str, f64)]) -> Vec<Relation> {
    of.iter().map(|(from, to, confidence)| sample::relation(source, from, to, *confidence)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_tells_its_version() {
    let told = Neo4jRelationGraph::open(server(), PASSWORD).unwrap().check().await.unwrap();
    assert!(told.starts_with("Neo4j 5."), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_is_said_to_be_one() {
    let error = Neo4jRelationGraph::open(server(), Some("wrong")).unwrap().check().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthenticated, "{error}");
    assert!(!error.to_string().contains("wrong"), "{error}");
}

#[test]
fn what_is_no_url_of_neo4j_is_refused() {
    for url in ["", "neo4j", "http://127.0.0.1:1", "neo4j://"] {
        let error = Neo4jRelationGraph::open(url, None).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{url}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_not_there_is_unavailable() {
    let graph = Neo4jRelationGraph::open("neo4j://127.0.0.1:1", PASSWORD).unwrap();
    let error = graph.relations(DataSourceId::generate()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    assert!(error.to_string().contains("127.0.0.1:1"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_replaces_at_the_same_time_waits_for_the_other() {
    let one = Arc::new(Neo4jRelationGraph::open(server(), PASSWORD).unwrap());
    let source = DataSourceId::generate();
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..8 {
        let graph = Arc::clone(&one);
        tasks.spawn(async move {
            let own = format!("a.x{number}");
            graph.replace(source, &relations(source, &[(&own, "b.id", 1.0), ("b.x", "c.id", 1.0)])).await.unwrap();
        });
    }
    tasks.join_all().await;
    assert_eq!(one.relations(source).await.unwrap().len(), 2, "of one of the eight alone");
}

/// Every table of a dense schema is walked to once, however many ways lead there: all ways would be 10¹⁰⁰.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_ways_are_not_walked_one_by_one() {
    let (graph, dir) = (Neo4jRelationGraph::open(server(), PASSWORD).unwrap(), tempfile::tempdir().unwrap());
    let embedded = EmbeddedRelationGraph::open(&dir.path().join("graph.db")).await.unwrap();
    let source = DataSourceId::generate();
    let mut dense = Vec::new();
    for from in 0..70 {
        for to in 0..from {
            dense.push(sample::relation(source, &format!("t{from}.x{to}"), &format!("t{to}.id"), 0.5));
        }
    }
    graph.replace(source, &dense).await.unwrap();
    embedded.replace(source, &dense).await.unwrap();
    let [first, last] = ["t0", "t69"].map(TableRef::bare);
    for (hops, limit) in [(1, 1), (3, 5)] {
        let [near, expected] = [&graph as &dyn RelationGraph, &embedded].map(async |graph| {
            let near = graph.neighbours(source, std::slice::from_ref(&first), hops).await.unwrap();
            (near, graph.join_paths(source, &first, &last, limit).await.unwrap())
        });
        assert_eq!(near.await, expected.await);
    }
}

/// A killed engine: paths go on, what was replaced meanwhile is walked, and the engine has it once it is back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_is_stood_in_for_and_catches_up() {
    let engine = Engine::own("neo4j.sh", "neo4j-killed");
    let url = engine.start(None);
    let dir = tempfile::tempdir().unwrap();
    let neo4j = Arc::new(Neo4jRelationGraph::open(&url, PASSWORD).unwrap());
    let embedded = Arc::new(EmbeddedRelationGraph::open(&dir.path().join("graph.db")).await.unwrap());
    let graph = GraphWithFallback::new(Arc::clone(&neo4j), embedded, &dir.path().join("behind")).unwrap();
    let source = DataSourceId::generate();
    let first = relations(source, &[("a.x", "b.id", 1.0)]);
    graph.replace(source, &first).await.unwrap();
    assert_eq!(neo4j.relations(source).await.unwrap(), first);

    engine.kill();
    let near = async || graph.neighbours(source, &[TableRef::bare("a")], 1).await.unwrap();
    assert_eq!(near().await, [TableRef::bare("b")]);
    assert!(graph.remote().status().failure.is_some());
    let second = relations(source, &[("a.x", "c.id", 1.0)]);
    graph.replace(source, &second).await.unwrap();
    assert_eq!(near().await, [TableRef::bare("c")]);
    assert_eq!(graph.remote().status().behind, [source]);

    engine.start(Some(port_of(&url)));
    graph.remote().probe().await.unwrap();
    assert_eq!(neo4j.relations(source).await.unwrap(), first, "it kept what it had, and lacks what it missed");
    assert_eq!(near().await, [TableRef::bare("c")], "and is not asked while it does");
    graph.remote().begin_repair(source);
    graph.replace(source, &second).await.unwrap();
    assert!(graph.remote().end_repair(source, true));
    assert_eq!(neo4j.relations(source).await.unwrap(), second);
    engine.kill();
}
