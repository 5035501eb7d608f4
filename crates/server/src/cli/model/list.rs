//! `datafyme model list`

use crate::{
    App,
    cli::{
        Failure, OutputFormat, Session,
        terminal::{self, counted, money},
    },
    models::midnight,
};
use clap::Args;
use comfy_table::{Cell, Table};
use datafyme_domain::LanguageModel;
use std::{io::Write, process::ExitCode};

/// What `model list` takes.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// `json` prints the list as the HTTP API serves it
    #[arg(long, default_value = "text")]
    format: OutputFormat,
}

pub(super) async fn run(session: &Session, app: &App, args: ListArgs) -> Result<ExitCode, Failure> {
    let models = app.metadata.list_models(session.caller).await?;
    let mut out = std::io::stdout();
    if args.format == OutputFormat::Json {
        let text = serde_json::to_string_pretty(&models).map_err(|e| Failure::failed(e.to_string()))?;
        writeln!(out, "{text}")?;
        return Ok(ExitCode::SUCCESS);
    }
    if models.is_empty() {
        let add = "`datafyme model add NAME --provider PROVIDER --model MODEL`";
        writeln!(out, "no models yet: the rules answer alone; configure one with {add}")?;
        return Ok(ExitCode::SUCCESS);
    }
    let header = ["name", "roles", "provider", "model", "key", "output", "where"];
    let mut table: Table = terminal::plain_table(session.terminal, &header);
    for model in models {
        table.add_row([
            Cell::new(&model.name),
            Cell::new(roles(&model)),
            Cell::new(model.provider.code()),
            Cell::new(&model.model),
            Cell::new(if model.has_key { "yes" } else { "no" }),
            Cell::new(output(&model)),
            Cell::new(model.base_url.as_deref().unwrap_or("the provider's own address")),
        ]);
    }
    writeln!(out, "{table}")?;
    let today = app.metadata.model_spend(session.caller, midnight(app.clock.now())).await?;
    let run = &app.config.run;
    let limit = run.day_tokens.map(|tokens| format!(" of {tokens}")).unwrap_or_default();
    let calls = counted(today.calls, "call");
    writeln!(out, "\ntoday: {calls}, {}{limit} tokens, cost {}", today.tokens, money(today.cost_micros))?;
    Ok(ExitCode::SUCCESS)
}

fn roles(model: &LanguageModel) -> String {
    let codes: Vec<&str> = model.roles.iter().map(|role| role.code()).collect();
    if codes.is_empty() { "none".to_owned() } else { codes.join(", ") }
}

/// How it gives structured output, once it was tested.
fn output(model: &LanguageModel) -> String {
    let code = model.abilities.as_ref().and_then(|a| serde_json::to_value(a.structured).ok());
    code.and_then(|code| code.as_str().map(str::to_owned)).unwrap_or_else(|| "not tested".to_owned())
}
