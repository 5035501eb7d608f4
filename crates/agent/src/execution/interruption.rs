//! What stops a stage: a cancel request, a lost lease, the end of the run's time. Keeps the lease meanwhile.

use super::LEASE;
use crate::{Agent, AgentError};
use datafyme_domain::{Caller, RunId};
use std::time::Duration;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, sleep_until};
use tokio_util::sync::CancellationToken;

/// How often the lease is renewed: three times within its length.
const RENEW: Duration = Duration::from_secs(5);
/// How often a cancel request of another process is looked for.
const LOOK: Duration = Duration::from_millis(500);

/// Why a stage is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interruption {
    /// Somebody asked for it.
    Cancelled,
    /// Another worker has the run.
    LeaseLost,
    /// The run's time is over.
    OutOfTime,
}

/// Watches over a run.
pub(super) struct Watch<'a> {
    agent: &'a Agent,
    caller: Caller,
    run: RunId,
    worker: &'a str,
    cancel: CancellationToken,
    renew: Interval,
    look: Interval,
    deadline: Instant,
}

impl<'a> Watch<'a> {
    /// A watch over a run that has spent `spent_ms` so far.
    pub(super) fn new(agent: &'a Agent, caller: Caller, run: RunId, worker: &'a str, spent_ms: u64) -> Self {
        let now = Instant::now();
        let left = agent.inner.parts.budget.run_ms.saturating_sub(spent_ms);
        Self {
            agent,
            caller,
            run,
            worker,
            cancel: agent.inner.cancels.enter(run),
            renew: ticks(now + RENEW, RENEW),
            // What came while nobody worked on the run was seen when it was claimed.
            look: ticks(now + LOOK, LOOK),
            deadline: now + Duration::from_millis(left),
        }
    }

    /// Whether somebody in this process asked for the end already.
    pub(super) fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    /// Waits for the next interruption.
    pub(super) async fn next(&mut self) -> Result<Interruption, AgentError> {
        let parts = &self.agent.inner.parts;
        loop {
            tokio::select! {
                () = self.cancel.cancelled() => return Ok(Interruption::Cancelled),
                () = sleep_until(self.deadline) => return Ok(Interruption::OutOfTime),
                _ = self.look.tick() => {
                    let run = parts.metadata.run(self.caller, self.run).await?;
                    if run.is_none_or(|r| r.cancel_requested) {
                        return Ok(Interruption::Cancelled);
                    }
                }
                _ = self.renew.tick() => {
                    let until = parts.clock.now() + LEASE;
                    match parts.metadata.renew_run(self.run, self.worker, until).await? {
                        None => return Ok(Interruption::LeaseLost),
                        Some(true) => return Ok(Interruption::Cancelled),
                        Some(false) => {}
                    }
                }
            }
        }
    }
}

fn ticks(from: Instant, every: Duration) -> Interval {
    let mut ticks = interval_at(from, every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
