//! A data directory that an earlier version left behind is opened, read and gone on with.
//!
//! `upgrade/schema_2.sql` is what a binary of the second schema wrote, as `.dump` prints it: it learned
//! `upgrade/library.sql`, kept a model with a key and a confirmed relation, answered four questions, and was killed while
//! it answered a fifth.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "harness/binary.rs"]
mod binary;

use binary::{Server, run, sqlite, stderr, stdout};
use serde_json::Value;
use tempfile::TempDir;

/// The key that the fixture's secrets are sealed with.
const KEY: &str = "10a5a7547781951cd5cb6eda7a6a9df4ee843befe4ff7a6b21e09140d5defc0c";
/// A conversation of two questions, the second one a follow-up.
const ANSWERED: &str = "01a2291a-75d7-730e-b701-b156a3f2c692";
/// What was under way.
const UNFINISHED: &str = "01a2291a-9eb2-74dd-8e7d-7fd13e043ebf";

/// As the earlier version left it.
fn left_behind() -> TempDir {
    let dir = TempDir::new().unwrap();
    let library = dir.path().join("library.sqlite");
    sqlite(&library, include_str!("upgrade/library.sql"));
    let dump = include_str!("upgrade/schema_2.sql");
    let metadata = dump.replace("{{library}}", library.to_str().unwrap());
    assert_ne!(metadata, dump);
    sqlite(&dir.path().join("datafyme.db"), &metadata);
    let byte = |at: usize| u8::from_str_radix(&KEY[at..at + 2], 16).unwrap();
    let key: Vec<u8> = (0..KEY.len()).step_by(2).map(byte).collect();
    std::fs::write(dir.path().join("secret.key"), key).unwrap();
    dir
}

fn ok(dir: &TempDir, arguments: &[&str]) -> String {
    let output = run(dir.path(), arguments);
    assert!(output.status.success(), "{arguments:?}: {}{}", stdout(&output), stderr(&output));
    stdout(&output)
}

fn json(dir: &TempDir, arguments: &[&str]) -> Value {
    let text = ok(dir, &[arguments, &["--format", "json"]].concat());
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn what_an_earlier_version_learned_and_answered_is_read() {
    let dir = left_behind();
    assert!(ok(&dir, &["source", "list"]).contains("ready"));
    let relations = json(&dir, &["relations", "--source", "library"]);
    let kinds: Vec<&str> = relations.as_array().unwrap().iter().map(|r| r["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["declared", "confirmed"], "{relations}");
    // That version kept the words alone.
    let words = relations[0]["reasons"][0].as_str().unwrap();
    assert_eq!(words, "declared as a foreign key in the database", "{relations}");
    assert_eq!(relations[0]["evidence"]["reasons"][0], serde_json::json!({ "kind": "text", "text": words }));
    let shown = ok(&dir, &["run", "show", ANSWERED]);
    assert!(shown.contains("Together 35.") && shown.contains("validate"), "{shown}");
    let models = ok(&dir, &["model", "list"]);
    assert!(models.contains("m-large") && models.contains("yes"), "{models}");
    let answer = json(&dir, &["ask", "--source", "library", "How many books are there per author?"]);
    assert_eq!(answer["status"], "answered", "{answer}");
}

#[test]
fn what_people_said_outlives_learning_again_after_an_upgrade() {
    let dir = left_behind();
    let learned = ok(&dir, &["source", "learn", "library"]);
    assert!(learned.contains("3 tables and 2 relations learned"), "{learned}");
    let relations = json(&dir, &["relations", "--source", "library"]);
    assert_eq!(relations[1]["kind"], "confirmed", "{relations}");
    ok(&dir, &["source", "test", "library"]);
}

#[test]
fn a_question_that_an_earlier_version_was_killed_over_ends_once() {
    let dir = left_behind();
    let server = Server::start(dir.path());
    let done = |run: &Value| !["queued", "running"].contains(&run["status"].as_str().unwrap());
    let ended = server.wait_for(&format!("/runs/{UNFINISHED}"), done);
    let path = format!("/conversations/{}/messages", ended["conversation_id"].as_str().unwrap());
    let messages = server.get(&path).json();
    let roles: Vec<&str> =
        messages["items"].as_array().unwrap().iter().map(|m| m["message"]["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["user", "assistant"], "{messages}");
    assert!(["answered", "declined"].contains(&ended["status"].as_str().unwrap()), "{ended}");
}
