//! Approved queries: saved from an answer or written by a person, changed, removed.

use crate::{
    Agent, AgentError, execution, sql_names,
    verified::{Standing, standing},
};
use datafyme_domain::{Caller, DataSourceId, ErrorKind, RunId, RunStatus, VerifiedQuery, VerifiedQueryId};

/// Longest question in characters.
const MAX_QUESTION: usize = 500;
/// Longest query in characters.
const MAX_SQL: usize = 20_000;

/// An approved query, and whether it still stands.
#[derive(Debug, Clone)]
pub struct JudgedQuery {
    /// The query.
    pub query: VerifiedQuery,
    /// How it can be used, or why it cannot be used at all.
    pub standing: Result<Standing, String>,
}

impl Agent {
    /// The approved queries of a data source, newest first.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when the source was never learned.
    pub async fn verified_queries(&self, caller: Caller, source: DataSourceId) -> Result<Vec<JudgedQuery>, AgentError> {
        let mut found = self.inner.parts.metadata.list_verified_queries(caller, source).await?;
        found.retain(VerifiedQuery::is_approved);
        if found.is_empty() {
            self.source(caller, source).await?;
            return Ok(Vec::new());
        }
        let knowledge = self.knowledge(caller, source).await?;
        let judge = |query: VerifiedQuery| JudgedQuery { standing: standing(&query, &knowledge.catalog), query };
        Ok(found.into_iter().map(judge).collect())
    }

    /// Approves the query of an answer for a question; without one, for the question that was asked.
    ///
    /// # Errors
    /// `NotFound`; `InvalidInput` when the run has no query, or when its question refers to earlier ones and no other
    /// is given; `Conflict` when the question has an approved query.
    pub async fn verify_run(
        &self,
        caller: Caller,
        run: RunId,
        question: Option<&str>,
    ) -> Result<VerifiedQuery, AgentError> {
        let metadata = &self.inner.parts.metadata;
        let run = metadata.run(caller, run).await?.ok_or_else(|| AgentError::not_found("run"))?;
        let sql = run.answer.as_ref().filter(|a| a.status == RunStatus::Answered).and_then(|a| a.sql.clone());
        let sql = sql.ok_or_else(|| invalid("this answer has no query that could be approved"))?;
        let (draft, follow_up) = execution::drafted(&**metadata, caller, run.id, &sql).await?;
        let question = question.map(str::trim).filter(|q| !q.is_empty());
        if follow_up && question.is_none_or(|q| q == run.question) {
            return Err(invalid("this question refers to earlier ones: write it so that it stands alone"));
        }
        let question = question.unwrap_or(&run.question);
        let draft = draft.and_then(|draft| serde_json::to_value(draft).ok());
        self.create_verified(caller, run.source_id, question, &sql, draft).await
    }

    /// Approves a query that a person wrote for a question. It is proven safe and compiled by the database first.
    ///
    /// # Errors
    /// `UnsafeSql`, `QueryFailed`, `InvalidInput`; `Conflict` when the question has an approved query.
    pub async fn verify_sql(
        &self,
        caller: Caller,
        source: DataSourceId,
        question: &str,
        sql: &str,
    ) -> Result<VerifiedQuery, AgentError> {
        self.create_verified(caller, source, question, sql, None).await
    }

    async fn create_verified(
        &self,
        caller: Caller,
        source: DataSourceId,
        question: &str,
        sql: &str,
        draft: Option<serde_json::Value>,
    ) -> Result<VerifiedQuery, AgentError> {
        let (question, sql) = accept(question, sql)?;
        let uses = self.try_query(caller, source, sql).await?;
        let metadata = &self.inner.parts.metadata;
        self.refuse_second(caller, source, question, None).await?;
        let now = self.inner.parts.clock.now();
        let query = VerifiedQuery {
            id: VerifiedQueryId::generate(),
            owner_id: caller.user_id,
            source_id: source,
            question: question.to_owned(),
            sql: sql.to_owned(),
            uses,
            draft,
            version: 1,
            author: String::new(),
            created_at: now,
            approved_at: now,
        };
        metadata.create_verified_query(&query).await?;
        let stored = metadata.verified_query(caller, query.id).await?;
        stored.ok_or_else(|| AgentError::not_found("verified query"))
    }

