//! `datafyme tables`

use super::{Failure, OutputFormat, Session, terminal};
use clap::Args;
use comfy_table::Cell;
use std::{io::Write, process::ExitCode};

/// What `tables` takes.
#[derive(Debug, Args)]
pub(crate) struct TablesArgs {
    /// Name of the data source
    #[arg(long, value_name = "NAME")]
    source: String,
    /// `json` prints `[{table, score, reasons}]`
    #[arg(long, default_value = "text")]
    format: OutputFormat,
    /// In plain language
    question: String,
}

pub(super) async fn run(session: Session, args: TablesArgs) -> Result<ExitCode, Failure> {
    let app = session.app().await?;
    let source = session.source(&app, &args.source).await?;
    let hits = app.agent.link_tables(session.caller, source.id, &args.question).await?;
    let mut out = std::io::stdout();
    if args.format == OutputFormat::Json {
        let text = serde_json::to_string_pretty(&hits).map_err(|e| Failure::failed(e.to_string()))?;
        writeln!(out, "{text}")?;
        return Ok(ExitCode::SUCCESS);
    }
    if hits.is_empty() {
        writeln!(out, "no table of {} fits that question", source.name)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = terminal::plain_table(session.terminal, &["table", "score", "why"]);
    for hit in hits {
        table.add_row([
            Cell::new(&hit.table),
            Cell::new(format!("{:.3}", hit.score)),
            Cell::new(hit.reasons.join("; ")),
        ]);
    }
    writeln!(out, "{table}")?;
    Ok(ExitCode::SUCCESS)
}
