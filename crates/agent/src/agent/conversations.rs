//! Conversations and their runs.

use crate::{
    Agent, AgentError, RunEvents,
    analyst::{Ledger, Opinion},
    execution,
};
use datafyme_domain::{
    Answer, Caller, Conversation, ConversationId, DataSource, DataSourceId, Effort, ErrorKind, Message, MessageId,
    Role, Run, RunId, RunStatus, SourceStatus,
};
use datafyme_store::metadata::RunStart;

/// Longest question in characters.
const MAX_QUESTION: usize = 4_000;
/// Longest title in characters.
const MAX_TITLE: usize = 80;

impl Agent {
    /// Begins a conversation over a data source.
    ///
    /// # Errors
    /// `NotFound` when the caller has no such source.
    pub async fn new_conversation(&self, caller: Caller, source: DataSourceId) -> Result<Conversation, AgentError> {
        let source = self.source(caller, source).await?;
        let now = self.inner.parts.clock.now();
        let conversation = Conversation {
            id: ConversationId::generate(),
            owner_id: caller.user_id,
            source_id: source.id,
            title: "New conversation".to_owned(),
            created_at: now,
            updated_at: now,
        };
        self.inner.parts.metadata.create_conversation(&conversation).await?;
        Ok(conversation)
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
        self.start_run_with(caller, conversation, question, Effort::default()).await
    }

    /// As [`Self::start_run`], with that much effort.
    ///
    /// # Errors
    /// As [`Self::start_run`].
    pub async fn start_run_with(
        &self,
        caller: Caller,
        conversation: ConversationId,
        question: &str,
        effort: Effort,
    ) -> Result<Run, AgentError> {
        let question = accept(question)?;
        let metadata = &self.inner.parts.metadata;
        let found = metadata.conversation(caller, conversation).await?;
        let conversation = found.ok_or_else(|| AgentError::not_found("conversation"))?;
        let source = self.source(caller, conversation.source_id).await?;
        askable(&source)?;
        let now = self.inner.parts.clock.now();
        let run_id = RunId::generate();
        let message = Message {
            id: MessageId::generate(),
            conversation_id: conversation.id,
            role: Role::User,
            text: question.to_owned(),
            run_id: Some(run_id),
            created_at: now,
        };
        let run = Run {
            id: run_id,
            owner_id: caller.user_id,
            conversation_id: conversation.id,
            message_id: message.id,
            source_id: source.id,
            question: question.to_owned(),
            status: RunStatus::Running,
            answer: None,
            cancel_requested: false,
            effort,
            created_at: now,
            finished_at: None,
        };
        let start = RunStart { message, run: run.clone() };
        if metadata.start_run(caller, &start).await? {
            let title = self.title(question).await;
            metadata.rename_conversation(caller, conversation.id, &title, now).await?;
        }
        Ok(run)
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
        execution::execute(self, caller, run, worker, events).await
    }

    /// Asks a run to stop; one that this process works on stops at once. Returns whether there was an unfinished one.
    ///
    /// # Errors
    /// Failures of the metadata store.
    pub async fn cancel_run(&self, caller: Caller, run: RunId) -> Result<bool, AgentError> {
        let asked = self.inner.parts.metadata.request_run_cancel(caller, run).await?;
        if asked {
            self.inner.cancels.cancel(run);
        }
        Ok(asked)
    }

    /// Unfinished runs that no worker holds.
    ///
    /// # Errors
    /// Failures of the metadata store.
    pub async fn abandoned_runs(&self) -> Result<Vec<Run>, AgentError> {
        let now = self.inner.parts.clock.now();
        Ok(self.inner.parts.metadata.abandoned_runs(now).await?)
    }

    /// The analyst's title, or the question itself, shortened.
    async fn title(&self, question: &str) -> String {
        let title = match self.inner.parts.analyst.title(question, &Ledger::default()).await {
            Ok(Opinion::Given(title)) if !title.title.trim().is_empty() => title.title,
            _ => question.to_owned(),
        };
        title.trim().chars().take(MAX_TITLE).collect()
    }
}

fn accept(question: &str) -> Result<&str, AgentError> {
    let question = question.trim();
    let length = question.chars().count();
    let invalid = |message: String| Err(AgentError::refused(ErrorKind::InvalidInput, message));
    if length == 0 {
        return invalid("the question is empty: type what you want to know".to_owned());
    }
    if length > MAX_QUESTION {
        return invalid(format!("the question has {length} characters; the most is {MAX_QUESTION}: shorten it"));
    }
    Ok(question)
}

/// Whether a source can be asked now; else why not, and what to do.
fn askable(source: &DataSource) -> Result<(), AgentError> {
    let name = &source.name;
    let why = match source.status {
        SourceStatus::Ready => return Ok(()),
        SourceStatus::Loading => format!("{name} is still being learned: ask when it is ready"),
        SourceStatus::Paused => format!("{name} is paused: resume it first"),
        SourceStatus::Error => format!(
            "{name} could not be learned ({}): learn it again first",
            source.status_detail.as_deref().unwrap_or("no cause was noted")
        ),
    };
    Err(AgentError::refused(ErrorKind::Conflict, why))
}
