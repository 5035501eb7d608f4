//! `datafyme migrate-metadata`

use super::{Failure, Session, backup::list};
use crate::{
    config::{ConfigError, MetadataConfig},
    metadata,
};
use clap::Args;
use datafyme_store::{PostgresMetadata, SqliteMetadata};
use std::{io::Write, path::PathBuf, process::ExitCode};

/// What `migrate-metadata` takes.
#[derive(Debug, Args)]
pub(crate) struct MigrateMetadataArgs {
    /// Data directory to move from; stop its servers and workers first
    #[arg(long, value_name = "sqlite:DIR")]
    from: String,
    /// Empty database to move to, without the password: that is DATAFYME_METADATA__PASSWORD, or metadata.password_file
    #[arg(long, value_name = "postgres://USER@HOST/DATABASE")]
    to: String,
}

pub(super) async fn run(session: Session, args: MigrateMetadataArgs) -> Result<ExitCode, Failure> {
    session.start_log("error")?;
    let dir = args.from.strip_prefix("sqlite:").map(PathBuf::from);
    let dir = dir.ok_or_else(|| Failure::usage("--from names no SQLite data directory").hint("write sqlite:DIR"))?;
    if !dir.join("datafyme.db").is_file() {
        return Err(Failure::usage(format!("there is no metadata in {}", dir.display())));
    }
    let config = MetadataConfig { url: Some(args.to), ..session.config.metadata.clone() };
    if let Some(cause) = config.fault() {
        return Err(ConfigError::BadValue { origin: "--to".to_owned(), cause }.into());
    }
    let vault = metadata::vault(&config, &dir)?;
    let source = SqliteMetadata::open(&dir, vault.clone()).await?;
    let password = metadata::password(&config)?;
    let target = PostgresMetadata::open(config.url.as_deref().unwrap_or_default(), password.as_deref(), vault).await?;
    let moved = target.move_from(&source).await?;
    let mut out = std::io::stdout();
    list(&mut out, &moved)?;
    writeln!(out, "Rows and checksums are the same on both sides.")?;
    if config.key.is_none() && config.key_file.is_none() {
        let key = dir.join("secret.key");
        writeln!(out, "Give every process this key as metadata.key_file: {}", key.display())?;
    }
    Ok(ExitCode::SUCCESS)
}
