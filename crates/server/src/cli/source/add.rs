//! `datafyme source add`

use super::{learn, report_learned};
use crate::{
    App,
    cli::{Failure, Session},
};
use clap::Args;
use console::Term;
use datafyme_agent::AgentError;
use datafyme_connect::SourceUrl;
use datafyme_domain::{DataSource, ErrorKind, Job};
use std::{io::Read, io::Write, process::ExitCode};

/// What `source add` takes.
#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// Short unique name
    name: String,
    /// Where the database is: `postgres://user@host:port/database?schemas=a,b`, `sqlite:///path/to/file`, or a path
    url: String,
    /// Reads the password from standard input
    #[arg(long)]
    password_stdin: bool,
    /// Registers it and leaves the learning to a running `datafyme serve` or `worker`
    #[arg(long)]
    no_wait: bool,
}

pub(super) async fn run(session: &Session, app: &App, args: AddArgs) -> Result<ExitCode, Failure> {
    let mut url = SourceUrl::parse(&args.url)?;
    if args.password_stdin {
        let mut password = String::new();
        std::io::stdin().read_to_string(&mut password)?;
        url.password = Some(password.trim_end_matches(['\r', '\n']).to_owned());
    }
    let (source, job) = register(session, app, &args.name, url).await?;
    if args.no_wait {
        writeln!(std::io::stdout(), "{} is registered; a worker will learn it", source.name)?;
        return Ok(ExitCode::SUCCESS);
    }
    learn(session, app, &source.name, job).await?;
    report_learned(app, session.caller, &source.name).await?;
    Ok(ExitCode::SUCCESS)
}

/// Registers it; where the database wants a password and somebody sits at the terminal, asks for one.
async fn register(
    session: &Session,
    app: &App,
    name: &str,
    mut url: SourceUrl,
) -> Result<(DataSource, Job), AgentError> {
    let registered = app.agent.add_source(session.caller, name, &url).await;
    let wants_password = matches!(&registered, Err(e) if e.kind() == ErrorKind::Unauthenticated);
    if !wants_password || url.password.is_some() || !session.terminal.watched {
        return registered;
    }
    let term = Term::stderr();
    let _ = term.write_str("Password: ");
    match term.read_secure_line() {
        Ok(password) if !password.is_empty() => {
            url.password = Some(password);
            app.agent.add_source(session.caller, name, &url).await
        }
        _ => registered,
    }
}
