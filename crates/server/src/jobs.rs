//! Background work of this process: jobs and runs, each under a lease, so that several processes may share one data
//! directory and a killed one leaves nothing undone.
//!
//! [`worker`] takes whatever waits; [`job`] and [`run`] see one of them through, for the worker and for commands.

mod engines;
mod follow;
pub mod job;
pub mod run;
mod signal;
pub mod worker;

pub use signal::WorkerSignal;

use std::time::Duration;

/// First lease of a claimed job. Renewed while the work goes on; a worker that died is replaced once it ends.
const LEASE: Duration = Duration::from_secs(10);

/// How often the store is asked how another process's work goes.
const FOLLOW: Duration = Duration::from_millis(250);
