//! How far a job is: counted by the phases, persisted and reported by the keeper, which holds the job's lease too.

use super::Phase;
use crate::{AgentError, AgentParts, JobEvents, execution::LEASE};
use datafyme_domain::{ChangedTables, Job, JobId, JobProgress, LearnedChanges};
use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::time::MissedTickBehavior;

/// How often progress is reported to whoever watches.
const REPORT: Duration = Duration::from_millis(200);
/// Reports per renewal of the lease, which persists the progress.
const REPORTS_PER_RENEWAL: u32 = 5;
/// Finished units over which the pace is taken: several times what is under way at once, since they end in bursts.
const WINDOW: usize = 64;
/// Units after which the time left is told.
const WARM_UP: usize = 3;
/// Things under way that are named; the others are counted.
const NAMED: usize = 3;

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
    /// What is under way.
    current: Vec<String>,
    /// Where the phase ends, in units.
    phase_end: u64,
    /// When the last units of this phase were finished, oldest first, and when the phase began before them.
    finished: VecDeque<Instant>,
    /// Seconds per unit in the quickest phase so far: what later phases are taken to need.
    quickest: Option<f64>,
}

/// Something under way; named by the progress until it is dropped.
pub(super) struct Current<'a> {
    progress: &'a Progress,
    name: String,
}

impl Drop for Current<'_> {
    fn drop(&mut self) {
        let mut meter = self.progress.lock();
        if let Some(place) = meter.current.iter().position(|name| *name == self.name) {
            meter.current.remove(place);
        }
        meter.name_current();
    }
}

impl Progress {
    pub(super) fn new(parts: &AgentParts, job: &Job, worker: &str) -> Self {
        Self {
            parts: parts.clone(),
            job: job.clone(),
            worker: worker.to_owned(),
            state: Mutex::new(Meter {
                progress: job.progress.clone(),
                current: Vec::new(),
                phase_end: 0,
                finished: VecDeque::new(),
                quickest: None,
            }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Meter> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Units in all.
    pub(super) fn plan(&self, total: u64) {
        self.lock().progress.total = total;
    }

    /// A phase of `units` begins after `done`; persisted at once, since a resumed job begins with this phase.
    pub(super) async fn enter(&self, phase: Phase, done: u64, units: u64) -> Result<(), AgentError> {
        {
            let mut meter = self.lock();
            phase.code().clone_into(&mut meter.progress.phase);
            meter.progress.done = done;
            meter.progress.current = None;
            meter.quickest = meter.quickest.into_iter().chain(meter.pace()).reduce(f64::min);
            meter.phase_end = done + units;
            meter.finished = VecDeque::from([Instant::now()]);
        }
        self.persist().await.map(|_| ())
    }

    /// Work on something begins, and lasts as long as what is returned.
    pub(super) fn begin(&self, name: &str) -> Current<'_> {
        let mut meter = self.lock();
        meter.current.push(name.to_owned());
        meter.name_current();
        Current { progress: self, name: name.to_owned() }
    }

    /// How far the only thing under way is.
    pub(super) fn say(&self, text: String) {
        self.lock().progress.current = Some(text);
    }

    /// Something that the result will lack.
    pub(super) fn note(&self, note: String) {
        let mut meter = self.lock();
        if !meter.progress.notes.contains(&note) {
            meter.progress.notes.push(note);
        }
    }

    /// What was found changed since the learning before.
    pub(super) fn found(&self, changes: LearnedChanges, tables: Option<ChangedTables>) {
        let mut meter = self.lock();
        meter.progress.changes = Some(changes);
        meter.progress.changed_tables = tables;
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
    fn name_current(&mut self) {
        let named: Vec<&str> = self.current.iter().take(NAMED).map(String::as_str).collect();
        let more = self.current.len() - named.len();
        self.progress.current = match (named.is_empty(), more) {
            (true, _) => None,
            (false, 0) => Some(named.join(", ")),
            (false, more) => Some(format!("{} and {more} more", named.join(", "))),
        };
    }

    fn advance(&mut self, done: u64) {
        let units = done.saturating_sub(self.progress.done).max(1);
        let now = Instant::now();
        for _ in 0..units.min(WINDOW as u64) {
            if self.finished.len() > WINDOW {
                self.finished.pop_front();
            }
            self.finished.push_back(now);
        }
        self.progress.done = done;
        self.progress.seconds_left = match self.pace() {
            Some(pace) if self.finished.len() > WARM_UP => {
                let total = self.progress.total;
                let here = self.phase_end.min(total).saturating_sub(done);
                let later = total.saturating_sub(self.phase_end.max(done));
                let quickest = self.quickest.map_or(pace, |quickest| quickest.min(pace));
                Some((here as f64 * pace + later as f64 * quickest).ceil() as u64)
            }
            _ => None,
        };
    }

    /// Seconds from one finished unit of this phase to the next, of late.
    fn pace(&self) -> Option<f64> {
        let (first, last) = (self.finished.front()?, self.finished.back()?);
        let steps = self.finished.len().saturating_sub(1);
        (steps > 0).then(|| last.duration_since(*first).as_secs_f64() / steps as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meter(total: u64, phase_end: u64) -> Meter {
        Meter {
            progress: JobProgress { total, ..JobProgress::default() },
            current: Vec::new(),
            phase_end,
            finished: VecDeque::from([Instant::now() - Duration::from_secs(100)]),
            quickest: None,
        }
    }

    #[test]
    fn what_is_under_way_is_named_and_the_rest_counted() {
        let mut meter = meter(10, 10);
        let cases: [(&[&str], Option<&str>); 3] =
            [(&[], None), (&["a", "b"], Some("a, b")), (&["a", "b", "c", "d", "e"], Some("a, b, c and 2 more"))];
        for (names, said) in cases {
            meter.current = names.iter().map(|n| (*n).to_owned()).collect();
            meter.name_current();
            assert_eq!(meter.progress.current.as_deref(), said);
        }
    }

    #[test]
    fn the_time_left_is_told_by_the_pace_of_the_phase_and_bursts_do_not_move_it() {
        let mut meter = meter(1_000, 900);
        // 16 at once in 100 seconds: 6.25 seconds each.
        for done in 1..=16 {
            meter.advance(done);
        }
        let left = meter.progress.seconds_left.unwrap();
        assert!((6_100..6_200).contains(&left), "{left} seconds for 984 units");
        // Later phases are taken to be as quick as the quickest before.
        meter.quickest = Some(0.01);
        meter.advance(17);
        let left = meter.progress.seconds_left.unwrap();
        assert!((5_100..5_300).contains(&left), "{left} seconds for 883 units of 5.9 seconds");
    }

    #[test]
    fn nothing_is_told_before_a_few_are_done() {
        let mut meter = meter(10, 10);
        meter.advance(1);
        meter.advance(2);
        assert_eq!(meter.progress.seconds_left, None);
    }
}
