//! The restore drill: back up while questions are asked, destroy, restore; and what is no backup is refused.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "harness/binary.rs"]
mod binary;

use binary::{Server, datafyme, run, sqlite, stderr, stdout};
use datafyme_connect::conformance::{Fixture, PostgresFixture};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tempfile::TempDir;

/// Enough rows that one query over them takes a moment.
const ROWS: usize = 2_000_000;
const SLOW: &str = "What is the average temperature per sensor?";
const KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

/// Where an installation lives: its data directory, and its database where it has one.
struct Place {
    dir: PathBuf,
    database: Option<url::Url>,
}

impl Place {
    fn command(&self) -> Command {
        let mut command = datafyme(&self.dir);
        if let Some(database) = &self.database {
            let mut bare = database.clone();
            bare.set_password(None).unwrap();
            command.env("DATAFYME_METADATA__URL", bare.as_str());
            command.env("DATAFYME_METADATA__PASSWORD", database.password().unwrap());
        }
        command.env("DATAFYME_METADATA__KEY", KEY);
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).output().unwrap()
    }

    fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}{}", stdout(&output), stderr(&output));
        stdout(&output)
    }

    fn serve(&self) -> Server {
        let mut command = self.command();
        command.stderr(Stdio::null());
        Server::start_as(command)
    }
}

/// The lines of rows and checksums; of what time alone changes, none.
fn sums(printed: &str) -> Vec<&str> {
    let lines: Vec<&str> = printed.lines().filter(|line| line.starts_with("✓ ") && !line.contains("probes")).collect();
    assert!(lines.len() > 10, "{printed}");
    lines
}

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap_or_else(|| panic!("{value}")).to_owned()
}

fn rows(dir: &Path) -> PathBuf {
    let file = dir.join("rows.sqlite");
    sqlite(
        &file,
        &format!(
            "CREATE TABLE readings (reading_id INTEGER PRIMARY KEY, sensor TEXT, temperature REAL);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS})
             INSERT INTO readings SELECT i, 'sensor ' || (i * 7919 % 1000), (i * 31 % 997) / 10.0 FROM n;"
        ),
    );
    file
}

fn learn(server: &Server, file: &Path) -> String {
    let created = server.post("/sources", &json!({ "name": "rows", "url": file.display().to_string() })).json();
    let job = format!("/jobs/{}", id(&created["job"]));
    let ended = server.wait_for(&job, |job| !matches!(job["status"].as_str().unwrap(), "queued" | "running"));
    assert_eq!(ended["status"], "succeeded", "{ended}");
    id(&created["source"])
}

/// Asks in a conversation of its own; the path of the run.
fn ask(server: &Server, source: &str, question: &str) -> String {
    let conversation = id(&server.post("/conversations", &json!({ "source_id": source })).json());
    let started = server.post(&format!("/conversations/{conversation}/runs"), &json!({ "question": question }));
    format!("/runs/{}", id(&started.json()))
}

/// Backs up while a slow question runs and others are asked, destroys what was backed up, and restores it elsewhere.
fn drill(dir: &TempDir, before: &Place, after: &Place, destroy: impl FnOnce()) {
    let server = Arc::new(before.serve());
    let source = learn(&server, &rows(dir.path()));
    let slow = ask(&server, &source, SLOW);
    let is_over = Arc::new(AtomicBool::new(false));
    let load = std::thread::spawn({
        let (server, source, is_over) = (Arc::clone(&server), source.clone(), Arc::clone(&is_over));
        move || {
            let mut asked = Vec::new();
            while !is_over.load(Ordering::Relaxed) {
                asked.push(ask(&server, &source, "How many readings are there?"));
            }
            asked
        }
    });
    server.wait_for(&format!("{slow}/steps"), |steps| !steps["items"].as_array().unwrap().is_empty());
    let file = dir.path().join("saved.backup");
    let saved = before.ok(&["backup", &file.display().to_string()]);
    is_over.store(true, Ordering::Relaxed);
    assert!(!load.join().unwrap().is_empty(), "there was no load");
    let Some(server) = Arc::into_inner(server) else { panic!("somebody still asks") };
    server.kill();
    destroy();

    let restored = after.ok(&["restore", &file.display().to_string()]);
    assert_eq!(sums(&saved), sums(&restored));
    assert!(restored.contains("rows is indexed again"), "{restored}");
    let again = after.ok(&["backup", &dir.path().join("again.backup").display().to_string()]);
    assert_eq!(sums(&saved), sums(&again), "what was restored is what was saved");
    let refused = after.run(&["restore", &file.display().to_string()]);
    assert_eq!(refused.status.code(), Some(1), "{}", stdout(&refused));
    assert!(stderr(&refused).contains("already"), "{}", stderr(&refused));

    // What was in flight ends with the next worker, and what is asked next is answered.
    let server = after.serve();
    let ended = server.wait_for(&slow, |run| run["status"] != "running");
    // How sure the rules are of it varies with what they could try in time; it is not lost, and it did not break.
    assert!(matches!(ended["status"].as_str(), Some("answered" | "declined")), "{ended}");
    let asked = ask(&server, &source, "How many readings are there?");
    let ended = server.wait_for(&asked, |run| run["status"] != "running");
    assert!(ended["answer"].to_string().contains(&ROWS.to_string()), "{ended}");
}

