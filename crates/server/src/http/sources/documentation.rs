//! What people write about the tables of a data source.

use super::tables::{TableDetail, TableDetailQuery, detail};
use crate::App;
use crate::http::{Body, Identity, PathOf, Problem, QueryOf};
use axum::{Json, extract::State};
use datafyme_agent::DocumentationChange;
use datafyme_domain::DataSourceId;
use serde::Deserialize;
use std::sync::Arc;

/// A change of one table's documentation.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
pub(crate) struct UpdateDocumentationRequest {
    /// The version that the change rests on: `version` of the table's detail.
    version: u64,
    /// What changes; absent fields stay.
    change: DocumentationChange,
}

/// Changes what is written about a table. It counts for the next question.
#[utoipa::path(patch, path = "/sources/{id}/tables/documentation", tag = "knowledge",
    params(("id" = DataSourceId, Path), TableDetailQuery), request_body = UpdateDocumentationRequest,
    responses((status = 200, body = TableDetail), (status = 409, description = "Somebody else changed it meanwhile")))]
pub(crate) async fn update_documentation(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<DataSourceId>,
    QueryOf(query): QueryOf<TableDetailQuery>,
    Body(request): Body<UpdateDocumentationRequest>,
) -> Result<Json<TableDetail>, Problem> {
    let name = query.name();
    let change = [(name.clone(), request.version, request.change)];
    app.agent.edit_documentation(caller, id, &change).await?;
    Ok(Json(detail(&app, caller, id, name).await?))
}
