//! `datafyme run`

use super::{
    Failure, OutputFormat, Session,
    terminal::{counted, money},
};
use crate::App;
use clap::{Args, Subcommand};
use console::style;
use datafyme_domain::{ModelCall, ModelCallOutcome, Run, RunId, RunStatus, Step};
use serde_json::json;
use std::{io::Write, process::ExitCode};

/// What `run` does.
#[derive(Debug, Subcommand)]
pub(crate) enum RunCommand {
    /// Shows how a question was answered, step by step, with every call of a model
    Show(ShowArgs),
}

/// What `run show` takes.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// The run, as `ask --format json` names it
    id: RunId,
    /// `json` prints the run and its steps as the HTTP API serves them
    #[arg(long, default_value = "text")]
    format: OutputFormat,
}

pub(super) async fn run(session: Session, command: RunCommand) -> Result<ExitCode, Failure> {
    let RunCommand::Show(args) = command;
    let app = session.app().await?;
    let (run, steps) = found(&session, &app, args.id).await?;
    match args.format {
        OutputFormat::Json => {
            let text = serde_json::to_string_pretty(&json!({ "run": run, "steps": steps }));
            writeln!(std::io::stdout(), "{}", text.map_err(|e| Failure::failed(e.to_string()))?)?;
        }
        OutputFormat::Text => print(&run, &steps)?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn found(session: &Session, app: &App, id: RunId) -> Result<(Run, Vec<Step>), Failure> {
    let run = app.metadata.run(session.caller, id).await?;
    let run = run.ok_or_else(|| {
        Failure::usage(format!("there is no run {id}"))
            .hint("`datafyme ask --format json` prints a question's `run_id`")
    })?;
    Ok((run, app.metadata.steps(session.caller, id).await?))
}

fn print(run: &Run, steps: &[Step]) -> Result<(), Failure> {
    let mut out = std::io::stdout();
    writeln!(out, "{}", style(&run.question).bold())?;
    writeln!(out, "{}", style(headline(run)).dim())?;
    writeln!(out)?;
    for step in steps {
        let ms = step.duration_ms.map_or_else(|| "…".to_owned(), |ms| format!("{ms} ms"));
        writeln!(out, "{:>3}  {:<22} {ms:>9}  {}", step.seq, step.stage.replace('_', " "), step.summary)?;
        for call in &step.calls {
            writeln!(out, "     {} {}", style("→").cyan(), call_line(call))?;
        }
    }
    if let Some(answer) = &run.answer {
        let text = if run.status == RunStatus::Answered { style(&answer.text) } else { style(&answer.text).yellow() };
        writeln!(out, "\n{text}")?;
    }
    Ok(())
}

/// What it came to, who reasoned, and what it cost.
fn headline(run: &Run) -> String {
    let mut parts = vec![format!("{} · effort {}", run.status.code(), run.effort.code())];
    if let Some(usage) = run.answer.as_ref().map(|a| &a.usage) {
        parts.push(format!("{} ms", usage.total_ms));
        parts.push(format!("by {}", if usage.analyst.is_empty() { "nobody" } else { &usage.analyst }));
        if usage.model_calls > 0 {
            parts.push(format!(
                "{}, {} + {} tokens",
                counted(usage.model_calls, "call"),
                usage.prompt_tokens,
                usage.completion_tokens
            ));
        }
        parts.extend(usage.cost_micros.map(|micros| format!("cost {}", money(micros))));
    }
    parts.join(" · ")
}

fn call_line(call: &ModelCall) -> String {
    let outcome = match call.outcome {
        ModelCallOutcome::Answered => style("answered").green(),
        ModelCallOutcome::Repaired => style("repaired").yellow(),
        ModelCallOutcome::Malformed => style("malformed").red(),
        ModelCallOutcome::Refused => style("refused").red(),
        ModelCallOutcome::Failed => style("failed").red(),
    };
    let mut line = format!(
        "{} by {}: {outcome}, {} + {} tokens, {} ms",
        call.task, call.model, call.prompt_tokens, call.completion_tokens, call.duration_ms
    );
    if call.attempts > 1 {
        line.push_str(&format!(", {} requests", call.attempts));
    }
    if let Some(micros) = call.cost_micros {
        line.push_str(&format!(", cost {}", money(micros)));
    }
    line.push_str(&format!(", prompt {}", call.prompt_hash));
    if let Some(error) = &call.error {
        line.push_str(&format!(" ({error})"));
    }
    line
}
