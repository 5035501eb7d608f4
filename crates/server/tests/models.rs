//! Language models from the command line, against a provider's protocol over a real socket.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "harness/binary.rs"]
mod binary;
#[path = "harness/openai.rs"]
mod openai;

use binary::{datafyme, run, sqlite, stderr, stdout};
use openai::OpenAi;
use serde_json::Value;
use std::{
    io::Write,
    path::PathBuf,
    process::{Output, Stdio},
};
use tempfile::TempDir;

const KEY: &str = "sk-planted-0123456789";

const SHOP: &str = "
    CREATE TABLE orders (order_id INTEGER PRIMARY KEY, city TEXT, amount REAL);
    INSERT INTO orders VALUES (1, 'London', 3.5), (2, 'Austin', 4.5), (3, 'London', 1.0);
";

struct Place {
    dir: TempDir,
}

impl Place {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let output = run(&self.data(), arguments);
        let printed = stdout(&output) + &stderr(&output);
        assert!(!printed.contains("planted"), "{arguments:?} printed the key: {printed}");
        output
    }

    fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}{}", stdout(&output), stderr(&output));
        stdout(&output)
    }

    fn add(&self, name: &str, provider: &OpenAi) -> String {
        let file = self.dir.path().join("key");
        std::fs::write(&file, format!("{KEY}\n")).unwrap();
        let file = file.display().to_string();
        let at = ["--base-url", &provider.base_url, "--api-key-file", &file];
        self.ok(&[&["model", "add", name, "--provider", "openai", "--model", "m-1"], at.as_slice()].concat())
    }

    fn learn_shop(&self) {
        let file = self.dir.path().join("shop.sqlite");
        sqlite(&file, SHOP);
        self.ok(&["source", "add", "shop", &file.display().to_string()]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_is_added_tested_used_listed_and_removed() {
    let provider = OpenAi::start(KEY, "no idea").await;
    let place = Place::new();
    assert!(place.ok(&["model", "list"]).contains("the rules answer alone"));
    let added = place.add("big", &provider);
    assert!(added.contains("big is configured, with a key") && added.contains("datafyme model use big"), "{added}");
    let tested = place.ok(&["model", "test", "big"]);
    assert!(tested.starts_with("✓ big: holds to JSON schemas, streams, calls tools ("), "{tested}");
    let used = place.ok(&["model", "use", "big"]);
    assert_eq!(used, "big is used for: reason, fast\n");
    let listed = place.ok(&["model", "list"]);
    for part in ["big", "reason, fast", "open_ai", "m-1", "yes", "schema", &provider.base_url] {
        assert!(listed.contains(part), "{part} is missing in:\n{listed}");
    }
    let json: Value = serde_json::from_str(&place.ok(&["model", "list", "--format", "json"])).unwrap();
    assert_eq!(json[0]["roles"], serde_json::json!(["reason", "fast"]));
    assert!(listed.ends_with("today: 0 calls, 0 tokens, cost 0.000000\n"), "{listed}");
    assert!(place.ok(&["doctor"]).contains("✓ model big"));
    assert_eq!(place.ok(&["model", "use", "none", "--role", "fast"]), "no model is used for: fast\n");
    assert_eq!(place.ok(&["model", "remove", "big"]), "big is removed\n");
    assert_eq!(place.run(&["model", "test", "big"]).status.code(), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_models_of_a_provider_are_discovered_with_a_key_from_standard_input() {
    let provider = OpenAi::start(KEY, "no idea").await;
    let place = Place::new();
    let mut command = datafyme(&place.data());
    command.args(["model", "discover", "--provider", "openai", "--base-url", &provider.base_url, "--api-key-stdin"]);
    let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    process.stdin.take().unwrap().write_all(format!("{KEY}\n").as_bytes()).unwrap();
    let output = process.wait_with_output().unwrap();
    assert_eq!((stdout(&output).as_str(), output.status.code()), ("big\nsmall\n", Some(0)), "{}", stderr(&output));
    let refused = place.run(&["model", "discover", "--provider", "openai", "--base-url", &provider.base_url]);
    assert_eq!(refused.status.code(), Some(1), "{}", stderr(&refused));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_with_a_model_is_said_with_what_to_do() {
    let provider = OpenAi::start("another key", "no idea").await;
    let place = Place::new();
    place.add("big", &provider);
    let taken = place.run(&["model", "add", "big", "--provider", "openai", "--model", "m-1"]);
    assert_eq!(taken.status.code(), Some(1));
    assert!(stderr(&taken).contains("there is a model named big already"), "{}", stderr(&taken));
    let table: [(&[&str], i32, &str); 7] = [
        (&["model", "test", "big"], 1, "big does not work"),
        (&["model", "test", "bag"], 2, "there are: big"),
        (&["model", "use", "bag"], 2, "there are: big"),
        (&["model", "add", "x", "--provider", "azure", "--model", "m"], 2, "base URL"),
        (&["model", "add", "x", "--provider", "nobody", "--model", "m"], 2, "openai"),
        (
            &["model", "add", "x", "--provider", "openai", "--model", "m", "--api-key-file", "/nonexistent"],
            2,
            "key file",
        ),
        (&["model", "add", "x", "--provider", "openai", "--model", "m", "--header", "Authorization=y"], 2, "key"),
    ];
    for (arguments, code, words) in table {
        let output = place.run(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(words), "{arguments:?}: {}", stderr(&output));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_shown_step_by_step_with_the_calls_of_models() {
    let provider = OpenAi::start(KEY, "no idea").await;
    let place = Place::new();
    place.learn_shop();
    place.add("big", &provider);
    place.ok(&["model", "use", "big"]);
    let question = "Hány rendelés volt tavaly Londonban?";
    let asked = place.run(&["ask", "--source", "shop", "--effort", "medium", "--format", "json", question]);
    let answer: Value = serde_json::from_slice(&asked.stdout).unwrap();
    let id = answer["run_id"].as_str().unwrap();
    let shown = place.ok(&["run", "show", id]);
    assert!(shown.starts_with(question), "{shown}");
    for part in ["effort medium", "screen", " by big: ", "200 + 20 tokens", " calls, ", ", prompt "] {
        assert!(shown.contains(part), "{part} is missing in:\n{shown}");
    }
    let json: Value = serde_json::from_str(&place.ok(&["run", "show", id, "--format", "json"])).unwrap();
    assert_eq!((&json["run"]["id"], &json["run"]["effort"]), (&answer["run_id"], &Value::from("medium")));
    assert_eq!(json["steps"], answer["steps"]);
    let unknown = place.run(&["run", "show", "01900000-0000-7000-8000-000000000000"]);
    assert_eq!(unknown.status.code(), Some(2), "{}", stderr(&unknown));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_is_one_setting_away() {
    let provider = OpenAi::start(KEY, "no idea").await;
    let place = Place::new();
    place.learn_shop();
    let file = place.dir.path().join("datafyme.toml");
    let settings = format!("[model]\nprovider = \"openai\"\nname = \"m-1\"\nbase_url = \"{}\"\n", provider.base_url);
    std::fs::write(&file, settings).unwrap();
    let mut command = datafyme(&place.data());
    command.arg("--config").arg(&file).env("DATAFYME_MODEL__API_KEY", KEY);
    let asked = command.args(["ask", "--source", "shop", "Hány rendelés volt tavaly Londonban?"]).output().unwrap();
    assert!(!(stdout(&asked) + &stderr(&asked)).contains("planted"));
    let requests = provider.requests();
    assert!(!requests.is_empty());
    assert!(
        requests
            .iter()
            .all(|(headers, body)| headers["authorization"] == format!("Bearer {KEY}") && body["model"] == "m-1")
    );
    let mut command = datafyme(&place.data());
    command.arg("--config").arg(&file).env("DATAFYME_MODEL__API_KEY", KEY).args(["config", "check"]);
    let checked = stdout(&command.output().unwrap());
    assert!(checked.contains("[secret]") && !checked.contains("planted"), "{checked}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_evaluation_with_a_model_asks_the_active_one() {
    let provider = OpenAi::start(KEY, "no idea").await;
    let place = Place::new();
    sqlite(&place.dir.path().join("shop.sqlite"), SHOP);
    let items = place.dir.path().join("items.jsonl");
    let item = serde_json::json!({ "id": "1", "db": "shop", "question": "How many orders are there?",
        "gold_sql": "SELECT count(*) FROM orders" });
    std::fs::write(&items, format!("{item}\n")).unwrap();
    let (items, databases) = (items.display().to_string(), place.dir.path().display().to_string());
    let eval =
        |analyst| ["eval", "answers", &items, "--databases", &databases, "--analyst", analyst].map(str::to_owned);
    let run = |analyst| {
        let arguments = eval(analyst);
        place.run(&arguments.each_ref().map(String::as_str))
    };
    assert_eq!(run("model").status.code(), Some(2), "there is none");
    place.add("big", &provider);
    place.ok(&["model", "use", "big"]);
    let rules = stdout(&run("rules"));
    assert!(rules.contains("100.0 %") && provider.requests().is_empty(), "{rules}");
    let tiered = stdout(&run("tiered"));
    assert!(tiered.contains("100.0 %"), "{tiered}");
    let before = provider.requests().len();
    assert_eq!(run("model").status.code(), Some(0));
    assert!(provider.requests().len() > before, "the model was asked");
}
