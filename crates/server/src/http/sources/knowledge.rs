//! What was learned of a data source besides its tables.

use crate::App;
use crate::http::{Body, Identity, List, PathOf, Problem, Reader};
use axum::{Json, extract::State, http::StatusCode};
use datafyme_agent::{Language, ToldRelation};
use datafyme_domain::{Caller, DataSourceId, RelationId, RelationKind, TableRef};
use serde::Deserialize;
use std::sync::Arc;

/// A relation that a person knows of.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateRelationRequest {
    /// Child table.
    from_table: TableRef,
    /// Child columns.
    from_columns: Vec<String>,
    /// Parent table.
    to_table: TableRef,
    /// Parent columns, as many.
    to_columns: Vec<String>,
}

/// A person's say on a relation.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateRelationRequest {
    /// `confirmed`, `rejected`; `inferred` or `declared` takes an earlier say back.
    kind: RelationKind,
}

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

/// All relations of a data source, surest first; their reasons in words of the language that `Accept-Language` asks for
/// (`en`, `hu`).
#[utoipa::path(get, path = "/sources/{id}/relations", tag = "sources", params(("id" = DataSourceId, Path)),
    responses((status = 200, body = List<ToldRelation>)))]
pub(crate) async fn list_relations(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    Reader(language): Reader,
    PathOf(id): PathOf<DataSourceId>,
) -> Result<Json<List<ToldRelation>>, Problem> {
    if app.metadata.source(caller, id).await?.is_none() {
        return Err(Problem::not_found("data source"));
    }
    Ok(Json(told(&app, caller, id, language).await?))
}

/// Adds a relation that a person knows of, as confirmed.
#[utoipa::path(post, path = "/sources/{id}/relations", tag = "knowledge", params(("id" = DataSourceId, Path)),
    request_body = CreateRelationRequest, responses((status = 201, body = List<ToldRelation>)))]
pub(crate) async fn create_relation(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    Reader(language): Reader,
    PathOf(id): PathOf<DataSourceId>,
    Body(request): Body<CreateRelationRequest>,
) -> Result<(StatusCode, Json<List<ToldRelation>>), Problem> {
    let (from, to) = ((request.from_table, request.from_columns), (request.to_table, request.to_columns));
    app.agent.add_relation(caller, id, from, to).await?;
    Ok((StatusCode::CREATED, Json(told(&app, caller, id, language).await?)))
}

/// Confirms or rejects a relation, or takes that back. A rejected one is never used, and not found again.
#[utoipa::path(patch, path = "/sources/{id}/relations/{relation_id}", tag = "knowledge",
    params(("id" = DataSourceId, Path), ("relation_id" = RelationId, Path)), request_body = UpdateRelationRequest,
    responses((status = 200, body = ToldRelation)))]
pub(crate) async fn update_relation(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    Reader(language): Reader,
    PathOf((id, relation)): PathOf<(DataSourceId, RelationId)>,
    Body(request): Body<UpdateRelationRequest>,
) -> Result<Json<ToldRelation>, Problem> {
    let judged = app.agent.judge_relation(caller, id, relation, request.kind).await?;
    Ok(Json(ToldRelation::new(judged, language)))
}

async fn told(
    app: &App,
    caller: Caller,
    source: DataSourceId,
    language: Language,
) -> Result<List<ToldRelation>, Problem> {
    let relations = app.metadata.list_relations(caller, source).await?;
    Ok(List::whole(relations.into_iter().map(|r| ToldRelation::new(r, language)).collect()))
}
