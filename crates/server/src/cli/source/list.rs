//! `datafyme source list`

use crate::{
    App,
    cli::{Failure, OutputFormat, Session, terminal},
};
use clap::Args;
use comfy_table::{Cell, Table};
use std::{io::Write, process::ExitCode};

/// What `source list` takes.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// `json` prints the list as the HTTP API serves it
    #[arg(long, default_value = "text")]
    format: OutputFormat,
}

pub(super) async fn run(session: &Session, app: &App, args: ListArgs) -> Result<ExitCode, Failure> {
    let sources = app.metadata.list_sources(session.caller).await?;
    let mut out = std::io::stdout();
    if args.format == OutputFormat::Json {
        let text = serde_json::to_string_pretty(&sources).map_err(|e| Failure::failed(e.to_string()))?;
        writeln!(out, "{text}")?;
        return Ok(ExitCode::SUCCESS);
    }
    if sources.is_empty() {
        writeln!(out, "no data sources yet; register one with `datafyme source add NAME URL`")?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table: Table =
        terminal::plain_table(session.terminal, &["name", "status", "tables", "learned", "again", "where"]);
    for source in sources {
        let learned = source.learned_at.map(|at| at.format("%Y-%m-%d %H:%M").to_string());
        let again = super::resync(app, &source);
        let detail = source.status_detail.map(|d| format!(": {d}")).unwrap_or_default();
        table.add_row([
            Cell::new(source.name),
            Cell::new(format!("{}{detail}", source.status.code())),
            Cell::new(source.table_count),
            Cell::new(learned.unwrap_or_else(|| "never".to_owned())),
            Cell::new(again),
            Cell::new(source.location),
        ]);
    }
    writeln!(out, "{table}")?;
    Ok(ExitCode::SUCCESS)
}
