//! Anthropic messages.
//!
//! A schema is sent as `output_config.format`; models that do not know it are made to call a tool of that schema, which is
//! remembered. There is no JSON mode.

mod stream;

use super::{
    ModelSpec, base_url, joined,
    openai::Switch,
    wire::{Decoder, Protocol, count, decimal, ids, text},
};
use crate::{
    ChatReply, ChatRequest, ChatRole, FinishReason, LlmCause, LlmError, OutputFormat, Secret, TokenUsage, ToolCall,
    http::{Header, Refusal},
};
use datafyme_domain::ErrorKind;
use serde_json::{Map, Value, json};
use url::Url;

const VERSION: &str = "2023-06-01";

/// The protocol at one address.
#[derive(Debug)]
pub(super) struct Anthropic {
    base: Url,
    key: Option<Secret>,
    model: String,
    /// Whether a schema is sent as the output's format.
    output_format: Switch,
    /// Newer models refuse any temperature.
    temperature: Switch,
}

impl Anthropic {
    pub(super) fn new(spec: &ModelSpec) -> Result<Self, LlmError> {
        let base = base_url(spec, Some("https://api.anthropic.com/v1"))?;
        Ok(Self {
            base: if base.path() == "/" { joined(&base, &["v1"]) } else { base },
            key: spec.key.clone(),
            model: spec.model.clone(),
            output_format: Switch::new(true),
            temperature: Switch::new(true),
        })
    }

    /// The tool that stands for a schema, where it has to.
    fn schema_tool<'a>(&self, request: &'a ChatRequest) -> Option<&'a str> {
        match &request.output {
            OutputFormat::Schema { name, .. } if !self.output_format.get() => Some(name),
            _ => None,
        }
    }

    fn write_output(&self, request: &ChatRequest, body: &mut Map<String, Value>) -> Result<(), LlmError> {
        let mut tools: Vec<Value> = request
            .tools
            .iter()
            .map(|t| json!({"name": t.name, "description": t.description, "input_schema": t.parameters.as_ref()}))
            .collect();
        match &request.output {
            OutputFormat::Text => {}
            OutputFormat::Json => {
                return Err(LlmError::new(ErrorKind::Unsupported, "anthropic has no JSON mode").after_attempts(0));
            }
            OutputFormat::Schema { schema, .. } if self.output_format.get() => {
                body.insert(
                    "output_config".into(),
                    json!({"format": {"type": "json_schema", "schema": unbounded(schema)}}),
                );
            }
            OutputFormat::Schema { name, schema } => {
                tools.push(json!({"name": name, "description": "Gives the reply.", "input_schema": schema.as_ref()}));
                body.insert("tool_choice".into(), json!({"type": "tool", "name": name}));
            }
            OutputFormat::Tool { name } => {
                body.insert("tool_choice".into(), json!({"type": "tool", "name": name}));
            }
        }
        if !tools.is_empty() {
            body.insert("tools".into(), tools.into());
        }
        Ok(())
    }
}

impl Protocol for Anthropic {
    fn base(&self) -> &Url {
        &self.base
    }

    fn headers(&self) -> Vec<Header> {
        let key = self.key.iter().map(|key| ("x-api-key", key.expose().to_owned()));
        key.chain([("anthropic-version", VERSION.to_owned())]).collect()
    }

    fn chat_url(&self, _stream: bool) -> Url {
        joined(&self.base, &["messages"])
    }

    fn body(&self, request: &ChatRequest, stream: bool) -> Result<Value, LlmError> {
        let mut body = Map::new();
        body.insert("model".into(), self.model.as_str().into());
        body.insert("max_tokens".into(), request.max_tokens.into());
        let mut messages = Vec::new();
        for message in &request.messages {
            let role = match message.role {
                ChatRole::System => {
                    body.insert("system".into(), message.text.as_str().into());
                    continue;
                }
                ChatRole::User => "user",
                ChatRole::Assistant => "assistant",
            };
            messages.push(json!({"role": role, "content": message.text}));
        }
        body.insert("messages".into(), messages.into());
        if let Some(temperature) = request.temperature.filter(|_| self.temperature.get()) {
            body.insert("temperature".into(), decimal(temperature).into());
        }
        self.write_output(request, &mut body)?;
        if stream {
            body.insert("stream".into(), true.into());
        }
        Ok(body.into())
    }

