//! Which of several readings of a question is meant.

use crate::{
    App,
    http::{Body, Identity, PathOf, Problem},
};
use axum::{Json, extract::State, http::StatusCode};
use datafyme_domain::{Run, RunId};
use serde::Deserialize;
use std::sync::Arc;

/// The reading that is meant.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChooseReadingRequest {
    /// Its position among the readings of the answer, from 1.
    position: usize,
}

/// Chooses one of the readings that a declined run offers, remembers the choice for its data source, and puts the
/// question again: the new run.
#[utoipa::path(put, path = "/runs/{id}/reading", tag = "runs", params(("id" = RunId, Path)),
    request_body = ChooseReadingRequest, responses((status = 202, body = Run)))]
pub(crate) async fn choose_reading(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<RunId>,
    Body(request): Body<ChooseReadingRequest>,
) -> Result<(StatusCode, Json<Run>), Problem> {
    let run = app.agent.choose_reading(caller, id, request.position).await?;
    app.worker.wake();
    Ok((StatusCode::ACCEPTED, Json(run)))
}

/// Forgets which reading was chosen for the question of this run.
#[utoipa::path(delete, path = "/runs/{id}/reading", tag = "runs", params(("id" = RunId, Path)),
    responses((status = 204)))]
pub(crate) async fn forget_reading(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<RunId>,
) -> Result<StatusCode, Problem> {
    app.agent.forget_reading(caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
