//! What providers and networks answer instead of a reply, and what a person can do about it.

use super::{Call, address_of, deepest, retry_after};
use crate::{HttpOptions, LlmCause, LlmError, ModelSpec, secret::presentable};
use datafyme_domain::ErrorKind;
use reqwest::header::HeaderMap;
use serde_json::Value;
use url::Url;

/// A failure, with what the provider said where it refused the request.
#[derive(Debug)]
pub(crate) struct HttpFailure {
    pub error: LlmError,
    pub refusal: Option<Refusal>,
}

/// What a provider says of a request that it does not accept, in small letters. For adapting the request: it may quote
/// the prompt, so nobody else sees it.
#[derive(Debug)]
pub(crate) struct Refusal {
    said: String,
}

impl Refusal {
    pub(crate) fn new(said: &str) -> Self {
        Self { said: said.to_lowercase() }
    }

    /// Whether it names one of these.
    pub(crate) fn names(&self, words: &[&str]) -> bool {
        words.iter().any(|w| self.said.contains(w))
    }
}

impl From<LlmError> for HttpFailure {
    fn from(error: LlmError) -> Self {
        Self { error, refusal: None }
    }
}

/// What errors of one configured model are told with.
#[derive(Debug)]
pub(super) struct Told {
    name: String,
    model: String,
    keys: Vec<Hidden>,
}

/// A text that errors never show.
struct Hidden(String);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[secret]")
    }
}

impl Told {
    pub(super) fn new(spec: &ModelSpec, http: &HttpOptions) -> Self {
        let key = spec.key.iter().map(|k| k.expose().to_owned());
        // Headers are not meant for keys, yet some gateways want theirs there.
        let headers = spec.headers.values().flat_map(|v| [v.clone(), v.trim_start_matches("Bearer ").to_owned()]);
        let proxy = http.proxy.as_deref().and_then(|p| Url::parse(p).ok());
        let password = proxy.and_then(|url| url.password().map(str::to_owned));
        let keys = key.chain(headers).chain(password).map(Hidden).collect();
        Self { name: spec.name.clone(), model: spec.model.clone(), keys }
    }

    /// Whom an error is about.
    pub(super) fn place(&self, url: &Url) -> String {
        format!("model `{}` at {}", self.name, address_of(url))
    }

    /// The request did not get through.
    pub(super) fn unsent(&self, url: &Url, error: &reqwest::Error) -> LlmError {
        let place = self.place(url);
        let why = deepest(error);
        if error.is_builder() {
            return LlmError::new(ErrorKind::InvalidInput, format!("{place}: the request cannot be made ({why})"));
        }
        if error.is_connect() || error.is_timeout() {
            let message =
                format!("{place} cannot be reached ({why}): check that it runs, its address, proxy and certificates");
            return LlmError::caused(LlmCause::Connection, message);
        }
        LlmError::caused(LlmCause::Cut, format!("{place}: the connection broke ({why})"))
    }

    /// The provider answered with a failure.
    pub(super) fn refused(&self, call: Call<'_>, status: u16, headers: &HeaderMap, body: &[u8]) -> HttpFailure {
        let text = String::from_utf8_lossy(body);
        let value = serde_json::from_str::<Value>(&text).unwrap_or(Value::Null);
        // Gemini's streams wrap an error into a list.
        let value = match value {
            Value::Array(mut items) if !items.is_empty() => items.swap_remove(0),
            other => other,
        };
        let mut said = Said::of(&value);
        if said.message.is_empty() && !text.trim_start().starts_with('<') {
            said.message = text.into_owned();
        }
        self.failure(call, status, &said, headers, &value)
    }

    /// An error in a body whose status says success: gateways and streams.
    pub(super) fn error_within(&self, call: Call<'_>, body: &Value) -> Option<HttpFailure> {
        let error = body.get("error").filter(|e| !e.is_null())?;
        let code = error.get("code").and_then(Value::as_u64).and_then(|c| u16::try_from(c).ok());
        let said = Said::of(body);
        let status = code.filter(|c| (400..600).contains(c)).unwrap_or_else(|| said.status());
        Some(self.failure(call, status, &said, &HeaderMap::new(), body))
    }

