//! Cancel requests within this process: obeyed at once, without waiting for the next look at the store.

use datafyme_domain::RunId;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio_util::sync::CancellationToken;

/// Runs that this process works on.
#[derive(Debug, Default)]
pub(crate) struct Cancels {
    tokens: Mutex<HashMap<RunId, CancellationToken>>,
}

impl Cancels {
    /// The token of a run that is worked on here.
    pub(crate) fn enter(&self, run: RunId) -> CancellationToken {
        self.lock().entry(run).or_default().clone()
    }

    /// The run has ended.
    pub(crate) fn leave(&self, run: RunId) {
        self.lock().remove(&run);
    }

    /// Stops a run if it is worked on here.
    pub(crate) fn cancel(&self, run: RunId) {
        if let Some(token) = self.lock().get(&run) {
            token.cancel();
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<RunId, CancellationToken>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
