//! `datafyme model discover`

use super::KeyArgs;
use crate::{
    App,
    cli::{Failure, Session},
    config::ProviderName,
    models::trial::{self, ProviderAddress},
};
use clap::Args;
use std::{io::Write, process::ExitCode};

/// What `model discover` takes.
#[derive(Debug, Args)]
pub(crate) struct DiscoverArgs {
    /// Whose protocol
    #[arg(long)]
    provider: ProviderName,
    /// Where it is reached [default: the provider's own address]
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    #[command(flatten)]
    key: KeyArgs,
}

pub(super) async fn run(session: &Session, app: &App, args: DiscoverArgs) -> Result<ExitCode, Failure> {
    let key = args.key.key(session)?;
    let at = ProviderAddress { provider: args.provider.into(), base_url: args.base_url, key, like: None };
    let models = trial::discover(app, session.caller, at).await?;
    let mut out = std::io::stdout();
    if models.is_empty() {
        writeln!(out, "the provider offers no models")?;
    }
    for model in models {
        writeln!(out, "{model}")?;
    }
    Ok(ExitCode::SUCCESS)
}