    fn reply(&self, request: &ChatRequest, body: &Value) -> Result<ChatReply, LlmError> {
        let Some(blocks) = body.get("content").and_then(Value::as_array) else {
            let message = format!("model `{}`: the reply has no content in it", self.model);
            return Err(LlmError::caused(LlmCause::Reply, message));
        };
        let mut reply = ChatReply { finish: finish_of(text(body, "/stop_reason")), ..ChatReply::default() };
        for block in blocks {
            match text(block, "/type") {
                "text" => reply.text.push_str(text(block, "/text")),
                "tool_use" => reply.tool_calls.push(ToolCall {
                    name: text(block, "/name").to_owned(),
                    arguments: block.get("input").map(Value::to_string).unwrap_or_default(),
                }),
                _ => {}
            }
        }
        reply.usage = TokenUsage {
            prompt: prompt_tokens(body, "/usage"),
            completion: count(body, "/usage/output_tokens"),
            attempts: 1,
        };
        Ok(untooled(reply, self.schema_tool(request)))
    }

    fn decoder(&self, request: &ChatRequest) -> Box<dyn Decoder> {
        Box::new(stream::AnthropicDecoder::new(self.schema_tool(request)))
    }

    fn adapt(&self, request: &ChatRequest, refusal: &Refusal) -> bool {
        if request.temperature.is_some() && refusal.names(&["temperature"]) {
            return self.temperature.set(false);
        }
        let about_format = ["output_config", "output_format", "schema", "structured output", "format"];
        matches!(request.output, OutputFormat::Schema { .. })
            && refusal.names(&about_format)
            && self.output_format.set(false)
    }

    fn models_url(&self) -> Result<Url, LlmError> {
        let mut url = joined(&self.base, &["models"]);
        url.query_pairs_mut().append_pair("limit", "1000");
        Ok(url)
    }

    fn models(&self, page: &Value) -> (Vec<String>, Option<Url>) {
        let more = page.get("has_more").and_then(Value::as_bool).unwrap_or(false);
        let last = page.get("last_id").and_then(Value::as_str).filter(|_| more);
        let next = last.and_then(|id| {
            let mut url = self.models_url().ok()?;
            url.query_pairs_mut().append_pair("after_id", id);
            Some(url)
        });
        (ids(page), next)
    }
}

/// Bounds that structured output refuses; they are checked when the reply is read.
const BOUNDS: [&str; 11] = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "uniqueItems",
];

/// The schema without bounds of numbers, texts and lists.
fn unbounded(schema: &Value) -> Value {
    match schema {
        Value::Object(object) => object
            .iter()
            .filter(|(keyword, bound)| !BOUNDS.contains(&keyword.as_str()) || bound.is_object())
            .map(|(keyword, inner)| (keyword.clone(), unbounded(inner)))
            .collect(),
        Value::Array(items) => items.iter().map(unbounded).collect(),
        other => other.clone(),
    }
}

/// Cached tokens are tokens sent.
fn prompt_tokens(value: &Value, usage: &str) -> u64 {
    ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"]
        .iter()
        .map(|field| count(value, &format!("{usage}/{field}")))
        .sum()
}

/// The call of the tool that stood for the schema is the reply's text.
fn untooled(mut reply: ChatReply, schema_tool: Option<&str>) -> ChatReply {
    let Some(tool) = schema_tool else { return reply };
    if let Some(at) = reply.tool_calls.iter().position(|call| call.name == tool) {
        reply.text = reply.tool_calls.swap_remove(at).arguments;
        if reply.finish == FinishReason::ToolCalls {
            reply.finish = FinishReason::Stop;
        }
    }
    reply
}

fn finish_of(reason: &str) -> FinishReason {
    match reason {
        "max_tokens" | "model_context_window_exceeded" => FinishReason::Length,
        "tool_use" => FinishReason::ToolCalls,
        "refusal" => FinishReason::Refused,
        _ => FinishReason::Stop,
    }
}
