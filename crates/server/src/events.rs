//! What happens in this process right now, for whoever watches. The store has what happened; this only saves waiting.

use datafyme_agent::{JobEvents, RunEvents};
use datafyme_domain::{Job, RunEvent, RunId};
use tokio::sync::broadcast;

/// A watcher that falls behind by this many events reads the store instead.
const CAPACITY: usize = 1024;

/// Fans out the events of runs and jobs that this process works on.
#[derive(Debug)]
pub struct EventHub {
    runs: broadcast::Sender<(RunId, RunEvent)>,
    jobs: broadcast::Sender<Job>,
}

impl Default for EventHub {
    fn default() -> Self {
        Self { runs: broadcast::Sender::new(CAPACITY), jobs: broadcast::Sender::new(CAPACITY) }
    }
}

impl EventHub {
    /// Tells the watchers of runs. Nobody watching is fine.
    pub fn publish_run(&self, run: RunId, event: RunEvent) {
        let _ = self.runs.send((run, event));
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
