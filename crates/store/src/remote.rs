//! An engine on another machine that may be away, and what it missed meanwhile. Start at [`Remote`].
//!
//! What is written goes to the embedded back end first, which is always there, then to the engine. Before the engine is
//! written to, a file of the data source's id is made, and it is taken away when all went well: so it is known after any
//! crash which data sources the engine lacks something of. These are read from the embedded back end, and so is
//! everything while the engine is away, until somebody has built them anew within [`Remote::begin_repair`] and
//! [`Remote::end_repair`].

use crate::StoreError;
use async_trait::async_trait;
use datafyme_domain::{DataSourceId, ErrorKind};
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A server that a back end needs.
#[async_trait]
pub trait Engine: Send + Sync + Debug {
    /// Its name and version, once it has answered.
    ///
    /// # Errors
    /// `Unavailable`, `Unauthenticated`.
    async fn check(&self) -> Result<String, StoreError>;
}

/// How an engine does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RemoteStatus {
    /// Why it is not used, when it is not.
    pub failure: Option<String>,
    /// Data sources that it lacks something of.
    pub behind: Vec<DataSourceId>,
}

/// What is known of an engine.
#[derive(Debug)]
pub struct Remote {
    /// What it serves as: `search index`, `relation graph`.
    role: &'static str,
    engine: Arc<dyn Engine>,
    /// One file per data source that the engine lacks something of, or that it is being written of.
    dir: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    failure: Option<String>,
    sources: BTreeMap<DataSourceId, Source>,
}

/// What is known of a data source that has a file.
#[derive(Debug, Default)]
struct Source {
    /// Writes under way.
    writes: usize,
    /// The engine lacks something of it.
    behind: bool,
    /// It is being built anew.
    repair: bool,
    /// A write failed since that began.
    failed: bool,
}

