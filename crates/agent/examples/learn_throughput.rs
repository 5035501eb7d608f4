//! How long learning many tables takes with a slow language model, beside the ideal, and what kills and failures cost.
//!
//! ```text
//! cargo run --release -p datafyme-agent --example learn_throughput -- \
//!     [--tables 1000] [--latency-ms 800] [--concurrent 16] [--failures 0] [--kills 0] [--seed 7]
//! ```
//!
//! The data source is a SQLite file, the model a double of a provider behind a real socket. Learning runs in a process
//! of its own, which is killed (`SIGKILL`) `--kills` times on its way and started again; `--failures` per cent of the
//! model's replies are failures (503). Ends with 1 when a table is lost, or was asked about again although its
//! documentation was written.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout)]

use chrono::{DateTime, TimeDelta, Utc};
use datafyme_agent::{
    ActiveModels, Agent, AgentParts, ConfiguredModel, LearnOptions, ModelAnalyst, ModelAnalystOptions, RoleModels,
    RuleAnalyst, TieredAnalyst,
};
use datafyme_connect::SourceUrl;
use datafyme_domain::{Budget, Caller, Clock, Job, JobStatus, ModelCallOutcome, Provider, SystemClock};
use datafyme_llm::{
    HashingEmbedder, HttpOptions, ModelSpec,
    double::{DoubleReply, Fault, ProviderDouble, Script},
    providers::connect,
};
use datafyme_store::{EmbeddedRelationGraph, EmbeddedSearchIndex, SqliteMetadata, Vault, metadata::JobClaim};
use serde_json::json;
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use tokio::process::Command;

const ME: Caller = Caller::local();

