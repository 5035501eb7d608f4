//! `datafyme model test`

use super::{NameArgs, named};
use crate::{
    App,
    cli::{Failure, Session},
    models::trial,
};
use console::style;
use std::{io::Write, process::ExitCode};

pub(super) async fn run(session: &Session, app: &App, args: NameArgs) -> Result<ExitCode, Failure> {
    let model = named(session, app, &args.name).await?;
    let name = model.name.clone();
    let trial = trial::test(app, session.caller, model).await?;
    if let Some(cause) = trial.error {
        return Err(Failure::failed(format!("{name} does not work: {cause}")));
    }
    let mut can = Vec::new();
    if let Some(abilities) = trial.abilities {
        can.push(match abilities.structured {
            datafyme_domain::StructuredMode::Schema => "holds to JSON schemas",
            datafyme_domain::StructuredMode::Tool => "gives JSON by calling tools",
            datafyme_domain::StructuredMode::Json => "gives JSON",
            datafyme_domain::StructuredMode::Text => "gives JSON in text",
        });
        can.extend(abilities.streaming.then_some("streams"));
        can.extend(abilities.tools.then_some("calls tools"));
    } else {
        can.push("embeds");
    }
    writeln!(std::io::stdout(), "{} {name}: {} ({} ms)", style("✓").green(), can.join(", "), trial.latency_ms)?;
    Ok(ExitCode::SUCCESS)
}