impl Remote {
    /// Of an engine, with what the files of `dir` say that it lacks. The directory is made where it is missing.
    ///
    /// # Errors
    /// `Unavailable`: the directory cannot be read or made.
    pub fn open(role: &'static str, engine: Arc<dyn Engine>, dir: &Path) -> Result<Self, StoreError> {
        let failed = |error| cannot("read", dir, &error);
        std::fs::create_dir_all(dir).map_err(failed)?;
        let mut sources = BTreeMap::new();
        for entry in std::fs::read_dir(dir).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            if let Some(source) = name.to_str().and_then(|name| name.parse().ok()) {
                sources.insert(source, Source { behind: true, ..Source::default() });
            }
        }
        Ok(Self { role, engine, dir: dir.to_owned(), state: Mutex::new(State { failure: None, sources }) })
    }

    /// What it serves as.
    #[must_use]
    pub const fn role(&self) -> &'static str {
        self.role
    }

    /// How it does, as far as is known: [`Self::probe`] asks it.
    #[must_use]
    pub fn status(&self) -> RemoteStatus {
        let state = self.state();
        let behind = state.sources.iter().filter(|(_, source)| source.behind).map(|(id, _)| *id);
        RemoteStatus { behind: behind.collect(), failure: state.failure.clone() }
    }

    /// Asks it whether it is there: it is used again when it is. Its name and version.
    ///
    /// # Errors
    /// `Unavailable`, `Unauthenticated`: it is not.
    pub async fn probe(&self) -> Result<String, StoreError> {
        let answer = self.engine.check().await;
        self.observe(&answer);
        answer
    }

    /// Begins to build what it has of a data source anew: what is written of it from now on goes to the engine.
    pub fn begin_repair(&self, source: DataSourceId) {
        if let Some(source) = self.state().sources.get_mut(&source) {
            (source.repair, source.failed) = (true, false);
        }
    }

    /// Ends it, `done` or not. Whether the engine now has all.
    pub fn end_repair(&self, source: DataSourceId, done: bool) -> bool {
        let mut state = self.state();
        let Some(known) = state.sources.get_mut(&source) else { return true };
        known.repair = false;
        if done && !known.failed {
            known.behind = false;
        }
        let whole = !known.behind;
        self.settle(&mut state, source);
        whole
    }

    /// Notes that the engine lacks something of a data source.
    pub fn note_behind(&self, source: DataSourceId) {
        self.state().sources.entry(source).or_default().behind = true;
        self.keep_file(source);
    }

    /// Whether these data sources are read from it.
    pub(crate) fn serves(&self, sources: &[DataSourceId]) -> bool {
        let state = self.state();
        state.failure.is_none() && !sources.iter().any(|id| state.sources.get(id).is_some_and(|source| source.behind))
    }

    /// What the engine answered, or `None` when the embedded back end is to be read instead.
    pub(crate) async fn read<T>(
        &self,
        sources: &[DataSourceId],
        read: impl Future<Output = Result<T, StoreError>>,
    ) -> Option<Result<T, StoreError>> {
        if !self.serves(sources) {
            return None;
        }
        let outcome = read.await;
        self.observe(&outcome);
        match outcome {
            Err(error) if error.kind() != ErrorKind::InvalidInput => None,
            outcome => Some(outcome),
        }
    }

    /// Writes something of a data source, or notes that the engine lacks it.
    pub(crate) async fn write(&self, source: DataSourceId, write: impl Future<Output = Result<(), StoreError>>) {
        let Some(mut writing) = self.begin_write(source) else { return };
        let outcome = write.await;
        self.observe(&outcome);
        writing.done = outcome.is_ok();
    }

    /// `None` when it is not to be written to: it is away, or will be given all of the data source anyway.
    fn begin_write(&self, source: DataSourceId) -> Option<Writing<'_>> {
        let mut state = self.state();
        let away = state.failure.is_some();
        let known = state.sources.entry(source).or_default();
        let is_new = known.writes == 0 && !known.behind;
        if away || (known.behind && !known.repair) {
            (known.behind, known.failed) = (true, true);
        } else {
            known.writes += 1;
        }
        let goes_on = known.writes > 0 && !away && (!known.behind || known.repair);
        drop(state);
        if is_new {
            self.keep_file(source);
        }
        goes_on.then_some(Writing { remote: self, source, done: false })
    }

    fn end_write(&self, source: DataSourceId, done: bool) {
        let mut state = self.state();
        if let Some(known) = state.sources.get_mut(&source) {
            known.writes = known.writes.saturating_sub(1);
            if !done {
                (known.behind, known.failed) = (true, true);
            }
        }
        self.settle(&mut state, source);
    }

    /// Forgets a data source of which the engine has all.
    fn settle(&self, state: &mut State, source: DataSourceId) {
        if state.sources.get(&source).is_some_and(|known| known.writes == 0 && !known.behind && !known.repair) {
            state.sources.remove(&source);
            if let Err(error) = std::fs::remove_file(self.file(source)) {
                tracing::warn!(source.id = %source, %error, "engine.note_stays");
            }
        }
    }

    fn observe<T>(&self, outcome: &Result<T, StoreError>) {
        let failure = match outcome {
            Ok(_) => None,
            // The engine is there, and says that it was asked something that it cannot do.
            Err(error) if error.kind() == ErrorKind::InvalidInput => return,
            Err(error) => Some(error.to_string()),
        };
        let mut state = self.state();
        match (&state.failure, &failure) {
            (None, Some(cause)) => tracing::warn!(engine.role = self.role, cause, "engine.away"),
            (Some(_), None) => tracing::info!(engine.role = self.role, "engine.back"),
            _ => {}
        }
        state.failure = failure;
    }

    /// One that cannot be made is logged: what is behind is then known until this process ends.
    fn keep_file(&self, source: DataSourceId) {
        if let Err(error) = std::fs::write(self.file(source), []) {
            tracing::warn!(source.id = %source, %error, "engine.note_lost");
        }
    }

    fn file(&self, source: DataSourceId) -> PathBuf {
        self.dir.join(source.to_string())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A write under way; one that is dropped on the way has failed.
struct Writing<'a> {
    remote: &'a Remote,
    source: DataSourceId,
    done: bool,
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        self.remote.end_write(self.source, self.done);
    }
}

fn cannot(what: &str, dir: &Path, error: &std::io::Error) -> StoreError {
    StoreError::new(ErrorKind::Unavailable, format!("cannot {what} {}: {error}", dir.display()))
}
