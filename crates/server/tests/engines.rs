//! A server whose search index is in Milvus and whose relation graph is in Neo4j, both real, while they are killed: no
//! question is lost, what is changed meanwhile counts at once, and the engines have it when they are back.
#![cfg(all(feature = "milvus", feature = "neo4j"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "harness/binary.rs"]
mod binary;

use binary::{Server, datafyme, sqlite, stdout};
use datafyme_domain::{DataSourceId, TableRef};
use datafyme_store::{Consistency, MilvusOptions, MilvusSearchIndex, Neo4jRelationGraph, RelationGraph, SearchIndex};
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

const PASSWORD: &str = "datafyme";

/// An engine that a script of ours starts, and that ends with this process.
struct Engine {
    script: PathBuf,
    dir: PathBuf,
}

impl Engine {
    fn new(script: &str, dir: &Path) -> Self {
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts");
        Self { script: scripts.join(script), dir: dir.to_owned() }
    }

    /// Its URL; on a port that it had, so that it is found again.
    fn start(&self, port: Option<&str>) -> String {
        let process = std::process::id().to_string();
        let port = port.map(|port| ["--port", port]).into_iter().flatten();
        let output = self.run("start", ["--owner", &process].into_iter().chain(port));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        stdout(&output).trim().to_owned()
    }

    fn kill(&self) {
        assert!(self.run("stop", []).status.success());
    }

    fn run<'a>(&self, command: &str, arguments: impl IntoIterator<Item = &'a str>) -> Output {
        Command::new("bash").arg(&self.script).arg(command).arg(&self.dir).args(arguments).output().unwrap()
    }
}

/// A data directory on these engines.
struct Site {
    dir: PathBuf,
    milvus: String,
    neo4j: String,
}

impl Site {
    fn command(&self) -> Command {
        let mut command = datafyme(&self.dir);
        command.env("DATAFYME_SEARCH__URL", &self.milvus).env("DATAFYME_SEARCH__CONSISTENCY", "strong");
        command.env("DATAFYME_GRAPH__URL", &self.neo4j).env("DATAFYME_GRAPH__PASSWORD", PASSWORD);
        command
    }

    fn start(&self) -> Server {
        let mut command = self.command();
        command.stderr(Stdio::null());
        Server::start_as(command)
    }

    /// The lines of `datafyme doctor` about engines.
    fn doctor(&self) -> String {
        let told = stdout(&self.command().arg("doctor").output().unwrap());
        told.lines().filter(|line| line.contains(" engine ")).collect::<Vec<&str>>().join("\n")
    }
}

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

fn learn(server: &Server, file: &Path) -> String {
    let created = server.post("/sources", &json!({ "name": "shop", "url": file.display().to_string() }));
    assert_eq!(created.status, 201, "{}", created.text);
    ended(server, &id(&created.json()["job"]));
    id(&created.json()["source"])
}

fn ended(server: &Server, job: &str) {
    let job = server
        .wait_for(&format!("/jobs/{job}"), |job| !matches!(job["status"].as_str().unwrap(), "queued" | "running"));
    assert_eq!(job["status"], "succeeded", "{job}");
}

/// Asks, and says how it ended.
fn ask(server: &Server, source: &str, question: &str) -> Value {
    let conversation = id(&server.post("/conversations", &json!({ "source_id": source })).json());
    let path = format!("/conversations/{conversation}/runs");
    let run = id(&server.post(&path, &json!({ "question": question })).json());
    server.wait_for(&format!("/runs/{run}"), |run| run["status"] != "running")
}

fn assert_answered(server: &Server, source: &str, question: &str, words: &str) {
    let run = ask(server, source, question);
    assert_eq!(run["status"], "answered", "{run}");
    assert!(run["answer"].to_string().contains(words), "{question}: {run}");
}

fn states(ready: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    ready["engines"].as_array().unwrap().iter().map(|e| (text(&e["role"]), text(&e["status"]))).collect()
}

