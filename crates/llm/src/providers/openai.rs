//! OpenAI chat completions, and everything compatible: Ollama, vLLM, llama.cpp, LM Studio, OpenRouter.
//!
//! Servers differ in what they accept. What one refuses is written in the next way and remembered ([`quirks`]).

mod quirks;
mod stream;
mod thoughts;

use super::{
    ModelSpec, base_url, joined,
    wire::{Decoder, Protocol, count, decimal, ids, text},
};
use crate::{
    ChatReply, ChatRequest, ChatRole, FinishReason, LlmCause, LlmError, OutputFormat, TokenUsage, ToolCall,
    http::{Header, Refusal},
};
use datafyme_domain::ErrorKind;
use quirks::SchemaForm;
pub(in crate::providers) use quirks::{Quirks, Switch};
use serde_json::{Map, Value, json};
use thoughts::Thoughts;
use url::Url;

/// The protocol at one address.
#[derive(Debug)]
pub(super) struct OpenAi {
    pub base: Url,
    pub chat: Url,
    /// Absent where the provider lists no models.
    pub models: Option<Url>,
    pub headers: Vec<SecretHeader>,
    pub model: String,
    pub quirks: Quirks,
}

/// A header that carries the key.
pub(super) struct SecretHeader(pub Header);

impl std::fmt::Debug for SecretHeader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: [secret]", self.0.0)
    }
}

impl OpenAi {
    pub(super) fn new(spec: &ModelSpec) -> Result<Self, LlmError> {
        let base = openai_base(spec)?;
        let hosted = base.host_str() == Some("api.openai.com");
        Ok(Self {
            chat: joined(&base, &["chat", "completions"]),
            models: Some(joined(&base, &["models"])),
            headers: bearer(spec),
            model: spec.model.clone(),
            quirks: Quirks::new(hosted),
            base,
        })
    }

    fn messages(&self, request: &ChatRequest) -> Vec<Value> {
        let mut messages: Vec<Value> = Vec::new();
        let mut instructions = String::new();
        for message in &request.messages {
            let role = match message.role {
                ChatRole::System if self.quirks.system_role.get() => "system",
                ChatRole::System => {
                    instructions = format!("{}\n\n", message.text);
                    continue;
                }
                ChatRole::User => "user",
                ChatRole::Assistant => "assistant",
            };
            let content = match role {
                "user" => std::mem::take(&mut instructions) + &message.text,
                _ => message.text.clone(),
            };
            messages.push(json!({"role": role, "content": content}));
        }
        messages
    }

    fn write_output(&self, request: &ChatRequest, body: &mut Map<String, Value>) {
        let format = match &request.output {
            OutputFormat::Text => None,
            OutputFormat::Json => Some(json!({"type": "json_object"})),
            OutputFormat::Schema { name, schema } => Some(match self.quirks.schema_form() {
                SchemaForm::JsonSchema => {
                    json!({"type": "json_schema", "json_schema": {"name": name, "strict": true, "schema": schema.as_ref()}})
                }
                SchemaForm::JsonObject => json!({"type": "json_object", "schema": schema.as_ref()}),
            }),
            OutputFormat::Tool { name } => {
                let choice = match self.quirks.named_tool.get() {
                    true => json!({"type": "function", "function": {"name": name}}),
                    false => "required".into(),
                };
                body.insert("tool_choice".into(), choice);
                None
            }
        };
        if let Some(format) = format {
            body.insert("response_format".into(), format);
        }
    }
}

impl Protocol for OpenAi {
    fn base(&self) -> &Url {
        &self.base
    }

    fn headers(&self) -> Vec<Header> {
        self.headers.iter().map(|h| h.0.clone()).collect()
    }

    fn chat_url(&self, _stream: bool) -> Url {
        self.chat.clone()
    }

