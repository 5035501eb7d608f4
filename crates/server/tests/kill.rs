//! A server that is killed at work leaves nothing undone: the next one ends it, in the right state.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "harness/binary.rs"]
mod binary;

use binary::{Server, datafyme, run, signal, sqlite, stderr, stdout};
use serde_json::{Value, json};
use std::{
    fmt::Write,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

/// Enough tables to be caught in the middle.
const TABLES: usize = 300;
/// Enough rows that one query over them takes a moment.
const ROWS: usize = 3_000_000;

fn many_tables(file: &Path) {
    let mut statements = String::from("BEGIN;");
    for n in 0..TABLES {
        write!(
            statements,
            "CREATE TABLE item_{n} (item_{n}_id INTEGER PRIMARY KEY, label TEXT, price REAL, made DATE);
             INSERT INTO item_{n} VALUES (1, 'a', 1.5, '2024-01-01'), (2, 'b', 2.5, '2024-02-01');"
        )
        .unwrap();
    }
    sqlite(file, &(statements + "COMMIT;"));
}

fn many_rows(file: &Path) {
    sqlite(
        file,
        &format!(
            "CREATE TABLE readings (reading_id INTEGER PRIMARY KEY, sensor TEXT, temperature REAL);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS})
             INSERT INTO readings SELECT i, 'sensor ' || (i * 7919 % 1000), (i * 31 % 997) / 10.0 FROM n;"
        ),
    );
}

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

fn is_ended(job: &Value) -> bool {
    !matches!(job["status"].as_str().unwrap(), "queued" | "running")
}

#[test]
fn learning_that_is_killed_is_ended_by_the_next_process() {
    let dir = tempfile::tempdir().unwrap();
    let (data, file) = (dir.path().join("data"), dir.path().join("many.sqlite"));
    many_tables(&file);
    let server = Server::start(&data);
    let created = server.post("/sources", &json!({ "name": "many", "url": file.display().to_string() }));
    assert_eq!(created.status, 201, "{}", created.text);
    let created = created.json();
    let (job, source) = (format!("/jobs/{}", id(&created["job"])), format!("/sources/{}", id(&created["source"])));
    let caught = server.wait_for(&job, |j| j["progress"]["done"].as_u64().unwrap() > 10 || is_ended(j));
    assert!(!is_ended(&caught), "it was too fast to be killed: {caught}");
    server.kill();

    let server = Server::start(&data);
    let ended = server.wait_for(&job, is_ended);
    assert_eq!(ended["status"], "succeeded", "{ended}");
    assert_eq!(ended["attempts"], 2, "{ended}");
    let learned = server.get(&source).json();
    assert_eq!(learned["status"], "ready");
    assert_eq!(learned["table_count"], TABLES);
}

#[test]
fn a_run_that_is_killed_is_ended_by_the_next_process() {
    let dir = tempfile::tempdir().unwrap();
    let (data, file) = (dir.path().join("data"), dir.path().join("rows.sqlite"));
    many_rows(&file);
    let added = run(&data, &["source", "add", "rows", &file.display().to_string()]);
    assert!(added.status.success(), "{added:?}");
    assert!(stdout(&added).contains("1 table "));

    let server = Server::start(&data);
    let source = id(&server.get("/sources").json()["items"][0]);
    let conversation = id(&server.post("/conversations", &json!({ "source_id": source })).json());
    let question = json!({ "question": "What is the average temperature per sensor?" });
    let started = server.post(&format!("/conversations/{conversation}/runs"), &question);
    assert_eq!(started.status, 202, "{}", started.text);
    let run = format!("/runs/{}", id(&started.json()));
    server.wait_for(&format!("{run}/steps"), |steps| !steps["items"].as_array().unwrap().is_empty());
    assert_eq!(server.get(&run).json()["status"], "running", "it was too fast to be killed");
    server.kill();

    let server = Server::start(&data);
    let ended = server.wait_for(&run, |run| run["status"] != "running");
    assert_eq!(ended["status"], "answered", "{}", ended["answer"]["text"]);
    let steps = server.get(&format!("{run}/steps")).json();
    let steps = steps["items"].as_array().unwrap();
    assert!(steps.iter().enumerate().all(|(i, s)| s["seq"] == i && s["status"] == "completed"));
    let messages = server.get(&format!("/conversations/{conversation}/messages")).json();
    assert_eq!(messages["items"].as_array().unwrap().len(), 2);
}

#[test]
fn a_server_that_is_told_to_end_hands_its_work_back_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let (data, file) = (dir.path().join("data"), dir.path().join("many.sqlite"));
    many_tables(&file);
    let server = Server::start(&data);
    let created = server.post("/sources", &json!({ "name": "many", "url": file.display().to_string() })).json();
    let job = format!("/jobs/{}", id(&created["job"]));
    let caught = server.wait_for(&job, |j| j["progress"]["done"].as_u64().unwrap() > 10 || is_ended(j));
    assert!(!is_ended(&caught), "it was too fast to be caught: {caught}");
    assert!(server.terminate(), "it should end well");

    // A lease that was kept would hold the next one off for many seconds.
    let began = Instant::now();
    let server = Server::start(&data);
    server.wait_for(&job, |j| j["attempts"] == 2 || is_ended(j));
    assert!(began.elapsed() < Duration::from_secs(8), "taken over after {:?}", began.elapsed());
    assert_eq!(server.wait_for(&job, is_ended)["status"], "succeeded");
}

#[test]
fn a_question_whose_command_is_interrupted_is_cancelled() {
    let dir = tempfile::tempdir().unwrap();
    let (data, file) = (dir.path().join("data"), dir.path().join("rows.sqlite"));
    many_rows(&file);
    let added = run(&data, &["source", "add", "rows", &file.display().to_string()]);
    assert!(added.status.success(), "{added:?}");
    let mut command = datafyme(&data);
    command.args(["ask", "--source", "rows", "What is the average temperature per sensor?"]);
    let asking = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let server = Server::start(&data);
    let listed = server.wait_for("/conversations", |list| list["items"][0].is_object());
    signal(asking.id(), "INT");
    let asked = asking.wait_with_output().unwrap();
    assert_eq!(asked.status.code(), Some(1), "{}{}", stdout(&asked), stderr(&asked));
    assert!(!stderr(&asked).contains("panicked"), "{}", stderr(&asked));
    let path = format!("/conversations/{}/messages", id(&listed["items"][0]));
    let messages = server.wait_for(&path, |list| list["items"][0]["run"]["status"] != "running");
    assert_eq!(messages["items"][0]["run"]["status"], "cancelled", "{messages}");
}
