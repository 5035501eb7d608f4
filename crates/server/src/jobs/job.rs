//! One job, from claim to end.

use super::{FOLLOW, LEASE};
use crate::{App, metrics};
use datafyme_agent::{AgentError, JobEvents};
use datafyme_domain::{Caller, ErrorKind, Job, JobId, JobStatus};
use datafyme_store::metadata::JobClaim;
use futures::FutureExt;
use std::{
    panic::AssertUnwindSafe,
    sync::{Mutex, PoisonError},
    time::Instant,
};

/// The claim of this process, as of now.
pub(super) fn claim(app: &App) -> JobClaim {
    let now = app.clock.now();
    JobClaim { worker: app.worker_name.clone(), now, lease_until: now + LEASE }
}

/// Works on a claimed job. When the process is told to end, hands the lease back, so that another goes on at once.
///
/// # Errors
/// As [`datafyme_agent::Agent::execute_job`]; `Cancelled` when the process ends first.
pub async fn execute(app: &App, job: Job, watch: &dyn JobEvents) -> Result<JobStatus, AgentError> {
    let _active = app.metrics.job_started();
    let (kind, began) = (metrics::kind_of(&job), Instant::now());
    let (id, caller) = (job.id, Caller { user_id: job.owner_id });
    let latest = Mutex::new(job.progress.clone());
    let observer = |job: &Job| {
        *latest.lock().unwrap_or_else(PoisonError::into_inner) = job.progress.clone();
        app.events.publish_job(job);
        watch.progress(job);
    };
    tracing::info!(job.id = %id, source.id = %job.source_id, job.attempts = job.attempts, "job.started");
    let work = AssertUnwindSafe(app.agent.execute_job(job, &app.worker_name, &observer)).catch_unwind();
    let ended = tokio::select! {
        ended = work => ended,
        () = app.shutdown.cancelled() => {
            let progress = latest.lock().unwrap_or_else(PoisonError::into_inner).clone();
            app.metadata.renew_job(id, &app.worker_name, &progress, app.clock.now()).await?;
            return Err(AgentError::refused(ErrorKind::Cancelled, "this process was told to end; the job goes on with the next worker"));
        }
    };
    let status = match ended {
        Ok(status) => status?,
        Err(_) => {
            tracing::error!(job.id = %id, "job.panicked");
            let cause = "a defect in Datafyme stopped it; its log has the cause";
            app.metadata.finish_job(id, JobStatus::Failed, Some(cause), app.clock.now()).await?;
            JobStatus::Failed
        }
    };
    app.metrics.job_ended(&kind, status, began.elapsed());
    // For the counters alone: the job has ended, whatever this says.
    app.metrics.calls_ended(&app.metadata.job_calls(caller, id).await.unwrap_or_default());
    app.telemetry.job_ended(caller, id);
    tracing::info!(job.id = %id, job.status = status.code(), "job.ended");
    Ok(status)
}

/// Sees a job through to its end, here or, when another process has it, by following that one.
///
/// # Errors
/// Failures of the stores; `Cancelled` when this process is told to end first.
pub async fn see_through(app: &App, caller: Caller, id: JobId, watch: &dyn JobEvents) -> Result<Job, AgentError> {
    loop {
        if let Some(claimed) = app.metadata.claim_job_by_id(id, &claim(app)).await? {
            match execute(app, claimed, watch).await {
                // Taken over meanwhile: follow whoever has it now.
                Err(lost) if lost.kind() == ErrorKind::Conflict => {}
                other => drop(other?),
            }
        }
        let job = app.metadata.job(caller, id).await?.ok_or_else(|| AgentError::not_found("job"))?;
        watch.progress(&job);
        if job.status.is_final() {
            return Ok(job);
        }
        tokio::select! {
            () = tokio::time::sleep(FOLLOW) => {}
            () = app.shutdown.cancelled() => {
                return Err(AgentError::refused(ErrorKind::Cancelled, "stopped waiting; the job goes on in another process"));
            }
        }
    }
}
