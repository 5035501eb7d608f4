//! `datafyme verified`

use super::{Failure, OutputFormat, Session, terminal};
use clap::{Args, Subcommand};
use comfy_table::Cell;
use datafyme_agent::{JudgedQuery, verified::Standing};
use datafyme_domain::{RunId, VerifiedQueryId};
use std::{io::Write, process::ExitCode};

/// Approved queries.
#[derive(Debug, Subcommand)]
pub(crate) enum VerifiedCommand {
    /// Lists the questions whose query a person approved, newest first
    List(ListArgs),
    /// Approves the query of an answer, or one that you give, for a question
    Add(AddArgs),
    /// Takes an approval back
    Remove(RemoveArgs),
}

/// What `verified list` takes.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Name of the data source
    #[arg(long, value_name = "NAME")]
    source: String,
    /// Form of the list
    #[arg(long, default_value = "text")]
    format: OutputFormat,
}

/// What `verified add` takes.
#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// Name of the data source; with --sql
    #[arg(long, value_name = "NAME", requires = "sql")]
    source: Option<String>,
    /// The query; it must be one SELECT that the database compiles
    #[arg(long, value_name = "SQL", requires = "source", requires = "question", conflicts_with = "run")]
    sql: Option<String>,
    /// Id of a run: its query is approved
    #[arg(long, value_name = "ID", required_unless_present = "sql")]
    run: Option<RunId>,
    /// The question; of a run, the one that was asked where none is given
    #[arg(long, value_name = "TEXT")]
    question: Option<String>,
}

/// What `verified remove` takes.
#[derive(Debug, Args)]
pub(crate) struct RemoveArgs {
    /// Its id, as `verified list` shows it
    #[arg(value_name = "ID")]
    id: VerifiedQueryId,
}

pub(super) async fn run(session: Session, command: VerifiedCommand) -> Result<ExitCode, Failure> {
    let app = session.app().await?;
    let mut out = std::io::stdout();
    match command {
        VerifiedCommand::List(args) => {
            let source = session.source(&app, &args.source).await?;
            let found = app.agent.verified_queries(session.caller, source.id).await?;
            match args.format {
                OutputFormat::Json => {
                    let items: Vec<serde_json::Value> = found.iter().map(json).collect();
                    let text = serde_json::to_string_pretty(&items).map_err(|e| Failure::failed(e.to_string()))?;
                    writeln!(out, "{text}")?;
                }
                OutputFormat::Text if found.is_empty() => {
                    writeln!(out, "{} has no verified queries", source.name)?;
                }
                OutputFormat::Text => {
                    let mut table = terminal::plain_table(session.terminal, &["id", "question", "state", "approved"]);
                    for judged in &found {
                        let query = &judged.query;
                        let approved = format!("{} by {}", query.approved_at.format("%Y-%m-%d"), query.author);
                        let cells = [query.id.to_string(), query.question.clone(), state(judged).1, approved];
                        table.add_row(cells.map(Cell::new));
                    }
                    writeln!(out, "{table}")?;
                }
            }
        }
        VerifiedCommand::Add(args) => {
            let question = args.question.as_deref();
            let added = match (args.run, &args.source, args.sql.as_deref()) {
                (Some(run), _, _) => app.agent.verify_run(session.caller, run, question).await?,
                (None, Some(name), Some(sql)) => {
                    let source = session.source(&app, name).await?;
                    app.agent.verify_sql(session.caller, source.id, question.unwrap_or_default(), sql).await?
                }
                _ => return Err(Failure::usage("give --run, or --source with --question and --sql")),
            };
            writeln!(out, "{} approved: {}", added.id, added.question)?;
        }
        VerifiedCommand::Remove(args) => {
            app.agent.remove_verified(session.caller, args.id).await?;
            writeln!(out, "{} removed", args.id)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Code and words.
fn state(judged: &JudgedQuery) -> (&'static str, String) {
    match &judged.standing {
        Ok(Standing::Valid) => ("valid", "in use".to_owned()),
        Ok(Standing::FixedDates) => ("fixed_dates", "example only: its dates are fixed".to_owned()),
        Err(reason) => ("stale", format!("stale: {reason}")),
    }
}

fn json(judged: &JudgedQuery) -> serde_json::Value {
    let (query, (standing, words)) = (&judged.query, state(judged));
    serde_json::json!({
        "id": query.id,
        "question": query.question,
        "sql": query.sql,
        "author": query.author,
        "created_at": query.created_at,
        "approved_at": query.approved_at,
        "version": query.version,
        "standing": standing,
        "reason": (standing != "valid").then_some(words),
    })
}
