//! `datafyme model use`

use super::named;
use crate::{
    App,
    cli::{Failure, Session},
    config::RoleName,
    models::admin,
};
use clap::Args;
use datafyme_domain::ModelRole;
use std::{io::Write, process::ExitCode};

/// What `model use` takes.
#[derive(Debug, Args)]
pub(crate) struct UseArgs {
    /// Name of the model; `none` leaves the roles to nobody
    name: String,
    /// What for; may be given several times [default: reason and fast]
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<RoleName>,
}

pub(super) async fn run(session: &Session, app: &App, args: UseArgs) -> Result<ExitCode, Failure> {
    let id = match args.name.as_str() {
        admin::NOBODY => None,
        name => Some(named(session, app, name).await?.id),
    };
    let roles: Vec<ModelRole> = match args.roles.is_empty() {
        true => vec![ModelRole::Reason, ModelRole::Fast],
        false => args.roles.into_iter().map(ModelRole::from).collect(),
    };
    let assigned: Vec<_> = roles.iter().map(|role| (*role, id)).collect();
    admin::assign(app, session.caller, &assigned).await?;
    let codes: Vec<&str> = roles.iter().map(|role| role.code()).collect();
    let mut out = std::io::stdout();
    match id {
        Some(_) => writeln!(out, "{} is used for: {}", args.name, codes.join(", "))?,
        None => writeln!(out, "no model is used for: {}", codes.join(", "))?,
    }
    if roles.contains(&ModelRole::Embed) {
        writeln!(
            out,
            "the search index is made anew by a running `datafyme serve` or `worker`, or by `datafyme reindex`"
        )?;
    }
    Ok(ExitCode::SUCCESS)
}
