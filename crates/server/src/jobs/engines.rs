//! Looks after the engines that derived stores live in: whether they are there, and whether they have all.

use crate::{App, derived};
use datafyme_agent::AgentError;
use datafyme_domain::{Caller, DataSourceId, ErrorKind, JobStatus};
use std::{collections::BTreeSet, sync::Arc, time::Duration};

/// How often an engine is asked whether it is there.
const LOOK: Duration = Duration::from_secs(2);
/// Jobs of a data source that are looked at: the last ones.
const JOBS: u32 = 20;

/// Asks each engine, and builds anew in it what it lacks: what was written while it was away, and, when it comes (back),
/// what it has nothing of.
pub(super) async fn keep_engines(app: Arc<App>) {
    if app.derived.remotes().next().is_none() {
        return;
    }
    let mut known = false;
    loop {
        tokio::select! {
            () = app.shutdown.cancelled() => return,
            () = look(&app, &mut known) => {}
        }
        tokio::select! {
            () = app.shutdown.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// `known`: nothing was away since losses were looked for.
async fn look(app: &App, known: &mut bool) {
    let mut there = true;
    for remote in app.derived.remotes() {
        *known &= remote.status().failure.is_none();
        there &= remote.probe().await.is_ok();
    }
    if there && !*known {
        match app.metadata.list_sources(Caller::local()).await {
            Ok(sources) => {
                let learned = sources.iter().filter(|source| source.learned_at.is_some()).map(|source| source.id);
                app.derived.look_for_losses(&learned.collect::<Vec<DataSourceId>>()).await;
                *known = true;
            }
            Err(failure) => tracing::warn!(error = %failure, "engine.not_compared"),
        }
    }
    let statuses = app.derived.remotes().map(|remote| remote.status());
    let behind: BTreeSet<DataSourceId> =
        statuses.filter(|status| status.failure.is_none()).flat_map(|status| status.behind).collect();
    for source in behind {
        match make_up(app, source).await {
            Ok(true) => tracing::info!(source.id = %source, "engine.caught_up"),
            Ok(false) => {}
            Err(failure) if failure.kind() == ErrorKind::NotFound => {
                tracing::info!(source.id = %source, "engine.forgot")
            }
            Err(failure) => tracing::warn!(source.id = %source, error = %failure, "engine.still_behind"),
        }
    }
}

/// Builds a data source anew, unless somebody is at it: what they write goes on, and is made up for afterwards.
async fn make_up(app: &App, source: DataSourceId) -> Result<bool, AgentError> {
    let jobs = app.metadata.list_jobs(Caller::local(), Some(source), JOBS).await?;
    if jobs.iter().any(|job| matches!(job.status, JobStatus::Queued | JobStatus::Running)) {
        return Ok(false);
    }
    derived::rebuild(app, Caller::local(), source).await
}
