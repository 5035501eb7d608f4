//! Keeps the embedded search index and relation graph of this process in step with what other processes learned. Where
//! metadata lies in the data directory the embedded stores do too, and whoever learns writes to the same ones. Engines
//! are shared as well: whoever learns writes to them.

use crate::App;
use datafyme_agent::AgentError;
use datafyme_domain::{Caller, DataSourceId};
use std::{collections::HashMap, sync::Arc, time::Duration};

/// How often it looks: one read of the list of data sources.
const LOOK: Duration = Duration::from_secs(2);

/// When a data source was last learned (microseconds), and how many changes by people it has seen.
type Version = (i64, u64);

/// Rebuilds what is derived of a data source whenever another version of it stands in shared metadata; at the start, of
/// all. A rebuild that this process made already is made once more: it cannot tell who learned.
pub(super) async fn keep_derived(app: Arc<App>) {
    if app.config.metadata.url.is_none() {
        return;
    }
    let mut followed: HashMap<DataSourceId, Version> = HashMap::new();
    loop {
        if let Err(failure) = follow(&app, &mut followed).await {
            tracing::warn!(error = %failure, "derived.left_behind");
        }
        tokio::select! {
            () = app.shutdown.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

async fn follow(app: &App, followed: &mut HashMap<DataSourceId, Version>) -> Result<(), AgentError> {
    let caller = Caller::local();
    for source in app.metadata.list_sources(caller).await? {
        let Some(learned_at) = source.learned_at else { continue };
        let version = (learned_at.timestamp_micros(), source.knowledge_version);
        if followed.get(&source.id) == Some(&version) {
            continue;
        }
        app.embedded_agent.reindex(caller, source.id).await?;
        followed.insert(source.id, version);
        tracing::info!(source.id = %source.id, "derived.rebuilt");
    }
    Ok(())
}
