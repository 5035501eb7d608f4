//! `datafyme relations`

use super::{Failure, OutputFormat, Session, terminal};
use clap::Args;
use comfy_table::Cell;
use datafyme_agent::{Language, ToldRelation};
use datafyme_domain::RelationKind;
use std::{io::Write, process::ExitCode};

/// What `relations` takes.
#[derive(Debug, Args)]
pub(crate) struct RelationsArgs {
    /// Name of the data source
    #[arg(long, value_name = "NAME")]
    source: String,
    /// `json` prints the relations as the HTTP API serves them
    #[arg(long, default_value = "text")]
    format: OutputFormat,
}

pub(super) async fn run(session: Session, args: RelationsArgs) -> Result<ExitCode, Failure> {
    let app = session.app().await?;
    let source = session.source(&app, &args.source).await?;
    let relations = app.metadata.list_relations(session.caller, source.id).await?;
    let relations: Vec<_> = relations.into_iter().map(|r| ToldRelation::new(r, Language::En)).collect();
    let mut out = std::io::stdout();
    if args.format == OutputFormat::Json {
        let text = serde_json::to_string_pretty(&relations).map_err(|e| Failure::failed(e.to_string()))?;
        writeln!(out, "{text}")?;
        return Ok(ExitCode::SUCCESS);
    }
    if relations.is_empty() {
        writeln!(out, "no relations are known in {}", source.name)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = terminal::plain_table(session.terminal, &["relation", "kind", "confidence", "evidence"]);
    for ToldRelation { relation, reasons } in relations {
        let kind = match relation.kind {
            RelationKind::Declared => "declared",
            RelationKind::Inferred if relation.is_only_offered() => "to confirm",
            RelationKind::Inferred => "inferred",
            RelationKind::Confirmed => "confirmed",
            RelationKind::Rejected => "rejected",
        };
        table.add_row([
            Cell::new(relation.label()),
            Cell::new(kind),
            Cell::new(format!("{:.2}", relation.confidence)),
            Cell::new(reasons.join("; ")),
        ]);
    }
    writeln!(out, "{table}")?;
    Ok(ExitCode::SUCCESS)
}
