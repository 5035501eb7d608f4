//! The worker: takes jobs and runs that wait or were abandoned, as many at once as the configuration allows.

use super::{engines, follow, job, run};
use crate::{
    App,
    events::{Unwatched, bridge},
};
use datafyme_agent::AgentError;
use datafyme_domain::{Caller, ErrorKind, RunId};
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

/// How often the worker looks by itself; new work of this process wakes it at once.
const LOOK: Duration = Duration::from_secs(1);
/// How often data sources are looked for that are due to be learned again.
const LOOK_AT_SCHEDULE: Duration = Duration::from_secs(20);
/// How often the configured models are looked at; changes of this process count at once.
const LOOK_AT_MODELS: Duration = Duration::from_secs(30);

/// Works until the application shuts down, then waits for its tasks to hand back what they hold.
pub async fn work(app: Arc<App>) {
    let worker = Worker {
        jobs: Arc::new(Semaphore::new(app.config.worker.jobs.into())),
        runs: Arc::new(Semaphore::new(app.config.worker.runs.into())),
        busy: Arc::default(),
        tasks: TaskTracker::new(),
        app,
    };
    tracing::info!(worker.name = %worker.app.worker_name, "worker.started");
    worker.tasks.spawn(keep_models(Arc::clone(&worker.app)));
    worker.tasks.spawn(bridge::keep(Arc::clone(&worker.app)));
    worker.tasks.spawn(follow::keep_derived(Arc::clone(&worker.app)));
    worker.tasks.spawn(engines::keep_engines(Arc::clone(&worker.app)));
    worker.tasks.spawn(keep_learned(Arc::clone(&worker.app)));
    while !worker.app.shutdown.is_cancelled() {
        if let Err(failure) = worker.take_jobs().await {
            tracing::warn!(error = %failure, "worker.jobs_unavailable");
        }
        if let Err(failure) = worker.take_runs().await {
            tracing::warn!(error = %failure, "worker.runs_unavailable");
        }
        tokio::select! {
            () = worker.app.shutdown.cancelled() => {}
            () = worker.app.worker.woken() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
    worker.tasks.close();
    worker.tasks.wait().await;
    worker.app.telemetry.flush().await;
    tracing::info!("worker.stopped");
}

/// Follows what other processes change about models.
async fn keep_models(app: Arc<App>) {
    loop {
        tokio::select! {
            () = app.shutdown.cancelled() => return,
            () = tokio::time::sleep(LOOK_AT_MODELS) => app.models.refresh_or_log().await,
        }
    }
}

/// Puts in the learning of every data source that is due; any number of workers may do so.
async fn keep_learned(app: Arc<App>) {
    loop {
        match app.agent.relearn_due(app.config.learning.resync_every.seconds()).await {
            Ok(jobs) if jobs.is_empty() => {}
            Ok(jobs) => {
                tracing::info!(jobs.count = jobs.len(), "learning.due");
                app.worker.wake();
            }
            Err(failure) => tracing::warn!(error = %failure, "learning.schedule_unavailable"),
        }
        tokio::select! {
            () = app.shutdown.cancelled() => return,
            () = tokio::time::sleep(LOOK_AT_SCHEDULE) => {}
        }
    }
}

struct Worker {
    app: Arc<App>,
    jobs: Arc<Semaphore>,
    runs: Arc<Semaphore>,
    /// Runs that this process is at: between looking and claiming they look abandoned.
    busy: Arc<Mutex<HashSet<RunId>>>,
    tasks: TaskTracker,
}

impl Worker {
    async fn take_jobs(&self) -> Result<(), AgentError> {
        while let Ok(permit) = Arc::clone(&self.jobs).try_acquire_owned() {
            let Some(claimed) = self.app.metadata.claim_job(&job::claim(&self.app)).await? else {
                return Ok(());
            };
            let app = Arc::clone(&self.app);
            self.tasks.spawn(async move {
                let id = claimed.id;
                if let Err(failure) = job::execute(&app, claimed, &Unwatched).await {
                    tracing::warn!(job.id = %id, error = %failure, "job.left");
                }
                drop(permit);
                app.worker.wake();
            });
        }
        Ok(())
    }

    async fn take_runs(&self) -> Result<(), AgentError> {
        if self.runs.available_permits() == 0 {
            return Ok(());
        }
        for run in self.app.agent.abandoned_runs().await? {
            if !lock(&self.busy).insert(run.id) {
                continue;
            }
            let Ok(permit) = Arc::clone(&self.runs).try_acquire_owned() else {
                lock(&self.busy).remove(&run.id);
                return Ok(());
            };
            let app = Arc::clone(&self.app);
            let busy = Arc::clone(&self.busy);
            self.tasks.spawn(async move {
                let caller = Caller { user_id: run.owner_id };
                match run::execute(&app, caller, run.id, &Unwatched).await {
                    Err(failure) if failure.kind() != ErrorKind::Conflict => {
                        tracing::warn!(run.id = %run.id, error = %failure, "run.left");
                    }
                    // A conflict means that another process was faster.
                    _ => {}
                }
                lock(&busy).remove(&run.id);
                drop(permit);
                app.worker.wake();
            });
        }
        Ok(())
    }
}

fn lock(busy: &Mutex<HashSet<RunId>>) -> std::sync::MutexGuard<'_, HashSet<RunId>> {
    busy.lock().unwrap_or_else(PoisonError::into_inner)
}
