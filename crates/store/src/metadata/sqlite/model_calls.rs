//! What calls of language models cost.

use super::column::{bigint, code, get_code, get_count, get_optional_count, micros};
use super::{SqliteMetadata, row};
use crate::StoreError;
use crate::metadata::ModelCalls;
use crate::sqlite_file::{Statements, WriteError};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use datafyme_domain::{Caller, ErrorKind, JobId, ModelCall, ModelSpend, RunId, Step, StepId, UserId};
use rusqlite::Connection;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use std::collections::HashMap;

const PUT: &str = "
    INSERT INTO model_calls (work_id, position, owner_id, task, model, prompt_hash, prompt_tokens, completion_tokens,
                             duration_ms, cost_micros, attempts, outcome, error, made_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
    ON CONFLICT (work_id, position) DO UPDATE SET
        task = excluded.task, model = excluded.model, prompt_hash = excluded.prompt_hash,
        prompt_tokens = excluded.prompt_tokens, completion_tokens = excluded.completion_tokens,
        duration_ms = excluded.duration_ms, cost_micros = excluded.cost_micros, attempts = excluded.attempts,
        outcome = excluded.outcome, error = excluded.error, made_at = excluded.made_at";

const CUT: &str = "DELETE FROM model_calls WHERE work_id = $1 AND position >= $2";

const OF_RUN: &str = "
    SELECT c.* FROM model_calls c JOIN steps s ON s.id = c.work_id
    WHERE s.run_id = $1 AND s.owner_id = $2 ORDER BY s.seq, c.position";

const JOB_OWNER: &str = "SELECT owner_id FROM jobs WHERE id = $1";

const NEXT_POSITION: &str = "SELECT COALESCE(MAX(position) + 1, 0) FROM model_calls WHERE work_id = $1";

const OF_JOB: &str = "SELECT * FROM model_calls WHERE work_id = $1 AND owner_id = $2 ORDER BY position";

const SPEND: &str = "
    SELECT COUNT(*) AS calls, CAST(COALESCE(SUM(prompt_tokens + completion_tokens), 0) AS BIGINT) AS tokens,
           CAST(COALESCE(SUM(cost_micros), 0) AS BIGINT) AS cost_micros
    FROM model_calls WHERE owner_id = $1 AND made_at >= $2";

fn read_call(row: &SqliteRow) -> Result<ModelCall, sqlx::Error> {
    Ok(ModelCall {
        task: row.try_get("task")?,
        model: row.try_get("model")?,
        prompt_hash: row.try_get("prompt_hash")?,
        prompt_tokens: get_count(row, "prompt_tokens")?,
        completion_tokens: get_count(row, "completion_tokens")?,
        duration_ms: get_count(row, "duration_ms")?,
        cost_micros: get_optional_count(row, "cost_micros")?,
        attempts: get_count(row, "attempts")?,
        outcome: get_code(row, "outcome")?,
        error: row.try_get("error")?,
    })
}

fn read_spend(row: &SqliteRow) -> Result<ModelSpend, sqlx::Error> {
    Ok(ModelSpend {
        calls: get_count(row, "calls")?,
        tokens: get_count(row, "tokens")?,
        cost_micros: get_count(row, "cost_micros")?,
    })
}

/// Where calls go, and whose they are.
struct Place<'a> {
    work: &'a str,
    first: i64,
    owner: &'a str,
    at: DateTime<Utc>,
}

