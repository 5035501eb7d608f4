//! `datafyme reindex`

use super::{Failure, Session, terminal::counted};
use crate::derived;
use clap::Args;
use console::style;
use std::{io::Write, process::ExitCode};

/// What `reindex` takes.
#[derive(Debug, Args)]
pub(crate) struct ReindexArgs {
    /// Only this data source [default: all that were learned]
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
}

pub(super) async fn run(session: Session, args: ReindexArgs) -> Result<ExitCode, Failure> {
    let app = session.app().await?;
    let sources = match &args.source {
        Some(name) => vec![session.source(&app, name).await?],
        None => app.metadata.list_sources(session.caller).await?,
    };
    for source in sources.into_iter().filter(|s| s.learned_at.is_some()) {
        let whole = derived::rebuild(&app, session.caller, source.id).await?;
        let documents = app.search.count(source.id).await?;
        let relations = app.graph.relations(source.id).await?.len();
        writeln!(
            std::io::stdout(),
            "{} {}: {} and {} indexed",
            style("✓").green(),
            source.name,
            counted(documents, "document"),
            counted(relations as u64, "relation")
        )?;
        if !whole {
            let engines = app.derived.remotes().filter_map(|remote| remote.status().failure);
            let cause = engines.collect::<Vec<String>>().join("; ");
            writeln!(std::io::stderr(), "{} {}: embedded only, {cause}", style("!").yellow(), source.name)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
