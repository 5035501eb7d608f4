//! What calls of language models cost.

use super::{DbConnection, DbRow, LOCK_JOB_OWNER, Metadata};
use crate::StoreError;
use crate::metadata::ModelCalls;
use crate::metadata::columns::{
    Columns, bigint, code, get_code, get_count, get_optional_count, get_optional_text, get_text, micros,
};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use datafyme_domain::{Caller, ErrorKind, JobId, ModelCall, ModelSpend};

/// What becomes of a call that stands there already.
macro_rules! put_calls_into {
    ($values:literal) => {
        concat!(
            "INSERT INTO model_calls (work_id, position, owner_id, task, model, prompt_hash, prompt_tokens,
                                      completion_tokens, duration_ms, cost_micros, attempts, outcome, error, made_at) ",
            $values,
            " ON CONFLICT (work_id, position) DO UPDATE SET
                task = excluded.task, model = excluded.model, prompt_hash = excluded.prompt_hash,
                prompt_tokens = excluded.prompt_tokens, completion_tokens = excluded.completion_tokens,
                duration_ms = excluded.duration_ms, cost_micros = excluded.cost_micros, attempts = excluded.attempts,
                outcome = excluded.outcome, error = excluded.error, made_at = excluded.made_at"
        )
    };
}
pub(super) use put_calls_into;

const PUT: &str = put_calls_into!("VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)");

pub(super) const OF_RUN: &str = "
    SELECT c.* FROM model_calls c JOIN steps s ON s.id = c.work_id
    WHERE s.run_id = $1 AND s.owner_id = $2 ORDER BY s.seq, c.position";

const NEXT_POSITION: &str = "SELECT COALESCE(MAX(position) + 1, 0) FROM model_calls WHERE work_id = $1";

const OF_JOB: &str = "SELECT * FROM model_calls WHERE work_id = $1 AND owner_id = $2 ORDER BY position";

const SPEND: &str = "
    SELECT COUNT(*) AS calls, CAST(COALESCE(SUM(prompt_tokens + completion_tokens), 0) AS BIGINT) AS tokens,
           CAST(COALESCE(SUM(cost_micros), 0) AS BIGINT) AS cost_micros
    FROM model_calls WHERE owner_id = $1 AND made_at >= $2";

pub(super) fn read_call<R: Columns>(row: &R) -> Result<ModelCall, R::Error> {
    Ok(ModelCall {
        task: get_text(row, "task")?,
        model: get_text(row, "model")?,
        prompt_hash: get_text(row, "prompt_hash")?,
        prompt_tokens: get_count(row, "prompt_tokens")?,
        completion_tokens: get_count(row, "completion_tokens")?,
        duration_ms: get_count(row, "duration_ms")?,
        cost_micros: get_optional_count(row, "cost_micros")?,
        attempts: get_count(row, "attempts")?,
        outcome: get_code(row, "outcome")?,
        error: get_optional_text(row, "error")?,
    })
}

fn read_spend(row: &DbRow) -> Result<ModelSpend, sqlx::Error> {
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

async fn put_calls(connection: &mut DbConnection, place: &Place<'_>, calls: &[ModelCall]) -> Result<(), sqlx::Error> {
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

impl Metadata {
    /// Adds calls to a job's, within a transaction.
    pub(super) async fn add_job_calls(
        &self,
        connection: &mut DbConnection,
        job: JobId,
        calls: &[ModelCall],
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let work = job.to_string();
        let owner: Option<String> = sqlx::query_scalar(LOCK_JOB_OWNER)
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
impl ModelCalls for Metadata {
    async fn record_job_calls(&self, job: JobId, calls: &[ModelCall], at: DateTime<Utc>) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        self.add_job_calls(&mut tx, job, calls, at).await?;
        self.commit(tx).await
    }

    async fn job_calls(&self, caller: Caller, job: JobId) -> Result<Vec<ModelCall>, StoreError> {
        let rows =
            sqlx::query(OF_JOB).bind(job.to_string()).bind(caller.user_id.to_string()).fetch_all(self.readers()).await;
        self.read_rows(rows, |row| read_call(row))
    }

    async fn model_spend(&self, caller: Caller, since: DateTime<Utc>) -> Result<ModelSpend, StoreError> {
        let row = sqlx::query(SPEND)
            .bind(caller.user_id.to_string())
            .bind(micros(since))
            .fetch_optional(self.readers())
            .await;
        Ok(self.read_row(row, read_spend)?.unwrap_or_default())
    }
}
