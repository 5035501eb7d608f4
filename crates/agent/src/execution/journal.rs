//! What of a run is written down, and when.

use super::taken_over;
use crate::AgentError;
use datafyme_domain::{RunId, Step};
use datafyme_store::MetadataStore;
use std::time::{Duration, Instant};

/// The most work of a run that is not written down: what the successor of a lost worker does again. Steps that are
/// younger wait for those after them, and are written together with them or with the end; a stage that takes longer is
/// written as running, for those who watch from another process. A call of a model that costs anything takes longer, so
/// its step is due as soon as it is over: it is written together with the step after it, as soon as that one waits for
/// anything.
const UNWRITTEN: Duration = Duration::from_millis(100);

/// The steps of a run on their way to the store.
pub(super) struct Journal<'a> {
    metadata: &'a dyn MetadataStore,
    run: RunId,
    worker: &'a str,
    /// Steps that are over and not written yet.
    unwritten: Vec<Step>,
    /// When the first step began that is not written as it is now.
    since: Option<Instant>,
    /// How long steps may stay unwritten.
    patience: Duration,
    /// When steps became due.
    due: Option<Instant>,
}

impl<'a> Journal<'a> {
    /// The journal of a run that `worker` holds. Whatever cost a run its worker may come again: in one that was taken
    /// over, each step is written by itself, so that it comes further every time.
    pub(super) const fn new(metadata: &'a dyn MetadataStore, run: RunId, worker: &'a str, is_taken_over: bool) -> Self {
        let patience = if is_taken_over { Duration::ZERO } else { UNWRITTEN };
        Self { metadata, run, worker, unwritten: Vec::new(), since: None, patience, due: None }
    }

    /// Takes note that a step begins; returns how long it may go on before it is to be written as running.
    pub(super) fn begin(&mut self, started: Instant) -> Duration {
        let since = *self.since.get_or_insert(started);
        if self.due.is_some() {
            return Duration::ZERO;
        }
        if self.unwritten.is_empty() { UNWRITTEN } else { self.patience.saturating_sub(since.elapsed()) }
    }

    /// Writes the steps that are over, and this one, which is not.
    ///
    /// # Errors
    /// `Conflict` when another worker has the run; failures of the store.
    pub(super) async fn announce(&mut self, running: &Step) -> Result<(), AgentError> {
        self.unwritten.push(running.clone());
        let was_due = self.due.is_some();
        self.write().await?;
        if was_due {
            // What was old is written; the step under way began just now.
            self.since = Some(Instant::now());
        }
        Ok(())
    }

    /// Takes in a step that is over, and writes what has waited long enough.
    ///
    /// # Errors
    /// As [`Self::announce`].
    pub(super) async fn add(&mut self, step: Step) -> Result<(), AgentError> {
        self.unwritten.push(step);
        if self.due.is_none() && self.since.is_none_or(|since| since.elapsed() < self.patience) {
            return Ok(());
        }
        let due = *self.due.get_or_insert_with(Instant::now);
        if self.patience.is_zero() || due.elapsed() >= self.patience {
            self.write().await?;
            self.since = None;
        }
        Ok(())
    }

    /// The steps that are to be written with the run's end.
    pub(super) fn unwritten(&self) -> &[Step] {
        &self.unwritten
    }

    async fn write(&mut self) -> Result<(), AgentError> {
        if !self.metadata.put_steps(self.run, self.worker, &self.unwritten).await? {
            return Err(taken_over());
        }
        self.unwritten.clear();
        self.due = None;
        Ok(())
    }
}
