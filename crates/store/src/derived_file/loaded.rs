//! What is kept in memory of one data source, and how it is known to be still what the file says.

use super::{DerivedFile, Stamp};
use crate::StoreError;
use datafyme_domain::DataSourceId;
use sqlx::SqliteConnection;
use std::sync::{Arc, Mutex as Lock, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// File systems stamp writes with a clock that ticks every few milliseconds: two writes within a tick may look like
/// one. A stamp that has stood for longer than that cannot hide another write.
const TICK: Duration = Duration::from_millis(50);

/// A value with the generation that it is of. Whoever finds it old loads it anew while others that want the same wait.
#[derive(Debug)]
pub(crate) struct Loaded<T> {
    kept: Mutex<Option<(i64, Arc<T>)>>,
    /// Lets a value be used again without asking SQLite, as long as nobody has written to the file.
    settled: Lock<Option<Settled<T>>>,
}

#[derive(Debug)]
struct Settled<T> {
    value: Arc<T>,
    stamp: Stamp,
    /// When this stamp was first seen.
    since: Instant,
    /// Whether the generation was compared after the stamp had stood for a tick.
    is_sure: bool,
}

impl<T> Default for Loaded<T> {
    fn default() -> Self {
        Self { kept: Mutex::new(None), settled: Lock::new(None) }
    }
}

impl<T> Loaded<T> {
    /// The value as of now, through `load` when it is not of the file's generation.
    pub(crate) async fn get<F>(&self, file: &DerivedFile, source: DataSourceId, load: F) -> Result<Arc<T>, StoreError>
    where
        F: AsyncFnOnce(&mut SqliteConnection) -> Result<T, StoreError>,
    {
        // Read before the generation is: a write in between makes the stamp old, never the value.
        let stamp = file.stamp();
        if let Some(value) = self.unchanged(stamp) {
            return Ok(value);
        }
        let mut kept = self.kept.lock().await;
        let mut tx = file.read().await?;
        let generation = file.generation(&mut tx, source).await?;
        let value = match kept.as_ref() {
            Some((of, value)) if *of == generation => Arc::clone(value),
            _ => Arc::new(load(&mut tx).await?),
        };
        *kept = Some((generation, Arc::clone(&value)));
        self.settle(stamp, &value);
        Ok(value)
    }

    fn unchanged(&self, stamp: Option<Stamp>) -> Option<Arc<T>> {
        let settled = self.settled.lock().unwrap_or_else(PoisonError::into_inner);
        settled.as_ref().filter(|s| s.is_sure && Some(s.stamp) == stamp).map(|s| Arc::clone(&s.value))
    }

    fn settle(&self, stamp: Option<Stamp>, value: &Arc<T>) {
        let mut settled = self.settled.lock().unwrap_or_else(PoisonError::into_inner);
        let since = settled.as_ref().filter(|s| Some(s.stamp) == stamp).map_or_else(Instant::now, |s| s.since);
        *settled =
            stamp.map(|stamp| Settled { value: Arc::clone(value), stamp, since, is_sure: since.elapsed() > TICK });
    }
}