/// What is measured.
#[derive(Debug, Clone)]
struct Options {
    tables: usize,
    latency: Duration,
    concurrent: usize,
    /// Per cent of the replies.
    failures: u64,
    kills: usize,
    seed: u64,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, dir, url, concurrent, life] = arguments.as_slice()
        && flag == "--worker"
    {
        work(Path::new(dir), url, concurrent.parse().unwrap(), life.parse().unwrap()).await;
        return ExitCode::SUCCESS;
    }
    let options = read(&arguments);
    if measure(&options).await { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn read(arguments: &[String]) -> Options {
    let value = |flag: &str, default: u64| {
        let place = arguments.iter().position(|a| a == flag);
        place.map_or(default, |p| arguments.get(p + 1).expect("a value").parse().expect("a number"))
    };
    Options {
        tables: value("--tables", 1_000) as usize,
        latency: Duration::from_millis(value("--latency-ms", 800)),
        concurrent: value("--concurrent", 16) as usize,
        failures: value("--failures", 0),
        kills: value("--kills", 0) as usize,
        seed: value("--seed", 7),
    }
}

/// A table that a request asks to document.
fn asked_table(prompt: &str) -> Option<String> {
    let (_, rest) = prompt.split_once("Document the table ")?;
    Some(rest.split_once(" of a ")?.0.to_owned())
}

fn reply(table: Option<&str>) -> DoubleReply {
    let Some(table) = table else { return DoubleReply::json(&json!({"verdicts": []})) };
    let column = |name: &str| json!({"column": name, "description": "What it holds.", "synonyms": ["field"]});
    DoubleReply::json(&json!({
        "business_description": format!("What the model says of {table}."),
        "technical_description": "One row is one entry of the book.",
        "columns": [column(&format!("{table}_id")), column("label"), column("amount")],
        "use_cases": ["Looking entries up", "Adding amounts up", "Comparing labels"],
        "common_questions": (0..10).map(|i| format!("Which question has the number {i}?")).collect::<Vec<_>>(),
        "synonyms": ["book"],
    }))
}

async fn measure(options: &Options) -> bool {
    let dir = tempfile::tempdir().unwrap();
    make_tables(&dir.path().join("source.sqlite"), options.tables);
    let asked: Arc<Mutex<HashMap<String, usize>>> = Arc::default();
    let (counting, dice, failures) = (asked.clone(), Mutex::new(options.seed), options.failures);
    let script = Script::responding(move |request| {
        let table = asked_table(&request.prompt());
        if let Some(table) = &table {
            *counting.lock().unwrap().entry(table.clone()).or_default() += 1;
        }
        let mut state = dice.lock().unwrap();
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        if (*state >> 33) % 100 < failures {
            return DoubleReply::fault(Fault::Status { status: 503, body: "overloaded".to_owned() });
        }
        reply(table.as_deref())
    });
    let double = ProviderDouble::start(script.with_latency(options.latency)).await.unwrap();

    let mut wall = Duration::ZERO;
    let (mut again, mut in_flight) = (0, 0);
    for life in 0..=options.kills {
        let before = asked.lock().unwrap().clone();
        let known = documented(dir.path()).await;
        let share = options.tables * (life + 1) / (options.kills + 1);
        let begun = Instant::now();
        let mut child = worker(dir.path(), &double.base_url(), options.concurrent, life);
        if life < options.kills {
            while asked.lock().unwrap().len() < share {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            child.kill().await.unwrap();
        } else {
            assert!(child.wait().await.unwrap().success(), "the worker failed");
        }
        wall += begun.elapsed();
        let after = asked.lock().unwrap().clone();
        let more = |table: &String| after.get(table) > before.get(table);
        again += known.iter().filter(|t| more(t)).count();
        in_flight += before.keys().filter(|t| !known.contains(*t) && more(t)).count();
    }
    let requests = double.requests().len();
    report(options, dir.path(), wall, requests, double.most_concurrent(), (again, in_flight)).await
}

async fn report(
    options: &Options,
    dir: &Path,
    wall: Duration,
    requests: usize,
    most: usize,
    (again, in_flight): (usize, usize),
) -> bool {
    let store = open(dir).await;
    let source = datafyme_store::metadata::DataSources::list_sources(&store, ME).await.unwrap().remove(0);
    let job = datafyme_store::metadata::Jobs::list_jobs(&store, ME, None, 1).await.unwrap().remove(0);
    let documentation = datafyme_store::metadata::Documentation::documentation(&store, ME, source.id).await.unwrap();
    let by_model = documentation.iter().filter(|d| d.business_description.starts_with("What the model says")).count();
    let calls = datafyme_store::metadata::ModelCalls::job_calls(&store, ME, job.id).await.unwrap();
    let answered =
        |task: &str| calls.iter().filter(|c| c.task == task && c.outcome == ModelCallOutcome::Answered).count();
    let ideal = options.latency.as_secs_f64() * options.tables as f64 / options.concurrent as f64;
    println!(
        "{} tables, {} ms, {} at once, {} % failures, {} kills",
        options.tables,
        options.latency.as_millis(),
        options.concurrent,
        options.failures,
        options.kills
    );
    println!("wall {:.2} s, ideal {ideal:.2} s, ratio {:.3}", wall.as_secs_f64(), wall.as_secs_f64() / ideal);
    println!("job {}, {} notes; most requests at once {most}", job.status.code(), job.progress.notes.len());
    println!(
        "documented {} (by the model {by_model}); requests {requests}; calls in the books {}: {} of documentation \
         and {} of relations answered",
        documentation.len(),
        calls.len(),
        answered("document_table"),
        answered("judge_relations")
    );
    println!("asked again although written: {again}; asked again since a kill cut the reply off: {in_flight}");
    let nothing_lost = documentation.len() == options.tables && by_model == options.tables;
    nothing_lost && again == 0 && answered("document_table") == options.tables && job.status == JobStatus::Succeeded
}

/// The tables whose documentation is written.
async fn documented(dir: &Path) -> HashSet<String> {
    let store = open(dir).await;
    let sources = datafyme_store::metadata::DataSources::list_sources(&store, ME).await.unwrap();
    let Some(source) = sources.first() else { return HashSet::new() };
    let written = datafyme_store::metadata::Documentation::documentation(&store, ME, source.id).await.unwrap();
    written.into_iter().map(|d| d.table.table).collect()
}

async fn open(dir: &Path) -> SqliteMetadata {
    SqliteMetadata::open(dir, Vault::open(dir).unwrap()).await.unwrap()
}

/// Tables of three syllables, every other one with a reference to the one before.
fn make_tables(path: &PathBuf, count: usize) {
    let syllable = |i: usize| {
        let (consonant, vowel) = ("bdfgklmnprtv".as_bytes()[i / 5 % 12] as char, "aeiou".as_bytes()[i % 5] as char);
        format!("{consonant}{vowel}")
    };
    let name = |i: usize| format!("{}{}{}r", syllable(i), syllable(i / 60 + 7 * i), syllable(13 * i));
    let table = |i: usize| {
        let (own, before) = (name(i), name(i.saturating_sub(1)));
        let reference = if i % 2 == 1 { format!("{before}_id INTEGER") } else { "amount REAL".to_owned() };
        format!(
            "CREATE TABLE {own} ({own}_id INTEGER PRIMARY KEY, label TEXT, {reference});
             INSERT INTO {own} VALUES (1, 'a', 1), (2, 'b', 2), (3, 'b', 3);"
        )
    };
    let tables: String = (0..count).map(table).collect();
    rusqlite::Connection::open(path).unwrap().execute_batch(&format!("BEGIN; {tables} COMMIT;")).unwrap();
}

fn worker(dir: &Path, url: &str, concurrent: usize, life: usize) -> tokio::process::Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--worker", dir.to_str().unwrap(), url, &concurrent.to_string(), &life.to_string()])
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

/// Now, but minutes later in each life: the lease of the life before is over.
#[derive(Debug)]
struct LaterClock(TimeDelta);

impl Clock for LaterClock {
    fn now(&self) -> DateTime<Utc> {
        SystemClock.now() + self.0
    }
}

/// One life of the worker.
async fn work(dir: &Path, url: &str, concurrent: usize, life: i64) {
    let models = ActiveModels::default();
    let spec = ModelSpec {
        name: "double".to_owned(),
        provider: Provider::OpenAi,
        model: "double-1".to_owned(),
        base_url: Some(format!("{url}/v1")),
        headers: BTreeMap::new(),
        key: None,
    };
    let configured = ConfiguredModel::new(connect(&spec, &HttpOptions::default()).unwrap(), None);
    models.set(Some(RoleModels { reason: configured.clone(), fast: configured }));
    let model = ModelAnalyst::new(models, ModelAnalystOptions::default());
    let clock = Arc::new(LaterClock(TimeDelta::minutes(life)));
    let metadata = Arc::new(open(dir).await);
    let parts = AgentParts {
        metadata,
        search: Arc::new(EmbeddedSearchIndex::open(&dir.join("search.db")).await.unwrap()),
        graph: Arc::new(EmbeddedRelationGraph::open(&dir.join("graph.db")).await.unwrap()),
        embedder: Arc::new(HashingEmbedder),
        analyst: Arc::new(TieredAnalyst::new(RuleAnalyst::new(), model, TieredAnalyst::THRESHOLD)),
        clock: clock.clone(),
        budget: Budget::default(),
    };
    let agent = Agent::with_learning(parts.clone(), LearnOptions { concurrent_tables: concurrent });
    if parts.metadata.list_jobs(ME, None, 1).await.unwrap().is_empty() {
        let source = format!("sqlite://{}", dir.join("source.sqlite").display());
        agent.add_source(ME, "source", &SourceUrl::parse(&source).unwrap()).await.unwrap();
    }
    let worker = format!("life-{life}");
    let now = clock.now();
    let claim = JobClaim { worker: worker.clone(), now, lease_until: now + TimeDelta::seconds(15) };
    let job = parts.metadata.claim_job(&claim).await.unwrap().expect("the job is free");
    let phase = Mutex::new((String::new(), Instant::now()));
    let watch = |job: &Job| {
        let mut phase = phase.lock().unwrap();
        if phase.0 != job.progress.phase {
            println!("  {:10} after {:.2} s", job.progress.phase, phase.1.elapsed().as_secs_f64());
            phase.0.clone_from(&job.progress.phase);
        }
    };
    assert_eq!(agent.execute_job(job, &worker, &watch).await.unwrap(), JobStatus::Succeeded);
}
