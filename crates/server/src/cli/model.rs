//! `datafyme model`

mod add;
mod discover;
mod list;
mod roles;
mod test;

use super::{Failure, Session};
use crate::{App, models::admin};
use clap::Subcommand;
use console::Term;
use datafyme_domain::LanguageModel;
use datafyme_llm::Secret;
use std::{
    io::{Read, Write},
    path::PathBuf,
    process::ExitCode,
};

/// What `model` does.
#[derive(Debug, Subcommand)]
pub(crate) enum ModelCommand {
    /// Configures a language model or embedder; `use` gives it a role
    Add(add::AddArgs),
    /// Lists the configured models
    List(list::ListArgs),
    /// Calls a model, and remembers what it can do
    Test(NameArgs),
    /// Lists the models that a provider offers
    Discover(discover::DiscoverArgs),
    /// Gives roles to a model
    Use(roles::UseArgs),
    /// Removes a model with its key; its roles are nobody's then
    Remove(NameArgs),
}

/// Names one model.
#[derive(Debug, clap::Args)]
pub(crate) struct NameArgs {
    /// Name of the model
    name: String,
}

/// Where a key comes from.
#[derive(Debug, clap::Args)]
pub(crate) struct KeyArgs {
    /// Reads the key from a file; without this, a terminal asks for it
    #[arg(long, value_name = "FILE")]
    api_key_file: Option<PathBuf>,
    /// Reads the key from standard input
    #[arg(long, conflicts_with = "api_key_file")]
    api_key_stdin: bool,
}

pub(super) async fn run(session: Session, command: ModelCommand) -> Result<ExitCode, Failure> {
    let app = session.app().await?;
    match command {
        ModelCommand::Add(args) => add::run(&session, &app, args).await,
        ModelCommand::List(args) => list::run(&session, &app, args).await,
        ModelCommand::Test(args) => test::run(&session, &app, args).await,
        ModelCommand::Discover(args) => discover::run(&session, &app, args).await,
        ModelCommand::Use(args) => roles::run(&session, &app, args).await,
        ModelCommand::Remove(args) => {
            let model = named(&session, &app, &args.name).await?;
            admin::remove(&app, session.caller, model.id).await?;
            writeln!(std::io::stdout(), "{} is removed", model.name)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// The model of that name.
async fn named(session: &Session, app: &App, name: &str) -> Result<LanguageModel, Failure> {
    if let Some(model) = app.metadata.find_model(session.caller, name).await? {
        return Ok(model);
    }
    let known = app.metadata.list_models(session.caller).await?;
    let names: Vec<&str> = known.iter().map(|m| m.name.as_str()).collect();
    let failure = Failure::usage(format!("there is no model `{name}`"));
    Err(if names.is_empty() {
        failure.hint("configure one with `datafyme model add NAME --provider PROVIDER --model MODEL`")
    } else {
        failure.hint(format!("there are: {}", names.join(", ")))
    })
}

impl KeyArgs {
    /// The key; none when nobody gives one.
    fn key(&self, session: &Session) -> Result<Option<Secret>, Failure> {
        if let Some(file) = &self.api_key_file {
            return Ok(Some(crate::models::read_key(file)?));
        }
        if self.api_key_stdin {
            let mut key = String::new();
            std::io::stdin().read_to_string(&mut key)?;
            return Ok(present(key));
        }
        if !session.terminal.watched || !session.terminal.asked {
            return Ok(None);
        }
        let term = Term::stderr();
        term.write_str("Key (Enter for none): ")?;
        Ok(present(term.read_secure_line()?))
    }
}

fn present(key: String) -> Option<Secret> {
    (!key.trim().is_empty()).then(|| Secret::new(key))
}
