//! Connection tests, before and after a data source is registered.

use crate::App;
use crate::http::{Body, Identity, PathOf, Problem};
use axum::{Json, extract::State};
use datafyme_connect::{ServerInfo, SourceUrl};
use datafyme_domain::DataSourceId;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A URL to test.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TestSourceRequest {
    /// Where the database is, with its password.
    url: String,
}

/// A database that answered.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct TestSourceResponse {
    /// Product and version.
    version: String,
    /// Milliseconds of the round trip.
    latency_ms: f64,
}

impl From<ServerInfo> for TestSourceResponse {
    fn from(info: ServerInfo) -> Self {
        Self { version: info.version, latency_ms: (info.latency.as_secs_f64() * 10_000.0).round() / 10.0 }
    }
}

/// Tests a connection without registering anything.
#[utoipa::path(post, path = "/sources/test", tag = "sources", request_body = TestSourceRequest,
    responses((status = 200, body = TestSourceResponse)))]
pub(crate) async fn test_source_url(
    Identity(_caller): Identity,
    Body(request): Body<TestSourceRequest>,
) -> Result<Json<TestSourceResponse>, Problem> {
    let url = SourceUrl::parse(request.url.trim())?;
    Ok(Json(datafyme_connect::open(&url)?.ping().await?.into()))
}

/// Tests the connection of a registered data source.
#[utoipa::path(post, path = "/sources/{id}/test", tag = "sources", params(("id" = DataSourceId, Path)),
    responses((status = 200, body = TestSourceResponse)))]
pub(crate) async fn test_source(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<DataSourceId>,
) -> Result<Json<TestSourceResponse>, Problem> {
    Ok(Json(app.agent.ping_source(caller, id).await?.into()))
}
