//! What thousands of tables cost: reading their structure, learning them, searching them, following their changes.
//!
//! Learning and memory are measured on a server in a process of its own, over HTTP, as its users have it; search on the
//! index that the server leaves behind.

use super::{Failure, SETTLE, percentile, resident_kib, serving};
use crate::derived::SEARCH_FILE;
use datafyme_connect::{Scope, SourceUrl, catalog_queries};
use datafyme_domain::{Catalog, DataSourceId, names::identifier_words};
use datafyme_llm::{Embedder, HashingEmbedder, HttpOptions, plain_client};
use datafyme_store::{EmbeddedSearchIndex, HybridQuery, SearchIndex};
use reqwest::Client;
use serde::Serialize;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection, raw_sql};
use std::{
    collections::BTreeMap,
    io::Write as _,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// Times that the structure is read; the quickest counts.
const READINGS: usize = 3;
/// Searches that are timed.
const SEARCHES: usize = 400;
/// How often a job is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// A job that takes longer is given up.
const PATIENCE: Duration = Duration::from_secs(3_600);

/// Where the schema is, and what is done to it.
pub(super) struct Scale<'a> {
    pub(super) url: &'a str,
    /// SQL that changes some tables.
    pub(super) change: Option<&'a Path>,
    /// Where documents and queries are written for others to search.
    pub(super) export: Option<&'a Path>,
}

/// What was measured; times in milliseconds.
#[derive(Debug, Default, Serialize)]
pub(super) struct ScaleFigures {
    tables: usize,
    columns: usize,
    catalog_queries_ms: f64,
    introspect_ms: f64,
    learn_ms: f64,
    /// Of it, by phase.
    phases_ms: BTreeMap<String, f64>,
    resync_nothing_ms: f64,
    resync_changed_ms: Option<f64>,
    changes: Value,
    documents: u64,
    search_p50_ms: f64,
    search_p95_ms: f64,
    /// Of the server that learned, when it is done.
    learned_kib: Option<u64>,
    /// Of a server that was started on what was learned, after its first question.
    serving_kib: Option<u64>,
    peak_kib: Option<u64>,
}

pub(super) async fn measure(dir: &Path, scale: &Scale<'_>) -> Result<ScaleFigures, Failure> {
    let mut figures = ScaleFigures::default();
    let catalog = read_structure(scale.url, &mut figures).await?;
    let data_dir = dir.join("scale");
    let id = learn_and_follow(&data_dir, scale, &mut figures).await?;
    serve_again(&data_dir, id, &catalog, &mut figures).await?;
    search(&data_dir, id, &catalog, scale.export, &mut figures).await?;
    Ok(figures)
}

async fn read_structure(url: &str, figures: &mut ScaleFigures) -> Result<Catalog, Failure> {
    let connector = datafyme_connect::open(&SourceUrl::parse(url)?)?;
    connector.ping().await?;
    let failed = |e: sqlx::Error| Failure::failed(format!("the bare catalog queries failed: {e}"));
    let mut connection = PgConnection::connect(url).await.map_err(failed)?;
    let (mut bare, mut ours, mut last) = (f64::MAX, f64::MAX, None);
    for _ in 0..READINGS {
        let began = Instant::now();
        for sql in catalog_queries() {
            raw_sql(AssertSqlSafe(sql)).fetch_all(&mut connection).await.map_err(failed)?;
        }
        bare = bare.min(ms(began));
        let began = Instant::now();
        last = Some(connector.introspect(&Scope::default()).await?);
        ours = ours.min(ms(began));
    }
    let catalog = last.ok_or_else(|| Failure::failed("the structure was not read"))?;
    (figures.catalog_queries_ms, figures.introspect_ms) = (bare, ours);
    figures.tables = catalog.tables.len();
    figures.columns = catalog.tables.iter().map(|t| t.columns.len()).sum();
    Ok(catalog)
}

