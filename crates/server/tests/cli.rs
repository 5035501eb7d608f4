//! What the commands print, and how they end. Ids, times and places are replaced by their names.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "harness/binary.rs"]
mod binary;

use binary::{datafyme, run, sqlite, stderr, stdout};
use insta::assert_snapshot;
use serde_json::Value;
use std::{
    io::Write,
    path::PathBuf,
    process::{Output, Stdio},
};
use tempfile::TempDir;

const SHOP: &str = "
    CREATE TABLE customers (customer_id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT);
    CREATE TABLE orders (order_id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (customer_id),
        order_date DATE, amount REAL);
    INSERT INTO customers VALUES (1, 'Ada', 'London'), (2, 'Grace', 'New York'), (3, 'Edsger', 'Austin');
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 48)
    INSERT INTO orders SELECT i, 1 + i % 3, date('2024-01-15', '+' || (i / 4) || ' months'), 10.5 * i FROM n;
";

struct Shop {
    dir: TempDir,
}

impl Shop {
    fn empty() -> Self {
        let dir = tempfile::tempdir().unwrap();
        sqlite(&dir.path().join("shop.sqlite"), SHOP);
        Self { dir }
    }

    fn learned() -> Self {
        let shop = Self::empty();
        let added = shop.run(&["source", "add", "shop", &shop.file()]);
        assert!(added.status.success(), "{}", stderr(&added));
        shop
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    fn file(&self) -> String {
        self.dir.path().join("shop.sqlite").display().to_string()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        run(&self.data(), arguments)
    }

    /// Exit code, standard output and standard error, with what changes from run to run taken out.
    fn seen(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let code = output.status.code().unwrap();
        let text = format!("exit code {code}\n-- stdout\n{}-- stderr\n{}", stdout(&output), stderr(&output));
        let text = text.replace(&self.dir.path().display().to_string(), "DIR");
        // Phases of learning are printed as time passes: on a slow machine more of them.
        let lines = text.lines().filter(|line| !line.starts_with("shop: "));
        let lines = lines.map(|line| hide_times(line).trim_end().to_owned());
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// `2026-01-02 03:04` and `1.2 ms` as their names.
fn hide_times(line: &str) -> String {
    let words = line.split(' ').collect::<Vec<_>>();
    let is_day = |w: &str| w.len() == 10 && w.starts_with("20") && w.chars().filter(|c| *c == '-').count() == 2;
    let is_time = |w: &str| w.len() == 5 && w.chars().nth(2) == Some(':');
    let mut hidden = Vec::new();
    for (i, word) in words.iter().enumerate() {
        let before = i.checked_sub(1).map_or("", |b| words[b]);
        let after = words.get(i + 1).copied().unwrap_or_default();
        match () {
            () if is_day(word) && is_time(after) => hidden.push("DAY"),
            () if is_time(word) && is_day(before) => hidden.push("TIME"),
            () if after == "ms" => hidden.push("N"),
            () => hidden.push(word),
        }
    }
    hidden.join(" ")
}

#[test]
fn a_database_is_added_listed_paused_and_removed() {
    let shop = Shop::empty();
    assert_snapshot!("source_list_empty", shop.seen(&["source", "list"]));
    assert_snapshot!("source_add", shop.seen(&["source", "add", "shop", &shop.file()]));
    assert_snapshot!("source_add_twice", shop.seen(&["source", "add", "shop", &shop.file()]));
    assert_snapshot!("source_list", shop.seen(&["source", "list"]));
    assert_snapshot!("source_pause", shop.seen(&["source", "pause", "shop"]));
    assert_snapshot!("ask_paused", shop.seen(&["ask", "--source", "shop", "How many orders are there?"]));
    assert_snapshot!("source_resume", shop.seen(&["source", "resume", "shop"]));
    assert_snapshot!("source_learn", shop.seen(&["source", "learn", "shop"]));
    assert_snapshot!("source_remove", shop.seen(&["source", "remove", "shop"]));
    assert_snapshot!("source_gone", shop.seen(&["source", "test", "shop"]));
}

#[test]
fn a_question_is_answered_in_text() {
    let shop = Shop::learned();
    assert_snapshot!("ask_count", shop.seen(&["ask", "--source", "shop", "How many customers are there?"]));
    let chart = shop.run(&["ask", "--source", "shop", "What is the total amount of orders per city?"]);
    let text = stdout(&chart);
    assert_eq!(chart.status.code(), Some(0), "{text}");
    for part in ["understood as", "SELECT", "London", "█", "✓"] {
        assert!(text.contains(part), "{part} is missing in:\n{text}");
    }
}

#[test]
fn a_question_is_answered_in_json_with_every_field() {
    let shop = Shop::learned();
    let output = shop.run(&["ask", "--source", "shop", "--format", "json", "How many orders are there?"]);
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let fields: Vec<&str> = answer.as_object().unwrap().keys().map(String::as_str).collect();
    let promised = [
        "run_id",
        "status",
        "kind",
        "text",
        "sql",
        "columns",
        "rows",
        "chart",
        "tables",
        "relations",
        "checks",
        "steps",
        "usage",
    ];
    for field in promised {
        assert!(fields.contains(&field), "{field} is missing in {fields:?}");
    }
    assert_eq!(answer["status"], "answered");
    assert_eq!(answer["rows"], serde_json::json!([[48]]));
    assert_eq!(answer["tables"][0]["table"], "orders");
    assert_eq!(answer["usage"]["analyst"], "rules");
    assert!(answer["steps"].as_array().unwrap().iter().all(|s| s["status"] == "completed"));
}

#[test]
fn a_conversation_goes_on_from_one_command_to_the_next() {
    let shop = Shop::learned();
    let first = shop.run(&["ask", "--source", "shop", "--format", "json", "How many orders are there per city?"]);
    let first: Value = serde_json::from_slice(&first.stdout).unwrap();
    let id = first["conversation_id"].as_str().unwrap();
    let next = shop.run(&["ask", "--source", "shop", "--conversation", id, "--format", "json", "Only for London"]);
    let next: Value = serde_json::from_slice(&next.stdout).unwrap();
    assert_eq!(next["conversation_id"], id);
    assert_eq!(next["status"], "answered", "{}", next["text"]);
    let unknown = "01900000-0000-7000-8000-000000000000";
    let lost = shop.run(&["ask", "--source", "shop", "--conversation", unknown, "And by month?"]);
    assert_eq!(lost.status.code(), Some(2));
}

#[test]
fn a_question_that_is_not_answered_ends_with_code_3() {
    let shop = Shop::learned();
    let declined = shop.run(&["ask", "--source", "shop", "What did the weather whisper to the moon?"]);
    assert_eq!(declined.status.code(), Some(3), "{}", stdout(&declined));
}

#[test]
fn what_was_learned_is_printed() {
    let shop = Shop::learned();
    assert_snapshot!("relations", shop.seen(&["relations", "--source", "shop"]));
    let json = stdout(&shop.run(&["relations", "--source", "shop", "--format", "json"]));
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json[0]["kind"], "declared");
    let tables = stdout(&shop.run(&["tables", "--source", "shop", "--format", "json", "amount of orders"]));
    let tables: Value = serde_json::from_str(&tables).unwrap();
    assert_eq!(tables[0]["table"]["table"], "orders");
    let reindexed = stdout(&shop.run(&["reindex"]));
    assert!(reindexed.contains("✓ shop:") && reindexed.contains("1 relation indexed"), "{reindexed}");
}

#[test]
fn the_doctor_looks_at_every_back_end() {
    let shop = Shop::learned();
    let text = stdout(&shop.run(&["doctor"]));
    for part in ["data directory", "vault", "metadata", "search index", "relation graph", "source shop", "web UI"] {
        assert!(text.contains(part), "{part} is missing in:\n{text}");
    }
    std::fs::remove_file(shop.dir.path().join("shop.sqlite")).unwrap();
    let broken = shop.run(&["doctor"]);
    assert_eq!(broken.status.code(), Some(1));
    assert!(stdout(&broken).contains("✗ source shop"), "{}", stdout(&broken));
}

#[test]
fn the_three_graphs_are_printed_as_mermaid() {
    let text = stdout(&Shop::empty().run(&["graph"]));
    assert_eq!(text.matches("```mermaid").count(), 3, "{text}");
}

#[test]
fn wrong_usage_ends_with_code_2_and_says_what_there_is() {
    let shop = Shop::learned();
    let table: [(&[&str], &str); 7] = [
        (&["ask", "--source", "nope", "x"], "there are: shop"),
        (&["ask", "x"], "--source"),
        (&["fly"], "unrecognized subcommand"),
        (&["serve", "--listen", "0.0.0.0:7777"], "no accounts"),
        (&["--config", "/nonexistent/datafyme.toml", "doctor"], "cannot read the configuration file"),
        (&["eval", "answers", "/nonexistent.jsonl", "--databases", "x"], "cannot read"),
        (
            &["eval", "answers", "/nonexistent.jsonl", "--databases", "x", "--analyst", "model"],
            "no language model is active",
        ),
    ];
    for (arguments, words) in table {
        let output = shop.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(words), "{arguments:?}: {}", stderr(&output));
    }
}

#[test]
fn the_configuration_is_checked_with_the_environment_over_it() {
    let shop = Shop::empty();
    let file = shop.dir.path().join("datafyme.toml");
    std::fs::write(&file, "[run]\nrows = 7\n").unwrap();
    let mut command = datafyme(&shop.data());
    command.arg("--config").arg(&file).env("DATAFYME_WORKER__JOBS", "9").args(["config", "check"]);
    let text = stdout(&command.output().unwrap());
    assert!(text.contains("rows = 7") && text.contains("jobs = 9"), "{text}");
    std::fs::write(&file, "[run]\nrowz = 7\n").unwrap();
    let refused = datafyme(&shop.data()).arg("--config").arg(&file).args(["config", "check"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("did you mean `run.rows`"), "{}", stderr(&refused));
}

#[test]
fn a_measurement_counts_what_is_right_wrong_and_left_out() {
    let shop = Shop::empty();
    let items = shop.dir.path().join("items.jsonl");
    let report = shop.dir.path().join("report.json");
    let lines = [
        r#"{"id": "right", "db": "shop", "question": "How many orders are there?", "gold_sql": "SELECT count(*) FROM orders"}"#,
        r#"{"id": "wrong", "db": "shop", "question": "How many orders are there?", "gold_sql": "SELECT count(*) + 1 FROM orders"}"#,
        r#"{"id": "empty", "db": "shop", "question": "How many?", "gold_sql": "SELECT * FROM orders WHERE amount < 0"}"#,
        r#"{"id": "unsafe", "db": "shop", "question": "How many?", "gold_sql": "DELETE FROM orders"}"#,
        r#"{"id": "lost", "db": "nowhere", "question": "How many?", "gold_sql": "SELECT 1"}"#,
    ];
    std::fs::write(&items, lines.join("\n")).unwrap();
    let databases = shop.dir.path().display().to_string();
    let measured = shop.run(&[
        "eval",
        "answers",
        items.to_str().unwrap(),
        "--databases",
        &databases,
        "--report",
        report.to_str().unwrap(),
    ]);
    assert_eq!(measured.status.code(), Some(0), "{}", stderr(&measured));
    let report: Value = serde_json::from_str(&std::fs::read_to_string(&report).unwrap()).unwrap();
    assert_eq!(report["total"], 3);
    assert_eq!(report["answered"], 2);
    assert_eq!(report["correct"], 1);
    assert_eq!(report["failed"], 1);
    assert_eq!(report["left_out_empty_gold"], 1);
    assert_eq!(report["left_out_failed_gold"], 1);
    assert_eq!(report["precision_when_answered"], 0.5);
    let ids: Vec<_> = report["per_item"].as_array().unwrap().iter().map(|i| i["id"].clone()).collect();
    assert_eq!(ids, ["right", "wrong", "empty", "unsafe", "lost"]);
    assert_eq!(report["per_item"][0]["correct"], true);
}

#[test]
fn relations_are_measured_with_the_declared_keys_hidden() {
    let shop = Shop::empty();
    let items = shop.dir.path().join("relations.jsonl");
    let line = r#"{"db": "shop", "from_table": "orders", "from_cols": ["customer_id"], "to_table": "customers", "to_cols": ["customer_id"]}"#;
    std::fs::write(&items, line).unwrap();
    let databases = shop.dir.path().display().to_string();
    let measured = shop.run(&["eval", "relations", items.to_str().unwrap(), "--databases", &databases]);
    let text = stdout(&measured);
    assert!(text.contains("recall") && text.contains("100.0 %"), "{text}");
}

#[test]
fn a_password_is_read_from_standard_input_and_never_printed() {
    let shop = Shop::empty();
    let mut command = datafyme(&shop.data());
    command.args(["source", "add", "pg", "postgres://reader@127.0.0.1:1/none", "--password-stdin"]);
    let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    process.stdin.take().unwrap().write_all(b"s3cr3t-w0rd\n").unwrap();
    let output = process.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let printed = stdout(&output) + &stderr(&output);
    assert!(printed.starts_with("error: "), "{printed}");
    assert!(!printed.contains("s3cr3t-w0rd"), "{printed}");
}

#[test]
fn the_demo_answers_its_questions_and_a_second_run_does_not_learn_again() {
    let shop = Shop::empty();
    let first = shop.run(&["demo", "--once"]);
    assert_eq!(first.status.code(), Some(0), "{}{}", stdout(&first), stderr(&first));
    let text = stdout(&first);
    assert_eq!(text.matches("\n  SELECT").count(), 3, "{text}");
    assert!(text.contains("✓ fulfillment:") && text.contains("✓ cinema:"), "{text}");
    let second = shop.run(&["demo", "--once", "--ask", "How many companies are there?"]);
    assert_eq!(second.status.code(), Some(0), "{}", stderr(&second));
    let text = stdout(&second);
    assert!(text.contains("fulfillment> How many companies are there?"), "{text}");
    assert!(!text.contains("relations"), "learned again:\n{text}");
}
