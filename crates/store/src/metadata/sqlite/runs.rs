//! Runs and their steps.

use super::SqliteMetadata;
use super::conversations::append_message;
use super::steps::{calls_of_run, put_steps};
use crate::StoreError;
use crate::metadata::columns::{get_bool, get_id, json, micros};
use crate::metadata::statements::runs::{
    ABANDONED, CLAIM, CREATE, FINISH, GET, LIST, RENEW, REQUEST_CANCEL, STEPS, check_end, check_start, no_conversation,
    no_run, read_run, read_step, still_running,
};
use crate::metadata::{Lease, RunClaim, RunEnd, RunStart, Runs};
use crate::sqlite_file::{Failure, Statements, WriteError};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use datafyme_domain::{Caller, ConversationId, Run, RunId, Step, UserId};
use rusqlite::{Connection, Row};

const OWNS_CONVERSATION: &str = "
    SELECT 1 FROM conversations WHERE id = $1 AND owner_id = $2 AND source_id = $3";

const HOLDER: &str = "SELECT worker FROM runs WHERE id = $1 AND owner_id = $2";

/// Whose run it is, and whether that worker holds it.
const HELD: &str = "
    SELECT owner_id, CASE WHEN status = 'running' AND worker = $2 THEN 1 ELSE 0 END AS held FROM runs WHERE id = $1";

fn create_run(connection: &Connection, owner: UserId, run: &Run) -> rusqlite::Result<()> {
    let values: [&dyn rusqlite::ToSql; 10] = [
        &run.id.to_string(),
        &owner.to_string(),
        &run.conversation_id.to_string(),
        &run.message_id.to_string(),
        &run.source_id.to_string(),
        &run.question,
        &run.status.code(),
        &i64::from(run.cancel_requested),
        &micros(run.created_at),
        &run.effort.code(),
    ];
    connection.run(CREATE, &values).map(drop)
}

/// The owner of a run, if that worker holds it.
fn owner_if_held(connection: &Connection, id: RunId, worker: &str) -> Result<Option<UserId>, WriteError> {
    let read = |row: &Row<'_>| Ok((get_id(row, "owner_id")?, get_bool(row, "held")?));
    let (owner, held): (UserId, bool) =
        connection.row(HELD, &[&id.to_string(), &worker], read)?.ok_or_else(|| no_run(id))?;
    Ok(held.then_some(owner))
}

/// Steps with their calls; within a transaction, so that the calls are those of these very steps.
fn steps_of(connection: &Connection, owner: UserId, run: RunId) -> rusqlite::Result<Vec<Step>> {
    let mut steps = connection.rows(STEPS, &[&run.to_string(), &owner.to_string()], |row| read_step(row))?;
    if steps.is_empty() {
        return Ok(steps);
    }
    let mut calls = calls_of_run(connection, owner, run)?;
    for step in &mut steps {
        step.calls = calls.remove(&step.id).unwrap_or_default();
    }
    Ok(steps)
}

fn claim(connection: &Connection, owner: UserId, id: RunId, lease: Lease<'_>) -> Result<Option<RunClaim>, WriteError> {
    let (run, user) = (id.to_string(), owner.to_string());
    let before: Option<Option<String>> = connection.row(HOLDER, &[&run, &user], |row| row.get("worker"))?;
    let values: [&dyn rusqlite::ToSql; 5] = [&run, &lease.worker, &micros(lease.now), &micros(lease.until), &user];
    if connection.run(CLAIM, &values)? == 0 {
        return Ok(None);
    }
    let is_taken_over = before.flatten().is_some();
    let steps = if is_taken_over { steps_of(connection, owner, id)? } else { Vec::new() };
    let claimed = connection.row(GET, &[&run, &user], |row| read_run(row))?;
    Ok(claimed.map(|run| RunClaim { run, is_taken_over, steps }))
}

