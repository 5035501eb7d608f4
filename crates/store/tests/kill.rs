//! A process that is killed while it writes: what it was told is written is there, and nothing is there by half.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use datafyme_domain::RunStatus;
use datafyme_store::conformance::sample::{self, ME, WORKER, at};
use datafyme_store::metadata::{Conversations, DataSources, Runs};
use datafyme_store::{MetadataStore, SqliteMetadata, Vault};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// Set for the process to be killed: the data directory that it writes to.
const VICTIM: &str = "DATAFYME_TEST_KILL_VICTIM";

async fn open(dir: &Path) -> SqliteMetadata {
    SqliteMetadata::open(dir, Vault::open(dir).unwrap()).await.unwrap()
}

/// Asks and answers without end, and prints each conversation whose run it was told is finished.
async fn write_until_killed(dir: &Path) {
    let store = open(dir).await;
    let source = store.list_sources(ME).await.unwrap()[0].id;
    let mut out = std::io::stdout();
    loop {
        let talk = sample::conversation(ME, source, 0);
        store.create_conversation(&talk).await.unwrap();
        let start = sample::run_start(&talk, "how many?", 1);
        store.start_run(ME, &start).await.unwrap();
        let answer = sample::answer(RunStatus::Answered, "3");
        store.claim_run(ME, start.run.id, sample::lease(WORKER, 1, 9)).await.unwrap();
        store.finish_run(start.run.id, WORKER, sample::end(&answer, &sample::reply(&start, "3", 2), 2)).await.unwrap();
        writeln!(out, "finished {}", talk.id).unwrap();
        out.flush().unwrap();
    }
}

#[tokio::test]
async fn what_a_killed_process_was_told_is_written_is_there_whole() {
    if let Some(dir) = std::env::var_os(VICTIM) {
        return write_until_killed(Path::new(&dir)).await;
    }
    let dir = tempfile::TempDir::new().unwrap();
    let store = open(dir.path()).await;
    store.create_source(&sample::source(ME, "sales")).await.unwrap();
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "what_a_killed_process_was_told_is_written_is_there_whole", "--nocapture"])
        .env(VICTIM, dir.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let told: Vec<String> = BufReader::new(victim.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok)
        .filter_map(|line| line.split_once("finished ").map(|(_, id)| id.to_owned()))
        .take(25)
        .collect();
    victim.kill().unwrap();
    victim.wait().unwrap();
    assert_eq!(told.len(), 25);

    // Both the handle that was open meanwhile and a new one go on at once.
    for store in [store, open(dir.path()).await] {
        store.check().await.unwrap();
        for id in &told {
            let id = id.parse().unwrap();
            assert_eq!(store.messages(ME, id).await.unwrap().len(), 2);
            assert_eq!(store.list_runs(ME, id).await.unwrap()[0].status, RunStatus::Answered);
        }
        for run in store.abandoned_runs(at(99)).await.unwrap() {
            assert_eq!(
                store.messages(ME, run.conversation_id).await.unwrap().len(),
                1,
                "a run never lacks its message"
            );
        }
    }
}
