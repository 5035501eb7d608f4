//! What was learned of a data source besides its tables.

use crate::App;
use crate::http::{Identity, List, PathOf, Problem};
use axum::{Json, extract::State};
use datafyme_domain::{DataSourceId, Relation};
use std::sync::Arc;

/// Questions that can be asked of a data source.
#[utoipa::path(get, path = "/sources/{id}/suggestions", tag = "sources", params(("id" = DataSourceId, Path)),
    responses((status = 200, body = List<String>)))]
pub(crate) async fn list_suggestions(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<DataSourceId>,
) -> Result<Json<List<String>>, Problem> {
    Ok(Json(List::whole(app.agent.suggestions(caller, id).await?)))
}

/// All relations of a data source, surest first.
#[utoipa::path(get, path = "/sources/{id}/relations", tag = "sources", params(("id" = DataSourceId, Path)),
    responses((status = 200, body = List<Relation>)))]
pub(crate) async fn list_relations(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<DataSourceId>,
) -> Result<Json<List<Relation>>, Problem> {
    if app.metadata.source(caller, id).await?.is_none() {
        return Err(Problem::not_found("data source"));
    }
    Ok(Json(List::whole(app.metadata.list_relations(caller, id).await?)))
}
