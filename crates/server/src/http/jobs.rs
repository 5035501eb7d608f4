//! Background jobs: list, watch, cancel.

pub(crate) mod events;

use super::{Identity, List, PathOf, Problem, QueryOf, page::checked_limit};
use crate::App;
use axum::{Json, extract::State};
use datafyme_domain::{Caller, DataSourceId, Job, JobId, ModelCall};
use serde::Deserialize;
use std::sync::Arc;

/// Parameters of the list.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct JobsQuery {
    /// Only jobs of this data source.
    source_id: Option<DataSourceId>,
    /// Items wanted, 1 to 200.
    limit: Option<u32>,
}

/// Jobs, newest first.
#[utoipa::path(get, path = "/jobs", tag = "jobs", params(JobsQuery), responses((status = 200, body = List<Job>)))]
pub(crate) async fn list_jobs(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    QueryOf(query): QueryOf<JobsQuery>,
) -> Result<Json<List<Job>>, Problem> {
    let limit = checked_limit(query.limit)?;
    let jobs = app.metadata.list_jobs(caller, query.source_id, limit).await?;
    Ok(Json(List::whole(jobs)))
}

/// One job.
#[utoipa::path(get, path = "/jobs/{id}", tag = "jobs", params(("id" = JobId, Path)),
    responses((status = 200, body = Job)))]
pub(crate) async fn get_job(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<JobId>,
) -> Result<Json<Job>, Problem> {
    Ok(Json(job_of(&app, caller, id).await?))
}

/// The calls of language models that a job made, in the order of their ends.
#[utoipa::path(get, path = "/jobs/{id}/calls", tag = "jobs", params(("id" = JobId, Path)),
    responses((status = 200, body = List<ModelCall>)))]
pub(crate) async fn list_job_calls(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<JobId>,
) -> Result<Json<List<ModelCall>>, Problem> {
    job_of(&app, caller, id).await?;
    Ok(Json(List::whole(app.metadata.job_calls(caller, id).await?)))
}

/// Asks a job to stop. A finished one stays as it is.
#[utoipa::path(post, path = "/jobs/{id}/cancel", tag = "jobs", params(("id" = JobId, Path)),
    responses((status = 200, body = Job)))]
pub(crate) async fn cancel_job(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<JobId>,
) -> Result<Json<Job>, Problem> {
    job_of(&app, caller, id).await?;
    app.metadata.request_job_cancel(caller, id, app.clock.now()).await?;
    Ok(Json(job_of(&app, caller, id).await?))
}

async fn job_of(app: &App, caller: Caller, id: JobId) -> Result<Job, Problem> {
    let job = app.metadata.job(caller, id).await?;
    job.ok_or_else(|| Problem::not_found("job"))
}
