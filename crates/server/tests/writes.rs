//! What a question costs the metadata store: write statements from the question to its end, counted as they are sent.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "harness/openai.rs"]
mod openai;
#[path = "http/site.rs"]
#[allow(dead_code)]
mod site;

use datafyme_connect::conformance::{Fixture, PostgresFixture};
use datafyme_server::config::Config;
use openai::{OpenAi, Said};
use serde_json::{Value, json};
use site::Site;
use std::{
    fmt::Debug,
    sync::{Mutex, OnceLock},
    time::Duration,
};
use tracing::{Event, Subscriber, field::Field, field::Visit};
use tracing_subscriber::{Layer, filter::Targets, layer::Context, prelude::*};

/// The bound on one question.
const MOST: usize = 12;
/// Tables that a question writes to; what workers write about jobs meanwhile is not the question's.
const TABLES: [&str; 5] = ["conversations", "messages", "runs", "steps", "model_calls"];

/// The statements that the store sent.
static SENT: Mutex<Vec<String>> = Mutex::new(Vec::new());
/// They are those of one question at a time.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

struct Statements;

/// The longest text of an event is the statement.
#[derive(Default)]
struct Longest(String);

impl Visit for Longest {
    fn record_str(&mut self, _: &Field, value: &str) {
        if value.len() > self.0.len() {
            value.clone_into(&mut self.0);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

impl<S: Subscriber> Layer<S> for Statements {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut statement = Longest::default();
        event.record(&mut statement);
        SENT.lock().unwrap().push(statement.0.split_whitespace().collect::<Vec<_>>().join(" "));
    }
}

fn listen() {
    static LISTENING: OnceLock<()> = OnceLock::new();
    LISTENING.get_or_init(|| {
        let filter = Targets::new()
            .with_target("datafyme_store::statement", tracing::Level::TRACE)
            .with_target("sqlx::query", tracing::Level::DEBUG);
        tracing_subscriber::registry().with(Statements.with_filter(filter)).init();
    });
}

fn is_write(statement: &str) -> bool {
    let first = statement.split(' ').next().unwrap_or_default();
    let words = || statement.split(|c: char| !c.is_alphanumeric() && c != '_');
    matches!(first, "INSERT" | "UPDATE" | "DELETE" | "WITH") && words().any(|word| TABLES.contains(&word))
}

/// Asks in a conversation that stands already (making and naming it are two more writes, once), three times; the last run,
/// and the fewest writes for one: on a busy machine quick stages take long enough to be written as running.
async fn cost_of(site: &Site, source: &str, question: &str) -> (Value, Vec<String>) {
    let conversation = site.conversation(source).await;
    site.ask(&conversation, "How many customers are there?").await;
    let mut least = None::<Vec<String>>;
    let mut last = Value::Null;
    for _ in 0..3 {
        SENT.lock().unwrap().clear();
        last = site.ask(&conversation, question).await;
        let mut writes = std::mem::take(&mut *SENT.lock().unwrap());
        writes.retain(|statement| is_write(statement));
        if least.as_ref().is_none_or(|least| writes.len() < least.len()) {
            least = Some(writes);
        }
    }
    (last, least.unwrap())
}

/// A model that thinks for 300 ms before each word, so that every step is seen by whoever watches.
async fn slow_model() -> OpenAi {
    OpenAi::replying("k", |request| {
        std::thread::sleep(Duration::from_millis(300));
        let asked = request["messages"].to_string();
        let said = if asked.contains("SELECT") {
            json!({ "sql": "SELECT city, COUNT(*) AS customers FROM customers GROUP BY city", "confidence": 0.9 })
        } else {
            json!({ "title": "Customers" })
        };
        Said::Text(said.to_string())
    })
    .await
}

async fn is_bounded(config: Config) {
    let _alone = ALONE.lock().await;
    listen();
    let site = Site::with_config(config).await;
    let source = site.add_shop("shop").await;
    let (run, writes) = cost_of(&site, &source, "How many orders are there per city?").await;
    assert_eq!(run["status"], "answered", "{run}");
    println!("rules: {} writes", writes.len());
    assert!((4..=MOST).contains(&writes.len()), "{} writes:\n{}", writes.len(), writes.join("\n"));

    let provider = slow_model().await;
    let model = json!({ "name": "slow", "provider": "open_ai", "model": "m", "base_url": provider.base_url,
        "api_key": "k" });
    let model = site.post("/models", model).await.json();
    let roles = json!({ "reason": model["id"], "fast": model["id"] }).to_string();
    site.send(axum::http::Method::PUT, "/models/roles", Some(roles), &[]).await;
    let (run, writes) = cost_of(&site, &source, "Which of our towns would you call the liveliest one, and why?").await;
    assert!(!provider.requests().is_empty(), "the model was not asked: {run}");
    println!("model, {} calls: {} writes", provider.requests().len(), writes.len());
    assert!(writes.len() <= MOST, "{} writes:\n{}", writes.len(), writes.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_writes_at_most_twelve_times_on_sqlite() {
    is_bounded(Config::default()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_writes_at_most_twelve_times_on_postgresql() {
    let Some(fixture) = PostgresFixture::named("a_question_writes_at_most_twelve_times") else { return };
    fixture.database("").await;
    let mut config = Config::default();
    config.metadata.url = Some(fixture.url());
    is_bounded(config).await;
}