    fn failure(&self, call: Call<'_>, status: u16, said: &Said, headers: &HeaderMap, body: &Value) -> HttpFailure {
        let wait = retry_after::wait(headers, body);
        let cause = said.cause(status, wait.is_some());
        let keys: Vec<&str> = self.keys.iter().map(|k| k.0.as_str()).collect();
        let words = match presentable(&said.message, &keys, call.prompts) {
            words if words.is_empty() => String::new(),
            words => format!(": {words}"),
        };
        let what = match status {
            300..400 => "redirects, set the base URL to where it leads".into(),
            _ => self.advice(cause),
        };
        let message = format!("{} {what} ({status}){words}", self.place(call.url));
        let error = LlmError::caused(cause, message).with_status(status).with_retry_after(wait);
        HttpFailure { error, refusal: Some(Refusal::new(&format!("{} {}", said.code, said.message))) }
    }

    fn advice(&self, cause: LlmCause) -> String {
        match cause {
            LlmCause::RateLimit => "takes no more calls for now, lower its concurrency or wait".into(),
            LlmCause::Quota => "has nothing left to spend, check its plan and billing".into(),
            LlmCause::ContextOverflow => "cannot read a prompt of this length, give it a larger context".into(),
            LlmCause::Key => "refuses the key, check it".into(),
            LlmCause::ModelMissing => {
                format!("has no model `{}`, list what it offers and check the base URL", self.model)
            }
            LlmCause::ContentFilter => "refuses the content".into(),
            LlmCause::Server => "failed".into(),
            _ => "does not accept the request".into(),
        }
    }
}

/// What an error's body says, whatever its shape.
#[derive(Debug, Default)]
struct Said {
    message: String,
    /// Codes and types, in small letters.
    code: String,
}

/// What providers call a prompt that is too long.
const OVERFLOW: [&str; 14] = [
    "context_length_exceeded",
    "exceed_context_size",
    "context length",
    "maximum context",
    "context window",
    "context size",
    "prompt is too long",
    "input is too long",
    "too many tokens",
    "input token count",
    "maximum number of tokens",
    "exceeds the limit of tokens",
    "string too long",
    "request too large",
];
/// What local servers answer 500 with although the request is to blame.
const REFUSING: [&str; 12] = [
    "literal_error",
    "validation error",
    "input should be",
    "response_format",
    "json_schema",
    "schema",
    "grammar",
    "tool_choice",
    "not support",
    "unsupported",
    "not implemented",
    "invalid request",
];

impl Said {
    fn of(body: &Value) -> Self {
        let error = body.get("error").unwrap_or(body);
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let message = text(error)
            .or_else(|| error.get("message").and_then(text))
            .or_else(|| body.get("message").and_then(text))
            .or_else(|| body.get("detail").map(detail))
            .unwrap_or_default();
        let codes = ["code", "type", "status", "param"].iter().filter_map(|field| error.get(*field).and_then(text));
        let inner = error.pointer("/innererror/code").and_then(text);
        let reasons = error.get("details").and_then(Value::as_array).into_iter().flatten();
        let reasons = reasons.filter_map(|d| d.get("reason").and_then(text));
        let code = codes.chain(inner).chain(reasons).collect::<Vec<_>>().join(" ").to_lowercase();
        Self { message, code }
    }

    /// The status that an error without one stands for.
    fn status(&self) -> u16 {
        match () {
            () if self.has(&["overloaded", "server_error", "api_error", "unavailable", "internal"]) => 503,
            () if self.has(&["rate_limit", "resource_exhausted", "insufficient_quota"]) => 429,
            () if self.has(&["authentication", "permission", "unauthenticated"]) => 401,
            () if self.has(&["invalid_request", "invalid_argument"]) => 400,
            () => 500,
        }
    }

    fn has(&self, words: &[&str]) -> bool {
        let message = self.message.to_lowercase();
        words.iter().any(|w| self.code.contains(w) || message.contains(w))
    }

    fn cause(&self, status: u16, says_wait: bool) -> LlmCause {
        match status {
            401 | 403 => LlmCause::Key,
            402 => LlmCause::Quota,
            404 if !self.has(&["support"]) => LlmCause::ModelMissing,
            408 | 425 => LlmCause::Server,
            413 => LlmCause::ContextOverflow,
            429 if self.has(&["insufficient_quota", "billing_hard_limit", "credit balance"]) => LlmCause::Quota,
            429 if !says_wait && self.has(&["billing"]) && !self.code.contains("resource_exhausted") => LlmCause::Quota,
            429 => LlmCause::RateLimit,
            300..=499 => self.refusal(),
            500 if self.has(&OVERFLOW) => LlmCause::ContextOverflow,
            500 if self.has(&REFUSING) => LlmCause::Request,
            501 => LlmCause::Request,
            _ => LlmCause::Server,
        }
    }