#[async_trait]
impl Runs for SqliteMetadata {
    async fn start_run(&self, caller: Caller, start: &RunStart) -> Result<bool, StoreError> {
        let RunStart { message, run } = start.clone();
        check_start(start)?;
        let owner = caller.user_id;
        let write = move |connection: &Connection| {
            let values = [&run.conversation_id.to_string(), &owner.to_string(), &run.source_id.to_string()];
            let owned = connection.row(OWNS_CONVERSATION, &values.map(|v| v as &dyn rusqlite::ToSql), |_| Ok(()))?;
            if owned.is_none() {
                return Err(no_conversation(run.conversation_id).into());
            }
            let position = append_message(connection, owner, &message)?;
            match create_run(connection, owner, &run) {
                Ok(()) => Ok(position == 0),
                Err(error) if Failure::of_sqlite(&error) == Failure::Duplicate => Err(still_running().into()),
                Err(error) => Err(error.into()),
            }
        };
        self.file.write_together(write).await
    }

    async fn run(&self, caller: Caller, id: RunId) -> Result<Option<Run>, StoreError> {
        let (id, owner) = (id.to_string(), caller.user_id.to_string());
        self.file.read_here(|connection| connection.row(GET, &[&id, &owner], |row| read_run(row)))
    }

    async fn list_runs(&self, caller: Caller, conversation: ConversationId) -> Result<Vec<Run>, StoreError> {
        let (conversation, owner) = (conversation.to_string(), caller.user_id.to_string());
        self.file.read_here(|connection| connection.rows(LIST, &[&conversation, &owner], |row| read_run(row)))
    }

    async fn claim_run(&self, caller: Caller, id: RunId, lease: Lease<'_>) -> Result<Option<RunClaim>, StoreError> {
        let (worker, now, until) = (lease.worker.to_owned(), lease.now, lease.until);
        let write =
            move |connection: &Connection| claim(connection, caller.user_id, id, Lease { worker: &worker, now, until });
        self.file.write_together(write).await
    }

    async fn abandoned_runs(&self, now: DateTime<Utc>) -> Result<Vec<Run>, StoreError> {
        self.file.read_here(|connection| connection.rows(ABANDONED, &[&micros(now)], |row| read_run(row)))
    }

    async fn renew_run(&self, id: RunId, worker: &str, lease_until: DateTime<Utc>) -> Result<Option<bool>, StoreError> {
        let (id, worker, until) = (id.to_string(), worker.to_owned(), micros(lease_until));
        let write = move |connection: &Connection| {
            Ok(connection.row(RENEW, &[&id, &worker, &until], |row| get_bool(row, "cancel_requested"))?)
        };
        self.file.write_together(write).await
    }

    async fn put_steps(&self, run: RunId, worker: &str, steps: &[Step]) -> Result<bool, StoreError> {
        let (worker, steps) = (worker.to_owned(), steps.to_vec());
        let write = move |connection: &Connection| {
            let Some(owner) = owner_if_held(connection, run, &worker)? else { return Ok(false) };
            put_steps(connection, owner, run, &steps)?;
            Ok(true)
        };
        self.file.write_together(write).await
    }

    async fn steps(&self, caller: Caller, run: RunId) -> Result<Vec<Step>, StoreError> {
        self.file.read_here(|connection| {
            let moment = connection.unchecked_transaction()?;
            steps_of(&moment, caller.user_id, run)
        })
    }

    async fn finish_run(&self, run: RunId, worker: &str, end: RunEnd<'_>) -> Result<bool, StoreError> {
        let RunEnd { steps, answer, message, at } = end;
        check_end(answer)?;
        let (document, status) = (json(answer).map_err(|error| self.failed("write to", error))?, answer.status.code());
        let (worker, steps, message) = (worker.to_owned(), steps.to_vec(), message.clone());
        let write = move |connection: &Connection| {
            let Some(owner) = owner_if_held(connection, run, &worker)? else { return Ok(false) };
            put_steps(connection, owner, run, &steps)?;
            connection.run(FINISH, &[&run.to_string(), &status, &document, &micros(at)])?;
            append_message(connection, owner, &message)?;
            Ok(true)
        };
        self.file.write_together(write).await
    }

    async fn request_run_cancel(&self, caller: Caller, id: RunId) -> Result<bool, StoreError> {
        let (id, owner) = (id.to_string(), caller.user_id.to_string());
        let write = move |connection: &Connection| Ok(connection.run(REQUEST_CANCEL, &[&id, &owner])? > 0);
        self.file.write_together(write).await
    }
}