#[test]
fn a_backup_under_load_is_restored_with_equal_checksums_on_sqlite() {
    let dir = tempfile::tempdir().unwrap();
    let before = Place { dir: dir.path().join("before"), database: None };
    let after = Place { dir: dir.path().join("after"), database: None };
    let lost = before.dir.clone();
    drill(&dir, &before, &after, || fs::remove_dir_all(lost).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_load_is_restored_with_equal_checksums_on_postgresql() {
    let Some(fixture) = PostgresFixture::named("a_backup_under_load_is_restored") else { return };
    let Some(target) = PostgresFixture::named("restored_here_after_a_backup") else { return };
    fixture.database("").await;
    target.database("").await;
    let at = |fixture: &PostgresFixture| Some(url::Url::parse(&fixture.url()).unwrap());
    let dir = tempfile::tempdir().unwrap();
    let before = Place { dir: dir.path().join("before"), database: at(&fixture) };
    let after = Place { dir: dir.path().join("after"), database: at(&target) };
    tokio::task::block_in_place(|| drill(&dir, &before, &after, || {}));
}

#[test]
fn what_is_no_backup_or_is_damaged_is_refused_and_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let place = Place { dir: dir.path().join("data"), database: None };
    place.ok(&["source", "list"]);
    let file = dir.path().join("good.backup");
    place.ok(&["backup", &file.display().to_string()]);
    let twice = place.run(&["backup", &file.display().to_string()]);
    assert_eq!(twice.status.code(), Some(1), "{}", stdout(&twice));
    assert!(stderr(&twice).contains("name a new file"), "{}", stderr(&twice));
    place.ok(&["backup", &dir.path().display().to_string()]);

    let (text, damaged) = (dir.path().join("text"), dir.path().join("damaged"));
    fs::write(&text, "no database at all, but long enough to be looked at").unwrap();
    fs::copy(&file, &damaged).unwrap();
    sqlite(&damaged, "UPDATE users SET name = 'somebody else'");
    let empty = dir.path().join("empty");
    for (from, said) in [
        (&text, "no backup of Datafyme"),
        (&damaged, "is damaged in `users`"),
        (&dir.path().join("missing"), "cannot read the backup"),
    ] {
        let refused = run(&empty, &["restore", &from.display().to_string()]);
        assert!(!refused.status.success(), "{}", stdout(&refused));
        assert!(stderr(&refused).contains(said), "{}", stderr(&refused));
        assert!(!empty.join("datafyme.db").exists());
        let left: Vec<_> = fs::read_dir(&empty).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(left.iter().all(|name| !name.to_string_lossy().starts_with(".datafyme-")), "{left:?}");
    }
    let restored = run(&empty, &["restore", &file.display().to_string()]);
    assert!(restored.status.success(), "{}", stderr(&restored));
}

#[tokio::test(flavor = "multi_thread")]
async fn metadata_moves_to_postgresql_with_the_same_sums_and_once() {
    let Some(fixture) = PostgresFixture::named("metadata_moves_to_postgresql") else { return };
    fixture.database("").await;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("rows.sqlite");
    sqlite(&file, "CREATE TABLE readings (reading_id INTEGER PRIMARY KEY); INSERT INTO readings VALUES (1), (2)");
    let here = Place { dir: dir.path().join("here"), database: None };
    let there = Place { dir: dir.path().join("there"), database: Some(url::Url::parse(&fixture.url()).unwrap()) };
    here.ok(&["source", "add", "rows", &file.display().to_string()]);
    here.ok(&["ask", "--source", "rows", "How many readings are there?"]);
    let mut bare = url::Url::parse(&fixture.url()).unwrap();
    let password = bare.password().unwrap().to_owned();
    bare.set_password(None).unwrap();
    let migrate = || {
        let mut command = here.command();
        command.env("DATAFYME_METADATA__PASSWORD", &password);
        let from = format!("sqlite:{}", here.dir.display());
        command.args(["migrate-metadata", "--from", &from, "--to", bare.as_str()]).output().unwrap()
    };
    let moved = migrate();
    assert!(moved.status.success(), "{}", stderr(&moved));
    let moved = stdout(&moved);
    let of = |place: &Place, name: &str| place.ok(&["backup", &dir.path().join(name).display().to_string()]);
    assert_eq!(sums(&moved), sums(&of(&here, "here.backup")));
    assert_eq!(sums(&moved), sums(&of(&there, "there.backup")));
    let again = migrate();
    assert_eq!(again.status.code(), Some(1));
    assert!(stderr(&again).contains("into an empty database"), "{}", stderr(&again));
    there.ok(&["reindex"]);
    let answered = there.ok(&["ask", "--source", "rows", "How many readings are there?"]);
    assert!(answered.contains('2'), "{answered}");
    let doctor = stdout(&there.run(&["doctor"]));
    assert!(doctor.contains("PostgreSQL reads and writes, at 127.0.0.1"), "{doctor}");
}
