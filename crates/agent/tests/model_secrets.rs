//! Nothing planted comes out: no key and no row value in an error, a trace or a log, whatever the provider echoes.
//!
//! Alone in its file: the subscriber of the log is the whole process's.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "agent/house.rs"]
#[allow(dead_code)]
mod house;
#[path = "model_answers/stage.rs"]
#[allow(dead_code)]
mod stage;

use crate::stage::{KEY, Lines, Setting, Stage, written};
use datafyme_llm::double::{DoubleReply, Fault};
use serde_json::json;
use std::{
    io,
    sync::{Arc, Mutex, OnceLock},
};
use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

/// All that is logged, at the finest level, but for the SQL parser, which logs what it parses: the binary silences it.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn log() -> &'static Log {
    static LOG: OnceLock<Log> = OnceLock::new();
    LOG.get_or_init(|| {
        let log = Log::default();
        tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new("trace,sqlparser=off"))
            .with_writer(log.clone())
            .init();
        log
    })
}

/// Lines of the log with that in them.
fn logged(planted: &str) -> Vec<String> {
    let text = String::from_utf8_lossy(&log().0.lock().unwrap()).into_owned();
    text.lines().filter(|l| l.contains(planted)).map(str::to_owned).collect()
}

/// A value that stands in one row.
const VALUE: &str = "Zebulon-4711";

/// More often than any other, so that it stands among the samples of every prompt.
const PLANT: &str = "INSERT INTO customers VALUES (98, 'Zebulon-4711', NULL), (99, 'Zebulon-4711', NULL)";

/// Replies that throw what they were sent back at us.
fn echoes() -> Vec<(&'static str, DoubleReply)> {
    let said = || format!("you sent Authorization: Bearer {KEY} and the row {VALUE}");
    vec![
        ("write_query", DoubleReply::fault(Fault::Refused { status: 400, said: said() })),
        ("write_query", DoubleReply::fault(Fault::Refused { status: 401, said: said() })),
        ("write_query", DoubleReply::fault(Fault::Status { status: 500, body: said() })),
        ("write_query", DoubleReply::text(said())),
        ("write_query", DoubleReply::json(&json!({"answerable": said(), "chart": said()}))),
        ("describe_result", DoubleReply::json(&json!({"text": format!("{VALUE} {KEY}"), "suggestions": said()}))),
        ("describe_result", DoubleReply::text(said())),
        ("repair_query", DoubleReply::text(said())),
    ]
}

#[tokio::test]
async fn no_key_and_no_row_value_stands_in_an_error_a_trace_or_a_log() {
    log();
    for (task, reply) in echoes() {
        for tiered in [false, true] {
            let lines = Lines::new().replies(task, reply.clone());
            let lines = match task {
                "repair_query" => lines.query(&format!("SELECT nothing FROM customers WHERE name = '{VALUE}'")),
                "describe_result" => lines.query("SELECT name FROM customers ORDER BY customer_id DESC LIMIT 1"),
                _ => lines,
            };
            let stage = Stage::with(lines.into_script(), Setting { tiered, sql: PLANT, ..Setting::default() }).await;
            let (answer, steps) = stage.ask("What should we restock before Christmas?").await;
            let calls = format!("{:?}", steps.iter().flat_map(|s| &s.calls).collect::<Vec<_>>());
            let summaries: String = steps.iter().map(|s| s.summary.as_str()).collect();
            assert!(!calls.contains(VALUE), "{task}: {calls}");
            assert!(!summaries.contains(VALUE) || task == "repair_query", "{task}: {summaries}");
            let everything = format!("{answer:?}{steps:?}");
            assert!(!everything.contains(KEY), "{task}: {everything}");
        }
    }
    assert!(!log().0.lock().unwrap().is_empty(), "else nothing was listened to");
    assert_eq!((logged(KEY), logged(VALUE)), (Vec::new(), Vec::new()));
}

#[tokio::test]
async fn the_value_is_one_that_prompts_hold() {
    let stage = Stage::with(Lines::new().into_script(), Setting { sql: PLANT, ..Setting::default() }).await;
    stage.ask("How many customers are there?").await;
    assert!(stage.double.requests().iter().any(|r| r.prompt().contains(VALUE)), "else the test above proves nothing");
}

#[tokio::test]
async fn the_key_stands_in_no_prompt() {
    let stage = Stage::alone(Lines::new().says("write_query", written("SELECT count(*) AS n FROM orders"))).await;
    stage.ask("How many orders are there?").await;
    for request in stage.double.requests() {
        assert!(!request.prompt().contains(KEY));
        assert!(request.header("authorization").is_some_and(|h| h.contains(KEY)));
    }
}
