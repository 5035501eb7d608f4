//! Google Gemini: `generateContent`.

mod schema;
mod stream;

use super::{
    ModelSpec, base_url, joined,
    openai::Switch,
    wire::{Decoder, Protocol, count, decimal, text},
};
use crate::{
    ChatReply, ChatRequest, ChatRole, FinishReason, LlmCause, LlmError, OutputFormat, Secret, TokenUsage, ToolCall,
    http::{Header, Refusal},
};
use schema::subset;
use serde_json::{Map, Value, json};
use url::Url;

/// The protocol at one address.
#[derive(Debug)]
pub(super) struct Gemini {
    base: Url,
    key: Option<Secret>,
    model: String,
    temperature: Switch,
}

impl Gemini {
    pub(super) fn new(spec: &ModelSpec) -> Result<Self, LlmError> {
        Ok(Self {
            base: gemini_base(spec)?,
            key: spec.key.clone(),
            model: bare(&spec.model).to_owned(),
            temperature: Switch::new(true),
        })
    }

    fn generation(&self, request: &ChatRequest) -> Map<String, Value> {
        let mut generation = Map::new();
        generation.insert("maxOutputTokens".into(), request.max_tokens.into());
        if let Some(temperature) = request.temperature.filter(|_| self.temperature.get()) {
            generation.insert("temperature".into(), decimal(temperature).into());
        }
        match &request.output {
            OutputFormat::Json => {
                generation.insert("responseMimeType".into(), "application/json".into());
            }
            OutputFormat::Schema { schema, .. } => {
                generation.insert("responseMimeType".into(), "application/json".into());
                generation.insert("responseSchema".into(), subset(schema));
            }
            OutputFormat::Text | OutputFormat::Tool { .. } => {}
        }
        generation
    }
}

impl Protocol for Gemini {
    fn base(&self) -> &Url {
        &self.base
    }

    fn headers(&self) -> Vec<Header> {
        key_header(self.key.as_ref())
    }

    fn chat_url(&self, stream: bool) -> Url {
        let method = if stream { "streamGenerateContent" } else { "generateContent" };
        let mut url = joined(&self.base, &["models", &format!("{}:{method}", self.model)]);
        if stream {
            url.query_pairs_mut().append_pair("alt", "sse");
        }
        url
    }

    fn body(&self, request: &ChatRequest, _stream: bool) -> Result<Value, LlmError> {
        let mut body = Map::new();
        let mut contents = Vec::new();
        for message in &request.messages {
            let parts = json!([{"text": message.text}]);
            match message.role {
                ChatRole::System => {
                    body.insert("systemInstruction".into(), json!({"parts": parts}));
                }
                ChatRole::User => contents.push(json!({"role": "user", "parts": parts})),
                ChatRole::Assistant => contents.push(json!({"role": "model", "parts": parts})),
            }
        }
        body.insert("contents".into(), contents.into());
        body.insert("generationConfig".into(), self.generation(request).into());
        if !request.tools.is_empty() {
            let declared = request.tools.iter().map(
                |tool| json!({"name": tool.name, "description": tool.description, "parameters": subset(&tool.parameters)}),
            );
            body.insert("tools".into(), json!([{"functionDeclarations": declared.collect::<Vec<_>>()}]));
        }
        if let OutputFormat::Tool { name } = &request.output {
            let config = json!({"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": [name]}});
            body.insert("toolConfig".into(), config);
        }
        Ok(body.into())
    }

    fn reply(&self, _request: &ChatRequest, body: &Value) -> Result<ChatReply, LlmError> {
        let mut reply = ChatReply { usage: usage_of(body), ..ChatReply::default() };
        let Some(candidate) = body.pointer("/candidates/0") else {
            if body.get("promptFeedback").is_some() {
                reply.finish = FinishReason::Refused;
                return Ok(reply);
            }
            let message = format!("model `{}`: the reply has no candidate in it", self.model);
            return Err(LlmError::caused(LlmCause::Reply, message));
        };
        let (words, calls) = content_of(candidate);
        reply.text = words;
        reply.finish = finish_of(text(candidate, "/finishReason"), !calls.is_empty());
        reply.tool_calls = calls;
        Ok(reply)
    }

    fn decoder(&self, _request: &ChatRequest) -> Box<dyn Decoder> {
        Box::new(stream::GeminiDecoder::default())
    }

    fn adapt(&self, request: &ChatRequest, refusal: &Refusal) -> bool {
        request.temperature.is_some() && refusal.names(&["temperature"]) && self.temperature.set(false)
    }

    fn models_url(&self) -> Result<Url, LlmError> {
        let mut url = joined(&self.base, &["models"]);
        url.query_pairs_mut().append_pair("pageSize", "1000");
        Ok(url)
    }

    fn models(&self, page: &Value) -> (Vec<String>, Option<Url>) {
        let items = page.get("models").and_then(Value::as_array);
        let names = items.into_iter().flatten().map(|m| bare(text(m, "/name")).to_owned());
        let next = page.get("nextPageToken").and_then(Value::as_str).filter(|t| !t.is_empty()).and_then(|token| {
            let mut url = self.models_url().ok()?;
            url.query_pairs_mut().append_pair("pageToken", token);
            Some(url)
        });
        (names.filter(|name| !name.is_empty()).collect(), next)
    }
}

pub(super) fn gemini_base(spec: &ModelSpec) -> Result<Url, LlmError> {
    let base = base_url(spec, Some("https://generativelanguage.googleapis.com/v1beta"))?;
    Ok(if base.path() == "/" { joined(&base, &["v1beta"]) } else { base })
}

/// Names come with and without the collection before them.
pub(super) fn bare(model: &str) -> &str {
    model.strip_prefix("models/").unwrap_or(model)
}

pub(super) fn key_header(key: Option<&Secret>) -> Vec<Header> {
    key.iter().map(|key| ("x-goog-api-key", key.expose().to_owned())).collect()
}

/// The words and calls of a candidate. Thoughts are left out.
fn content_of(candidate: &Value) -> (String, Vec<ToolCall>) {
    let mut words = String::new();
    let mut calls = Vec::new();
    for part in candidate.pointer("/content/parts").and_then(Value::as_array).into_iter().flatten() {
        if part.get("thought").and_then(Value::as_bool).unwrap_or(false) {
            continue;
        }
        words.push_str(text(part, "/text"));
        if let Some(call) = part.get("functionCall") {
            calls.push(ToolCall {
                name: text(call, "/name").to_owned(),
                arguments: call.get("args").map_or_else(|| "{}".into(), Value::to_string),
            });
        }
    }
    (words, calls)
}

fn finish_of(reason: &str, calls: bool) -> FinishReason {
    match reason {
        "MAX_TOKENS" => FinishReason::Length,
        "SAFETY" | "RECITATION" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII" | "LANGUAGE" => FinishReason::Refused,
        _ if calls => FinishReason::ToolCalls,
        _ => FinishReason::Stop,
    }
}

fn usage_of(body: &Value) -> TokenUsage {
    let thoughts = count(body, "/usageMetadata/thoughtsTokenCount");
    TokenUsage {
        prompt: count(body, "/usageMetadata/promptTokenCount"),
        completion: count(body, "/usageMetadata/candidatesTokenCount") + thoughts,
        attempts: 1,
    }
}
