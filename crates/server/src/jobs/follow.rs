//! Keeps the embedded search index and relation graph of this process in step with what other processes learned. Where
//! metadata lies in the data directory the embedded stores do too, and whoever learns writes to the same ones. Engines
//! are shared as well: whoever learns writes to them.

use crate::App;
use datafyme_agent::AgentError;
use datafyme_domain::{Caller, DataSourceId};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, fs, sync::Arc, time::Duration};

/// How often it looks: one read of the list of data sources.
const LOOK: Duration = Duration::from_secs(2);

/// Which versions the derived files in a data directory have.
const FILE: &str = "derived.json";

/// Its content.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Built {
    /// What made the vectors, and the version of Datafyme: another one builds anew.
    by: String,
    versions: HashMap<DataSourceId, Version>,
}

/// When a data source was last learned (microseconds), and how many changes by people it has seen.
type Version = (i64, u64);

/// Rebuilds what is derived of a data source whenever another version of it stands in shared metadata than the one that
/// was built, which is kept beside the derived files. A rebuild that this process made already is made once more: it
/// cannot tell who learned.
pub(super) async fn keep_derived(app: Arc<App>) {
    if app.config.metadata.url.is_none() {
        return;
    }
    let mut followed = still_there(&app, read(&app)).await;
    loop {
        let before = followed.clone();
        if let Err(failure) = follow(&app, &mut followed).await {
            tracing::warn!(error = %failure, "derived.left_behind");
        }
        if before != followed {
            write(&app, &followed);
        }
        tokio::select! {
            () = app.shutdown.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

fn builder(app: &App) -> String {
    format!("{} {:?}", env!("CARGO_PKG_VERSION"), app.config.embedder)
}

/// What was built before this process began; a file that is not there or not ours is no harm: all is built then.
fn read(app: &App) -> HashMap<DataSourceId, Version> {
    let text = fs::read_to_string(app.data_dir.join(FILE)).unwrap_or_default();
    let built: Built = serde_json::from_str(&text).unwrap_or_default();
    if built.by == builder(app) { built.versions } else { HashMap::new() }
}

fn write(app: &App, versions: &HashMap<DataSourceId, Version>) {
    let (file, new) = (app.data_dir.join(FILE), app.data_dir.join("derived.json.new"));
    let built = Built { by: builder(app), versions: versions.clone() };
    let written = serde_json::to_vec(&built).map_err(std::io::Error::from).and_then(|text| fs::write(&new, text));
    if let Err(failure) = written.and_then(|()| fs::rename(&new, &file)) {
        tracing::warn!(error = %failure, "derived.versions_not_kept");
    }
}

/// Without the data sources that the index has nothing of: its file was lost, or is of another form.
async fn still_there(app: &App, mut built: HashMap<DataSourceId, Version>) -> HashMap<DataSourceId, Version> {
    for source in built.keys().copied().collect::<Vec<_>>() {
        if app.derived.embedded_search.count(source).await.unwrap_or_default() == 0 {
            built.remove(&source);
        }
    }
    built
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
