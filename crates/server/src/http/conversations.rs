//! Conversations: begin, list, continue, rename, delete.

use super::{Body, Identity, List, PathOf, Problem, QueryOf, page::page_request};
use crate::App;
use axum::{Json, extract::State, http::StatusCode};
use datafyme_domain::{Caller, Conversation, ConversationId, DataSourceId, Effort, ErrorKind, Message, Run, RunId};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, sync::Arc};

const MAX_TITLE_CHARS: usize = 200;

/// A conversation to begin.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateConversationRequest {
    /// The data source that it asks.
    source_id: DataSourceId,
}

/// Another title.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateConversationRequest {
    /// 1 to 200 characters.
    title: String,
}

/// A question to put.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateRunRequest {
    /// In the words of the user.
    question: String,
    /// How much it may cost; as configured when absent.
    effort: Option<Effort>,
}

/// A message with the run that it started or came from.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct MessageItem {
    /// The message.
    message: Message,
    /// Its run, with the answer once there is one; null when it has none.
    #[schema(required)]
    run: Option<Run>,
}

/// Parameters of the list.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConversationsQuery {
    /// Only conversations over this data source.
    source_id: Option<DataSourceId>,
    /// From an earlier page's `next_cursor`.
    cursor: Option<String>,
    /// Items wanted, 1 to 200.
    limit: Option<u32>,
}

/// Begins a conversation over a data source.
#[utoipa::path(post, path = "/conversations", tag = "conversations", request_body = CreateConversationRequest,
    responses((status = 201, body = Conversation)))]
pub(crate) async fn create_conversation(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    Body(request): Body<CreateConversationRequest>,
) -> Result<(StatusCode, Json<Conversation>), Problem> {
    let conversation = app.agent.new_conversation(caller, request.source_id).await?;
    Ok((StatusCode::CREATED, Json(conversation)))
}

/// Conversations with at least one message, last used first.
#[utoipa::path(get, path = "/conversations", tag = "conversations", params(ConversationsQuery),
    responses((status = 200, body = List<Conversation>)))]
pub(crate) async fn list_conversations(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    QueryOf(query): QueryOf<ConversationsQuery>,
) -> Result<Json<List<Conversation>>, Problem> {
    let page = page_request(query.cursor, query.limit)?;
    let found = app.metadata.list_conversations(caller, query.source_id, &page).await?;
    Ok(Json(found.into()))
}

/// One conversation.
#[utoipa::path(get, path = "/conversations/{id}", tag = "conversations", params(("id" = ConversationId, Path)),
    responses((status = 200, body = Conversation)))]
pub(crate) async fn get_conversation(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<ConversationId>,
) -> Result<Json<Conversation>, Problem> {
    Ok(Json(conversation_of(&app, caller, id).await?))
}

/// Gives a conversation another title.
#[utoipa::path(patch, path = "/conversations/{id}", tag = "conversations", params(("id" = ConversationId, Path)),
    request_body = UpdateConversationRequest, responses((status = 200, body = Conversation)))]
pub(crate) async fn update_conversation(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<ConversationId>,
    Body(request): Body<UpdateConversationRequest>,
) -> Result<Json<Conversation>, Problem> {
    let title = request.title.trim();
    if title.is_empty() || title.chars().count() > MAX_TITLE_CHARS {
        return Err(Problem::new(ErrorKind::InvalidInput, format!("a title has 1 to {MAX_TITLE_CHARS} characters")));
    }
    let exists = app.metadata.rename_conversation(caller, id, title, app.clock.now()).await?;
    if !exists {
        return Err(Problem::not_found("conversation"));
    }
    Ok(Json(conversation_of(&app, caller, id).await?))
}

/// Deletes a conversation with its messages and runs.
#[utoipa::path(delete, path = "/conversations/{id}", tag = "conversations", params(("id" = ConversationId, Path)),
    responses((status = 204)))]
pub(crate) async fn delete_conversation(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<ConversationId>,
) -> Result<StatusCode, Problem> {
    for run in app.metadata.list_runs(caller, id).await? {
        if !run.status.is_final() {
            app.agent.cancel_run(caller, run.id).await?;
        }
    }
    if app.metadata.delete_conversation(caller, id).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Problem::not_found("conversation"))
}

/// The messages of a conversation, oldest first, each with its run.
#[utoipa::path(get, path = "/conversations/{id}/messages", tag = "conversations",
    params(("id" = ConversationId, Path)), responses((status = 200, body = List<MessageItem>)))]
pub(crate) async fn list_messages(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<ConversationId>,
) -> Result<Json<List<MessageItem>>, Problem> {
    conversation_of(&app, caller, id).await?;
    let messages = app.metadata.messages(caller, id).await?;
    let runs = app.metadata.list_runs(caller, id).await?;
    let runs: HashMap<RunId, Run> = runs.into_iter().map(|run| (run.id, run)).collect();
    let items = messages
        .into_iter()
        .map(|message| MessageItem { run: message.run_id.and_then(|id| runs.get(&id).cloned()), message });
    Ok(Json(List::whole(items.collect())))
}

/// Puts a question into a conversation. The answer arrives on the run's event stream.
#[utoipa::path(post, path = "/conversations/{id}/runs", tag = "runs", params(("id" = ConversationId, Path)),
    request_body = CreateRunRequest, responses((status = 202, body = Run)))]
pub(crate) async fn create_run(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<ConversationId>,
    Body(request): Body<CreateRunRequest>,
) -> Result<(StatusCode, Json<Run>), Problem> {
    let effort = request.effort.unwrap_or_else(|| app.config.run.effort.into());
    let run = app.agent.start_run_with(caller, id, &request.question, effort).await?;
    app.worker.wake();
    Ok((StatusCode::ACCEPTED, Json(run)))
}

async fn conversation_of(app: &App, caller: Caller, id: ConversationId) -> Result<Conversation, Problem> {
    let conversation = app.metadata.conversation(caller, id).await?;
    conversation.ok_or_else(|| Problem::not_found("conversation"))
}