    fn body(&self, request: &ChatRequest, stream: bool) -> Result<Value, LlmError> {
        let mut body = Map::new();
        body.insert("model".into(), self.model.as_str().into());
        body.insert("messages".into(), self.messages(request).into());
        let longest = if self.quirks.max_completion_tokens.get() { "max_completion_tokens" } else { "max_tokens" };
        body.insert(longest.into(), request.max_tokens.into());
        if let Some(temperature) = request.temperature.filter(|_| self.quirks.temperature.get()) {
            body.insert("temperature".into(), decimal(temperature).into());
        }
        if !request.tools.is_empty() {
            let tools = request.tools.iter().map(|tool| {
                json!({"type": "function", "function": {
                    "name": tool.name, "description": tool.description, "parameters": tool.parameters.as_ref(),
                }})
            });
            body.insert("tools".into(), tools.collect());
        }
        self.write_output(request, &mut body);
        if stream {
            body.insert("stream".into(), true.into());
            if self.quirks.stream_usage.get() {
                body.insert("stream_options".into(), json!({"include_usage": true}));
            }
        }
        Ok(body.into())
    }

    fn reply(&self, _request: &ChatRequest, body: &Value) -> Result<ChatReply, LlmError> {
        let choice = body.pointer("/choices/0").ok_or_else(|| {
            LlmError::caused(LlmCause::Reply, format!("model `{}`: the reply has no choice in it", self.model))
        })?;
        let calls = choice.pointer("/message/tool_calls").and_then(Value::as_array).into_iter().flatten();
        let tool_calls: Vec<ToolCall> = calls
            .map(|call| ToolCall {
                name: text(call, "/function/name").to_owned(),
                arguments: arguments(call.pointer("/function/arguments")),
            })
            .collect();
        let mut finish = finish_of(text(choice, "/finish_reason")).unwrap_or_default();
        if !text(choice, "/message/refusal").is_empty() {
            finish = FinishReason::Refused;
        }
        let mut thoughts = Thoughts::default();
        let words = thoughts.push(text(choice, "/message/content")) + &thoughts.finish();
        Ok(ChatReply { text: words, tool_calls, finish, usage: usage_of(body) })
    }

    fn decoder(&self, _request: &ChatRequest) -> Box<dyn Decoder> {
        Box::new(stream::OpenAiDecoder::default())
    }

    fn adapt(&self, request: &ChatRequest, refusal: &Refusal) -> bool {
        self.quirks.adapt(request, refusal)
    }

    fn models_url(&self) -> Result<Url, LlmError> {
        self.models.clone().ok_or_else(|| {
            LlmError::new(
                ErrorKind::Unsupported,
                "azure does not list deployments here: copy the deployment's name from its portal",
            )
        })
    }

    fn models(&self, page: &Value) -> (Vec<String>, Option<Url>) {
        (ids(page), None)
    }
}

/// The base URL. A bare host gets `/v1`, which is where every compatible server has it.
pub(super) fn openai_base(spec: &ModelSpec) -> Result<Url, LlmError> {
    let base = base_url(spec, Some("https://api.openai.com/v1"))?;
    Ok(if base.path() == "/" { joined(&base, &["v1"]) } else { base })
}

pub(super) fn bearer(spec: &ModelSpec) -> Vec<SecretHeader> {
    spec.key.iter().map(|key| SecretHeader(("authorization", format!("Bearer {}", key.expose())))).collect()
}

/// What OpenAI's own models accept.
pub(super) const fn quirks_of_hosted() -> Quirks {
    Quirks::new(true)
}

/// Arguments are a string of JSON; some servers send the JSON itself.
fn arguments(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

fn finish_of(reason: &str) -> Option<FinishReason> {
    match reason {
        "" => None,
        "length" | "max_tokens" => Some(FinishReason::Length),
        "tool_calls" | "function_call" => Some(FinishReason::ToolCalls),
        "content_filter" | "refusal" => Some(FinishReason::Refused),
        _ => Some(FinishReason::Stop),
    }
}

fn usage_of(body: &Value) -> TokenUsage {
    TokenUsage {
        prompt: count(body, "/usage/prompt_tokens"),
        completion: count(body, "/usage/completion_tokens"),
        attempts: 1,
    }
}
