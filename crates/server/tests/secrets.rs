//! Planted keys and row values are looked for in everything that a whole life of the product prints, serves and exports:
//! learning, questions that the rules answer, questions that a model answers, echoes, refuses or fails on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "harness/binary.rs"]
mod binary;
#[path = "harness/collector.rs"]
mod collector;
#[path = "harness/openai.rs"]
mod openai;

use binary::{Server, datafyme, sqlite, stderr, stdout};
use collector::Collector;
use openai::{OpenAi, Said};
use serde_json::json;
use std::{
    fs::File,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};
use tempfile::TempDir;

const KEY: &str = "sk-planted-key-0123456789";
const SETTING: &str = "sk-planted-setting-0123456789";
const COLLECTOR_KEY: &str = "c-planted-collector-0123456789";
const KEYS: [&str; 3] = [KEY, SETTING, COLLECTOR_KEY];
/// Values of the data source; none of them stands in a question.
const VALUES: [&str; 3] = ["Plantova", "7341.59", "planted-note"];

const SHOP: &str = "
    CREATE TABLE customers (customer_id INTEGER PRIMARY KEY, name TEXT, city TEXT, note TEXT);
    CREATE TABLE orders (order_id INTEGER PRIMARY KEY, customer_id INTEGER, amount REAL);
    INSERT INTO customers VALUES (1, 'Zsuzsanna Plantova', 'London', 'planted-note of a customer'),
        (2, 'Ada Plantova', 'Austin', 'planted-note of another');
    INSERT INTO orders VALUES (1, 1, 7341.59), (2, 2, 7341.59), (3, 1, 7341.59);
";

/// A model that echoes its prompt, writes half a JSON, and fails quoting key and prompt, in turn.
async fn treacherous_model() -> OpenAi {
    let turn = Arc::new(AtomicUsize::new(0));
    OpenAi::replying(KEY, move |request| {
        let prompt = request["messages"].to_string();
        match turn.fetch_add(1, Ordering::Relaxed) % 5 {
            0 => Said::Text(prompt),
            1 => Said::Text(format!("{{\"sql\": \"SELECT {prompt}")),
            2 => Said::Fails(
                400,
                format!("{{\"error\": {{\"message\": \"{KEY} may not say {}\"}}}}", prompt.replace('"', "'")),
            ),
            3 => Said::Fails(429, format!("slow down, {KEY}: {prompt}")),
            _ => Said::Text(
                json!({ "sql": "SELECT name, note FROM customers", "relevant": true, "kind": "question" }).to_string(),
            ),
        }
    })
    .await
}

/// What was seen, and where.
#[derive(Default)]
struct Seen(Vec<(String, String)>);

impl Seen {
    fn note(&mut self, place: impl Into<String>, text: impl Into<String>) {
        self.0.push((place.into(), text.into()));
    }

    fn assert_without(&self, planted: &[&str]) {
        for (place, text) in &self.0 {
            for value in planted {
                if let Some(at) = text.find(value) {
                    let from = text.floor_char_boundary(at.saturating_sub(200));
                    let to = text.ceil_char_boundary((at + 200).min(text.len()));
                    panic!("{place} shows {value}: …{}…", &text[from..to]);
                }
            }
        }
    }
}

/// Starts a server that logs everything, with a model of the settings and a collector.
fn start(dir: &Path, collector: &Collector) -> Server {
    let mut command = datafyme(&dir.join("data"));
    let settings = format!(
        "[log]\nfilter = \"trace\"\nformat = \"json\"\n[model]\nprovider = \"openai\"\nname = \"m-0\"\n\
         base_url = \"http://127.0.0.1:1/v1\"\ncall_ms = 4000\n[telemetry]\nendpoint = \"{}\"\n\
         [telemetry.headers]\nx-key = \"{COLLECTOR_KEY}\"\n",
        collector.endpoint
    );
    let file = dir.join("datafyme.toml");
    std::fs::write(&file, settings).unwrap();
    command.arg("--config").arg(file).env("DATAFYME_MODEL__API_KEY", SETTING);
    command.stderr(File::options().create(true).append(true).open(dir.join("log")).unwrap());
    Server::start_as(command)
}

