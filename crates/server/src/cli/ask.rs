//! `datafyme ask`

use super::{Failure, OutputFormat, Session, answer, failure::code_of, progress::RunProgressView};
use crate::{App, config::EffortLevel, jobs::run::see_through};
use clap::Args;
use datafyme_domain::{Answer, ConversationId, DataSource, Effort, Run, RunEvent};
use std::process::ExitCode;

/// What `ask` takes.
#[derive(Debug, Args)]
pub(crate) struct AskArgs {
    /// Name of the data source
    #[arg(long, value_name = "NAME")]
    source: String,
    /// `json` prints one object with the answer, its rows, checks and steps
    #[arg(long, default_value = "text")]
    format: OutputFormat,
    /// Goes on with that conversation, so that the question may refer to earlier ones
    #[arg(long, value_name = "ID")]
    conversation: Option<ConversationId>,
    /// How many queries a model writes before one is chosen: one, three or five [default: as configured, else low]
    #[arg(long, value_name = "EFFORT")]
    effort: Option<EffortLevel>,
    /// Chooses that reading where the question can be read in several ways; it is read so from then on
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..))]
    reading: Option<u8>,
    /// Forgets which reading of the question was chosen before, then asks it
    #[arg(long, conflicts_with = "reading")]
    forget_reading: bool,
    /// In plain language
    question: String,
}

pub(super) async fn run(session: Session, args: AskArgs) -> Result<ExitCode, Failure> {
    let app = session.app().await?;
    let source = session.source(&app, &args.source).await?;
    if let Some(id) = args.conversation {
        let found = app.metadata.conversation(session.caller, id).await?;
        if found.is_none_or(|c| c.source_id != source.id) {
            return Err(Failure::usage(format!("{} has no conversation {id}", source.name)));
        }
    }
    let question = Question { text: &args.question, conversation: args.conversation, effort: args.effort };
    let (mut run, mut answer) = ask(&session, &app, &source, question).await?;
    if args.forget_reading && app.agent.forget_reading(session.caller, run.id).await? {
        (run, answer) = ask(&session, &app, &source, question).await?;
    }
    if let Some(position) = args.reading {
        if answer.readings.is_empty() {
            // A choice made before hides the others: it is forgotten first.
            if app.agent.forget_reading(session.caller, run.id).await? {
                (run, answer) = ask(&session, &app, &source, question).await?;
            }
        }
        if !answer.readings.is_empty() {
            run = app.agent.choose_reading(session.caller, run.id, position.into()).await?;
            answer = see_to_its_end(&session, &app, &run).await?;
        }
    }
    let steps = app.metadata.steps(session.caller, run.id).await?;
    match args.format {
        OutputFormat::Json => answer::print_json(&run, &answer, &steps)?,
        OutputFormat::Text => answer::print_text(session.terminal, &args.question, &answer)?,
    }
    Ok(code_of(answer.status))
}

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question<'a> {
    pub(super) text: &'a str,
    /// Goes on with that one.
    pub(super) conversation: Option<ConversationId>,
    /// As configured when absent.
    pub(super) effort: Option<EffortLevel>,
}

/// Puts a question and sees it through. Ctrl-C cancels it.
pub(super) async fn ask(
    session: &Session,
    app: &App,
    source: &DataSource,
    question: Question<'_>,
) -> Result<(Run, Answer), Failure> {
    let caller = session.caller;
    let conversation = match question.conversation {
        Some(id) => id,
        None => app.agent.new_conversation(caller, source.id).await?.id,
    };
    let effort: Effort = question.effort.unwrap_or(app.config.run.effort).into();
    let run = app.agent.start_run_with(caller, conversation, question.text, effort).await?;
    let answer = see_to_its_end(session, app, &run).await?;
    Ok((run, answer))
}

async fn see_to_its_end(session: &Session, app: &App, run: &Run) -> Result<Answer, Failure> {
    let view = RunProgressView::start(session.terminal);
    let ended = see_through(app, session.caller, run.id, &|event: RunEvent| view.show(&event)).await;
    view.finish();
    app.telemetry.flush().await;
    Ok(ended?)
}
