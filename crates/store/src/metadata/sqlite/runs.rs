//! Runs and their steps.

use super::SqliteMetadata;
use super::column::{bigint, json, micros};
use super::conversations::append_message;
use super::model_calls::{calls_of_run, put_step_calls};
use super::row::{code, get_bool, get_code, get_count, get_id, get_optional_json, get_optional_time, get_time};
use crate::StoreError;
use crate::metadata::{Lease, RunClaim, RunEnd, RunStart, Runs};
use crate::sqlite_file::{Failure, Statements, WriteError};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use datafyme_domain::{Caller, ConversationId, ErrorKind, Run, RunId, Step, UserId};
use rusqlite::{Connection, Row};

const OWNS_CONVERSATION: &str = "
    SELECT 1 FROM conversations WHERE id = $1 AND owner_id = $2 AND source_id = $3";

const CREATE: &str = "
    INSERT INTO runs (id, owner_id, conversation_id, message_id, source_id, question, status, cancel_requested,
                      created_at, effort)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

const GET: &str = "SELECT * FROM runs WHERE id = $1 AND owner_id = $2";

const LIST: &str = "
    SELECT r.* FROM runs r JOIN messages m ON m.id = r.message_id
    WHERE r.conversation_id = $1 AND r.owner_id = $2 ORDER BY m.position";

const CLAIM: &str = "
    UPDATE runs SET worker = $2, lease_until = $4
    WHERE id = $1 AND owner_id = $5 AND status = 'running' AND (lease_until IS NULL OR lease_until <= $3)";

const HOLDER: &str = "SELECT worker FROM runs WHERE id = $1 AND owner_id = $2";

const ABANDONED: &str = "
    SELECT * FROM runs WHERE status = 'running' AND (lease_until IS NULL OR lease_until <= $1)
    ORDER BY created_at, id";

const RENEW: &str = "
    UPDATE runs SET lease_until = $3 WHERE id = $1 AND worker = $2 AND status = 'running'
    RETURNING cancel_requested";

const PUT_STEP: &str = "
    INSERT INTO steps (id, run_id, seq, owner_id, stage, status, outcome, summary, started_at, duration_ms)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    ON CONFLICT (run_id, seq) DO UPDATE SET
        id = excluded.id, stage = excluded.stage, status = excluded.status, outcome = excluded.outcome,
        summary = excluded.summary, started_at = excluded.started_at, duration_ms = excluded.duration_ms";

const STEPS: &str = "SELECT * FROM steps WHERE run_id = $1 AND owner_id = $2 ORDER BY seq";

/// Whose run it is, and whether that worker holds it. On a back end with row locks it is to lock the row.
const HELD: &str = "
    SELECT owner_id, CASE WHEN status = 'running' AND worker = $2 THEN 1 ELSE 0 END AS held FROM runs WHERE id = $1";

const FINISH: &str = "
    UPDATE runs SET status = $2, answer = $3, finished_at = $4, worker = NULL, lease_until = NULL
    WHERE id = $1";

const REQUEST_CANCEL: &str = "
    UPDATE runs SET cancel_requested = 1 WHERE id = $1 AND owner_id = $2 AND status = 'running'";

fn read_run(row: &Row<'_>) -> rusqlite::Result<Run> {
    Ok(Run {
        id: get_id(row, "id")?,
        owner_id: get_id(row, "owner_id")?,
        conversation_id: get_id(row, "conversation_id")?,
        message_id: get_id(row, "message_id")?,
        source_id: get_id(row, "source_id")?,
        question: row.get("question")?,
        status: get_code(row, "status")?,
        answer: get_optional_json(row, "answer")?,
        cancel_requested: get_bool(row, "cancel_requested")?,
        effort: get_code(row, "effort")?,
        created_at: get_time(row, "created_at")?,
        finished_at: get_optional_time(row, "finished_at")?,
    })
}

fn read_step(row: &Row<'_>) -> rusqlite::Result<Step> {
    let duration_ms: Option<i64> = row.get("duration_ms")?;
    Ok(Step {
        id: get_id(row, "id")?,
        run_id: get_id(row, "run_id")?,
        seq: get_count(row, "seq")?,
        stage: row.get("stage")?,
        status: get_code(row, "status")?,
        outcome: row.get("outcome")?,
        summary: row.get("summary")?,
        started_at: get_time(row, "started_at")?,
        duration_ms: duration_ms.and_then(|ms| u64::try_from(ms).ok()),
        calls: Vec::new(),
    })
}