async fn put_calls(
    connection: &mut SqliteConnection,
    place: &Place<'_>,
    calls: &[ModelCall],
) -> Result<(), sqlx::Error> {
    for (position, call) in (place.first..).zip(calls) {
        sqlx::query(PUT)
            .bind(place.work)
            .bind(position)
            .bind(place.owner)
            .bind(&call.task)
            .bind(&call.model)
            .bind(&call.prompt_hash)
            .bind(bigint(call.prompt_tokens))
            .bind(bigint(call.completion_tokens))
            .bind(bigint(call.duration_ms))
            .bind(call.cost_micros.map(bigint))
            .bind(i64::from(call.attempts))
            .bind(code(&call.outcome)?)
            .bind(&call.error)
            .bind(micros(place.at))
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Writes a step's calls in place of those that it had.
pub(super) fn put_step_calls(connection: &Connection, owner: UserId, step: &Step) -> Result<(), WriteError> {
    let (work, owner) = (step.id.to_string(), owner.to_string());
    for (position, call) in (0_i64..).zip(&step.calls) {
        let values: [&dyn rusqlite::ToSql; 14] = [
            &work,
            &position,
            &owner,
            &call.task,
            &call.model,
            &call.prompt_hash,
            &bigint(call.prompt_tokens),
            &bigint(call.completion_tokens),
            &bigint(call.duration_ms),
            &call.cost_micros.map(bigint),
            &i64::from(call.attempts),
            &row::code(&call.outcome)?,
            &call.error,
            &micros(step.started_at),
        ];
        connection.run(PUT, &values)?;
    }
    connection.run(CUT, &[&work, &bigint(step.calls.len() as u64)])?;
    Ok(())
}

/// The calls of a run's steps, each step's in order.
pub(super) fn calls_of_run(
    connection: &Connection,
    owner: UserId,
    run: RunId,
) -> rusqlite::Result<HashMap<StepId, Vec<ModelCall>>> {
    let read = |row: &rusqlite::Row<'_>| Ok((row::get_id(row, "work_id")?, read_step_call(row)?));
    let rows: Vec<(StepId, ModelCall)> = connection.rows(OF_RUN, &[&run.to_string(), &owner.to_string()], read)?;
    let mut calls: HashMap<StepId, Vec<ModelCall>> = HashMap::new();
    for (step, call) in rows {
        calls.entry(step).or_default().push(call);
    }
    Ok(calls)
}

fn read_step_call(row: &rusqlite::Row<'_>) -> rusqlite::Result<ModelCall> {
    Ok(ModelCall {
        task: row.get("task")?,
        model: row.get("model")?,
        prompt_hash: row.get("prompt_hash")?,
        prompt_tokens: row::get_count(row, "prompt_tokens")?,
        completion_tokens: row::get_count(row, "completion_tokens")?,
        duration_ms: row::get_count(row, "duration_ms")?,
        cost_micros: row::get_optional_count(row, "cost_micros")?,
        attempts: row::get_count(row, "attempts")?,
        outcome: row::get_code(row, "outcome")?,
        error: row.get("error")?,
    })
}

impl SqliteMetadata {
    /// Adds calls to a job's, within a transaction.
    pub(super) async fn add_job_calls(
        &self,
        connection: &mut SqliteConnection,
        job: JobId,
        calls: &[ModelCall],
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let work = job.to_string();
        let owner: Option<String> = sqlx::query_scalar(JOB_OWNER)
            .bind(&work)
            .fetch_optional(&mut *connection)
            .await
            .map_err(|error| self.failed("read", error))?;
        let Some(owner) = owner else {
            let text = format!("there is no job {job}: it may have been removed");
            return Err(StoreError::new(ErrorKind::NotFound, text));
        };
        let first: i64 = sqlx::query_scalar(NEXT_POSITION)
            .bind(&work)
            .fetch_one(&mut *connection)
            .await
            .map_err(|error| self.failed("read", error))?;
        let place = Place { work: &work, first, owner: &owner, at };
        put_calls(connection, &place, calls).await.map_err(|error| self.failed("write to", error))
    }
}

#[async_trait]
impl ModelCalls for SqliteMetadata {
    async fn record_job_calls(&self, job: JobId, calls: &[ModelCall], at: DateTime<Utc>) -> Result<(), StoreError> {
        let mut tx = self.file.write().await?;
        self.add_job_calls(&mut tx, job, calls, at).await?;
        self.file.commit(tx).await
    }

    async fn job_calls(&self, caller: Caller, job: JobId) -> Result<Vec<ModelCall>, StoreError> {
        let rows = sqlx::query(OF_JOB)
            .bind(job.to_string())
            .bind(caller.user_id.to_string())
            .fetch_all(self.file.readers())
            .await;
        self.read_rows(rows, read_call)
    }

    async fn model_spend(&self, caller: Caller, since: DateTime<Utc>) -> Result<ModelSpend, StoreError> {
        let row = sqlx::query(SPEND)
            .bind(caller.user_id.to_string())
            .bind(micros(since))
            .fetch_optional(self.file.readers())
            .await;
        Ok(self.read_row(row, read_spend)?.unwrap_or_default())
    }
}
