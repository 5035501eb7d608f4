//! Cases of `Runs`.

use super::{Seam, Store, conversation, hold};
use crate::StoreError;
use crate::conformance::Harness;
use crate::conformance::sample::{self, ME, OTHER, WORKER, at};
use crate::metadata::{Lease, RunEnd, RunStart};
use datafyme_domain::{Conversation, ConversationId, ErrorKind, RunId, RunStatus, Step, StepStatus};
use std::{task::Poll, time::Duration};
use tokio::task::JoinSet;

/// A started run in a conversation of its own.
async fn running(store: &Store, source: &str) -> RunStart {
    let talk = conversation(store, ME, source).await;
    let start = sample::run_start(&talk, "?", 0);
    store.start_run(ME, &start).await.unwrap();
    start
}

async fn claim(store: &Store, id: RunId, lease: Lease<'_>) -> bool {
    store.claim_run(ME, id, lease).await.unwrap().is_some()
}

pub async fn a_run_starts_with_its_message(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let talk = conversation(&store, ME, "sales").await;
    let start = sample::run_start(&talk, "how many orders?", 5);
    assert!(store.start_run(ME, &start).await.unwrap(), "it is the first");
    assert_eq!(store.run(ME, start.run.id).await.unwrap(), Some(start.run.clone()));
    assert_eq!(store.list_runs(ME, talk.id).await.unwrap(), [start.run]);
    assert_eq!(store.messages(ME, talk.id).await.unwrap(), [start.message]);
    assert_eq!(store.conversation(ME, talk.id).await.unwrap().unwrap().updated_at, at(5));
    assert_eq!(store.run(ME, RunId::generate()).await.unwrap(), None);
}

pub async fn a_second_unfinished_run_is_refused_and_leaves_nothing(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let talk = conversation(&store, ME, "sales").await;
    let first = sample::run_start(&talk, "first", 1);
    store.start_run(ME, &first).await.unwrap();
    let second = sample::run_start(&talk, "second", 2);
    let error = store.start_run(ME, &second).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert_eq!(store.messages(ME, talk.id).await.unwrap().len(), 1);
    assert_eq!(store.conversation(ME, talk.id).await.unwrap().unwrap().updated_at, at(1));
    let answer = sample::answer(RunStatus::Declined, "no");
    assert!(hold(&store, &first).await);
    store.finish_run(first.run.id, WORKER, sample::end(&answer, &sample::reply(&first, "no", 3), 3)).await.unwrap();
    assert!(!store.start_run(ME, &second).await.unwrap(), "it is not the first");
    let runs: Vec<RunId> = store.list_runs(ME, talk.id).await.unwrap().iter().map(|r| r.id).collect();
    assert_eq!(runs, [first.run.id, second.run.id]);
}

pub async fn of_runs_started_at_once_one_stands(harness: &impl Harness<Seam>) {
    let (one, two) = (harness.open().await, harness.open().await);
    let talk = conversation(&one, ME, "sales").await;
    let mut racers = JoinSet::new();
    for number in 0..12 {
        let store = if number % 2 == 0 { one.clone() } else { two.clone() };
        let start = sample::run_start(&talk, "me first", number);
        racers.spawn(async move { store.start_run(ME, &start).await.map_err(|error| error.kind()) });
    }
    let outcomes = racers.join_all().await;
    assert_eq!(outcomes.iter().filter(|o| o.is_ok()).count(), 1, "{outcomes:?}");
    assert_eq!(outcomes.iter().filter(|o| **o == Err(ErrorKind::Conflict)).count(), 11, "{outcomes:?}");
    assert_eq!(one.messages(ME, talk.id).await.unwrap().len(), 1);
}