async fn learn_and_follow(
    data_dir: &Path,
    scale: &Scale<'_>,
    figures: &mut ScaleFigures,
) -> Result<DataSourceId, Failure> {
    let server = serving(data_dir).await?;
    let api = Api::at(&server.address)?;
    let began = Instant::now();
    let created = api.post("/sources", &json!({ "name": "scale", "url": scale.url })).await?;
    let id: DataSourceId = text(&created, "/source/id")?.parse().map_err(|_| Failure::failed("no data source"))?;
    api.ended(text(&created, "/job/id")?, &mut figures.phases_ms).await?;
    figures.learn_ms = ms(began);
    tokio::time::sleep(SETTLE).await;
    figures.learned_kib = server.child.id().and_then(resident_kib);
    figures.peak_kib = server.child.id().and_then(|id| super::memory_kib(id, "VmHWM:"));
    figures.resync_nothing_ms = api.learned_again(id).await?.0;
    if let Some(change) = scale.change {
        let failed = |e: String| Failure::failed(format!("the tables cannot be changed: {e}"));
        let statements = std::fs::read_to_string(change).map_err(|e| failed(e.to_string()))?;
        let mut connection = PgConnection::connect(scale.url).await.map_err(|e| failed(e.to_string()))?;
        raw_sql(AssertSqlSafe(statements)).execute(&mut connection).await.map_err(|e| failed(e.to_string()))?;
        connection.close().await.map_err(|e| failed(e.to_string()))?;
        let (took, job) = api.learned_again(id).await?;
        figures.resync_changed_ms = Some(took);
        figures.changes = job.pointer("/progress/changes").cloned().unwrap_or_default();
    }
    server.end().await?;
    Ok(id)
}

/// Memory of a server that did not learn: after a question, which has it load everything.
async fn serve_again(
    data_dir: &Path,
    id: DataSourceId,
    catalog: &Catalog,
    figures: &mut ScaleFigures,
) -> Result<(), Failure> {
    let server = serving(data_dir).await?;
    let api = Api::at(&server.address)?;
    let question = queries(catalog, 1).concat();
    api.get(&format!("/sources/{id}/tables?q={}", question.replace(' ', "%20"))).await?;
    let conversation = api.post("/conversations", &json!({ "source_id": id })).await?;
    let runs = format!("/conversations/{}/runs", text(&conversation, "/id")?);
    let run = api.post(&runs, &json!({ "question": format!("How many {question} are there?") })).await?;
    let run = format!("/runs/{}", text(&run, "/id")?);
    let began = Instant::now();
    while text(&api.get(&run).await?, "/status")? == "running" && began.elapsed() < Duration::from_secs(120) {
        tokio::time::sleep(LOOK).await;
    }
    tokio::time::sleep(SETTLE).await;
    figures.serving_kib = server.child.id().and_then(resident_kib);
    server.end().await
}

async fn search(
    data_dir: &Path,
    id: DataSourceId,
    catalog: &Catalog,
    export: Option<&Path>,
    figures: &mut ScaleFigures,
) -> Result<(), Failure> {
    let index = EmbeddedSearchIndex::open(&data_dir.join(SEARCH_FILE)).await?;
    figures.documents = index.count(id).await?;
    let asked = queries(catalog, SEARCHES);
    let mut times = Vec::with_capacity(asked.len());
    for text in &asked {
        let began = Instant::now();
        let vector =
            HashingEmbedder.embed(std::slice::from_ref(text)).await.map_err(|e| Failure::failed(e.to_string()))?;
        let vector = vector.into_iter().next().unwrap_or_default();
        index.search(&HybridQuery { sources: vec![id], text: text.clone(), vector, limit: 10 }).await?;
        times.push(ms(began));
    }
    // The first one loads the index.
    let times = times.get(1..).unwrap_or_default();
    (figures.search_p50_ms, figures.search_p95_ms) = (percentile(times, 50), percentile(times, 95));
    if let Some(dir) = export {
        write_documents(dir, catalog, &asked, figures.documents)?;
    }
    Ok(())
}

