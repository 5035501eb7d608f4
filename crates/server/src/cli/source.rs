//! `datafyme source`

mod add;
mod list;

use super::{Failure, Session, progress::JobProgressView, terminal::counted};
use crate::{App, config::Interval, jobs::job};
use clap::Subcommand;
use console::style;
use datafyme_domain::{Caller, DataSource, Job, JobStatus, LearnedChanges};
use std::{io::Write, process::ExitCode};

/// What `source` does.
#[derive(Debug, Subcommand)]
pub(crate) enum SourceCommand {
    /// Registers a database and learns it
    Add(add::AddArgs),
    /// Lists the data sources
    List(list::ListArgs),
    /// Tests the connection
    Test(NameArgs),
    /// Learns a data source again
    Learn(NameArgs),
    /// Sets how often a data source is learned again by itself
    Resync(ResyncArgs),
    /// Sets a data source aside: it cannot be asked
    Pause(NameArgs),
    /// Takes a paused data source back
    Resume(NameArgs),
    /// Removes a data source with all that hangs on it; the database itself is not touched
    Remove(NameArgs),
}

/// Names one data source.
#[derive(Debug, clap::Args)]
pub(crate) struct NameArgs {
    /// Name of the data source
    name: String,
}

/// How often one data source is learned again.
#[derive(Debug, clap::Args)]
pub(crate) struct ResyncArgs {
    /// Name of the data source
    name: String,
    /// `30m`, `6h`, `1d`, `never`, or `default` for as configured (`[learning] resync_every`)
    every: String,
}

impl ResyncArgs {
    fn seconds(&self) -> Result<Option<u32>, Failure> {
        if self.every == "default" {
            return Ok(None);
        }
        let every: Interval = self.every.parse().map_err(Failure::usage)?;
        Ok(Some(every.seconds()))
    }
}

pub(super) async fn run(session: Session, command: SourceCommand) -> Result<ExitCode, Failure> {
    let app = session.app().await?;
    let caller = session.caller;
    let mut out = std::io::stdout();
    match command {
        SourceCommand::Add(args) => return add::run(&session, &app, args).await,
        SourceCommand::List(args) => return list::run(&session, &app, args).await,
        SourceCommand::Test(args) => {
            let source = session.source(&app, &args.name).await?;
            let info = app.agent.ping_source(caller, source.id).await?;
            let ms = info.latency.as_secs_f64() * 1000.0;
            writeln!(out, "{}: {} answered in {ms:.1} ms", source.name, info.version)?;
        }
        SourceCommand::Learn(args) => {
            let source = session.source(&app, &args.name).await?;
            let job = app.agent.relearn(caller, source.id).await?;
            learn(&session, &app, &source.name, job).await?;
            report_learned(&app, caller, &source.name).await?;
        }
        SourceCommand::Resync(args) => {
            let source = session.source(&app, &args.name).await?;
            let source = app.agent.set_resync(caller, source.id, args.seconds()?).await?;
            writeln!(out, "{} is learned again: {}", source.name, resync(&app, &source))?;
        }
        SourceCommand::Pause(args) => {
            let source = session.source(&app, &args.name).await?;
            app.agent.pause_source(caller, source.id).await?;
            writeln!(out, "{} is paused", source.name)?;
        }
        SourceCommand::Resume(args) => {
            let source = session.source(&app, &args.name).await?;
            app.agent.resume_source(caller, source.id).await?;
            writeln!(out, "{} is ready", source.name)?;
        }
        SourceCommand::Remove(args) => {
            let source = session.source(&app, &args.name).await?;
            app.agent.remove_source(caller, source.id).await?;
            writeln!(out, "{} is removed", source.name)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// How often a data source is learned again by itself, in words.
fn resync(app: &App, source: &DataSource) -> String {
    let every = source.resync_seconds.map_or(app.config.learning.resync_every, Interval::of_seconds);
    if every == Interval::NEVER { "when asked to".to_owned() } else { format!("every {every}") }
}

/// Sees the learning of data source `name` through, with its progress shown.
pub(super) async fn learn(session: &Session, app: &App, name: &str, job: Job) -> Result<(), Failure> {
    let view = JobProgressView::start(session.terminal, name);
    let ended = job::see_through(app, session.caller, job.id, &|job: &Job| view.show(job)).await;
    view.finish();
    app.telemetry.flush().await;
    let job = ended?;
    let cause = job.error.unwrap_or_default();
    if let Some(changes) = job.progress.changes.filter(|_| job.status == JobStatus::Succeeded) {
        writeln!(std::io::stdout(), "{name}: {}", in_words(changes))?;
    }
    match job.status {
        JobStatus::Succeeded => Ok(()),
        JobStatus::Cancelled => Err(Failure::failed(format!("learning {name} was cancelled"))),
        _ => Err(Failure::failed(format!("learning {name} failed: {cause}"))
            .hint(format!("put that right, then run `datafyme source learn {name}`"))),
    }
}

fn in_words(changes: LearnedChanges) -> String {
    let LearnedChanges { added, changed, renamed, removed, unchanged } = changes;
    let told = [(added, "new"), (changed, "changed"), (renamed, "renamed"), (removed, "gone")];
    let told: Vec<String> =
        told.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    if told.is_empty() {
        return format!("nothing has changed in {}", counted(unchanged, "table"));
    }
    format!("{}, {unchanged} as before", told.join(", "))
}

/// Says what is known of a data source now.
async fn report_learned(app: &App, caller: Caller, name: &str) -> Result<(), Failure> {
    let Some(source) = app.metadata.find_source(caller, name).await? else {
        return Ok(());
    };
    let relations = app.metadata.list_relations(caller, source.id).await?.len();
    let mark = style("✓").green();
    writeln!(
        std::io::stdout(),
        "{mark} {name}: {} and {} learned",
        counted(source.table_count.into(), "table"),
        counted(relations as u64, "relation")
    )?;
    Ok(())
}
