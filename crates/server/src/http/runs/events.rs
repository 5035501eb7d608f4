//! The event stream of a run: rebuilt from its persisted steps, quickened by what happens in this process.
//!
//! Ids make it resumable: a started step has `2·seq + 1`, a completed one `2·seq + 2`, the end comes after both of the
//! last step. Deltas carry no id: they are never repeated. Another process may be at work, so the store is read at
//! short intervals too.

use super::run_of;
use crate::App;
use crate::http::{Identity, PathOf, Problem, QueryOf};
use axum::{
    extract::State,
    http::HeaderMap,
    response::sse::{Event, KeepAlive, Sse},
};
use datafyme_domain::{Caller, RunEvent, RunId, RunStatus, StepStatus};
use datafyme_store::StoreError;
use futures::Stream;
use serde::Deserialize;
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio::sync::{broadcast::Receiver, mpsc};
use tokio_stream::{StreamExt, wrappers::ReceiverStream};

/// How often the store is read where nobody tells what other processes do, and where somebody does, in case that a word
/// was lost.
const POLL: Duration = Duration::from_millis(400);
const POLL_IF_TOLD: Duration = Duration::from_secs(2);
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Parameters of the stream.
#[derive(Debug, Clone, Copy, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct RunEventsQuery {
    /// Only events after this id; the header `Last-Event-ID` says the same and goes first.
    last_event_id: Option<u64>,
}

/// Events of a run as server-sent events, the past ones first, until `run.completed`.
#[utoipa::path(get, path = "/runs/{id}/events", tag = "runs", params(("id" = RunId, Path), RunEventsQuery),
    responses((status = 200, body = RunEvent, content_type = "text/event-stream")))]
pub(crate) async fn get_run_events(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<RunId>,
    QueryOf(query): QueryOf<RunEventsQuery>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    run_of(&app, caller, id).await?;
    let header = headers.get("last-event-id").and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
    let (events, receiver) = mpsc::channel(64);
    let open = app.metrics.stream_opened();
    let follower = Follower {
        live: app.events.watch_runs(),
        app,
        caller,
        id,
        sent: header.or(query.last_event_id).unwrap_or(0),
        events,
    };
    tokio::spawn(async move {
        follower.follow().await;
        drop(open);
    });
    let stream = ReceiverStream::new(receiver).map(Ok);
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// Follows one run for one listener.
struct Follower {
    app: Arc<App>,
    caller: Caller,
    id: RunId,
    /// Id of the last event sent.
    sent: u64,
    live: Receiver<(RunId, RunEvent)>,
    events: mpsc::Sender<Event>,
}

/// Whether there is more to come.
enum Next {
    More,
    Ended,
}

impl Follower {
    async fn follow(mut self) {
        loop {
            match self.catch_up().await {
                Ok(Next::More) => {}
                Ok(Next::Ended) => return,
                Err(failure) => {
                    // The listener reconnects with Last-Event-ID, by then the store may be back.
                    tracing::warn!(run.id = %self.id, error = %failure, "http.run_events_lost");
                    return;
                }
            }
            if matches!(self.live_until_poll().await, Next::Ended) {
                return;
            }
        }
    }

    /// Sends what the store has and the listener has not.
    async fn catch_up(&mut self) -> Result<Next, StoreError> {
        // The run before its steps: once it has ended, all of its steps are there.
        let Some(run) = self.app.metadata.run(self.caller, self.id).await? else {
            return Ok(Next::Ended);
        };
        let steps = self.app.metadata.steps(self.caller, self.id).await?;
        let end = 2 * steps.len() as u64 + 1;
        for step in steps {
            let started = RunEvent::StepStarted { seq: step.seq, stage: step.stage.clone() };
            let done = step.status == StepStatus::Completed;
            let completed = done.then_some(RunEvent::StepCompleted { step });
            for event in std::iter::once(started).chain(completed) {
                if event_id(&event).is_some_and(|id| id > self.sent) && !self.send(event).await {
                    return Ok(Next::Ended);
                }
            }
        }
        if run.status == RunStatus::Running {
            return Ok(Next::More);
        }
        if let Some(answer) = run.answer
            && let Some(event) = encode(&RunEvent::RunCompleted { answer: Box::new(answer) }, Some(end))
        {
            let _ = self.events.send(event).await;
        }
        Ok(Next::Ended)
    }

    /// Passes live events on until it is time to read the store again.
    async fn live_until_poll(&mut self) -> Next {
        let poll = tokio::time::sleep(if self.app.events.is_bridged() { POLL_IF_TOLD } else { POLL });
        tokio::pin!(poll);
        loop {
            tokio::select! {
                () = self.events.closed() => return Next::Ended,
                () = self.app.shutdown.cancelled() => return Next::Ended,
                () = &mut poll => return Next::More,
                received = self.live.recv() => match received {
                    Ok((run, event)) if run == self.id => match event_id(&event) {
                        None if matches!(event, RunEvent::StepDelta { .. }) => {
                            if !self.send(event).await { return Next::Ended }
                        }
                        Some(id) if id == self.sent + 1 => {
                            if !self.send(event).await { return Next::Ended }
                        }
                        Some(id) if id <= self.sent => {}
                        // A gap, or the end: the store has it in order.
                        _ => return Next::More,
                    },
                    Ok(_) => {}
                    Err(_) => return Next::More,
                },
            }
        }
    }

    /// Sends one event; false when the listener is gone.
    async fn send(&mut self, event: RunEvent) -> bool {
        let id = event_id(&event);
        if let Some(id) = id {
            self.sent = id;
        }
        match encode(&event, id) {
            Some(event) => self.events.send(event).await.is_ok(),
            None => true,
        }
    }
}

/// The id of a step's event; the end of a run has none of its own, and deltas have none at all.
fn event_id(event: &RunEvent) -> Option<u64> {
    match event {
        RunEvent::StepStarted { seq, .. } => Some(2 * u64::from(*seq) + 1),
        RunEvent::StepCompleted { step } => Some(2 * u64::from(step.seq) + 2),
        RunEvent::StepDelta { .. } | RunEvent::RunCompleted { .. } => None,
    }
}

fn encode(event: &RunEvent, id: Option<u64>) -> Option<Event> {
    let name = match event {
        RunEvent::StepStarted { .. } => "step.started",
        RunEvent::StepDelta { .. } => "step.delta",
        RunEvent::StepCompleted { .. } => "step.completed",
        RunEvent::RunCompleted { .. } => "run.completed",
    };
    let encoded = Event::default().event(name).json_data(event).ok()?;
    Some(match id {
        Some(id) => encoded.id(id.to_string()),
        None => encoded,
    })
}
