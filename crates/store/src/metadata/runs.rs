//! Runs and their steps.

use crate::StoreError;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use datafyme_domain::{Answer, Caller, ConversationId, Message, Run, RunId, Step};

/// Runs and their steps. A run is worked on by whoever holds its lease; a lease that ended may be taken over.
#[async_trait]
pub trait Runs {
    /// Writes the user's message and its run at once.
    ///
    /// # Errors
    /// `NotFound` when the conversation is not the caller's; `Conflict` when it has an unfinished run.
    async fn start_run(&self, caller: Caller, start: &RunStart) -> Result<(), StoreError>;

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

    /// Takes the lease of that unfinished run, if nobody else holds it. Returns whether it did.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn claim_run(
        &self,
        id: RunId,
        worker: &str,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
    ) -> Result<bool, StoreError>;

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

    /// Writes a step, in place of one at the same position.
    ///
    /// # Errors
    /// `NotFound` when the run was removed meanwhile.
    async fn put_step(&self, step: &Step) -> Result<(), StoreError>;

    /// Steps of a run in order.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn steps(&self, caller: Caller, run: RunId) -> Result<Vec<Step>, StoreError>;

    /// Ends a run: its answer, the assistant's message and the conversation's time in one step. The first end wins:
    /// returns whether this was it.
    ///
    /// # Errors
    /// `NotFound` when the run was removed meanwhile.
    async fn finish_run(
        &self,
        id: RunId,
        answer: &Answer,
        message: &Message,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError>;

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
