//! A person's choice among the readings of a question: kept per data source, so that the question is read so from then on.

use crate::{Agent, AgentError, rule_analyst::readings::normalized};
use datafyme_domain::{Caller, ErrorKind, Run, RunId, VerifiedQuery, VerifiedQueryId};

impl Agent {
    /// Chooses the reading at `position` (from 1) of a declined run, remembers it for its data source, and puts the
    /// question again into the same conversation. A choice made before for the same question is replaced.
    ///
    /// # Errors
    /// `NotFound`; `InvalidInput` where the run offers no such reading; else as [`Self::start_run`].
    pub async fn choose_reading(&self, caller: Caller, run: RunId, position: usize) -> Result<Run, AgentError> {
        let run = self.run_of(caller, run).await?;
        let readings = run.answer.as_ref().map_or(&[][..], |a| a.readings.as_slice());
        let chosen = position.checked_sub(1).and_then(|at| readings.get(at)).ok_or_else(|| {
            let message = match readings.len() {
                0 => "this answer offers no readings to choose from".to_owned(),
                n => format!("this answer offers the readings 1 to {n}"),
            };
            AgentError::refused(ErrorKind::InvalidInput, message)
        })?;
        let now = self.inner.parts.clock.now();
        let query = VerifiedQuery {
            id: VerifiedQueryId::generate(),
            owner_id: caller.user_id,
            source_id: run.source_id,
            question: run.question.clone(),
            sql: chosen.sql.clone(),
            uses: Vec::new(),
            draft: None,
            version: 1,
            author: String::new(),
            created_at: now,
            approved_at: now,
        };
        self.forget_choice(caller, &run).await?;
        self.inner.parts.metadata.create_verified_query(&query).await?;
        self.start_run_with(caller, run.conversation_id, &run.question, run.effort).await
    }

    /// Forgets which reading was chosen for the question of a run. Returns whether one was.
    ///
    /// # Errors
    /// `NotFound`; failures of the metadata store.
    pub async fn forget_reading(&self, caller: Caller, run: RunId) -> Result<bool, AgentError> {
        let run = self.run_of(caller, run).await?;
        self.forget_choice(caller, &run).await
    }

    async fn run_of(&self, caller: Caller, run: RunId) -> Result<Run, AgentError> {
        let found = self.inner.parts.metadata.run(caller, run).await?;
        found.ok_or_else(|| AgentError::not_found("run"))
    }

    async fn forget_choice(&self, caller: Caller, run: &Run) -> Result<bool, AgentError> {
        let metadata = &self.inner.parts.metadata;
        let question = normalized(&run.question);
        let mut any = false;
        for known in metadata.list_verified_queries(caller, run.source_id).await? {
            if !known.is_approved() && normalized(&known.question) == question {
                any |= metadata.delete_verified_query(caller, known.id).await?;
            }
        }
        Ok(any)
    }
}
