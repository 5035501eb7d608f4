//! `datafyme bench`: what a question costs besides the time of the database, and what an idle server holds.

mod model;
mod scale;

use super::{Failure, Session, serve};
use crate::{demo, eval::learned::Workplace, events::Unwatched};
use clap::Args;
use datafyme_agent::RuleAnalyst;
use datafyme_connect::SourceUrl;
use datafyme_domain::{Caller, DataSource};
use std::{
    fmt::Write as _,
    io::Write as _,
    path::{Path, PathBuf},
    process::{ExitCode, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Child,
};

/// How long an idle server is left alone before its memory is read.
const SETTLE: Duration = Duration::from_secs(3);

/// What `bench` takes.
#[derive(Debug, Args)]
pub(crate) struct BenchArgs {
    /// Times that each question of the demo is asked
    #[arg(long, default_value_t = 40)]
    rounds: usize,
    /// Writes the page there too
    #[arg(long, value_name = "FILE.md")]
    out: Option<PathBuf>,
    /// Measures questions through the OpenAI-compatible model there instead, and prints one line of JSON
    #[arg(long, value_name = "URL")]
    model_url: Option<String>,
    /// Questions at a time, with --model-url
    #[arg(long, default_value_t = 16)]
    concurrency: usize,
    /// How long, with --model-url
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Measures learning, search and memory on the large PostgreSQL schema there instead, and prints one line of JSON
    #[arg(long, value_name = "URL", conflicts_with = "model_url")]
    scale_url: Option<String>,
    /// SQL that changes some of its tables, with --scale-url
    #[arg(long, value_name = "FILE.sql", requires = "scale_url")]
    change: Option<PathBuf>,
    /// Writes documents and queries there, for other search engines, with --scale-url
    #[arg(long, value_name = "DIR", requires = "scale_url")]
    export: Option<PathBuf>,
}

struct Figures {
    learn_ms: Vec<(String, u128)>,
    /// Milliseconds of each run.
    total_ms: Vec<f64>,
    /// The same without the time in the database.
    overhead_ms: Vec<f64>,
    idle_kib: Option<u64>,
}

pub(super) async fn run(session: Session, args: BenchArgs) -> Result<ExitCode, Failure> {
    session.start_log("off")?;
    let dir = tempfile::tempdir()?;
    if let Some(url) = &args.model_url {
        let figures = model::measure(dir.path(), url, args.concurrency, args.seconds).await?;
        writeln!(std::io::stdout(), "{}", serde_json::json!(figures))?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(url) = &args.scale_url {
        let scale = scale::of_arguments(url, args.change.as_ref(), args.export.as_ref());
        let figures = scale::measure(dir.path(), &scale).await?;
        writeln!(std::io::stdout(), "{}", serde_json::json!(figures))?;
        return Ok(ExitCode::SUCCESS);
    }
    let figures = measure(&session, dir.path(), args.rounds.max(1)).await?;
    let page = page(&figures);
    write!(std::io::stdout(), "{page}")?;
    if let Some(out) = &args.out {
        std::fs::write(out, &page).map_err(|e| Failure::failed(format!("cannot write {}: {e}", out.display())))?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn measure(session: &Session, dir: &Path, rounds: usize) -> Result<Figures, Failure> {
    let workplace = Workplace::open(&session.config.run.budget(), Arc::new(RuleAnalyst::new())).await?;
    let mut figures = Figures { learn_ms: Vec::new(), total_ms: Vec::new(), overhead_ms: Vec::new(), idle_kib: None };
    let mut sources: Vec<DataSource> = Vec::new();
    for place in demo::write_sqlite(dir)? {
        let began = Instant::now();
        let url = SourceUrl::parse(&place.path.display().to_string())?;
        sources.push(workplace.learn(place.name, &url).await?);
        figures.learn_ms.push((place.name.to_owned(), began.elapsed().as_millis()));
    }
    let app = &workplace.app;
    let caller = Caller::local();
    for _ in 0..rounds {
        for (name, question) in demo::QUESTIONS {
            let Some(source) = sources.iter().find(|s| s.name == name) else {
                continue;
            };
            let conversation = app.agent.new_conversation(caller, source.id).await?.id;
            let began = Instant::now();
            let run = app.agent.start_run(caller, conversation, question).await?;
            let answer = app.agent.execute_run(caller, run.id, &app.worker_name, &Unwatched).await?;
            let total = began.elapsed().as_secs_f64() * 1000.0;
            figures.total_ms.push(total);
            figures.overhead_ms.push((total - answer.usage.query_ms as f64).max(0.0));
        }
    }
    figures.idle_kib = idle_memory(&dir.join("state")).await?;
    Ok(figures)
}

/// Resident memory of a server that nobody asks anything; absent where the system does not say.
async fn idle_memory(data_dir: &Path) -> Result<Option<u64>, Failure> {
    let server = serving(data_dir).await?;
    tokio::time::sleep(SETTLE).await;
    let resident = server.child.id().and_then(resident_kib);
    server.end().await?;
    Ok(resident)
}

/// A server in a process of its own; it ends with this value.
struct Serving {
    child: Child,
    address: String,
}

impl Serving {
    async fn end(mut self) -> Result<(), Failure> {
        Ok(self.child.kill().await?)
    }
}

async fn serving(data_dir: &Path) -> Result<Serving, Failure> {
    let mut child = tokio::process::Command::new(std::env::current_exe()?)
        .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(data_dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let stdout = child.stdout.take().ok_or_else(|| Failure::failed("the server says nothing"))?;
    let mut lines = BufReader::new(stdout).lines();
    let ready = tokio::time::timeout(Duration::from_secs(30), lines.next_line()).await;
    let address = match &ready {
        Ok(Ok(Some(line))) => line.strip_prefix(serve::READY).and_then(|rest| rest.split(' ').next()),
        _ => None,
    };
    let address = address.ok_or_else(|| Failure::failed("the server did not start"))?.to_owned();
    Ok(Serving { child, address })
}

/// Resident memory of a process; absent where the system does not say.
fn resident_kib(process: u32) -> Option<u64> {
    memory_kib(process, "VmRSS:")
}

/// A figure of a process's memory; absent where the system does not say.
fn memory_kib(process: u32, figure: &str) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = text.lines().find_map(|l| l.strip_prefix(figure))?;
    line.trim().trim_end_matches(" kB").trim().parse().ok()
}

fn page(figures: &Figures) -> String {
    let mut text =
        "# Benchmarks\n\nPrinted by `make bench`: the demo data sources, the rule analyst, this machine.\n\n\
        | figure | value |\n|---|---|\n"
            .to_owned();
    for (name, ms) in &figures.learn_ms {
        let _ = writeln!(text, "| learning `{name}` | {ms} ms |");
    }
    let runs = figures.total_ms.len();
    for (name, values) in [("one question", &figures.total_ms), ("of it outside the database", &figures.overhead_ms)] {
        let (p50, p95) = (percentile(values, 50), percentile(values, 95));
        let _ = writeln!(text, "| {name}, p50 / p95 over {runs} runs | {p50:.1} ms / {p95:.1} ms |");
    }
    let idle = figures.idle_kib.map_or("not known here".to_owned(), |kib| format!("{:.1} MiB", kib as f64 / 1024.0));
    let _ = writeln!(text, "| resident memory of an idle `datafyme serve` | {idle} |");
    text
}

fn percentile(values: &[f64], percent: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(rank).copied().unwrap_or(0.0)
}
