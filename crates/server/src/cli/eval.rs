//! `datafyme eval`

use super::{Failure, Session, progress};
use crate::eval::{
    Databases, EvalError, EvalOptions, answers, charts,
    items::{AnswerItem, ChartItem, Item, RelationItem, read},
    relations::{self, RelationOptions},
    sample, tables,
};
use clap::{Args, Subcommand, ValueEnum};
use datafyme_agent::{Analyst, ModelAnalyst, RuleAnalyst, TieredAnalyst};
use serde::{Serialize, de::DeserializeOwned};
use std::{io::Write, path::Path, path::PathBuf, process::ExitCode, sync::Arc};

/// What `eval` measures.
#[derive(Debug, Subcommand)]
pub(crate) enum EvalCommand {
    /// Questions against gold queries: `{id, db, question, gold_sql, gold_sql_postgres?, history?}` a line
    Answers(EvalArgs),
    /// The tables found for questions, against those that the gold queries read
    Tables(TablesArgs),
    /// Inferred relations against true ones: `{db, from_table, from_cols, to_table, to_cols}` a line
    Relations(RelationsArgs),
    /// Charts against known ones: `{id, db, nl_queries, chart, gold_sql}` a line
    Charts(EvalArgs),
}

/// What every measurement takes.
#[derive(Debug, Args)]
pub(crate) struct EvalArgs {
    /// The items, one JSON object a line
    file: PathBuf,
    /// A directory with `<db>/<db>.sqlite` or `<db>.sqlite`, or a URL with `{db}` in it
    #[arg(long, value_name = "DIR|URL")]
    databases: String,
    /// Who reasons
    #[arg(long, default_value = "rules")]
    analyst: AnalystKind,
    /// Databases worked on at once
    #[arg(long, default_value_t = 2, value_name = "N")]
    jobs: usize,
    /// A sample of at most N items, proportional over the databases
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Draws the sample
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// Reads that field as the question
    #[arg(long, value_name = "NAME")]
    field: Option<String>,
    /// Writes the whole report there, with an entry per item
    #[arg(long, value_name = "OUT.json")]
    report: Option<PathBuf>,
}

/// What the measurement of schema linking takes besides.
#[derive(Debug, Args)]
pub(crate) struct TablesArgs {
    #[command(flatten)]
    eval: EvalArgs,
    /// Makes one data source of all databases, each a schema of it
    #[arg(long)]
    merged: bool,
}

/// What the measurement of relations takes besides.
#[derive(Debug, Args)]
pub(crate) struct RelationsArgs {
    #[command(flatten)]
    eval: EvalArgs,
    /// Judges each database by weights trained on the others, in so many folds
    #[arg(long, value_name = "N")]
    folds: Option<usize>,
    /// Renames every table and column to `t1`, `c1`
    #[arg(long)]
    anonymise: bool,
    /// Makes one schema of that many databases
    #[arg(long, value_name = "N")]
    merge: Option<usize>,
    /// Hides the rows
    #[arg(long)]
    no_rows: bool,
    /// Questions whose gold queries' joins are true as well [default: `questions.jsonl` beside the items]
    #[arg(long, value_name = "FILE")]
    questions: Option<PathBuf>,
    /// Trains on all databases and writes the weights there
    #[arg(long, value_name = "OUT.json")]
    write_weights: Option<PathBuf>,
    /// Writes every candidate with its features and its truth there, a JSON object a line
    #[arg(long, value_name = "OUT.jsonl")]
    write_candidates: Option<PathBuf>,
}

/// Who reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AnalystKind {
    /// The rule analyst.
    Rules,
    /// The active language models alone.
    Model,
    /// The rules where they are sure, else the active language models.
    Tiered,
}

impl From<EvalError> for Failure {
    fn from(failure: EvalError) -> Self {
        Self::usage(failure.to_string())
    }
}

