//! A site over a data directory of its own, with a worker and a learned shop.

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use datafyme_server::{App, config::Config, http::router, jobs::worker};
use futures::StreamExt;
use serde_json::{Value, json};
use std::{path::PathBuf, sync::Arc, time::Duration};
use tempfile::TempDir;
use tower::ServiceExt;

/// Nothing here takes longer, unless it is broken.
const PATIENCE: Duration = Duration::from_secs(60);

const SHOP: &str = "
    CREATE TABLE customers (customer_id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT);
    CREATE TABLE orders (order_id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (customer_id),
        order_date DATE, amount REAL);
    INSERT INTO customers VALUES (1, 'Ada', 'London'), (2, 'Grace', 'New York'), (3, 'Edsger', 'Austin');
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 48)
    INSERT INTO orders SELECT i, 1 + i % 3, date('2024-01-15', '+' || (i / 4) || ' months'), 10.5 * i FROM n;
";

pub struct Site {
    pub app: Arc<App>,
    pub dir: TempDir,
    router: Router,
}

/// A response, read to its end.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {} {}", self.status, self.text))
    }

    /// Asserts that it is a problem of that status and code, and gives its detail.
    pub fn problem(&self, status: u16, code: &str) -> String {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json", "{}", self.text);
        let problem = self.json();
        assert_eq!(problem["code"], code);
        assert_eq!(problem["status"], status);
        assert!(problem["title"].is_string() && problem["type"].is_string());
        problem["detail"].as_str().unwrap().to_owned()
    }
}

impl Site {
    /// Without any data source.
    pub async fn empty() -> Self {
        Self::with_config(Config::default()).await
    }

    /// Without any data source, configured.
    pub async fn with_config(config: Config) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let app = Arc::new(App::open(config, &dir.path().join("data")).await.unwrap());
        tokio::spawn(worker::work(Arc::clone(&app)));
        Self { router: router(&app), app, dir }
    }

    /// With the shop, learned.
    pub async fn with_shop() -> (Self, String) {
        let site = Self::empty().await;
        let id = site.add_shop("shop").await;
        (site, id)
    }

    /// The shop's file.
    pub fn shop_file(&self) -> PathBuf {
        let file = self.dir.path().join("shop.sqlite");
        if !file.exists() {
            rusqlite::Connection::open(&file).unwrap().execute_batch(SHOP).unwrap();
        }
        file
    }

    /// Registers the shop and waits until it is learned.
    pub async fn add_shop(&self, name: &str) -> String {
        let url = self.shop_file().display().to_string();
        let created = self.post("/sources", json!({ "name": name, "url": url })).await;
        assert_eq!(created.status, 201, "{}", created.text);
        let created = created.json();
        let job = self.ended_job(created["job"]["id"].as_str().unwrap()).await;
        assert_eq!(job["status"], "succeeded", "{job}");
        created["source"]["id"].as_str().unwrap().to_owned()
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, None, &[]).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(Method::POST, path, Some(body.to_string()), &[]).await
    }

    pub async fn send(&self, method: Method, path: &str, body: Option<String>, headers: &[(&str, &str)]) -> Reply {
        let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        if !headers.iter().any(|(name, _)| *name == "host") {
            request = request.header(header::HOST, "localhost:7777");
        }
        if body.is_some() && !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.raw(request.body(body.map_or_else(Body::empty, Body::from)).unwrap()).await
    }

    pub async fn raw(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = tokio::time::timeout(PATIENCE, axum::body::to_bytes(body, usize::MAX)).await;
        Reply {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes.expect("the response ends").unwrap()).into_owned(),
        }
    }

    /// The first `count` events of a stream, then the connection is dropped.
    pub async fn first_events(&self, path: &str, count: usize) -> Vec<Event> {
        let request = Request::builder()
            .uri(format!("/api/v1{path}"))
            .header(header::HOST, "localhost")
            .body(Body::empty())
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let mut body = response.into_body().into_data_stream();
        let mut text = String::new();
        while events_of(&text).len() < count {
            let chunk = tokio::time::timeout(PATIENCE, body.next()).await.expect("an event comes");
            text.push_str(std::str::from_utf8(&chunk.expect("the stream goes on").unwrap()).unwrap());
        }
        events_of(&text).into_iter().take(count).collect()
    }

    /// A conversation's id.
    pub async fn conversation(&self, source: &str) -> String {
        let created = self.post("/conversations", json!({ "source_id": source })).await;
        assert_eq!(created.status, 201, "{}", created.text);
        created.json()["id"].as_str().unwrap().to_owned()
    }

    /// Puts a question, and waits for its end.
    pub async fn ask(&self, conversation: &str, question: &str) -> Value {
        let path = format!("/conversations/{conversation}/runs");
        let started = self.post(&path, json!({ "question": question })).await;
        assert_eq!(started.status, 202, "{}", started.text);
        let id = started.json()["id"].as_str().unwrap().to_owned();
        // The stream ends with the run.
        self.get(&format!("/runs/{id}/events")).await;
        self.get(&format!("/runs/{id}")).await.json()
    }

    /// Waits for the end of a job.
    pub async fn ended_job(&self, id: &str) -> Value {
        let events = events_of(&self.get(&format!("/jobs/{id}/events")).await.text);
        let last = events.last().expect("a job has an end");
        assert_eq!(last.name, "job.completed");
        serde_json::from_str(&last.data).unwrap()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.app.shutdown.cancel();
    }
}

/// One server-sent event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub id: Option<u64>,
    pub name: String,
    pub data: String,
}

/// The complete events of a stream; comments are left out.
pub fn events_of(text: &str) -> Vec<Event> {
    let complete = text.rsplit_once("\n\n").map_or("", |(complete, _)| complete);
    complete
        .split("\n\n")
        .filter_map(|block| {
            let field = |name: &str| block.lines().find_map(|l| l.strip_prefix(name)).map(str::trim);
            Some(Event {
                id: field("id:").and_then(|v| v.parse().ok()),
                name: field("event:")?.to_owned(),
                data: field("data:")?.to_owned(),
            })
        })
        .collect()
}
