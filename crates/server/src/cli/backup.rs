//! `datafyme backup`

use super::{Failure, Session, terminal::counted};
use crate::metadata;
use clap::Args;
use console::style;
use datafyme_domain::{Clock, SystemClock};
use datafyme_store::{PostgresMetadata, SqliteMetadata, metadata::MovedTable};
use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

/// What `backup` takes.
#[derive(Debug, Args)]
pub(crate) struct BackupArgs {
    /// File to write, which must not stand yet, or a directory, in which it is named by the time
    #[arg(value_name = "FILE-OR-DIR")]
    to: PathBuf,
}

pub(super) async fn run(session: Session, args: BackupArgs) -> Result<ExitCode, Failure> {
    session.start_log("error")?;
    let now = SystemClock.now();
    let file = if args.to.is_dir() {
        args.to.join(format!("datafyme-{}.backup", now.format("%Y%m%dT%H%M%SZ")))
    } else {
        args.to
    };
    let config = &session.config.metadata;
    let dir = session.data_dir("datafyme")?;
    let tables = if let Some(url) = &config.url {
        let (vault, password) = (metadata::vault(config, &dir)?, metadata::password(config)?);
        let store = PostgresMetadata::open(url, password.as_deref(), vault).await?;
        store.back_up(&file, now).await?
    } else {
        if !dir.join("datafyme.db").is_file() {
            return Err(Failure::usage(format!("there is no metadata in {}", dir.display()))
                .hint("name the data directory with --data-dir"));
        }
        let store = SqliteMetadata::open(&dir, metadata::vault(config, &dir)?).await?;
        store.back_up(&file, now).await?
    };
    let mut out = io::stdout();
    list(&mut out, &tables)?;
    writeln!(out, "Backed up to {}.", file.display())?;
    writeln!(
        out,
        "Passwords in it are sealed: keep {} elsewhere, or they cannot be read again.",
        metadata::key_place(config, &dir)
    )?;
    Ok(ExitCode::SUCCESS)
}

/// A line for each table: its rows and its checksum.
pub(super) fn list(out: &mut impl Write, tables: &[MovedTable]) -> io::Result<()> {
    for table in tables {
        let rows = counted(table.rows, "row");
        writeln!(out, "{} {:<20} {rows:>14}  {:016x}", style("✓").green(), table.name, table.checksum)?;
    }
    Ok(())
}