fn both(status: &str) -> Vec<(String, String)> {
    ["search index", "relation graph"].map(|role| (role.to_owned(), status.to_owned())).into()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn questions_go_on_while_milvus_and_neo4j_are_killed_and_both_catch_up() {
    let dir = tempfile::tempdir().unwrap();
    let (milvus, neo4j) =
        (Engine::new("milvus.sh", &dir.path().join("milvus")), Engine::new("neo4j.sh", &dir.path().join("neo4j")));
    let site = Site { dir: dir.path().join("data"), milvus: milvus.start(None), neo4j: neo4j.start(None) };
    let file = dir.path().join("shop.sqlite");
    sqlite(
        &file,
        "CREATE TABLE customers (customer_id INTEGER PRIMARY KEY, name TEXT, country TEXT);
         CREATE TABLE orders (order_id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers, amount REAL);
         INSERT INTO customers VALUES (1, 'Ada', 'Hungary'), (2, 'Bela', 'Austria');
         INSERT INTO orders VALUES (1, 1, 10.0), (2, 1, 20.0), (3, 2, 5.0);",
    );
    let server = site.start();
    let source = learn(&server, &file);
    let source_id: DataSourceId = source.parse().unwrap();
    let question = "What is the total order amount per customer country?";
    assert_answered(&server, &source, question, "30");
    assert_eq!(states(&server.get("/ready").json()), both("ok"));

    // What questions are answered with is in the engines.
    let options = MilvusOptions { consistency: Consistency::Strong, ..MilvusOptions::default() };
    let index = MilvusSearchIndex::open(&site.milvus, options).await.unwrap();
    let graph = Neo4jRelationGraph::open(&site.neo4j, Some(PASSWORD)).unwrap();
    let documents = index.count(source_id).await.unwrap();
    assert!(documents > 0);
    let near = graph.neighbours(source_id, &[TableRef::bare("orders")], 1).await.unwrap();
    assert_eq!(near, [TableRef::bare("customers")]);

    milvus.kill();
    neo4j.kill();
    assert_answered(&server, &source, question, "30");
    assert_answered(&server, &source, "How many customers are there?", "2");
    let ready = server.wait_for("/ready", |ready| states(ready) == both("away"));
    assert_eq!(ready["status"], "degraded");
    assert!(ready["engines"][0]["detail"].as_str().unwrap().contains("cannot be reached"), "{ready}");
    let told = site.doctor();
    assert!(told.contains("the embedded search index serves meanwhile"), "{told}");
    assert!(told.contains("the embedded relation graph serves meanwhile"), "{told}");

    // A table more, learned while both are away.
    sqlite(
        &file,
        "CREATE TABLE refunds (refund_id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders, reason TEXT);
         INSERT INTO refunds VALUES (1, 1, 'late'), (2, 1, 'torn'), (3, 3, 'late'), (4, 2, 'late');",
    );
    let job = server.post(&format!("/sources/{source}/learn"), &json!({}));
    ended(&server, &id(&job.json()));
    assert_answered(&server, &source, "How many refunds are there?", "4");

    // The server is killed, too: what the engines lack is known to the next one.
    server.kill();
    milvus.start(site.milvus.rsplit(':').next());
    neo4j.start(site.neo4j.rsplit(':').next());
    assert_eq!(index.count(source_id).await.unwrap(), documents, "it kept what it had, and lacks what it missed");
    let server = site.start();
    assert_answered(&server, &source, "How many refunds are there?", "4");
    server.wait_for("/ready", |ready| states(ready) == both("ok"));
    assert!(index.count(source_id).await.unwrap() > documents);
    let near = graph.neighbours(source_id, &[TableRef::bare("orders")], 1).await.unwrap();
    assert_eq!(near, [TableRef::bare("customers"), TableRef::bare("refunds")]);
    let told = site.doctor();
    assert!(told.contains("✓ search index engine") && told.contains("✓ relation graph engine"), "{told}");

    // An engine that comes back empty is filled again.
    milvus.kill();
    std::fs::remove_dir_all(milvus.dir.join("data")).unwrap();
    server.wait_for("/ready", |ready| states(ready)[0].1 == "away");
    milvus.start(site.milvus.rsplit(':').next());
    server.wait_for("/ready", |ready| states(ready) == both("ok"));
    assert_answered(&server, &source, "How many refunds are there?", "4");
    let began = std::time::Instant::now();
    while index.count(source_id).await.unwrap() <= documents {
        assert!(began.elapsed() < binary::PATIENCE, "it stays empty");
    }
    drop(server);
    milvus.kill();
    neo4j.kill();
}

#[test]
fn the_password_is_read_from_its_file_and_a_wrong_one_is_told_without_it() {
    let dir = tempfile::tempdir().unwrap();
    let neo4j = Engine::new("neo4j.sh", &dir.path().join("neo4j"));
    let url = neo4j.start(None);
    let secret = dir.path().join("secret");
    for (password, ends_well) in [(PASSWORD, true), ("planted-wrong", false)] {
        std::fs::write(&secret, format!("{password}\n")).unwrap();
        let mut command = datafyme(&dir.path().join("data"));
        command.env("DATAFYME_GRAPH__URL", &url).env("DATAFYME_GRAPH__PASSWORD_FILE", &secret).arg("doctor");
        let output = command.output().unwrap();
        let told = stdout(&output);
        let line = told.lines().find(|line| line.contains("relation graph engine")).unwrap();
        assert_eq!(line.contains('✓'), ends_well, "{told}");
        assert_eq!(line.contains("graph.password_file"), !ends_well, "{told}");
        assert!(!told.contains("planted"), "{told}");
    }
    neo4j.kill();
}
