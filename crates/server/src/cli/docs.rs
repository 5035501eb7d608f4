//! `datafyme docs`

use super::{Failure, Session, terminal::counted};
use crate::knowledge_files::{FileError, Place, export, import};
use clap::{Args, Subcommand};
use std::{io::Write, path::PathBuf, process::ExitCode};

/// Documentation as files.
#[derive(Debug, Subcommand)]
pub(crate) enum DocsCommand {
    /// Writes what is known of a data source as YAML, made to be kept in Git
    Export(ExportArgs),
    /// Reads such files back; what they do not mention stays as it is
    Import(ImportArgs),
}

/// What `docs export` takes.
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// Name of the data source
    #[arg(long, value_name = "NAME")]
    source: String,
    /// A file that ends in .yaml, or a directory for one file a table
    #[arg(value_name = "DIR|FILE")]
    path: PathBuf,
}

/// What `docs import` takes.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// Name of the data source
    #[arg(long, value_name = "NAME")]
    source: String,
    /// What `docs export` wrote, changed or not
    #[arg(value_name = "DIR|FILE")]
    path: PathBuf,
    /// Say what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) async fn run(session: Session, command: DocsCommand) -> Result<ExitCode, Failure> {
    let app = session.app().await?;
    let mut out = std::io::stdout();
    match command {
        DocsCommand::Export(args) => {
            let source = session.source(&app, &args.source).await?;
            let files = export(&app, session.caller, source.id, &Place::of(&args.path)).await?;
            writeln!(out, "{} in {}", counted(files as u64, "file"), args.path.display())?;
        }
        DocsCommand::Import(args) => {
            let source = session.source(&app, &args.source).await?;
            let place = Place::of(&args.path);
            let done = import(&app, session.caller, source.id, &place, args.dry_run).await?;
            for change in &done.changes {
                writeln!(out, "{change}")?;
            }
            let what = counted(done.changes.len() as u64, "change");
            match (done.changes.is_empty(), args.dry_run) {
                (true, _) => writeln!(out, "nothing to change: {} is as in the files", source.name)?,
                (false, true) => writeln!(out, "{what} to make; nothing was changed (--dry-run)")?,
                (false, false) => writeln!(out, "{what} made in {}", source.name)?,
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl From<FileError> for Failure {
    fn from(failure: FileError) -> Self {
        match failure {
            FileError::Agent(failure) => failure.into(),
            content @ FileError::Content(_) => {
                Self::usage(format!("nothing was changed:\n{content}")).hint("mend these lines, then import again")
            }
            io @ FileError::Io { .. } => Self::failed(io.to_string()),
        }
    }
}
