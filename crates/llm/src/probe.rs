//! What a model can do, found with a few tiny calls.

use crate::{
    ChatMessage, ChatModel, ChatRequest, LlmCause, LlmError, OutputFormat, ReplyEvent, ToolSpec, structured::value_of,
};
use datafyme_domain::{ErrorKind, ModelAbilities, StructuredMode};
use futures::StreamExt;
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;

/// Time of one call: a local server may have to load the model first.
const DEADLINE: Duration = Duration::from_secs(60);
/// Reasoning models think within it.
const MAX_TOKENS: u32 = 512;
const NAME: &str = "sum";

#[derive(Deserialize)]
struct Sum {
    total: i64,
}

/// Finds what the model can do: one call as a stream, one for the schema, one for a tool; one more for the JSON mode of a
/// model that has neither of the first two.
///
/// # Errors
/// Those of [`ChatModel::complete`] that say that the model cannot be used at all: no connection, key, model, money.
pub async fn probe(model: &dyn ChatModel) -> Result<ModelAbilities, LlmError> {
    // First, for a model that says nothing at all fails it soonest.
    let streaming = streams(model).await?;
    let schema = holds(model, StructuredMode::Schema).await?;
    let tools = holds(model, StructuredMode::Tool).await?;
    let structured = match () {
        () if schema => StructuredMode::Schema,
        () if tools => StructuredMode::Tool,
        () if holds(model, StructuredMode::Json).await? => StructuredMode::Json,
        () => StructuredMode::Text,
    };
    Ok(ModelAbilities { structured, streaming, tools })
}

/// Whether a reply asked for in that mode has the shape.
async fn holds(model: &dyn ChatModel, mode: StructuredMode) -> Result<bool, LlmError> {
    let mut request = request("What is 2 + 3? Reply in JSON with the member `total`.");
    let schema = std::sync::Arc::new(schema());
    request.output = match mode {
        StructuredMode::Schema => OutputFormat::Schema { name: NAME.into(), schema },
        StructuredMode::Tool => {
            request.tools =
                vec![ToolSpec { name: NAME.into(), description: "Takes the sum.".into(), parameters: schema }];
            OutputFormat::Tool { name: NAME.into() }
        }
        StructuredMode::Json => OutputFormat::Json,
        StructuredMode::Text => OutputFormat::Text,
    };
    match model.complete(&request).await {
        Ok(reply) if mode == StructuredMode::Tool && reply.tool_calls.is_empty() => Ok(false),
        Ok(reply) => Ok(value_of::<Sum>(&reply, NAME).is_some_and(|sum| sum.total >= 0)),
        // A model that never ends a reply of that shape cannot be asked for it; one that says nothing at all fails the stream.
        Err(error) if matches!(error.cause(), LlmCause::Deadline | LlmCause::ReplyTooLong) => Ok(false),
        Err(error) => lacking(error),
    }
}

async fn streams(model: &dyn ChatModel) -> Result<bool, LlmError> {
    let mut events = match model.stream(&request("Say: hello")).await {
        Ok(events) => events,
        Err(error) => return lacking(error),
    };
    while let Some(event) = events.next().await {
        match event {
            Ok(ReplyEvent::Done(_)) => return Ok(true),
            Ok(ReplyEvent::Text(_)) => {}
            Err(error) => return lacking(error),
        }
    }
    Ok(false)
}

/// `false` for an ability that is lacking; the error where the model cannot be used at all.
fn lacking(error: LlmError) -> Result<bool, LlmError> {
    let about_ability = error.kind() == ErrorKind::Unsupported
        || matches!(error.cause(), LlmCause::Request | LlmCause::Reply | LlmCause::Cut)
        || matches!(error.status(), Some(500 | 501));
    if about_ability { Ok(false) } else { Err(error) }
}

fn request(text: &str) -> ChatRequest {
    ChatRequest {
        messages: vec![ChatMessage::user(text)],
        tools: Vec::new(),
        output: OutputFormat::Text,
        max_tokens: MAX_TOKENS,
        temperature: Some(0.0),
        deadline: DEADLINE,
    }
}

fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {"total": {"type": "integer"}},
        "required": ["total"],
        "additionalProperties": false
    })
}