pub(super) async fn run(session: Session, command: EvalCommand) -> Result<ExitCode, Failure> {
    session.start_log("off")?;
    match command {
        EvalCommand::Answers(args) => of_answers(&session, args).await?,
        EvalCommand::Tables(args) => of_tables(&session, args).await?,
        EvalCommand::Relations(args) => of_relations(&session, args).await?,
        EvalCommand::Charts(args) => of_charts(&session, args).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn options(session: &Session, args: &EvalArgs) -> Result<EvalOptions, Failure> {
    Ok(EvalOptions {
        databases: Databases::parse(&args.databases),
        jobs: args.jobs,
        budget: session.config.run.budget(),
        analyst: analyst(session, args.analyst).await?,
        embedder: session.config.embedder.clone(),
    })
}

/// The analyst with the models that are active in the data directory of this installation.
async fn analyst(session: &Session, kind: AnalystKind) -> Result<Arc<dyn Analyst>, Failure> {
    if kind == AnalystKind::Rules {
        return Ok(Arc::new(RuleAnalyst::new()));
    }
    let app = session.app_in(session.data_dir("datafyme")?).await?;
    // With a failure shown, which the application itself only logs.
    app.models.refresh().await?;
    if app.models.active.get().is_none() {
        return Err(Failure::usage("no language model is active")
            .hint("configure one with `datafyme model add` and `datafyme model use`, or in [model] of datafyme.toml"));
    }
    let config = &session.config.model;
    let model = ModelAnalyst::new(app.models.active.clone(), config.analyst());
    Ok(match kind {
        AnalystKind::Tiered => Arc::new(TieredAnalyst::new(RuleAnalyst::new(), model, config.threshold)),
        _ => Arc::new(model),
    })
}

/// The items of the file, cut to the sample.
fn items<T: Item + DeserializeOwned>(args: &EvalArgs) -> Result<Vec<T>, Failure> {
    let all = read(&args.file, args.field.as_deref())?;
    Ok(match args.limit {
        Some(limit) => sample::sample(all, limit, args.seed, T::database),
        None => all,
    })
}

async fn of_answers(session: &Session, args: EvalArgs) -> Result<(), Failure> {
    let options = options(session, &args).await?;
    let items: Vec<AnswerItem> = items(&args)?;
    let bar = progress::counter(session.terminal, items.len() as u64);
    let report = answers::evaluate(items, &options, &|done| advance(bar.as_ref(), done)).await;
    clear(bar);
    write_report(args.report.as_deref(), &report)?;
    let left_out = report.left_out_empty_gold + report.left_out_failed_gold;
    print(&[
        ("total", report.total.to_string()),
        ("answered", report.answered.to_string()),
        ("declined", report.declined.to_string()),
        ("failed", format!("{} ({} by a defect)", report.failed, report.panicked)),
        ("correct", report.correct.to_string()),
        ("execution accuracy", percent(report.execution_accuracy)),
        ("precision when answered", percent(report.precision_when_answered)),
        ("left out", format!("{left_out} ({} without gold rows)", report.left_out_empty_gold)),
        ("latency p50, p95, max", {
            let l = report.latency_ms;
            format!("{} ms, {} ms, {} ms", l.p50, l.p95, l.max)
        }),
    ])
}

async fn of_tables(session: &Session, args: TablesArgs) -> Result<(), Failure> {
    let options = options(session, &args.eval).await?;
    let items: Vec<AnswerItem> = items(&args.eval)?;
    let bar = progress::counter(session.terminal, items.len() as u64);
    let advance = |done| advance(bar.as_ref(), done);
    let report = match args.merged {
        true => tables::evaluate_merged(items, &options, &advance).await?,
        false => tables::evaluate(items, &options, &advance).await,
    };
    clear(bar);
    write_report(args.eval.report.as_deref(), &report)?;
    let mut lines = vec![
        ("total", report.total.to_string()),
        ("recall at 1", percent(report.recall_at_1)),
        ("recall at 5", percent(report.recall_at_5)),
        ("recall at 10", percent(report.recall_at_10)),
        ("left out", report.left_out.to_string()),
    ];
    lines.extend(report.merged_tables.map(|n| ("tables of the merged source", n.to_string())));
    print(&lines)
}

async fn of_relations(session: &Session, args: RelationsArgs) -> Result<(), Failure> {
    let options = options(session, &args.eval).await?;
    let items: Vec<RelationItem> = items(&args.eval)?;
    let databases: std::collections::BTreeSet<&str> = items.iter().map(|i| i.db.as_str()).collect();
    let bar = progress::counter(session.terminal, databases.len() as u64);
    let beside = args.eval.file.with_file_name("questions.jsonl");
    let how = RelationOptions {
        anonymise: args.anonymise,
        merge: args.merge,
        no_rows: args.no_rows,
        folds: args.folds,
        questions: args.questions.or_else(|| beside.is_file().then_some(beside)),
        write_weights: args.write_weights,
        write_candidates: args.write_candidates,
    };
    let report = relations::evaluate(items, &options, &how, &|done| advance(bar.as_ref(), done)).await;
    clear(bar);
    let report = report.map_err(|e| Failure::failed(e.to_string()))?;
    write_report(args.eval.report.as_deref(), &report)?;
    let certain = report.certain;
    print(&[
        ("databases", report.databases.to_string()),
        ("true relations", report.total.to_string()),
        ("inferred", report.inferred.to_string()),
        ("precision", percent(report.precision)),
        ("recall", percent(report.recall)),
        ("f1", percent(report.f1)),
        ("precision, joins count", percent(report.precision_joined)),
        ("precision, what follows too", percent(report.precision_transitive)),
        (
            "only offered",
            format!("{}; precision with them {}", report.offered.inferred, percent(report.precision_offered)),
        ),
        ("certain", format!("{} with a precision of {}", certain.inferred, percent(certain.precision))),
        ("recall of the certain", percent(certain.recall)),
        ("of empty tables", format!("{} of {} found", report.without_rows.found, report.without_rows.total)),
        ("databases that failed", report.failed.len().to_string()),
        ("time per database", {
            let total: u64 = report.times.iter().map(|t| t.ms).sum();
            let slowest = report.times.first().map_or_else(String::new, |t| format!("{} ms ({})", t.ms, short(&t.db)));
            format!("{} ms on average, at most {slowest}", total / (report.times.len() as u64).max(1))
        }),
    ])
}

/// A name that fits a line.
fn short(name: &str) -> String {
    if name.chars().count() > 40 { name.chars().take(39).chain(['…']).collect() } else { name.to_owned() }
}

async fn of_charts(session: &Session, args: EvalArgs) -> Result<(), Failure> {
    let options = options(session, &args).await?;
    let items: Vec<ChartItem> = items(&args)?;
    let bar = progress::counter(session.terminal, items.len() as u64);
    let report = charts::evaluate(items, &options, &|done| advance(bar.as_ref(), done)).await;
    clear(bar);
    write_report(args.report.as_deref(), &report)?;
    print(&[
        ("total", report.total.to_string()),
        ("answered with a chart", report.charts.to_string()),
        ("kind agreement", percent(report.kind_agreement)),
        ("axes agreement", percent(report.axes_agreement)),
        ("kind, when charted", percent(report.kind_agreement_when_charted)),
        ("axes, when charted", percent(report.axes_agreement_when_charted)),
    ])
}

fn advance(bar: Option<&indicatif::ProgressBar>, done: u64) {
    if let Some(bar) = bar {
        bar.set_position(done);
    }
}

fn clear(bar: Option<indicatif::ProgressBar>) {
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn print(lines: &[(&str, String)]) -> Result<(), Failure> {
    let mut out = std::io::stdout();
    for (name, value) in lines {
        writeln!(out, "{name:<28}{value}")?;
    }
    Ok(())
}

fn write_report(path: Option<&Path>, report: &impl Serialize) -> Result<(), Failure> {
    let Some(path) = path else { return Ok(()) };
    let text = serde_json::to_string_pretty(report).map_err(|e| Failure::failed(e.to_string()))?;
    let cannot = |e: std::io::Error| Failure::failed(format!("cannot write {}: {e}", path.display()));
    std::fs::write(path, text + "\n").map_err(cannot)
}