/// Asks, and waits for the end; notes what holds no rows by right.
fn ask(server: &Server, seen: &mut (Seen, Seen), source: &str, question: &str) {
    let conversation = server.post("/conversations", &json!({ "source_id": source })).json();
    let path = format!("/conversations/{}/runs", conversation["id"].as_str().unwrap());
    let started = server.post(&path, &json!({ "question": question, "effort": "medium" }));
    assert_eq!(started.status, 202, "{}", started.text);
    let id = started.json()["id"].as_str().unwrap().to_owned();
    let run = server.wait_for(&format!("/runs/{id}"), |run| run["status"] != "running");
    let steps = server.get(&format!("/runs/{id}/steps"));
    for step in steps.json()["items"].as_array().unwrap() {
        seen.1.note(format!("a call for {question}"), step["calls"].to_string());
    }
    if run["status"] != "answered" {
        seen.1.note(format!("the end of {question}"), run["answer"].to_string());
    }
    seen.0.note("a run", run.to_string());
    seen.0.note("its steps", steps.text);
    seen.0.note("its events", server.get(&format!("/runs/{id}/events")).text);
    seen.0.note(
        "its messages",
        server.get(&format!("/conversations/{}/messages", conversation["id"].as_str().unwrap())).text,
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_key_and_no_row_value_shows_where_it_must_not() {
    let (collector, provider) = (Collector::start(&[]).await, treacherous_model().await);
    let dir = TempDir::new().unwrap();
    let base_url = provider.base_url.clone();
    let (dir_path, endpoint) = (dir.path().to_owned(), collector);
    let (seen, collector) = tokio::task::spawn_blocking(move || {
        let seen = live(&dir_path, &base_url, &endpoint);
        (seen, endpoint)
    })
    .await
    .unwrap();
    let (keyless, rowless) = seen;
    let mut exported = Seen::default();
    for (_, body) in collector.requests() {
        exported.note("an exported trace", body.to_string());
    }
    assert!(exported.0.iter().any(|(_, body)| body.contains("gen_ai.request.model")), "calls were exported");
    let log = std::fs::read_to_string(dir.path().join("log")).unwrap();
    assert!(log.contains("run.ended") && log.contains("TRACE"), "the log says everything");
    exported.note("the log", log);
    for place in [&keyless, &rowless, &exported] {
        place.assert_without(&KEYS);
    }
    for place in [&rowless, &exported] {
        place.assert_without(&VALUES);
    }
    let prompts: String = provider.requests().iter().map(|(_, body)| body.to_string()).collect();
    assert!(prompts.contains("Plantova"), "the planted values were in prompts, or this test shows nothing");
}

/// A whole life: returns what must be without keys, and what must be without keys and rows.
fn live(dir: &Path, base_url: &str, collector: &Collector) -> (Seen, Seen) {
    let mut seen = (Seen::default(), Seen::default());
    let file = dir.join("shop.sqlite");
    sqlite(&file, SHOP);
    let server = start(dir, collector);
    let body = json!({ "name": "big", "provider": "open_ai", "model": "m-1", "base_url": base_url, "api_key": KEY });
    let model = server.post("/models", &body);
    let id = model.json()["id"].as_str().unwrap().to_owned();
    let roles = json!({ "reason": id, "fast": id }).to_string();
    for (method, path, body) in [
        ("PUT", "/models/roles".to_owned(), roles),
        ("POST", format!("/models/{id}/test"), "{}".to_owned()),
        ("GET", "/models".to_owned(), String::new()),
        (
            "POST",
            "/models/discover".to_owned(),
            json!({ "provider": "open_ai", "base_url": base_url, "api_key": "sk-planted-key-wrong" }).to_string(),
        ),
        (
            "POST",
            "/models".to_owned(),
            json!({ "name": "big", "provider": "open_ai", "model": "m", "api_key": KEY }).to_string(),
        ),
        ("POST", "/models".to_owned(), format!("{{\"name\": \"x\", \"api_key\": \"{KEY}\"")),
        (
            "POST",
            "/models".to_owned(),
            json!({ "name": "x", "provider": "open_ai", "model": "m", "api_key": [KEY] }).to_string(),
        ),
    ] {
        let reply = server.send(method, &path, &body);
        seen.1.note(format!("{method} {path} ({})", reply.status), reply.text.replace("sk-planted-key-wrong", ""));
    }
    let added = server.post("/sources", &json!({ "name": "shop", "url": file.display().to_string() })).json();
    let source = added["source"]["id"].as_str().unwrap().to_owned();
    let job = format!("/jobs/{}", added["job"]["id"].as_str().unwrap());
    let ended = server.wait_for(&job, |job| !["queued", "running"].contains(&job["status"].as_str().unwrap()));
    assert_eq!(ended["status"], "succeeded", "{ended}");
    seen.1.note("a job", ended.to_string());
    seen.1.note("its calls", server.get(&format!("{job}/calls")).text);
    seen.1.note("its events", server.get(&format!("{job}/events")).text);
    for question in [
        "How many orders are there?",
        "List the name and note of all customers",
        "Melyik vásárló költötte a legtöbbet?",
        "Kik a legjobb ügyfeleink és miért?",
        "What would the most loyal people have told us about themselves lately?",
        "Draw the weather of the moon over time",
    ] {
        ask(&server, &mut seen, &source, question);
    }
    // The models of the settings cannot be reached.
    let nobody = json!({ "reason": null, "fast": null }).to_string();
    seen.1.note("no roles", server.send("PUT", "/models/roles", &nobody).text);
    ask(&server, &mut seen, &source, "Kik a legjobb ügyfeleink és miért?");
    seen.1.note("spend", server.get("/models/spend").text);
    server.send("PUT", "/models/roles", &json!({ "reason": id }).to_string());
    assert!(server.terminate());
    for arguments in [&["doctor"][..], &["model", "test", "big"], &["model", "list"], &["config", "check"]] {
        let output =
            datafyme(&dir.join("data")).args(arguments).env("DATAFYME_MODEL__API_KEY", SETTING).output().unwrap();
        seen.1.note(arguments.join(" "), stdout(&output) + &stderr(&output));
    }
    seen
}
