//! `datafyme config`

use super::{Failure, GlobalArgs};
use crate::config::{Environment, load, schema};
use clap::Subcommand;
use std::{io::Write, process::ExitCode};

/// What `config` does.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Reads the configuration, and prints what a process would run with
    Check,
    /// Prints the JSON schema of `datafyme.toml`
    Schema,
}

pub(super) fn run(command: &ConfigCommand, global: &GlobalArgs) -> Result<ExitCode, Failure> {
    let text = match command {
        ConfigCommand::Check => {
            let config = load(global.config.as_deref(), &Environment::of_process())?;
            toml::to_string(&config).map_err(|e| Failure::failed(e.to_string()))?
        }
        ConfigCommand::Schema => {
            serde_json::to_string_pretty(&schema()).map_err(|e| Failure::failed(e.to_string()))? + "\n"
        }
    };
    write!(std::io::stdout(), "{text}")?;
    Ok(ExitCode::SUCCESS)
}
