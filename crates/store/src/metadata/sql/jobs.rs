//! The job queue.

use super::{CLAIM_NEXT_JOB, DbConnection, DbRow, Metadata, no_source};
use crate::StoreError;
use crate::metadata::columns::{
    code, get_bool, get_code, get_count, get_id, get_json, get_optional_text, get_optional_time, get_time, json, micros,
};
use crate::metadata::{JobClaim, Jobs};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use datafyme_domain::{Caller, DataSourceId, ErrorKind, Job, JobId, JobProgress, JobStatus};

const FIND_UNFINISHED: &str = "
    SELECT * FROM jobs WHERE source_id = $1 AND kind = $2 AND status IN ('queued', 'running')";

const CREATE: &str = "
    INSERT INTO jobs (id, owner_id, kind, source_id, status, progress, error, attempts, cancel_requested, created_at,
                      started_at, finished_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";

const GET: &str = "SELECT * FROM jobs WHERE id = $1 AND owner_id = $2";

const LIST: &str = "
    SELECT * FROM jobs WHERE owner_id = $1 AND ($2 = '' OR source_id = $2)
    ORDER BY created_at DESC, id DESC LIMIT $3";

const CLAIM_ONE: &str = "
    UPDATE jobs SET status = 'running', worker = $1, lease_until = $3, attempts = attempts + 1,
                    started_at = COALESCE(started_at, $2)
    WHERE id = $4 AND status IN ('queued', 'running') AND (lease_until IS NULL OR lease_until <= $2)
    RETURNING *";

const RENEW: &str = "
    UPDATE jobs SET progress = $3, lease_until = $4 WHERE id = $1 AND worker = $2 AND status = 'running'
    RETURNING cancel_requested";

const FINISH: &str = "
    UPDATE jobs SET status = $2, error = $3, finished_at = $4, worker = NULL, lease_until = NULL
    WHERE id = $1 AND status IN ('queued', 'running')";

const REQUEST_CANCEL: &str = "
    UPDATE jobs SET cancel_requested = 1,
        finished_at = CASE WHEN status = 'queued' THEN $3 ELSE finished_at END,
        status = CASE WHEN status = 'queued' THEN 'cancelled' ELSE status END
    WHERE id = $1 AND owner_id = $2 AND status IN ('queued', 'running')";

fn read_job(row: &DbRow) -> Result<Job, sqlx::Error> {
    Ok(Job {
        id: get_id(row, "id")?,
        owner_id: get_id(row, "owner_id")?,
        kind: get_code(row, "kind")?,
        source_id: get_id(row, "source_id")?,
        status: get_code(row, "status")?,
        progress: get_json(row, "progress")?,
        error: get_optional_text(row, "error")?,
        attempts: get_count(row, "attempts")?,
        cancel_requested: get_bool(row, "cancel_requested")?,
        created_at: get_time(row, "created_at")?,
        started_at: get_optional_time(row, "started_at")?,
        finished_at: get_optional_time(row, "finished_at")?,
    })
}

async fn create_job(connection: &mut DbConnection, job: &Job) -> Result<(), sqlx::Error> {
    sqlx::query(CREATE)
        .bind(job.id.to_string())
        .bind(job.owner_id.to_string())
        .bind(code(&job.kind)?)
        .bind(job.source_id.to_string())
        .bind(job.status.code())
        .bind(json(&job.progress)?)
        .bind(&job.error)
        .bind(i64::from(job.attempts))
        .bind(i64::from(job.cancel_requested))
        .bind(micros(job.created_at))
        .bind(job.started_at.map(micros))
        .bind(job.finished_at.map(micros))
        .execute(connection)
        .await?;
    Ok(())
}

#[async_trait]
impl Jobs for Metadata {
    async fn enqueue_job(&self, job: &Job) -> Result<Job, StoreError> {
        let kind = code(&job.kind).map_err(|error| self.failed("write to", error))?;
        let mut tx = self.write().await?;
        if !self.owns_source(&mut tx, job.owner_id, job.source_id).await? {
            return Err(no_source(job.source_id));
        }
        let row =
            sqlx::query(FIND_UNFINISHED).bind(job.source_id.to_string()).bind(kind).fetch_optional(&mut *tx).await;
        if let Some(standing) = self.read_row(row, read_job)? {
            return Ok(standing);
        }
        create_job(&mut tx, job).await.map_err(|error| self.failed("write to", error))?;
        self.commit(tx).await?;
        Ok(job.clone())
    }

    async fn job(&self, caller: Caller, id: JobId) -> Result<Option<Job>, StoreError> {
        let row =
            sqlx::query(GET).bind(id.to_string()).bind(caller.user_id.to_string()).fetch_optional(self.readers()).await;
        self.read_row(row, read_job)
    }

    async fn list_jobs(
        &self,
        caller: Caller,
        source: Option<DataSourceId>,
        limit: u32,
    ) -> Result<Vec<Job>, StoreError> {
        let rows = sqlx::query(LIST)
            .bind(caller.user_id.to_string())
            .bind(source.map(|id| id.to_string()).unwrap_or_default())
            .bind(i64::from(limit))
            .fetch_all(self.readers())
            .await;
        self.read_rows(rows, read_job)
    }

    async fn claim_job(&self, claim: &JobClaim) -> Result<Option<Job>, StoreError> {
        let mut tx = self.write().await?;
        let row = sqlx::query(CLAIM_NEXT_JOB)
            .bind(&claim.worker)
            .bind(micros(claim.now))
            .bind(micros(claim.lease_until))
            .fetch_optional(&mut *tx)
            .await;
        let job = self.read_row(row, read_job)?;
        self.commit(tx).await?;
        Ok(job)
    }

    async fn claim_job_by_id(&self, id: JobId, claim: &JobClaim) -> Result<Option<Job>, StoreError> {
        let mut tx = self.write().await?;
        let row = sqlx::query(CLAIM_ONE)
            .bind(&claim.worker)
            .bind(micros(claim.now))
            .bind(micros(claim.lease_until))
            .bind(id.to_string())
            .fetch_optional(&mut *tx)
            .await;
        let job = self.read_row(row, read_job)?;
        self.commit(tx).await?;
        Ok(job)
    }

    async fn renew_job(
        &self,
        id: JobId,
        worker: &str,
        progress: &JobProgress,
        lease_until: DateTime<Utc>,
    ) -> Result<Option<bool>, StoreError> {
        let progress = json(progress).map_err(|error| self.failed("write to", error))?;
        let mut tx = self.write().await?;
        let row = sqlx::query(RENEW)
            .bind(id.to_string())
            .bind(worker)
            .bind(progress)
            .bind(micros(lease_until))
            .fetch_optional(&mut *tx)
            .await;
        let cancel = self.read_row(row, |row| get_bool(row, "cancel_requested"))?;
        self.commit(tx).await?;
        Ok(cancel)
    }

    async fn finish_job(
        &self,
        id: JobId,
        status: JobStatus,
        error: Option<&str>,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        if !status.is_final() {
            return Err(StoreError::new(ErrorKind::InvalidInput, "a job ends in a final status"));
        }
        let mut tx = self.write().await?;
        sqlx::query(FINISH)
            .bind(id.to_string())
            .bind(status.code())
            .bind(error)
            .bind(micros(at))
            .execute(&mut *tx)
            .await
            .map_err(|error| self.failed("write to", error))?;
        self.commit(tx).await
    }

    async fn request_job_cancel(&self, caller: Caller, id: JobId, at: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let written = sqlx::query(REQUEST_CANCEL)
            .bind(id.to_string())
            .bind(caller.user_id.to_string())
            .bind(micros(at))
            .execute(&mut *tx)
            .await
            .map_err(|error| self.failed("write to", error))?;
        self.commit(tx).await?;
        Ok(written.rows_affected() > 0)
    }
}
