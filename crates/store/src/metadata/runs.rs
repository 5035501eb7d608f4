//! Runs and their steps.

use crate::StoreError;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use datafyme_domain::{Answer, Caller, ConversationId, Message, Run, RunId, Step};

/// Runs and their steps. A run is worked on by whoever holds its lease; a lease that ended may be taken over.
#[async_trait]
pub trait Runs {
    /// Writes the user's message and its run at once. Returns whether it is the first message of its conversation.
    ///
    /// # Errors
    /// `NotFound` when the conversation is not the caller's; `Conflict` when it has an unfinished run.
    async fn start_run(&self, caller: Caller, start: &RunStart) -> Result<bool, StoreError>;

    /// By id.
    ///
    /// # Errors
    /// `Corrupt`.
    async fn run(&self, caller: Caller, id: RunId) -> Result<Option<Run>, StoreError>;

    /// The runs of a conversation, oldest first.
    ///
    /// # Errors
    /// `Corrupt`.
    async fn list_runs(&self, caller: Caller, conversation: ConversationId) -> Result<Vec<Run>, StoreError>;

    /// Takes the lease of that unfinished run of the caller's, if nobody else holds it, and gives all that its worker
    /// goes on from; `None` when it did not take it.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn claim_run(&self, caller: Caller, id: RunId, lease: Lease<'_>) -> Result<Option<RunClaim>, StoreError>;

    /// Unfinished runs that nobody holds: what a worker resumes.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn abandoned_runs(&self, now: DateTime<Utc>) -> Result<Vec<Run>, StoreError>;

    /// Holds the lease longer. Returns `None` when it was lost, else whether a cancel was asked for.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn renew_run(&self, id: RunId, worker: &str, lease_until: DateTime<Utc>) -> Result<Option<bool>, StoreError>;

    /// Writes steps of a run, each in place of one at the same position, all of them or none. Returns whether it did:
    /// a worker whose lease was taken over, or whose run has ended, writes nothing.
    ///
    /// # Errors
    /// `NotFound` when the run was removed meanwhile.
    async fn put_steps(&self, run: RunId, worker: &str, steps: &[Step]) -> Result<bool, StoreError>;

    /// Steps of a run in order.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn steps(&self, caller: Caller, run: RunId) -> Result<Vec<Step>, StoreError>;

    /// Ends a run that the worker holds: its last steps, its answer, the assistant's message and the conversation's time
    /// in one step. The first end wins: returns whether this was it.
    ///
    /// # Errors
    /// `NotFound` when the run was removed meanwhile; `InvalidInput` for an answer without a final status.
    async fn finish_run(&self, run: RunId, worker: &str, end: RunEnd<'_>) -> Result<bool, StoreError>;

    /// Asks an unfinished run to stop. Returns whether there was one.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn request_run_cancel(&self, caller: Caller, id: RunId) -> Result<bool, StoreError>;
}

/// A run to start with the message that it answers.
#[derive(Debug, Clone)]
pub struct RunStart {
    /// The user's message; its `run_id` is the run's.
    pub message: Message,
    /// The run, unfinished.
    pub run: Run,
}

/// Who takes a lease, and until when.
#[derive(Debug, Clone, Copy)]
pub struct Lease<'a> {
    /// Name of the worker.
    pub worker: &'a str,
    /// A lease that ended by then may be taken over.
    pub now: DateTime<Utc>,
    /// When this one ends.
    pub until: DateTime<Utc>,
}

/// A run whose lease was taken.
#[derive(Debug, Clone, PartialEq)]
pub struct RunClaim {
    /// The run.
    pub run: Run,
    /// Whether a worker had it before, and was lost or gave it up.
    pub is_taken_over: bool,
    /// What was written of its steps, in order.
    pub steps: Vec<Step>,
}

/// How a run ends.
#[derive(Debug, Clone, Copy)]
pub struct RunEnd<'a> {
    /// Steps that are not written yet.
    pub steps: &'a [Step],
    /// Its status is final.
    pub answer: &'a Answer,
    /// What the assistant says.
    pub message: &'a Message,
    /// When.
    pub at: DateTime<Utc>,
}
