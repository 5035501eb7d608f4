//! A run survives its executor, wherever that is killed.

use crate::{
    house::{House, ME},
    script::{Script, chart, draft},
};
use datafyme_domain::{Answer, Conversation, ErrorKind, RunEvent, RunId, Usage};
use serde_json::json;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio_util::sync::CancellationToken;

/// A run with every loop in it, by an analyst that does not remember what it said.
fn winding() -> Script {
    Script::query("SELECT wrong FROM products")
        .says("repair_query", draft("SELECT product_name, price, product_id FROM products"))
        .says("choose_representation", json!({"kind": "chart", "why": "wished for"}))
        .says("choose_chart", chart(0, 7))
        .says("repair_chart", chart(0, 1))
}

/// Executes a run until its `kill`-th event, then drops the executor; `None` when it ended before.
async fn killed_after(house: &House, run: RunId, worker: &str, kill: u32) -> Option<Answer> {
    let (seen, stop) = (AtomicU32::new(0), CancellationToken::new());
    let events = |_: RunEvent| {
        if seen.fetch_add(1, Ordering::SeqCst) + 1 == kill {
            stop.cancel();
        }
    };
    tokio::select! {
        biased;
        () = stop.cancelled() => None,
        answer = house.agent.execute_run(ME, run, worker, &events) => Some(answer.unwrap()),
    }
}

fn comparable(mut answer: Answer) -> Answer {
    answer.usage = Usage::default();
    answer
}

async fn ask(house: &House, conversation: &Conversation) -> RunId {
    house.start(conversation, "What do products cost?").await.id
}

#[tokio::test]
async fn a_run_killed_after_any_event_ends_in_the_same_answer() {
    let house = House::new(winding()).await;
    let source = house.learned().await;
    let whole = {
        let conversation = house.conversation(&source).await;
        let run = ask(&house, &conversation).await;
        comparable(killed_after(&house, run, "worker", u32::MAX).await.unwrap())
    };
    let mut kills = 0;
    for kill in 1.. {
        let conversation = house.conversation(&source).await;
        let run = ask(&house, &conversation).await;
        if killed_after(&house, run, "first", kill).await.is_some() {
            break;
        }
        kills += 1;
        house.let_leases_end();
        let abandoned = house.agent.abandoned_runs().await.unwrap();
        assert!(abandoned.iter().any(|r| r.id == run), "run killed after event {kill} is not found");
        let resumed = killed_after(&house, run, "second", u32::MAX).await.unwrap();
        assert_eq!(comparable(resumed), whole, "killed after event {kill}");
    }
    // Short stages are written in groups, so the number of events varies with the load.
    assert!(kills >= 5, "only {kills} events");
}

#[tokio::test]
async fn a_run_killed_again_and_again_still_ends() {
    let house = House::new(winding()).await;
    let source = house.learned().await;
    let conversation = house.conversation(&source).await;
    let run = ask(&house, &conversation).await;
    let mut lives = 0;
    let answer = loop {
        lives += 1;
        house.let_leases_end();
        // Three events: the step that was cut off, and the next one whole.
        if let Some(answer) = killed_after(&house, run, &format!("worker-{lives}"), 3).await {
            break answer;
        }
    };
    // Quick steps are written several together, so how many lives it takes varies with the machine.
    assert!(lives > 3, "only {lives} lives");
    assert_eq!(answer.status, datafyme_domain::RunStatus::Answered);
    let steps = house.parts.metadata.steps(ME, run).await.unwrap();
    let order: Vec<u32> = steps.iter().map(|s| s.seq).collect();
    assert_eq!(order, (0..u32::try_from(steps.len()).unwrap()).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_run_is_worked_on_by_one_worker_at_a_time() {
    let house = House::new(winding()).await;
    let source = house.learned().await;
    let conversation = house.conversation(&source).await;
    let run = ask(&house, &conversation).await;
    assert!(killed_after(&house, run, "first", 4).await.is_none());
    let error = house.agent.execute_run(ME, run, "second", &|_: RunEvent| {}).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
}

#[tokio::test]
async fn a_finished_run_tells_its_answer_again() {
    let house = House::new(winding()).await;
    let source = house.learned().await;
    let conversation = house.conversation(&source).await;
    let run = ask(&house, &conversation).await;
    let first = killed_after(&house, run, "first", u32::MAX).await.unwrap();
    let again = killed_after(&house, run, "second", u32::MAX).await.unwrap();
    assert_eq!(first, again);
}
