//! A server that speaks OpenAI's protocol over a real socket, as far as these tests need it, and remembers what it was
//! sent.
#![allow(dead_code)] // each test file uses its part

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

type Reply = dyn Fn(&Value) -> Said + Send + Sync;

/// What the model says to a request.
pub enum Said {
    Text(String),
    /// A refusal of that status with that body.
    Fails(u16, String),
}

/// The server.
pub struct OpenAi {
    pub base_url: String,
    shared: Arc<Shared>,
    serving: tokio::task::JoinHandle<()>,
}

struct Shared {
    key: String,
    reply: Box<Reply>,
    seen: Mutex<Vec<(HeaderMap, Value)>>,
}

impl OpenAi {
    /// Takes that key only; does what probing asks for, and says `text` to everything else.
    pub async fn start(key: &str, text: &'static str) -> Self {
        Self::replying(key, move |_| Said::Text(text.to_owned())).await
    }

    /// As [`Self::start`], with a reply of its own to each request.
    pub async fn replying(key: &str, reply: impl Fn(&Value) -> Said + Send + Sync + 'static) -> Self {
        let shared = Arc::new(Shared { key: key.to_owned(), reply: Box::new(reply), seen: Mutex::default() });
        let router = Router::new()
            .route("/v1/chat/completions", post(complete))
            .route("/v1/embeddings", post(embed))
            .route("/v1/models", get(models))
            .with_state(Arc::clone(&shared));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { base_url, shared, serving }
    }

    /// What it was sent so far, oldest first.
    pub fn requests(&self) -> Vec<(HeaderMap, Value)> {
        self.shared.seen.lock().unwrap().clone()
    }
}

impl Drop for OpenAi {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn refusal(shared: &Shared, headers: &HeaderMap) -> Option<Response> {
    let expected = format!("Bearer {}", shared.key);
    let given = headers.get("authorization").and_then(|v| v.to_str().ok()).unwrap_or_default();
    let said = json!({ "error": { "message": format!("Incorrect API key provided: {given}"), "type": "auth" } });
    (given != expected).then(|| (StatusCode::UNAUTHORIZED, Json(said)).into_response())
}

async fn complete(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    let request: Value = serde_json::from_slice(&body).unwrap();
    shared.seen.lock().unwrap().push((headers.clone(), request.clone()));
    if let Some(refused) = refusal(&shared, &headers) {
        return refused;
    }
    let probed = request["messages"].to_string().contains("2 + 3");
    let said = if probed { Said::Text("{\"total\": 5}".to_owned()) } else { (shared.reply)(&request) };
    let text = match said {
        Said::Text(text) => text,
        Said::Fails(status, body) => return (StatusCode::from_u16(status).unwrap(), body).into_response(),
    };
    let usage = json!({ "prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110 });
    if request["stream"] == true {
        let chunk = json!({ "choices": [{ "index": 0, "delta": { "content": text }, "finish_reason": null }] });
        let end = json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }], "usage": usage });
        let body = format!("data: {chunk}\n\ndata: {end}\n\ndata: [DONE]\n\n");
        return ([("content-type", "text/event-stream")], body).into_response();
    }
    let tool = request["tools"].as_array().filter(|_| request["tool_choice"].is_object()).map(|tools| {
        json!([{ "id": "call_1", "type": "function",
            "function": { "name": tools[0]["function"]["name"], "arguments": text } }])
    });
    let message = match tool {
        Some(calls) => json!({ "role": "assistant", "content": null, "tool_calls": calls }),
        None => json!({ "role": "assistant", "content": text }),
    };
    let choice = json!({ "index": 0, "message": message, "finish_reason": "stop" });
    Json(json!({ "id": "x", "object": "chat.completion", "model": "m", "choices": [choice], "usage": usage }))
        .into_response()
}

async fn embed(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    let request: Value = serde_json::from_slice(&body).unwrap();
    shared.seen.lock().unwrap().push((headers.clone(), request.clone()));
    if let Some(refused) = refusal(&shared, &headers) {
        return refused;
    }
    let texts = match &request["input"] {
        Value::Array(texts) => texts.len(),
        _ => 1,
    };
    let data: Vec<Value> =
        (0..texts).map(|i| json!({ "object": "embedding", "index": i, "embedding": [0.6, 0.8, 0.0] })).collect();
    Json(json!({ "object": "list", "data": data, "usage": { "prompt_tokens": 3, "total_tokens": 3 } })).into_response()
}

async fn models(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    shared.seen.lock().unwrap().push((headers.clone(), Value::Null));
    if let Some(refused) = refusal(&shared, &headers) {
        return refused;
    }
    Json(
        json!({ "object": "list", "data": [{ "id": "small", "object": "model" }, { "id": "big", "object": "model" }] }),
    )
    .into_response()
}
