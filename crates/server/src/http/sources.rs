//! Data sources: register, list, test, learn, set aside, remove.

pub(crate) mod connection;
pub(crate) mod documentation;
pub(crate) mod knowledge;
pub(crate) mod resync;
pub(crate) mod tables;
pub(crate) mod terms;

use super::{Body, Identity, List, PathOf, Problem};
use crate::App;
use axum::{Json, extract::State, http::StatusCode};
use datafyme_connect::SourceUrl;
use datafyme_domain::{DataSource, DataSourceId, Job};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A data source to register.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateSourceRequest {
    /// Short unique name, as on the command line.
    #[schema(example = "sales")]
    name: String,
    /// Where it is; a password in it is sealed and never shown again.
    #[schema(example = "postgres://reader:secret@db.example:5432/sales")]
    url: String,
}

/// A registered data source and the job that learns it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct CreateSourceResponse {
    /// The data source.
    source: DataSource,
    /// Its first learning.
    job: Job,
}

/// All data sources, by name.
#[utoipa::path(get, path = "/sources", tag = "sources", responses((status = 200, body = List<DataSource>)))]
pub(crate) async fn list_sources(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
) -> Result<Json<List<DataSource>>, Problem> {
    Ok(Json(List::whole(app.metadata.list_sources(caller).await?)))
}

/// Registers a data source after a connection test and begins to learn it.
#[utoipa::path(post, path = "/sources", tag = "sources", request_body = CreateSourceRequest,
    responses((status = 201, body = CreateSourceResponse)))]
pub(crate) async fn create_source(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    Body(request): Body<CreateSourceRequest>,
) -> Result<(StatusCode, Json<CreateSourceResponse>), Problem> {
    let url = SourceUrl::parse(request.url.trim())?;
    let (source, job) = app.agent.add_source(caller, request.name.trim(), &url).await?;
    app.worker.wake();
    Ok((StatusCode::CREATED, Json(CreateSourceResponse { source, job })))
}

/// One data source.
#[utoipa::path(get, path = "/sources/{id}", tag = "sources", params(("id" = DataSourceId, Path)),
    responses((status = 200, body = DataSource)))]
pub(crate) async fn get_source(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<DataSourceId>,
) -> Result<Json<DataSource>, Problem> {
    let source = app.metadata.source(caller, id).await?;
    source.map(Json).ok_or_else(|| Problem::not_found("data source"))
}

/// Removes a data source with all that hangs on it.
#[utoipa::path(delete, path = "/sources/{id}", tag = "sources", params(("id" = DataSourceId, Path)),
    responses((status = 204)))]
pub(crate) async fn delete_source(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<DataSourceId>,
) -> Result<StatusCode, Problem> {
    app.agent.remove_source(caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Begins to learn a data source again; gives the learning that is under way when there is one.
#[utoipa::path(post, path = "/sources/{id}/learn", tag = "sources", params(("id" = DataSourceId, Path)),
    responses((status = 202, body = Job)))]
pub(crate) async fn learn_source(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<DataSourceId>,
) -> Result<(StatusCode, Json<Job>), Problem> {
    let job = app.agent.relearn(caller, id).await?;
    app.worker.wake();
    Ok((StatusCode::ACCEPTED, Json(job)))
}

/// Sets a ready data source aside: it cannot be asked.
#[utoipa::path(post, path = "/sources/{id}/pause", tag = "sources", params(("id" = DataSourceId, Path)),
    responses((status = 200, body = DataSource)))]
pub(crate) async fn pause_source(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<DataSourceId>,
) -> Result<Json<DataSource>, Problem> {
    Ok(Json(app.agent.pause_source(caller, id).await?))
}

/// Takes a paused data source back.
#[utoipa::path(post, path = "/sources/{id}/resume", tag = "sources", params(("id" = DataSourceId, Path)),
    responses((status = 200, body = DataSource)))]
pub(crate) async fn resume_source(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<DataSourceId>,
) -> Result<Json<DataSource>, Problem> {
    Ok(Json(app.agent.resume_source(caller, id).await?))
}
