//! Approved queries: the answer when the same question returns, and examples for models.

use super::{Body, Identity, List, PathOf, Problem};
use crate::App;
use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use datafyme_agent::{JudgedQuery, verified::Standing};
use datafyme_domain::{Caller, DataSourceId, ErrorKind, RunId, VerifiedQuery, VerifiedQueryId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// An approved query.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct VerifiedQueryItem {
    /// Its id.
    id: VerifiedQueryId,
    /// The data source that it asks.
    source_id: DataSourceId,
    /// The question.
    question: String,
    /// Its SQL.
    sql: String,
    /// Who approved it last.
    author: String,
    /// When it was first approved.
    created_at: DateTime<Utc>,
    /// When it was approved last.
    approved_at: DateTime<Utc>,
    /// The version that a change rests on.
    version: u64,
    /// Whether it can be used.
    standing: QueryStanding,
    /// Why it cannot be used as the answer, in words; null when it can.
    #[schema(required)]
    reason: Option<String>,
}

/// Whether an approved query can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum QueryStanding {
    /// As the answer, and as an example.
    Valid,
    /// As an example alone: its question moves with time, its query has fixed dates.
    FixedDates,
    /// Not at all: what it reads is gone, hidden or of another type.
    Stale,
}

/// A query to approve: of an answer (`run_id`), or written by a person (`source_id`, `question`, `sql`).
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateVerifiedQueryRequest {
    /// The run whose query is approved.
    run_id: Option<RunId>,
    /// The data source; with `sql` only.
    source_id: Option<DataSourceId>,
    /// The question; of a run, the one that was asked when absent.
    question: Option<String>,
    /// The query.
    sql: Option<String>,
}

/// A change of an approved query, which approves it anew.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateVerifiedQueryRequest {
    /// The version that the change rests on.
    version: u64,
    /// The question; as it is when absent.
    question: Option<String>,
    /// The query; as it is when absent.
    sql: Option<String>,
}

impl From<JudgedQuery> for VerifiedQueryItem {
    fn from(judged: JudgedQuery) -> Self {
        let (standing, reason) = match judged.standing {
            Ok(Standing::Valid) => (QueryStanding::Valid, None),
            Ok(Standing::FixedDates) => (
                QueryStanding::FixedDates,
                Some("the question moves with time, but the query has fixed dates".to_owned()),
            ),
            Err(reason) => (QueryStanding::Stale, Some(reason)),
        };
        let query = judged.query;
        Self {
            id: query.id,
            source_id: query.source_id,
            question: query.question,
            sql: query.sql,
            author: query.author,
            created_at: query.created_at,
            approved_at: query.approved_at,
            version: query.version,
            standing,
            reason,
        }
    }
}

/// The approved queries of a data source, newest first.
#[utoipa::path(get, path = "/sources/{id}/verified-queries", tag = "knowledge", params(("id" = DataSourceId, Path)),
    responses((status = 200, body = List<VerifiedQueryItem>)))]
pub(crate) async fn list_verified_queries(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<DataSourceId>,
) -> Result<Json<List<VerifiedQueryItem>>, Problem> {
    let found = app.agent.verified_queries(caller, id).await?;
    Ok(Json(List::whole(found.into_iter().map(Into::into).collect())))
}

/// Approves a query for a question.
#[utoipa::path(post, path = "/verified-queries", tag = "knowledge", request_body = CreateVerifiedQueryRequest,
    responses((status = 201, body = VerifiedQueryItem), (status = 409, description = "The question has one")))]
pub(crate) async fn create_verified_query(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    Body(request): Body<CreateVerifiedQueryRequest>,
) -> Result<(StatusCode, Json<VerifiedQueryItem>), Problem> {
    let created = match request {
        CreateVerifiedQueryRequest { run_id: Some(run), source_id: None, question, sql: None } => {
            app.agent.verify_run(caller, run, question.as_deref()).await?
        }
        CreateVerifiedQueryRequest { run_id: None, source_id: Some(id), question: Some(question), sql: Some(sql) } => {
            app.agent.verify_sql(caller, id, &question, &sql).await?
        }
        _ => {
            let detail =
                "give `run_id` (and `question`, if it should read otherwise), or `source_id`, `question` and `sql`";
            return Err(Problem::new(ErrorKind::InvalidInput, detail));
        }
    };
    Ok((StatusCode::CREATED, Json(item(&app, caller, created).await?)))
}

/// Changes an approved query, which approves it anew.
#[utoipa::path(patch, path = "/verified-queries/{id}", tag = "knowledge", params(("id" = VerifiedQueryId, Path)),
    request_body = UpdateVerifiedQueryRequest,
    responses((status = 200, body = VerifiedQueryItem), (status = 409, description = "Changed meanwhile")))]
pub(crate) async fn update_verified_query(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<VerifiedQueryId>,
    Body(request): Body<UpdateVerifiedQueryRequest>,
) -> Result<Json<VerifiedQueryItem>, Problem> {
    let (question, sql) = (request.question.as_deref(), request.sql.as_deref());
    let changed = app.agent.change_verified(caller, id, request.version, question, sql).await?;
    Ok(Json(item(&app, caller, changed).await?))
}

/// Removes an approved query.
#[utoipa::path(delete, path = "/verified-queries/{id}", tag = "knowledge", params(("id" = VerifiedQueryId, Path)),
    responses((status = 204)))]
pub(crate) async fn delete_verified_query(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<VerifiedQueryId>,
) -> Result<StatusCode, Problem> {
    app.agent.remove_verified(caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn item(app: &App, caller: Caller, query: VerifiedQuery) -> Result<VerifiedQueryItem, Problem> {
    let all = app.agent.verified_queries(caller, query.source_id).await?;
    let judged = all.into_iter().find(|j| j.query.id == query.id);
    judged.map(Into::into).ok_or_else(|| Problem::not_found("verified query"))
}
