//! The switch that ends a running query: at its time limit, on request, or when nobody reads it any more.

use crate::{ConnectError, QueryId};
use datafyme_domain::ErrorKind;
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::sync::Notify;

/// Ends one piece of work.
#[derive(Debug)]
pub(crate) struct Stop {
    deadline: Instant,
    limit: Duration,
    cancelled: AtomicBool,
    changed: Notify,
    ended: AtomicBool,
    end: Notify,
}

impl Stop {
    pub(crate) fn after(limit: Duration) -> Arc<Self> {
        let now = Instant::now();
        Arc::new(Self {
            deadline: now.checked_add(limit).unwrap_or(now + Duration::from_secs(86_400)),
            limit,
            cancelled: AtomicBool::new(false),
            changed: Notify::new(),
            ended: AtomicBool::new(false),
            end: Notify::new(),
        })
    }

    pub(crate) fn cancel(&self) {
        self.cancelled.store(true, Ordering::SeqCst);
        self.changed.notify_waiters();
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::SeqCst)
    }

    /// Whether the work must end now.
    pub(crate) fn is_over(&self) -> bool {
        self.is_cancelled() || Instant::now() >= self.deadline
    }

    pub(crate) fn remaining(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// Why it stopped, as an error.
    pub(crate) fn error(&self) -> ConnectError {
        if self.is_cancelled() {
            return ConnectError::new(ErrorKind::Cancelled, "the query was cancelled");
        }
        ConnectError::new(
            ErrorKind::Timeout,
            format!("the query took longer than {:.1} s and was stopped", self.limit.as_secs_f64()),
        )
    }

    /// Waits until it is cancelled, or `grace` has passed after the deadline.
    pub(crate) async fn stopped(&self, grace: Duration) {
        let changed = self.changed.notified();
        tokio::pin!(changed);
        changed.as_mut().enable();
        if self.is_cancelled() {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep_until((self.deadline + grace).into()) => {}
            () = changed => {}
        }
    }

    /// Says that the work has ended, for [`Stop::ended`].
    pub(crate) fn finish(&self) {
        self.ended.store(true, Ordering::SeqCst);
        self.end.notify_waiters();
    }

    /// Waits for the work to end.
    pub(crate) async fn ended(&self) {
        let end = self.end.notified();
        tokio::pin!(end);
        end.as_mut().enable();
        if !self.ended.load(Ordering::SeqCst) {
            end.await;
        }
    }
}

/// The queries that run, by their ids.
#[derive(Debug, Default)]
pub(crate) struct Running(Mutex<HashMap<QueryId, Arc<Stop>>>);

impl Running {
    /// Cancels a query and waits for its end, a few seconds at most. Does nothing when it is not running.
    pub(crate) async fn cancel(&self, query: QueryId) {
        let stop = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&query).cloned();
        if let Some(stop) = stop {
            stop.cancel();
            // A server that does not answer has been told all the same.
            let _ = tokio::time::timeout(Duration::from_secs(5), stop.ended()).await;
        }
    }

    pub(crate) fn add(self: &Arc<Self>, id: QueryId, stop: &Arc<Stop>) -> Registration {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        running.insert(id, Arc::clone(stop));
        Registration { running: Arc::clone(self), id, stop: Arc::clone(stop) }
    }
}

/// Held by whoever reads a query: ends the query and forgets its id when dropped.
#[derive(Debug)]
pub(crate) struct Registration {
    running: Arc<Running>,
    id: QueryId,
    stop: Arc<Stop>,
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.stop.cancel();
        let mut running = self.running.0.lock().unwrap_or_else(PoisonError::into_inner);
        running.remove(&self.id);
    }
}

/// Says that the work has ended when it is dropped, however that came about.
#[derive(Debug)]
pub(crate) struct EndMark(pub(crate) Arc<Stop>);

impl Drop for EndMark {
    fn drop(&mut self) {
        self.0.finish();
    }
}
