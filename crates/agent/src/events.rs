//! What a caller can watch while a run or a job is under way.

use datafyme_domain::{Job, RunEvent};

/// Receives the events of a run, in order; the last one is `RunCompleted`. Must not block.
pub trait RunEvents: Send + Sync {
    /// Called once per event.
    fn emit(&self, event: RunEvent);
}

impl<F: Fn(RunEvent) + Send + Sync> RunEvents for F {
    fn emit(&self, event: RunEvent) {
        self(event);
    }
}

/// Receives the progress of a job. Must not block.
pub trait JobEvents: Send + Sync {
    /// Called whenever the job has moved.
    fn progress(&self, job: &Job);
}

impl<F: Fn(&Job) + Send + Sync> JobEvents for F {
    fn progress(&self, job: &Job) {
        self(job);
    }
}