fn no_run(id: RunId) -> StoreError {
    StoreError::new(ErrorKind::NotFound, format!("there is no run {id}: it may have been removed"))
}

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

fn put_step(connection: &Connection, owner: UserId, step: &Step) -> Result<(), WriteError> {
    let values: [&dyn rusqlite::ToSql; 10] = [
        &step.id.to_string(),
        &step.run_id.to_string(),
        &i64::from(step.seq),
        &owner.to_string(),
        &step.stage,
        &code(&step.status)?,
        &step.outcome,
        &step.summary,
        &micros(step.started_at),
        &step.duration_ms.map(bigint),
    ];
    connection.run(PUT_STEP, &values)?;
    put_step_calls(connection, owner, step)
}

/// Steps with their calls; within a transaction, so that the calls are those of these very steps.
fn steps_of(connection: &Connection, owner: UserId, run: RunId) -> rusqlite::Result<Vec<Step>> {
    let mut steps = connection.rows(STEPS, &[&run.to_string(), &owner.to_string()], read_step)?;
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
    let claimed = connection.row(GET, &[&run, &user], read_run)?;
    Ok(claimed.map(|run| RunClaim { run, is_taken_over, steps }))
}

#[async_trait]
impl Runs for SqliteMetadata {
    async fn start_run(&self, caller: Caller, start: &RunStart) -> Result<bool, StoreError> {
        let RunStart { message, run } = start.clone();
        if run.status.is_final() || message.conversation_id != run.conversation_id || run.message_id != message.id {
            return Err(StoreError::new(
                ErrorKind::InvalidInput,
                "a run starts unfinished, with the message that it answers",
            ));
        }
        let owner = caller.user_id;
        let write = move |connection: &Connection| {
            let values = [&run.conversation_id.to_string(), &owner.to_string(), &run.source_id.to_string()];
            let owned = connection.row(OWNS_CONVERSATION, &values.map(|v| v as &dyn rusqlite::ToSql), |_| Ok(()))?;
            if owned.is_none() {
                let text = format!("there is no conversation {}: it may have been removed", run.conversation_id);
                return Err(StoreError::new(ErrorKind::NotFound, text).into());
            }
            let position = append_message(connection, owner, &message)?;
            match create_run(connection, owner, &run) {
                Ok(()) => Ok(position == 0),
                Err(error) if Failure::of_sqlite(&error) == Failure::Duplicate => Err(StoreError::new(
                    ErrorKind::Conflict,
                    "the question before is still being answered: wait for it, or cancel it",
                )
                .into()),
                Err(error) => Err(error.into()),
            }
        };
        self.file.write_together(write).await
    }

    async fn run(&self, caller: Caller, id: RunId) -> Result<Option<Run>, StoreError> {
        let (id, owner) = (id.to_string(), caller.user_id.to_string());
        self.file.read_here(|connection| connection.row(GET, &[&id, &owner], read_run))
    }

    async fn list_runs(&self, caller: Caller, conversation: ConversationId) -> Result<Vec<Run>, StoreError> {
        let (conversation, owner) = (conversation.to_string(), caller.user_id.to_string());
        self.file.read_here(|connection| connection.rows(LIST, &[&conversation, &owner], read_run))
    }

    async fn claim_run(&self, caller: Caller, id: RunId, lease: Lease<'_>) -> Result<Option<RunClaim>, StoreError> {
        let (worker, now, until) = (lease.worker.to_owned(), lease.now, lease.until);
        let write =
            move |connection: &Connection| claim(connection, caller.user_id, id, Lease { worker: &worker, now, until });
        self.file.write_together(write).await
    }

    async fn abandoned_runs(&self, now: DateTime<Utc>) -> Result<Vec<Run>, StoreError> {
        self.file.read_here(|connection| connection.rows(ABANDONED, &[&micros(now)], read_run))
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
            for step in steps.iter().filter(|step| step.run_id == run) {
                put_step(connection, owner, step)?;
            }
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
        if !answer.status.is_final() {
            return Err(StoreError::new(ErrorKind::InvalidInput, "a run ends in a final status"));
        }
        let (document, status) = (json(answer).map_err(|error| self.failed("write to", error))?, answer.status.code());
        let (worker, steps, message) = (worker.to_owned(), steps.to_vec(), message.clone());
        let write = move |connection: &Connection| {
            let Some(owner) = owner_if_held(connection, run, &worker)? else { return Ok(false) };
            for step in steps.iter().filter(|step| step.run_id == run) {
                put_step(connection, owner, step)?;
            }
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