/// As many documents of the same kind as our index holds, with their vectors, and the queries.
fn write_documents(dir: &Path, catalog: &Catalog, asked: &[String], documents: u64) -> Result<(), Failure> {
    std::fs::create_dir_all(dir)?;
    let file = |name: &str| std::fs::File::create(dir.join(name)).map(std::io::BufWriter::new);
    let (mut texts, mut vectors) = (file("texts.jsonl")?, file("vectors.f32")?);
    let mut count = 0;
    for table in catalog.tables.iter().cycle().take(usize::try_from(documents).unwrap_or(usize::MAX)) {
        for column in &table.columns {
            if count == documents {
                break;
            }
            let about = column.comment.as_deref().or(table.comment.as_deref()).unwrap_or_default();
            let text = format!(
                "{} of {} {about}",
                identifier_words(&column.name).join(" "),
                identifier_words(&table.name.table).join(" ")
            );
            for number in HashingEmbedder::vector(&text) {
                vectors.write_all(&number.to_le_bytes())?;
            }
            writeln!(texts, "{}", json!(text))?;
            count += 1;
        }
    }
    let mut questions = file("queries.jsonl")?;
    for query in asked {
        writeln!(questions, "{}", json!({ "text": query, "vector": HashingEmbedder::vector(query) }))?;
    }
    Ok(())
}

/// Words that people may look for: of tables all over the catalog and of one of their columns.
fn queries(catalog: &Catalog, count: usize) -> Vec<String> {
    let tables = catalog.tables.len().max(1);
    let of = |number: usize| {
        let table = catalog.tables.get(number * 7_919 % tables)?;
        let column = table.columns.get(number % table.columns.len().max(1));
        let column = column.map(|c| identifier_words(&c.name).join(" ")).unwrap_or_default();
        Some(format!("{} {column}", identifier_words(&table.name.table).join(" ")))
    };
    (0..count).filter_map(of).collect()
}

fn ms(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1_000.0
}

fn text<'v>(value: &'v Value, pointer: &str) -> Result<&'v str, Failure> {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.ok_or_else(|| Failure::failed(format!("the server's answer has no {pointer}: {value}")))
}

/// The HTTP API of a server.
struct Api {
    base: String,
    client: Client,
}

impl Api {
    fn at(address: &str) -> Result<Self, Failure> {
        let client = plain_client(&HttpOptions::default()).map_err(|e| Failure::failed(e.to_string()))?;
        Ok(Self { base: format!("http://{address}/api/v1"), client })
    }

    async fn get(&self, path: &str) -> Result<Value, Failure> {
        let sent = self.client.get(format!("{}{path}", self.base)).send().await;
        Self::read(path, sent).await
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        let request = self.client.post(format!("{}{path}", self.base)).header("content-type", "application/json");
        Self::read(path, request.body(body.to_string()).send().await).await
    }

    async fn read(path: &str, sent: Result<reqwest::Response, reqwest::Error>) -> Result<Value, Failure> {
        let failed = |e: String| Failure::failed(format!("{path}: {e}"));
        let response = sent.map_err(|e| failed(e.to_string()))?;
        let status = response.status();
        let text = response.text().await.map_err(|e| failed(e.to_string()))?;
        if !status.is_success() {
            return Err(failed(format!("{status}: {text}")));
        }
        serde_json::from_str(&text).map_err(|e| failed(e.to_string()))
    }

    /// Follows a job to its end, and notes how long each phase took.
    async fn ended(&self, job: &str, phases_ms: &mut BTreeMap<String, f64>) -> Result<Value, Failure> {
        let (began, mut seen) = (Instant::now(), Instant::now());
        loop {
            let state = self.get(&format!("/jobs/{job}")).await?;
            let phase = state.pointer("/progress/phase").and_then(Value::as_str).unwrap_or_default().to_owned();
            *phases_ms.entry(phase).or_default() += ms(seen);
            seen = Instant::now();
            match state.pointer("/status").and_then(Value::as_str) {
                Some("queued" | "running") if began.elapsed() < PATIENCE => tokio::time::sleep(LOOK).await,
                Some("succeeded") => return Ok(state),
                _ => return Err(Failure::failed(format!("the learning did not succeed: {state}"))),
            }
        }
    }

    /// Learns again; how long it took, and the job.
    async fn learned_again(&self, id: DataSourceId) -> Result<(f64, Value), Failure> {
        let began = Instant::now();
        let job = self.post(&format!("/sources/{id}/learn"), &json!({})).await?;
        let job = self.ended(text(&job, "/id")?, &mut BTreeMap::new()).await?;
        Ok((ms(began), job))
    }
}

/// Where the arguments say.
pub(super) fn of_arguments<'a>(url: &'a str, change: Option<&'a PathBuf>, export: Option<&'a PathBuf>) -> Scale<'a> {
    Scale { url, change: change.map(PathBuf::as_path), export: export.map(PathBuf::as_path) }
}
