//! Words of the business and what they mean in a data source.

use crate::App;
use crate::http::{Body, Identity, List, PathOf, Problem};
use axum::{Json, extract::State, http::StatusCode};
use datafyme_domain::{BusinessTerm, BusinessTermId, Caller, DataSourceId, TermMeaning};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A term to add, or a term as it should be.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TermRequest {
    /// The word or phrase.
    #[schema(example = "NYC")]
    term: String,
    /// Other words for the same.
    #[serde(default)]
    synonyms: Vec<String>,
    /// What it means, in words.
    #[serde(default)]
    definition: String,
    /// What it stands for in the data; absent for a term that is only explained.
    #[serde(default)]
    meaning: Option<TermMeaning>,
    /// The version that the change rests on; absent for a new term.
    #[serde(default)]
    version: u64,
}

/// A term, and whether the data source still has what it stands for.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct TermItem {
    /// The term.
    term: BusinessTerm,
    /// Whether it is used; it is not while its table or column is gone or hidden.
    used: bool,
}

/// All terms of a data source, by name.
#[utoipa::path(get, path = "/sources/{id}/terms", tag = "knowledge", params(("id" = DataSourceId, Path)),
    responses((status = 200, body = List<TermItem>)))]
pub(crate) async fn list_terms(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<DataSourceId>,
) -> Result<Json<List<TermItem>>, Problem> {
    Ok(Json(List::whole(items(&app, caller, id).await?)))
}

/// Adds a term. It counts for the next question.
#[utoipa::path(post, path = "/sources/{id}/terms", tag = "knowledge", params(("id" = DataSourceId, Path)),
    request_body = TermRequest, responses((status = 201, body = TermItem), (status = 409, description = "There is one")))]
pub(crate) async fn create_term(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<DataSourceId>,
    Body(request): Body<TermRequest>,
) -> Result<(StatusCode, Json<TermItem>), Problem> {
    let request = TermRequest { version: 0, ..request };
    Ok((StatusCode::CREATED, Json(put(&app, caller, id, BusinessTermId::generate(), request).await?)))
}

/// Changes a term.
#[utoipa::path(put, path = "/sources/{id}/terms/{term_id}", tag = "knowledge",
    params(("id" = DataSourceId, Path), ("term_id" = BusinessTermId, Path)), request_body = TermRequest,
    responses((status = 200, body = TermItem), (status = 409, description = "Somebody else changed it meanwhile")))]
pub(crate) async fn update_term(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf((id, term)): PathOf<(DataSourceId, BusinessTermId)>,
    Body(request): Body<TermRequest>,
) -> Result<Json<TermItem>, Problem> {
    if !app.metadata.list_terms(caller, id).await?.iter().any(|t| t.id == term) {
        return Err(Problem::not_found("term"));
    }
    let request = TermRequest { version: request.version.max(1), ..request };
    Ok(Json(put(&app, caller, id, term, request).await?))
}

/// Removes a term.
#[utoipa::path(delete, path = "/sources/{id}/terms/{term_id}", tag = "knowledge",
    params(("id" = DataSourceId, Path), ("term_id" = BusinessTermId, Path)), responses((status = 204)))]
pub(crate) async fn delete_term(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf((id, term)): PathOf<(DataSourceId, BusinessTermId)>,
) -> Result<StatusCode, Problem> {
    app.agent.remove_term(caller, id, term).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn put(
    app: &App,
    caller: Caller,
    source: DataSourceId,
    id: BusinessTermId,
    request: TermRequest,
) -> Result<TermItem, Problem> {
    let words = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let term = BusinessTerm {
        id,
        owner_id: caller.user_id,
        source_id: source,
        term: words(request.term),
        synonyms: request.synonyms.into_iter().map(words).filter(|s| !s.is_empty()).collect(),
        definition: request.definition.trim().to_owned(),
        meaning: request.meaning,
        version: request.version,
        editor: String::new(),
        edited_at: app.clock.now(),
    };
    app.agent.put_terms(caller, source, &[term]).await?;
    let written = items(app, caller, source).await?.into_iter().find(|t| t.term.id == id);
    written.ok_or_else(|| Problem::not_found("term"))
}

async fn items(app: &App, caller: Caller, source: DataSourceId) -> Result<Vec<TermItem>, Problem> {
    let terms = app.agent.terms(caller, source).await?;
    Ok(terms.into_iter().map(|(term, used)| TermItem { term, used }).collect())
}
