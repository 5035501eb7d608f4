//! A run stops when it is told to, wherever it is.

use crate::{
    house::{ENDLESS, House, ME},
    script::Script,
};
use datafyme_domain::{Answer, RunEvent, RunId, RunStatus};
use tokio::sync::mpsc;

/// Executes a run in the background; returns when it has begun the stage.
async fn begun(house: &House, run: RunId, until: &str) -> tokio::task::JoinHandle<Answer> {
    let (tell, mut told) = mpsc::unbounded_channel();
    let agent = house.agent.clone();
    let work = tokio::spawn(async move {
        let events = move |event: RunEvent| {
            if let RunEvent::StepStarted { stage, .. } = event {
                let _ = tell.send(stage);
            }
        };
        agent.execute_run(ME, run, "worker", &events).await.unwrap()
    });
    while told.recv().await.expect("the stage is reached") != until {}
    work
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_cancelled_in_the_middle_of_a_query() {
    let house = House::new(Script::query(ENDLESS)).await;
    let source = house.learned().await;
    let conversation = house.conversation(&source).await;
    let run = house.start(&conversation, "How many?").await;
    let work = begun(&house, run.id, "execute").await;
    assert!(house.agent.cancel_run(ME, run.id).await.unwrap());
    let answer = tokio::time::timeout(std::time::Duration::from_secs(10), work).await;
    let answer = answer.expect("the run ends at once").unwrap();
    assert_eq!(answer.status, RunStatus::Cancelled);
    // The query is gone from the data source too: its connection is free.
    house.agent.ping_source(ME, source.id).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_of_another_process_is_obeyed() {
    let house = House::new(Script::query(ENDLESS)).await;
    let source = house.learned().await;
    let conversation = house.conversation(&source).await;
    let run = house.start(&conversation, "How many?").await;
    let work = begun(&house, run.id, "execute").await;
    // Through the store alone, as another process would.
    assert!(house.parts.metadata.request_run_cancel(ME, run.id).await.unwrap());
    let answer = tokio::time::timeout(std::time::Duration::from_secs(10), work).await;
    assert_eq!(answer.expect("the run ends").unwrap().status, RunStatus::Cancelled);
}

#[tokio::test]
async fn a_run_that_was_cancelled_before_it_began_does_nothing() {
    let house = House::new(Script::new()).await;
    let source = house.learned().await;
    let conversation = house.conversation(&source).await;
    let run = house.start(&conversation, "How many?").await;
    house.agent.cancel_run(ME, run.id).await.unwrap();
    let answer = house.agent.execute_run(ME, run.id, "worker", &|_: RunEvent| {}).await.unwrap();
    assert_eq!(answer.status, RunStatus::Cancelled);
    assert_eq!(answer.usage.queries, 0);
    assert_eq!(house.ask(&conversation, "How many now?").await.status, RunStatus::Answered);
}

#[tokio::test]
async fn nothing_is_cancelled_twice() {
    let house = House::new(Script::new()).await;
    let source = house.learned().await;
    let conversation = house.conversation(&source).await;
    let run = house.start(&conversation, "How many?").await;
    house.agent.execute_run(ME, run.id, "worker", &|_: RunEvent| {}).await.unwrap();
    assert!(!house.agent.cancel_run(ME, run.id).await.unwrap());
}
