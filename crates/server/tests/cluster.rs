//! Two servers with data directories of their own over one PostgreSQL: what one learns the other answers, a question
//! asked of one is followed on the other, and a killed one's question is ended by the other, once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "harness/binary.rs"]
mod binary;

use binary::{PATIENCE, Server, datafyme, run, sqlite, stderr};
use datafyme_connect::conformance::{Fixture, PostgresFixture};
use serde_json::{Value, json};
use std::{path::Path, process::Stdio, time::Instant};

/// 32 bytes in base64, as both servers are given.
const KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
/// Enough rows that one query over them takes a moment.
const ROWS: usize = 3_000_000;
const QUESTION: &str = "What is the average temperature per sensor?";

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

/// A server on that database; its password is not in the URL.
fn start(dir: &Path, database: &url::Url) -> Server {
    let mut bare = database.clone();
    bare.set_password(None).unwrap();
    let mut command = datafyme(dir);
    command.env("DATAFYME_METADATA__URL", bare.as_str());
    command.env("DATAFYME_METADATA__PASSWORD", database.password().unwrap());
    command.env("DATAFYME_METADATA__KEY", KEY);
    command.stderr(Stdio::null());
    Server::start_as(command)
}

/// Asks in a conversation of its own; the path of the run, and that of the messages.
fn ask(server: &Server, source: &str, question: &str) -> (String, String) {
    let conversation = id(&server.post("/conversations", &json!({ "source_id": source })).json());
    let conversation = format!("/conversations/{conversation}");
    let started = server.post(&format!("{conversation}/runs"), &json!({ "question": question }));
    assert_eq!(started.status, 202, "{}", started.text);
    (format!("/runs/{}", id(&started.json())), format!("{conversation}/messages"))
}

fn learn(server: &Server, file: &Path) -> String {
    let created = server.post("/sources", &json!({ "name": "rows", "url": file.display().to_string() }));
    assert_eq!(created.status, 201, "{}", created.text);
    let job = format!("/jobs/{}", id(&created.json()["job"]));
    let ended = server.wait_for(&job, |job| !matches!(job["status"].as_str().unwrap(), "queued" | "running"));
    assert_eq!(ended["status"], "succeeded", "{ended}");
    id(&created.json()["source"])
}

/// Until the other server has followed; then it must answer.
fn wait_until_answered(server: &Server, source: &str) {
    let began = Instant::now();
    loop {
        let (run, _) = ask(server, source, "How many readings are there?");
        let ended = server.wait_for(&run, |run| run["status"] != "running");
        if ended["status"] == "answered" {
            assert!(ended["answer"].to_string().contains(&ROWS.to_string()), "{ended}");
            return;
        }
        assert!(began.elapsed() < PATIENCE, "it never followed: {ended}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_servers_question_is_ended_once_by_the_other() {
    let Some(fixture) = PostgresFixture::named("a_killed_servers_question_is_ended_once_by_the_other") else { return };
    fixture.database("").await;
    let database = url::Url::parse(&fixture.url()).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("rows.sqlite");
    sqlite(
        &file,
        &format!(
            "CREATE TABLE readings (reading_id INTEGER PRIMARY KEY, sensor TEXT, temperature REAL);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS})
             INSERT INTO readings SELECT i, 'sensor ' || (i * 7919 % 1000), (i * 31 % 997) / 10.0 FROM n;"
        ),
    );
    let (one, other) = (start(&dir.path().join("one"), &database), start(&dir.path().join("other"), &database));
    let source = learn(&one, &file);
    wait_until_answered(&other, &source);

    let (run, messages) = ask(&one, &source, QUESTION);
    other.wait_for(&format!("{run}/steps"), |steps| !steps["items"].as_array().unwrap().is_empty());
    assert_eq!(other.get(&run).json()["status"], "running", "it was too fast to be killed");
    one.kill();

    // The stream ends by itself once the run has ended.
    let stream = other.get(&format!("{run}/events")).text;
    assert_eq!(stream.matches("event: run.completed").count(), 1, "{stream}");
    let ended = other.get(&run).json();
    assert_eq!(ended["status"], "answered", "{}", ended["answer"]["text"]);
    let steps = other.get(&format!("{run}/steps")).json();
    let steps = steps["items"].as_array().unwrap();
    assert!(steps.iter().enumerate().all(|(i, s)| s["seq"] == i && s["status"] == "completed"), "{steps:?}");
    assert_eq!(other.get(&messages).json()["items"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_with_another_key_does_not_start() {
    let Some(fixture) = PostgresFixture::named("a_server_with_another_key_does_not_start") else { return };
    fixture.database("").await;
    let database = url::Url::parse(&fixture.url()).unwrap();
    let dir = tempfile::tempdir().unwrap();
    drop(start(&dir.path().join("one"), &database));

    let mut bare = database.clone();
    bare.set_password(None).unwrap();
    // No key is given: the data directory has one of its own.
    let mut command = datafyme(&dir.path().join("other"));
    command.env("DATAFYME_METADATA__URL", bare.as_str());
    command.env("DATAFYME_METADATA__PASSWORD", database.password().unwrap());
    let refused = command.args(["source", "list"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    assert!(stderr(&refused).contains("give every replica the same key"), "{}", stderr(&refused));

    let embedded = run(&dir.path().join("alone"), &["source", "list"]);
    assert!(embedded.status.success(), "{}", stderr(&embedded));
}
