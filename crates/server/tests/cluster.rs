//! Two servers with data directories of their own over one PostgreSQL: what one learns the other answers, a question
//! asked of one is followed on the other, and a killed one's question is ended by the other, once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "harness/binary.rs"]
mod binary;

use binary::{PATIENCE, Server, datafyme, run, sqlite, stderr};
use datafyme_connect::conformance::{Fixture, PostgresFixture};
use datafyme_domain::{RunEvent, RunId};
use datafyme_server::{App, config::Config, jobs::worker};
use serde_json::{Value, json};
use std::{path::Path, process::Stdio, sync::Arc, time::Instant};

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

/// When the derived files were last built, by the log of a server that is started and ended on that directory.
fn rebuilds(dir: &Path, database: &url::Url, question: impl Fn(&Server)) -> usize {
    let log = dir.with_extension("log");
    let mut bare = database.clone();
    bare.set_password(None).unwrap();
    let mut command = datafyme(dir);
    command.env("DATAFYME_METADATA__URL", bare.as_str());
    command.env("DATAFYME_METADATA__PASSWORD", database.password().unwrap());
    command.env("DATAFYME_METADATA__KEY", KEY);
    command.stderr(std::fs::File::create(&log).unwrap());
    let server = Server::start_as(command);
    question(&server);
    assert!(server.terminate(), "it did not end well");
    std::fs::read_to_string(log).unwrap().matches("derived.rebuilt").count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_starts_again_builds_nothing_anew_unless_its_files_are_gone() {
    let Some(fixture) = PostgresFixture::named("a_server_that_starts_again_builds_nothing") else { return };
    fixture.database("").await;
    let database = url::Url::parse(&fixture.url()).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("rows.sqlite");
    sqlite(&file, "CREATE TABLE readings (reading_id INTEGER PRIMARY KEY); INSERT INTO readings VALUES (1), (2)");
    let data = dir.path().join("one");
    let versions = data.join("derived.json");
    let built = rebuilds(&data, &database, |server| {
        learn(server, &file);
        let began = Instant::now();
        while !versions.exists() {
            assert!(began.elapsed() < PATIENCE, "it never followed");
            std::thread::park_timeout(std::time::Duration::from_millis(20));
        }
    });
    assert_eq!(built, 1);
    // Three looks: had it wanted to build, it would have.
    let wait = |_: &Server| std::thread::park_timeout(std::time::Duration::from_secs(5));
    assert_eq!(rebuilds(&data, &database, wait), 0);
    std::fs::remove_file(data.join("search.db")).unwrap();
    assert_eq!(rebuilds(&data, &database, wait), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_that_are_never_stored_reach_the_other_server() {
    let Some(fixture) = PostgresFixture::named("words_that_are_never_stored_reach") else { return };
    fixture.database("").await;
    let dir = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.metadata.url = Some(fixture.url());
    config.metadata.key = Some(serde_json::from_value(json!(KEY)).unwrap());
    let mut apps = Vec::new();
    for name in ["one", "other"] {
        let app = Arc::new(App::open(config.clone(), &dir.path().join(name)).await.unwrap());
        tokio::spawn(worker::work(Arc::clone(&app)));
        apps.push(app);
    }
    let began = Instant::now();
    while !apps.iter().all(|app| app.events.is_bridged()) {
        assert!(began.elapsed() < PATIENCE, "they never listened");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let (run, mut heard) = (RunId::generate(), apps[1].events.watch_runs());
    let delta = RunEvent::StepDelta { seq: 3, stage: "describe".to_owned(), text: "There".to_owned() };
    apps[0].events.publish_run(run, delta.clone());
    let received = tokio::time::timeout(PATIENCE, heard.recv()).await.expect("it is told").unwrap();
    assert_eq!(received, (run, delta));
    for app in apps {
        app.shutdown.cancel();
    }
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