pub async fn a_run_needs_a_conversation_of_its_caller(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let talk = conversation(&store, ME, "sales").await;
    let nowhere = Conversation { id: ConversationId::generate(), ..talk.clone() };
    for (caller, talk) in [(ME, &nowhere), (OTHER, &talk)] {
        let error = store.start_run(caller, &sample::run_start(talk, "?", 1)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }
    let mut crossed = sample::run_start(&talk, "?", 1);
    crossed.run.message_id = datafyme_domain::MessageId::generate();
    assert_eq!(store.start_run(ME, &crossed).await.unwrap_err().kind(), ErrorKind::InvalidInput);
    assert_eq!(store.messages(ME, talk.id).await.unwrap(), []);
}

pub async fn a_lease_is_held_until_it_ends(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let talk = conversation(&store, ME, "sales").await;
    let start = sample::run_start(&talk, "?", 0);
    store.start_run(ME, &start).await.unwrap();
    let id = start.run.id;
    assert!(claim(&store, id, sample::lease("a", 0, 10)).await);
    for worker in ["a", "b"] {
        assert!(!claim(&store, id, sample::lease(worker, 9, 20)).await, "{worker}");
    }
    assert!(claim(&store, id, sample::lease("b", 10, 20)).await);
    let answer = sample::answer(RunStatus::Answered, "3");
    store.finish_run(id, "b", sample::end(&answer, &sample::reply(&start, "3", 12), 12)).await.unwrap();
    assert!(!claim(&store, id, sample::lease("c", 99, 120)).await);
    assert!(!claim(&store, RunId::generate(), sample::lease("c", 0, 9)).await);
}

pub async fn of_claims_at_once_one_wins(harness: &impl Harness<Seam>) {
    let (one, two) = (harness.open().await, harness.open().await);
    let talk = conversation(&one, ME, "sales").await;
    let start = sample::run_start(&talk, "?", 0);
    one.start_run(ME, &start).await.unwrap();
    for round in 0..5 {
        let mut racers = JoinSet::new();
        for number in 0..16 {
            let store = if number % 2 == 0 { one.clone() } else { two.clone() };
            let (id, worker) = (start.run.id, format!("worker-{number}"));
            racers.spawn(async move { claim(&store, id, sample::lease(&worker, round * 10, round * 10 + 10)).await });
        }
        let won = racers.join_all().await.into_iter().filter(|won| *won).count();
        assert_eq!(won, 1, "round {round}");
    }
}

pub async fn a_lost_lease_is_not_renewed(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let talk = conversation(&store, ME, "sales").await;
    let start = sample::run_start(&talk, "?", 0);
    store.start_run(ME, &start).await.unwrap();
    let id = start.run.id;
    assert_eq!(store.renew_run(id, "a", at(10)).await.unwrap(), None);
    assert!(claim(&store, id, sample::lease("a", 0, 10)).await);
    assert_eq!(store.renew_run(id, "a", at(20)).await.unwrap(), Some(false));
    assert!(!claim(&store, id, sample::lease("b", 15, 30)).await, "the renewed lease holds");
    assert!(claim(&store, id, sample::lease("b", 20, 30)).await);
    assert_eq!(store.renew_run(id, "a", at(40)).await.unwrap(), None);
}

pub async fn a_cancel_reaches_the_worker(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let talk = conversation(&store, ME, "sales").await;
    let start = sample::run_start(&talk, "?", 0);
    store.start_run(ME, &start).await.unwrap();
    let id = start.run.id;
    assert!(claim(&store, id, sample::lease("a", 0, 10)).await);
    assert!(!store.request_run_cancel(OTHER, id).await.unwrap());
    assert_eq!(store.renew_run(id, "a", at(20)).await.unwrap(), Some(false));
    assert!(store.request_run_cancel(ME, id).await.unwrap());
    assert_eq!(store.renew_run(id, "a", at(30)).await.unwrap(), Some(true));
    assert!(store.run(ME, id).await.unwrap().unwrap().cancel_requested);
    let answer = sample::answer(RunStatus::Cancelled, "stopped");
    store.finish_run(id, "a", sample::end(&answer, &sample::reply(&start, "stopped", 4), 4)).await.unwrap();
    assert!(!store.request_run_cancel(ME, id).await.unwrap());
}

pub async fn unheld_unfinished_runs_are_abandoned(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let mut runs = Vec::new();
    for (name, seconds) in [("fresh", 3), ("held", 2), ("dead", 1), ("done", 0)] {
        let talk = conversation(&store, ME, name).await;
        let start = sample::run_start(&talk, name, seconds);
        store.start_run(ME, &start).await.unwrap();
        runs.push(start);
    }
    assert!(claim(&store, runs[1].run.id, sample::lease("alive", 0, 100)).await);
    assert!(claim(&store, runs[2].run.id, sample::lease("dead", 0, 10)).await);
    let answer = sample::answer(RunStatus::Failed, "no");
    assert!(hold(&store, &runs[3]).await);
    store.finish_run(runs[3].run.id, WORKER, sample::end(&answer, &sample::reply(&runs[3], "no", 1), 1)).await.unwrap();
    let abandoned: Vec<String> = store.abandoned_runs(at(50)).await.unwrap().into_iter().map(|r| r.question).collect();
    assert_eq!(abandoned, ["dead", "fresh"]);
}

pub async fn who_takes_a_run_over_goes_on_from_its_steps(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let start = running(&store, "sales").await;
    let id = start.run.id;
    let first = store.claim_run(ME, id, sample::lease("a", 0, 10)).await.unwrap().unwrap();
    assert_eq!((first.run, first.is_taken_over, first.steps), (start.run, false, Vec::new()));
    let mut step = sample::step(id, 0, "screen");
    step.calls = vec![sample::call("screen")];
    assert!(store.put_steps(id, "a", std::slice::from_ref(&step)).await.unwrap());
    assert!(store.request_run_cancel(ME, id).await.unwrap());
    let second = store.claim_run(ME, id, sample::lease("b", 10, 20)).await.unwrap().unwrap();
    assert!(second.run.cancel_requested);
    assert_eq!((second.is_taken_over, second.steps), (true, vec![step]));
}

pub async fn a_claim_needs_a_run_of_its_caller(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let start = running(&store, "sales").await;
    assert_eq!(store.claim_run(OTHER, start.run.id, sample::lease("a", 0, 10)).await.unwrap(), None);
    assert!(hold(&store, &start).await);
}

pub async fn steps_are_kept_in_order_and_replaced(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let start = running(&store, "sales").await;
    let id = start.run.id;
    assert!(hold(&store, &start).await);
    let [first, second] = [0, 1].map(|seq| sample::step(id, seq, "screen"));
    assert!(store.put_steps(id, WORKER, &[second.clone(), first]).await.unwrap());
    let mut ended = sample::step(id, 0, "restate");
    ended.status = StepStatus::Completed;
    ended.outcome = "{\"relevant\": true}".to_owned();
    ended.summary = "understood".to_owned();
    ended.duration_ms = Some(12);
    assert!(store.put_steps(id, WORKER, std::slice::from_ref(&ended)).await.unwrap());
    assert_eq!(store.steps(ME, id).await.unwrap(), [ended, second]);
    assert_eq!(store.steps(OTHER, id).await.unwrap(), []);
    let gone = RunId::generate();
    let error = store.put_steps(gone, WORKER, &[sample::step(gone, 0, "screen")]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

pub async fn steps_are_written_together_or_not_at_all(harness: &impl Harness<Seam>) {
    let (store, other) = (harness.open().await, harness.open().await);
    let start = running(&store, "sales").await;
    let id = start.run.id;
    assert!(hold(&store, &start).await);
    let steps: Vec<Step> = (0..20).map(|seq| sample::step(id, seq, "screen")).collect();
    let seen = async {
        loop {
            let count = other.steps(ME, id).await.unwrap().len();
            assert!(count == 0 || count == steps.len(), "{count} of {}", steps.len());
            if count > 0 {
                break;
            }
            tokio::task::yield_now().await;
        }
    };
    let (written, ()) = tokio::join!(store.put_steps(id, WORKER, &steps), seen);
    assert!(written.unwrap());
}

pub async fn a_worker_that_lost_its_lease_writes_nothing(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let start = running(&store, "sales").await;
    let id = start.run.id;
    let step = |stage| [sample::step(id, 0, stage)];
    assert!(!store.put_steps(id, "a", &step("unclaimed")).await.unwrap());
    assert!(claim(&store, id, sample::lease("a", 0, 10)).await);
    assert!(claim(&store, id, sample::lease("b", 10, 20)).await);
    assert!(!store.put_steps(id, "a", &step("late")).await.unwrap());
    let (answer, reply) = (sample::answer(RunStatus::Answered, "late"), sample::reply(&start, "late", 11));
    assert!(!store.finish_run(id, "a", sample::end(&answer, &reply, 11)).await.unwrap());
    assert_eq!(store.steps(ME, id).await.unwrap(), []);
    assert_eq!(store.run(ME, id).await.unwrap().unwrap().status, RunStatus::Running);
    assert!(store.put_steps(id, "b", &step("held")).await.unwrap());
    assert!(store.finish_run(id, "b", sample::end(&answer, &reply, 12)).await.unwrap());
    assert!(!store.put_steps(id, "b", &step("after the end")).await.unwrap());
    assert_eq!(store.steps(ME, id).await.unwrap()[0].stage, "held");
}

pub async fn a_run_ends_with_its_last_steps(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let start = running(&store, "sales").await;
    let id = start.run.id;
    assert!(hold(&store, &start).await);
    let mut steps: Vec<Step> = (0..3).map(|seq| sample::step(id, seq, "screen")).collect();
    steps[2].calls = vec![sample::call("describe_result")];
    let (answer, reply) = (sample::answer(RunStatus::Answered, "3"), sample::reply(&start, "3", 1));
    let end = RunEnd { steps: &steps, ..sample::end(&answer, &reply, 1) };
    assert!(store.finish_run(id, WORKER, end).await.unwrap());
    assert_eq!(store.steps(ME, id).await.unwrap(), steps);
    assert_eq!(store.model_spend(ME, at(0)).await.unwrap().calls, 1);
}

pub async fn the_first_end_wins(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let start = running(&store, "sales").await;
    let (id, talk) = (start.run.id, start.run.conversation_id);
    assert!(hold(&store, &start).await);
    let finish = async |status, text: &str, seconds| {
        let (answer, reply) = (sample::answer(status, text), sample::reply(&start, text, seconds));
        store.finish_run(id, WORKER, sample::end(&answer, &reply, seconds)).await
    };
    assert_eq!(finish(RunStatus::Running, "soon", 1).await.unwrap_err().kind(), ErrorKind::InvalidInput);
    assert!(finish(RunStatus::Answered, "3 orders", 7).await.unwrap());
    assert!(!finish(RunStatus::Cancelled, "stopped", 9).await.unwrap());
    let run = store.run(ME, id).await.unwrap().unwrap();
    assert_eq!((run.status, run.finished_at), (RunStatus::Answered, Some(at(7))));
    assert_eq!(run.answer, Some(sample::answer(RunStatus::Answered, "3 orders")));
    assert_eq!(store.messages(ME, talk).await.unwrap()[1].text, "3 orders");
    assert_eq!(store.messages(ME, talk).await.unwrap().len(), 2);
    assert_eq!(store.conversation(ME, talk).await.unwrap().unwrap().updated_at, at(7));
    let (answer, reply) = (sample::answer(RunStatus::Answered, ""), sample::reply(&start, "", 9));
    let error = store.finish_run(RunId::generate(), WORKER, sample::end(&answer, &reply, 9)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

pub async fn of_ends_at_once_one_wins(harness: &impl Harness<Seam>) {
    let (one, two) = (harness.open().await, harness.open().await);
    let talk = conversation(&one, ME, "sales").await;
    let start = sample::run_start(&talk, "?", 0);
    one.start_run(ME, &start).await.unwrap();
    assert!(hold(&one, &start).await);
    let mut racers = JoinSet::new();
    for number in 0..12 {
        let store = if number % 2 == 0 { one.clone() } else { two.clone() };
        let text = format!("end {number}");
        let (id, answer, reply) =
            (start.run.id, sample::answer(RunStatus::Answered, &text), sample::reply(&start, &text, 1));
        racers.spawn(async move {
            store.finish_run(id, WORKER, sample::end(&answer, &reply, 1)).await.unwrap().then_some(text)
        });
    }
    let won: Vec<String> = racers.join_all().await.into_iter().flatten().collect();
    let messages = two.messages(ME, talk.id).await.unwrap();
    assert_eq!((won.len(), messages.len()), (1, 2));
    assert_eq!(messages[1].text, won[0]);
    assert_eq!(two.run(ME, start.run.id).await.unwrap().unwrap().answer.unwrap().text, won[0]);
}

pub async fn runs_of_another_user_are_invisible(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let talk = conversation(&store, ME, "sales").await;
    let start = sample::run_start(&talk, "?", 0);
    store.start_run(ME, &start).await.unwrap();
    assert_eq!(store.run(OTHER, start.run.id).await.unwrap(), None);
    assert_eq!(store.list_runs(OTHER, talk.id).await.unwrap(), []);
    assert!(!store.request_run_cancel(OTHER, start.run.id).await.unwrap());
    assert!(!store.run(ME, start.run.id).await.unwrap().unwrap().cancel_requested);
}

/// What `future` gives within so many polls; it is dropped then.
async fn polled<T>(most: u64, future: impl Future<Output = T>) -> Option<T> {
    let mut future = std::pin::pin!(future);
    let mut left = most;
    std::future::poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(value) => Poll::Ready(Some(value)),
        Poll::Pending => {
            left = left.saturating_sub(1);
            if left == 0 { Poll::Ready(None) } else { Poll::Pending }
        }
    })
    .await
}

/// Writes whose caller goes away in the middle, at ever later moments.
pub async fn a_dropped_write_leaves_all_or_nothing(harness: &impl Harness<Seam>) {
    let (store, witness) = (harness.open().await, harness.open().await);
    let id = super::source(&store, ME, "sales").await;
    for number in 0..60_u64 {
        let talk = sample::conversation(ME, id, 0);
        store.create_conversation(&talk).await.unwrap();
        let start = sample::run_start(&talk, "?", 1);
        let patience = Duration::from_micros(number * 20);
        // A timer has no finer grain than a millisecond, in which a quick store is done: some are dropped after so many polls.
        // One that has written when it is first polled cannot be dropped in the middle, and has nothing to show here.
        let ended: Option<Result<bool, StoreError>> = match number % 4 {
            0 => polled(number / 4 + 1, store.start_run(ME, &start)).await,
            _ => tokio::time::timeout(patience, store.start_run(ME, &start)).await.ok(),
        };
        witness.check().await.unwrap();
        store.check().await.unwrap();
        // A COMMIT that was under way may still land between the two readings; half a write would stay half.
        let (mut runs, mut messages) = (0, 1);
        for _ in 0..40 {
            runs = witness.list_runs(ME, talk.id).await.unwrap().len();
            messages = witness.messages(ME, talk.id).await.unwrap().len();
            if runs == messages {
                break;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        assert_eq!(runs, messages, "after {patience:?}");
        if ended.is_some() {
            assert_eq!(runs, 1, "what was said to be written is");
        }
    }
    // The last write that was given up must not keep the door shut, whichever moment it was.
    store.check().await.unwrap();
    witness.check().await.unwrap();
}
