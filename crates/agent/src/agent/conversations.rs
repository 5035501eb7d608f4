//! Conversations and their runs.

use crate::{Agent, AgentError, RunEvents};
use datafyme_domain::{Answer, Caller, Conversation, ConversationId, DataSourceId, ErrorKind, Run, RunId};

impl Agent {
    /// Begins a conversation over a data source.
    ///
    /// # Errors
    /// `NotFound` when the caller has no such source.
    pub async fn new_conversation(&self, caller: Caller, source: DataSourceId) -> Result<Conversation, AgentError> {
        let _ = (caller, source);
        Err(unsupported())
    }

    /// Puts a question into a conversation: the message and its run, both persisted, nothing executed yet. The first
    /// question gives the conversation its title.
    ///
    /// # Errors
    /// `InvalidInput` for an empty or over-long question, `NotFound`, `Conflict` when the source cannot be asked now
    /// or the conversation has an unfinished run.
    pub async fn start_run(
        &self,
        caller: Caller,
        conversation: ConversationId,
        question: &str,
    ) -> Result<Run, AgentError> {
        let _ = (caller, conversation, question);
        Err(unsupported())
    }

    /// Works on a run until it ends: takes its lease, goes on from its persisted steps, obeys cancel requests.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when another worker holds it or took it over; failures of the metadata store, after
    /// which the run can be resumed. Everything else ends in an answer.
    pub async fn execute_run(
        &self,
        caller: Caller,
        run: RunId,
        worker: &str,
        events: &dyn RunEvents,
    ) -> Result<Answer, AgentError> {
        let _ = (caller, run, worker, events);
        Err(unsupported())
    }

    /// Asks a run to stop; one that this process works on stops at once. Returns whether there was an unfinished one.
    ///
    /// # Errors
    /// Failures of the metadata store.
    pub async fn cancel_run(&self, caller: Caller, run: RunId) -> Result<bool, AgentError> {
        let _ = (caller, run);
        Err(unsupported())
    }

    /// Unfinished runs that no worker holds.
    ///
    /// # Errors
    /// Failures of the metadata store.
    pub async fn abandoned_runs(&self) -> Result<Vec<Run>, AgentError> {
        Err(unsupported())
    }
}

fn unsupported() -> AgentError {
    AgentError::refused(ErrorKind::Unsupported, "not in this build")
}
