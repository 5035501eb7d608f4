//! `datafyme doctor`: opens every back end, and says in one line each what works.

use super::{Failure, Session, terminal::counted};
use crate::{
    App,
    config::Config,
    derived, http, metadata,
    models::{Keyed, trial},
};
use console::style;
use datafyme_agent::AgentError;
use datafyme_domain::{Caller, DataSource};
use datafyme_store::{EmbeddedRelationGraph, EmbeddedSearchIndex};
use std::{fmt::Display, io::Write, path::Path, process::ExitCode, time::Duration};

/// A source that says nothing for this long does not work.
const PING_LIMIT: Duration = Duration::from_secs(15);
/// Writing a probe of this size shows whether there is space.
const PROBE_BYTES: usize = 4 * 1024 * 1024;

pub(super) async fn run(session: Session) -> Result<ExitCode, Failure> {
    session.start_log("error")?;
    let dir = session.data_dir("datafyme")?;
    let mut report = Report::default();
    report.line("configuration", Ok::<_, String>(format!("listens on {}", session.config.server.listen)));
    let writable = probe(&dir);
    let stands = writable.is_ok();
    report.line("data directory", writable);
    if stands {
        stores(&mut report, &session.config, &dir).await;
        match session.app_in(dir).await {
            Ok(app) => {
                engines(&mut report, &app).await;
                models(&mut report, &app).await;
                sources(&mut report, &session, &app).await;
            }
            // Where a store failed, its line says so already.
            Err(failure) if !report.failed => report.line("stores", Err::<String, _>(failure)),
            Err(_) => {}
        }
    }
    let ui =
        if http::web_ui_is_embedded() { Ok("embedded") } else { Err("not in this binary: build with `make build`") };
    report.line("web UI", ui);
    Ok(if report.failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

#[derive(Default)]
struct Report {
    failed: bool,
}

impl Report {
    fn line(&mut self, name: &str, outcome: Result<impl Display, impl Display>) {
        let line = match outcome {
            Ok(words) => format!("{} {name:<22} {words}", style("✓").green()),
            Err(words) => {
                self.failed = true;
                format!("{} {name:<22} {words}", style("✗").red())
            }
        };
        let _ = writeln!(std::io::stdout(), "{line}");
    }
}

/// Whether the directory can be written, and has some space left.
fn probe(dir: &Path) -> Result<String, String> {
    let cannot = |e: std::io::Error| format!("{} cannot be written: {e}", dir.display());
    std::fs::create_dir_all(dir).map_err(cannot)?;
    let file = dir.join(".doctor.tmp");
    let written = std::fs::write(&file, vec![0_u8; PROBE_BYTES]);
    let _ = std::fs::remove_file(&file);
    written.map_err(cannot)?;
    Ok(format!("{} is writable, with space left", dir.display()))
}

async fn stores(report: &mut Report, config: &Config, dir: &Path) {
    let vault = metadata::vault(&config.metadata, dir);
    let place = if config.metadata.key.is_some() { "the key is in the environment" } else { "the key file is there" };
    report.line("vault", vault.as_ref().map(|_| place));
    if vault.is_ok() {
        // Where it is, without a user or a password.
        let place = config.metadata.place().map(|place| format!(", at {place}")).unwrap_or_default();
        let engine = if config.metadata.url.is_some() { "PostgreSQL" } else { "SQLite" };
        let checked = match metadata::open(&config.metadata, dir).await {
            Ok(store) => store.check().await,
            Err(failure) => Err(failure),
        };
        report.line("metadata", checked.map(|()| format!("{engine} reads and writes{place}")));
    }
    let search = EmbeddedSearchIndex::open(&dir.join(derived::SEARCH_FILE)).await;
    report.line("search index", search.map(|_| "embedded, opens"));
    let graph = EmbeddedRelationGraph::open(&dir.join(derived::GRAPH_FILE)).await;
    report.line("relation graph", graph.map(|_| "embedded, opens"));
}

/// Asks the engines that are configured.
async fn engines(report: &mut Report, app: &App) {
    for remote in app.derived.remotes() {
        let outcome = match (remote.probe().await, remote.status().behind.len()) {
            (Ok(version), 0) => Ok(format!("{version} answers")),
            (Ok(version), behind) => Err(format!(
                "{version} answers, and lacks something of {}, which the embedded {} serves: a running server makes it \
                 up, or `datafyme reindex`",
                counted(behind as u64, "data source"),
                remote.role()
            )),
            (Err(failure), _) => Err(format!("{failure}; the embedded {} serves meanwhile", remote.role())),
        };
        report.line(&format!("{} engine", remote.role()), outcome);
    }
}

/// Calls every model that has a role.
async fn models(report: &mut Report, app: &App) {
    let by_role = match app.models.by_role().await {
        Ok(by_role) => by_role,
        Err(failure) => return report.line("models", Err::<String, _>(failure)),
    };
    if by_role.is_empty() {
        report.line("models", Ok::<_, String>("none has a role: the rules answer alone"));
    }
    let mut known: Vec<(Keyed, Vec<&str>)> = Vec::new();
    for (role, model) in by_role {
        match known.iter_mut().find(|(seen, _)| *seen == model) {
            Some((_, roles)) => roles.push(role.code()),
            None => known.push((model, vec![role.code()])),
        }
    }
    for (model, roles) in known {
        let trial = trial::try_out(app, &model).await;
        let outcome = match trial.error {
            None => Ok(format!("works, for {} ({} ms)", roles.join(" and "), trial.latency_ms)),
            Some(cause) => Err(cause),
        };
        report.line(&format!("model {}", model.name()), outcome);
    }
}

async fn sources(report: &mut Report, session: &Session, app: &App) {
    let sources = match app.metadata.list_sources(session.caller).await {
        Ok(sources) => sources,
        Err(failure) => return report.line("data sources", Err::<String, _>(failure)),
    };
    if sources.is_empty() {
        report.line("data sources", Ok::<_, String>("none registered"));
    }
    for source in sources {
        let outcome = match tokio::time::timeout(PING_LIMIT, state(app, &source)).await {
            Ok(outcome) => outcome.map_err(|e| e.to_string()),
            Err(_) => Err(format!("no answer within {} s", PING_LIMIT.as_secs())),
        };
        report.line(&format!("source {}", source.name), outcome);
    }
}

/// Server, status and how much of it is indexed.
async fn state(app: &App, source: &DataSource) -> Result<String, AgentError> {
    let info = app.agent.ping_source(Caller { user_id: source.owner_id }, source.id).await?;
    let documents = app.search.count(source.id).await?;
    Ok(format!(
        "{}, {}, {}, {} indexed",
        info.version,
        source.status.code(),
        counted(source.table_count.into(), "table"),
        counted(documents, "document")
    ))
}
