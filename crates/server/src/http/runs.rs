//! Runs: watch, cancel, and the answer's chart and rows.

pub(crate) mod chart;
pub(crate) mod events;
pub(crate) mod reading;
pub(crate) mod rows;

use super::{Identity, List, PathOf, Problem};
use crate::App;
use axum::{Json, extract::State};
use datafyme_domain::{Answer, Caller, ErrorKind, Run, RunId, Step};
use std::sync::Arc;

/// One run, with its answer once there is one.
#[utoipa::path(get, path = "/runs/{id}", tag = "runs", params(("id" = RunId, Path)),
    responses((status = 200, body = Run)))]
pub(crate) async fn get_run(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<RunId>,
) -> Result<Json<Run>, Problem> {
    Ok(Json(run_of(&app, caller, id).await?))
}

/// The steps of a run, in order.
#[utoipa::path(get, path = "/runs/{id}/steps", tag = "runs", params(("id" = RunId, Path)),
    responses((status = 200, body = List<Step>)))]
pub(crate) async fn list_steps(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<RunId>,
) -> Result<Json<List<Step>>, Problem> {
    run_of(&app, caller, id).await?;
    Ok(Json(List::whole(app.metadata.steps(caller, id).await?)))
}

/// Asks a run to stop. A finished one stays as it is.
#[utoipa::path(post, path = "/runs/{id}/cancel", tag = "runs", params(("id" = RunId, Path)),
    responses((status = 200, body = Run)))]
pub(crate) async fn cancel_run(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<RunId>,
) -> Result<Json<Run>, Problem> {
    run_of(&app, caller, id).await?;
    app.agent.cancel_run(caller, id).await?;
    app.worker.wake();
    Ok(Json(run_of(&app, caller, id).await?))
}

async fn run_of(app: &App, caller: Caller, id: RunId) -> Result<Run, Problem> {
    let run = app.metadata.run(caller, id).await?;
    run.ok_or_else(|| Problem::not_found("run"))
}

/// The answer of an ended run.
async fn answer_of(app: &App, caller: Caller, id: RunId) -> Result<Answer, Problem> {
    let run = run_of(app, caller, id).await?;
    run.answer.ok_or_else(|| Problem::new(ErrorKind::Conflict, "the run has not ended yet; watch its events"))
}
