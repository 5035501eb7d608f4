#![allow(dead_code)] // each test file uses its part

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use serde_json::Value;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};
use tokio::net::TcpListener;

/// A collector over a real socket that remembers what it was sent.
pub struct Collector {
    pub endpoint: String,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    seen: Mutex<Vec<(HeaderMap, Value)>>,
    /// What it answers first; then 200.
    refusals: Mutex<VecDeque<u16>>,
}

impl Collector {
    pub async fn start(refusals: &[u16]) -> Self {
        let shared = Arc::new(Shared { refusals: Mutex::new(refusals.iter().copied().collect()), ..Shared::default() });
        let router = Router::new().route("/v1/traces", post(take)).with_state(Arc::clone(&shared));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { endpoint, shared }
    }

    pub fn requests(&self) -> Vec<(HeaderMap, Value)> {
        self.shared.seen.lock().unwrap().clone()
    }

    /// All spans, in the order of their arrival.
    pub fn spans(&self) -> Vec<Value> {
        let spans = |body: &Value| body["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().unwrap().clone();
        self.requests().iter().flat_map(|(_, body)| spans(body)).collect()
    }
}

async fn take(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    if let Some(status) = shared.refusals.lock().unwrap().pop_front() {
        return StatusCode::from_u16(status).unwrap();
    }
    shared.seen.lock().unwrap().push((headers, serde_json::from_slice(&body).unwrap()));
    StatusCode::OK
}