    /// Changes an approved query, which approves it anew. `version` is the one that the change rests on.
    ///
    /// # Errors
    /// As [`Self::verify_sql`]; `NotFound`; `Conflict` when somebody else changed it meanwhile.
    pub async fn change_verified(
        &self,
        caller: Caller,
        id: VerifiedQueryId,
        version: u64,
        question: Option<&str>,
        sql: Option<&str>,
    ) -> Result<VerifiedQuery, AgentError> {
        let metadata = &self.inner.parts.metadata;
        let found = metadata.verified_query(caller, id).await?;
        let before = found.ok_or_else(|| AgentError::not_found("verified query"))?;
        let (question, sql) = accept(question.unwrap_or(&before.question), sql.unwrap_or(&before.sql))?;
        let uses = self.try_query(caller, before.source_id, sql).await?;
        self.refuse_second(caller, before.source_id, question, Some(id)).await?;
        let draft = before.draft.clone().filter(|_| sql == before.sql);
        let after = VerifiedQuery {
            question: question.to_owned(),
            sql: sql.to_owned(),
            uses,
            draft,
            version,
            approved_at: self.inner.parts.clock.now(),
            ..before
        };
        if !metadata.update_verified_query(caller, &after).await? {
            let message = "somebody else changed this query meanwhile: nothing was saved; read it again";
            return Err(AgentError::refused(ErrorKind::Conflict, message));
        }
        metadata.verified_query(caller, id).await?.ok_or_else(|| AgentError::not_found("verified query"))
    }

    /// Removes an approved query.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn remove_verified(&self, caller: Caller, id: VerifiedQueryId) -> Result<(), AgentError> {
        match self.inner.parts.metadata.delete_verified_query(caller, id).await? {
            true => Ok(()),
            false => Err(AgentError::not_found("verified query")),
        }
    }

    /// What a query reads, once the guard and the database have agreed to it.
    async fn try_query(
        &self,
        caller: Caller,
        source: DataSourceId,
        sql: &str,
    ) -> Result<Vec<datafyme_domain::UsedColumn>, AgentError> {
        let source = self.source(caller, source).await?;
        let knowledge = self.knowledge(caller, source.id).await?;
        let connector = self.inner.connectors.get(&*self.inner.parts.metadata, caller, &source).await?;
        let allowed = knowledge.allowed.clone();
        let uses = sql_names::used(sql, &knowledge.catalog, &allowed)?;
        if uses.is_empty() {
            return Err(invalid("this query reads no table: only a query of the data can be approved"));
        }
        let bench = crate::workbench::Workbench::new(connector, allowed, &self.inner.parts.budget);
        bench.explain(&bench.guard(sql)?).await?;
        Ok(uses)
    }

    async fn refuse_second(
        &self,
        caller: Caller,
        source: DataSourceId,
        question: &str,
        but: Option<VerifiedQueryId>,
    ) -> Result<(), AgentError> {
        let known = self.inner.parts.metadata.list_verified_queries(caller, source).await?;
        if known.iter().any(|q| q.is_approved() && Some(q.id) != but && q.is_asked_by(question)) {
            let message = "this question has an approved query already: change or remove that one";
            return Err(AgentError::refused(ErrorKind::Conflict, message));
        }
        Ok(())
    }
}

fn invalid(message: &str) -> AgentError {
    AgentError::refused(ErrorKind::InvalidInput, message)
}

fn accept<'t>(question: &'t str, sql: &'t str) -> Result<(&'t str, &'t str), AgentError> {
    let (question, sql) = (question.trim(), sql.trim().trim_end_matches(';').trim_end());
    let length = question.chars().count();
    if length == 0 || length > MAX_QUESTION {
        return Err(invalid("a question has 1 to 500 characters"));
    }
    if sql.is_empty() || sql.chars().count() > MAX_SQL {
        return Err(invalid("a query has 1 to 20,000 characters"));
    }
    Ok((question, sql))
}
