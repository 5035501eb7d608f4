//! Learning again by itself.

use crate::App;
use crate::http::{Body, Identity, PathOf, Problem};
use axum::{Json, extract::State};
use datafyme_agent::Resync;
use datafyme_domain::{DataSource, DataSourceId};
use serde::Deserialize;
use std::sync::Arc;

/// How often a data source is learned again by itself.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResyncRequest {
    /// Seconds, 60 or more; 0 for never, absent or null for as configured (`[learning] resync_every`).
    #[schema(example = 21600)]
    seconds: Option<u32>,
}

/// How often a data source is learned again by itself, when next, and how it went before.
#[utoipa::path(get, path = "/sources/{id}/resync", tag = "sources", params(("id" = DataSourceId, Path)),
    responses((status = 200, body = Resync)))]
pub(crate) async fn get_resync(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<DataSourceId>,
) -> Result<Json<Resync>, Problem> {
    Ok(Json(app.agent.resync(caller, id, app.config.learning.resync_every.seconds()).await?))
}

/// Sets how often a data source is learned again by itself.
#[utoipa::path(put, path = "/sources/{id}/resync", tag = "sources", params(("id" = DataSourceId, Path)),
    request_body = ResyncRequest, responses((status = 200, body = DataSource)))]
pub(crate) async fn set_resync(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<DataSourceId>,
    Body(request): Body<ResyncRequest>,
) -> Result<Json<DataSource>, Problem> {
    Ok(Json(app.agent.set_resync(caller, id, request.seconds).await?))
}
