//! `datafyme restore`

use super::{Failure, Session, backup::list};
use crate::{derived, metadata};
use clap::Args;
use datafyme_domain::Caller;
use datafyme_store::{PostgresMetadata, SqliteMetadata, metadata::Staging};
use std::{fs, io::Write, path::PathBuf, process::ExitCode};

/// What `restore` takes.
#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    /// File that `datafyme backup` wrote; goes to where the configuration keeps metadata, which must be empty
    #[arg(value_name = "FILE")]
    from: PathBuf,
}

pub(super) async fn run(session: Session, args: RestoreArgs) -> Result<ExitCode, Failure> {
    session.start_log("error")?;
    let config = &session.config.metadata;
    let dir = session.data_dir("datafyme")?;
    let file = dir.join("datafyme.db");
    if config.url.is_none() && file.exists() {
        return Err(Failure::failed(format!("there is metadata in {} already", dir.display()))
            .hint("restore into another --data-dir, or move that one away"));
    }
    fs::create_dir_all(&dir)?;
    let vault = metadata::vault(config, &dir)?;
    let staging = Staging::within(&dir)?;
    let (copy, checked) = SqliteMetadata::open_backup(&args.from, &staging, vault.clone()).await?;
    if let Some(url) = &config.url {
        let store = PostgresMetadata::open(url, metadata::password(config)?.as_deref(), vault).await?;
        store.move_from(&copy).await?;
        copy.close().await;
    } else {
        copy.close().await;
        staging.publish(&file)?;
    }
    let mut out = std::io::stdout();
    list(&mut out, &checked)?;
    writeln!(out, "Restored: rows and checksums are those of the backup.")?;
    // What is derived is made anew; what was under way when the backup was taken goes on with the next worker.
    let app = session.app_in(dir).await?;
    for source in app.metadata.list_sources(session.caller).await? {
        if source.learned_at.is_some() {
            let whole = derived::rebuild(&app, Caller { user_id: source.owner_id }, source.id).await?;
            let rest = if whole { "" } else { " here; Milvus or Neo4j follow when they answer" };
            writeln!(out, "{} is indexed again{rest}.", source.name)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
