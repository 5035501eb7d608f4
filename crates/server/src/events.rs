//! What happens right now, in this process and, as far as [`bridge`] hears of it, in others, for whoever watches. The
//! store has what happened; this only saves waiting.

pub mod bridge;

use datafyme_agent::{JobEvents, RunEvents};
use datafyme_domain::{Job, RunEvent, RunId};
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::broadcast;

/// A watcher that falls behind by this many events reads the store instead.
const CAPACITY: usize = 1024;

/// Fans out the events of runs and jobs.
#[derive(Debug)]
pub struct EventHub {
    runs: broadcast::Sender<(RunId, RunEvent)>,
    /// Of these, what this process does itself.
    ours: broadcast::Sender<(RunId, RunEvent)>,
    /// Whether what other processes do is heard of.
    is_bridged: AtomicBool,
    jobs: broadcast::Sender<Job>,
}

impl Default for EventHub {
    fn default() -> Self {
        Self {
            runs: broadcast::Sender::new(CAPACITY),
            ours: broadcast::Sender::new(CAPACITY),
            is_bridged: AtomicBool::new(false),
            jobs: broadcast::Sender::new(CAPACITY),
        }
    }
}

impl EventHub {
    /// Tells the watchers of runs. Nobody watching is fine.
    pub fn publish_run(&self, run: RunId, event: RunEvent) {
        let _ = self.ours.send((run, event.clone()));
        let _ = self.runs.send((run, event));
    }

    /// Whether other processes' events arrive here too, so that the store need not be asked often.
    #[must_use]
    pub fn is_bridged(&self) -> bool {
        self.is_bridged.load(Ordering::Relaxed)
    }

    /// Tells the watchers of jobs. Nobody watching is fine.
    pub fn publish_job(&self, job: &Job) {
        let _ = self.jobs.send(job.clone());
    }

    /// Events of all runs, from now on.
    #[must_use]
    pub fn watch_runs(&self) -> broadcast::Receiver<(RunId, RunEvent)> {
        self.runs.subscribe()
    }

    /// Progress of all jobs, from now on.
    #[must_use]
    pub fn watch_jobs(&self) -> broadcast::Receiver<Job> {
        self.jobs.subscribe()
    }
}

/// Watches nothing: for work that nobody looks at.
#[derive(Debug, Clone, Copy)]
pub struct Unwatched;

impl RunEvents for Unwatched {
    fn emit(&self, _event: RunEvent) {}
}

impl JobEvents for Unwatched {
    fn progress(&self, _job: &Job) {}
}
