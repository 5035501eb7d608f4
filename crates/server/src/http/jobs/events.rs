//! The event stream of a job: its state now, then every change, until it has ended.

use super::job_of;
use crate::App;
use crate::http::{Identity, PathOf, Problem};
use axum::{
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use datafyme_domain::{Caller, Job, JobId};
use futures::Stream;
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio::sync::{broadcast::error::RecvError, mpsc};
use tokio_stream::{StreamExt, wrappers::ReceiverStream};

const POLL: Duration = Duration::from_millis(500);
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Progress of a job as server-sent events: `job.progress` as it moves, `job.completed` at its end.
#[utoipa::path(get, path = "/jobs/{id}/events", tag = "jobs", params(("id" = JobId, Path)),
    responses((status = 200, body = Job, content_type = "text/event-stream")))]
pub(crate) async fn get_job_events(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<JobId>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let job = job_of(&app, caller, id).await?;
    let (events, receiver) = mpsc::channel(16);
    tokio::spawn(follow(app, caller, job, events));
    let stream = ReceiverStream::new(receiver).map(Ok);
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

async fn follow(app: Arc<App>, caller: Caller, job: Job, events: mpsc::Sender<Event>) {
    let mut live = app.events.watch_jobs();
    let id = job.id;
    let mut shown: Option<Job> = None;
    let mut current = job;
    loop {
        if shown.as_ref() != Some(&current) {
            let name = if current.status.is_final() { "job.completed" } else { "job.progress" };
            let Ok(event) = Event::default().event(name).json_data(&current) else {
                return;
            };
            if events.send(event).await.is_err() || current.status.is_final() {
                return;
            }
            shown = Some(current.clone());
        }
        let moved = tokio::select! {
            () = events.closed() => return,
            () = app.shutdown.cancelled() => return,
            () = tokio::time::sleep(POLL) => None,
            received = live.recv() => match received {
                // The end is read from the store: only there it is certain.
                Ok(job) if job.id == id && !job.status.is_final() => Some(job),
                Ok(job) if job.id != id => continue,
                Ok(_) | Err(RecvError::Lagged(_)) => None,
                Err(RecvError::Closed) => return,
            },
        };
        current = match moved {
            Some(job) => job,
            None => match app.metadata.job(caller, id).await {
                Ok(Some(job)) => job,
                _ => return,
            },
        };
    }
}
