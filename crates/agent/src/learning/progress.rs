//! How far a job is: counted by the phases, persisted and reported by the keeper, which holds the job's lease too.

use super::Phase;
use crate::{AgentError, AgentParts, JobEvents, execution::LEASE};
use datafyme_domain::{Job, JobId, JobProgress};
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::time::MissedTickBehavior;

/// How often progress is reported to whoever watches.
const REPORT: Duration = Duration::from_millis(200);
/// Reports per renewal of the lease, which persists the progress.
const REPORTS_PER_RENEWAL: u32 = 5;
/// Weight of the last unit in the moving average of a unit's time.
const SMOOTHING: f64 = 0.1;
/// Units after which the time left is told.
const WARM_UP: u64 = 3;

/// Why a job is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interruption {
    /// Somebody asked for it.
    Cancelled,
    /// Another worker has the job.
    LeaseLost,
}

/// The progress of a job. Shared between its phases and its keeper.
pub(super) struct Progress {
    parts: AgentParts,
    job: Job,
    worker: String,
    state: Mutex<Meter>,
}

struct Meter {
    progress: JobProgress,
    /// Moving average of the seconds from one finished unit to the next.
    pace: Option<f64>,
    last: Instant,
    counted: u64,
}

impl Progress {
    pub(super) fn new(parts: &AgentParts, job: &Job, worker: &str) -> Self {
        Self {
            parts: parts.clone(),
            job: job.clone(),
            worker: worker.to_owned(),
            state: Mutex::new(Meter { progress: job.progress.clone(), pace: None, last: Instant::now(), counted: 0 }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Meter> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Units in all.
    pub(super) fn plan(&self, total: u64) {
        self.lock().progress.total = total;
    }

    /// A phase begins after `done` units; persisted at once, since a resumed job begins with this phase.
    pub(super) async fn enter(&self, phase: Phase, done: u64) -> Result<(), AgentError> {
        {
            let mut meter = self.lock();
            phase.code().clone_into(&mut meter.progress.phase);
            meter.progress.done = done;
            meter.progress.current = None;
            meter.last = Instant::now();
        }
        self.persist().await.map(|_| ())
    }

    /// Work on something begins.
    pub(super) fn begin(&self, current: &str) {
        self.lock().progress.current = Some(current.to_owned());
    }

    /// One more unit was there already: not counted for the pace.
    pub(super) fn skip(&self) {
        self.lock().progress.done += 1;
    }

    /// One more unit is done.
    pub(super) fn step(&self) {
        let mut meter = self.lock();
        let done = meter.progress.done + 1;
        meter.advance(done);
    }

    /// `done` of `total` units are done.
    pub(super) fn at(&self, done: u64, total: u64) {
        let mut meter = self.lock();
        meter.progress.total = total;
        if done > meter.progress.done {
            meter.advance(done);
        }
    }

    /// Everything is done.
    pub(super) fn complete(&self) {
        let mut meter = self.lock();
        meter.progress.done = meter.progress.total;
        meter.progress.current = None;
        meter.progress.seconds_left = Some(0);
    }

    pub(super) fn snapshot(&self) -> JobProgress {
        self.lock().progress.clone()
    }

    /// Writes the progress down and holds the lease longer. `None` when the lease was lost, else whether a cancel was
    /// asked for.
    pub(super) async fn persist(&self) -> Result<Option<bool>, AgentError> {
        let until = self.parts.clock.now() + LEASE;
        let progress = self.snapshot();
        let id: JobId = self.job.id;
        Ok(self.parts.metadata.renew_job(id, &self.worker, &progress, until).await?)
    }

    /// Reports and persists until the job is interrupted.
    pub(super) async fn keep(&self, watch: &dyn JobEvents) -> Result<Interruption, AgentError> {
        let mut ticks = tokio::time::interval(REPORT);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut job = self.job.clone();
        let mut count = 0_u32;
        loop {
            ticks.tick().await;
            let progress = self.snapshot();
            if progress != job.progress || count == 0 {
                job.progress = progress;
                watch.progress(&job);
            }
            if count.is_multiple_of(REPORTS_PER_RENEWAL) {
                match self.persist().await? {
                    None => return Ok(Interruption::LeaseLost),
                    Some(true) => return Ok(Interruption::Cancelled),
                    Some(false) => {}
                }
            }
            count = count.wrapping_add(1);
        }
    }
}

impl Meter {
    fn advance(&mut self, done: u64) {
        let units = done.saturating_sub(self.progress.done).max(1);
        let seconds = self.last.elapsed().as_secs_f64() / units as f64;
        self.last = Instant::now();
        self.pace = Some(self.pace.map_or(seconds, |pace| pace + SMOOTHING * (seconds - pace)));
        self.counted += units;
        self.progress.done = done;
        let left = self.progress.total.saturating_sub(done);
        self.progress.seconds_left = match self.pace {
            Some(pace) if self.counted >= WARM_UP => Some((left as f64 * pace).ceil() as u64),
            _ => None,
        };
    }
}