    /// A request that the provider does not accept.
    fn refusal(&self) -> LlmCause {
        if self.has(&OVERFLOW) {
            LlmCause::ContextOverflow
        } else if self.has(&["content_filter", "content management policy", "responsibleaipolicy", "safety system"]) {
            LlmCause::ContentFilter
        } else if self.has(&["api key not valid", "api_key_invalid", "invalid api key"]) {
            LlmCause::Key
        } else if self.has(&["credit balance"]) {
            LlmCause::Quota
        } else if self.has(&["model_not_found", "not a valid model", "model not found", "deploymentnotfound"]) {
            LlmCause::ModelMissing
        } else {
            LlmCause::Request
        }
    }
}

/// FastAPI's detail: words, or a list of places and messages. What was put in at that place is left out.
fn detail(detail: &Value) -> String {
    match detail {
        Value::String(text) => text.clone(),
        Value::Array(items) => items
            .iter()
            .map(|item| {
                let place = item.get("loc").map(Value::to_string).unwrap_or_default();
                format!("{place} {}", item.get("msg").and_then(Value::as_str).unwrap_or_default())
            })
            .collect::<Vec<_>>()
            .join("; "),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn cause(status: u16, body: &Value) -> LlmCause {
        Said::of(body).cause(status, false)
    }

    #[test]
    fn bodies_of_real_providers_are_told_apart() {
        for (status, body, expected) in [
            (
                429,
                json!({"error": {"message": "Rate limit reached for gpt-4.1", "code": "rate_limit_exceeded"}}),
                LlmCause::RateLimit,
            ),
            (
                429,
                json!({"error": {"message": "You exceeded your current quota, please check your plan and billing details.", "code": "insufficient_quota"}}),
                LlmCause::Quota,
            ),
            (
                429,
                json!({"error": {"code": 429, "message": "You exceeded your current quota, please check your plan and billing details.", "status": "RESOURCE_EXHAUSTED"}}),
                LlmCause::RateLimit,
            ),
            (
                400,
                json!({"error": {"message": "This model's maximum context length is 128000 tokens.", "code": "context_length_exceeded"}}),
                LlmCause::ContextOverflow,
            ),
            (
                400,
                json!({"type": "error", "error": {"type": "invalid_request_error", "message": "prompt is too long: 210000 tokens > 200000 maximum"}}),
                LlmCause::ContextOverflow,
            ),
            (
                400,
                json!({"error": {"code": 400, "message": "the request exceeds the available context size (4096 tokens)", "type": "exceed_context_size_error"}}),
                LlmCause::ContextOverflow,
            ),
            (
                400,
                json!({"error": {"code": 400, "message": "API key not valid. Please pass a valid API key.", "status": "INVALID_ARGUMENT"}}),
                LlmCause::Key,
            ),
            (
                400,
                json!({"error": {"message": "The response was filtered", "code": "content_filter", "innererror": {"code": "ResponsibleAIPolicyViolation"}}}),
                LlmCause::ContentFilter,
            ),
            (
                400,
                json!({"type": "error", "error": {"type": "invalid_request_error", "message": "Your credit balance is too low to access the Anthropic API."}}),
                LlmCause::Quota,
            ),
            (
                404,
                json!({"error": {"message": "The model `gpt-9` does not exist", "code": "model_not_found"}}),
                LlmCause::ModelMissing,
            ),
            (404, json!({"error": "model 'llama9' not found"}), LlmCause::ModelMissing),
            (
                404,
                json!({"error": {"message": "No endpoints found that support tool use.", "code": 404}}),
                LlmCause::Request,
            ),
            (
                422,
                json!({"detail": [{"loc": ["body", "response_format"], "msg": "Input should be 'text' or 'json_object'", "input": "x"}]}),
                LlmCause::Request,
            ),
            (
                500,
                json!({"error": {"message": "[{'type': 'literal_error', 'loc': ('body', 'response_format', 'type')}]", "type": "internal_server_error"}}),
                LlmCause::Request,
            ),
            (500, json!({"error": {"message": "out of memory"}}), LlmCause::Server),
            (
                529,
                json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}),
                LlmCause::Server,
            ),
        ] {
            assert_eq!(cause(status, &body), expected, "{status} {body}");
        }
    }

    #[test]
    fn validation_errors_of_local_servers_do_not_repeat_what_was_sent() {
        let body = json!({"detail": [{"loc": ["body", "messages", 0], "msg": "wrong", "input": "Margit"}]});
        assert_eq!(Said::of(&body).message, r#"["body","messages",0] wrong"#);
    }
}
