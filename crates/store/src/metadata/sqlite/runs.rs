//! Runs and their steps.

use super::SqliteMetadata;
use super::column::{
    bigint, code, get_bool, get_code, get_count, get_id, get_optional_json, get_optional_time, get_time, json, micros,
};
use super::conversations::append_message;
use super::model_calls::{calls_of_run, put_step_calls};
use crate::StoreError;
use crate::metadata::{RunStart, Runs};
use crate::sqlite_file::Failure;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use datafyme_domain::{Answer, Caller, ConversationId, ErrorKind, Message, Run, RunId, Step, UserId};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

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
    WHERE id = $1 AND status = 'running' AND (lease_until IS NULL OR lease_until <= $3)
    RETURNING id";

const ABANDONED: &str = "
    SELECT * FROM runs WHERE status = 'running' AND (lease_until IS NULL OR lease_until <= $1)
    ORDER BY created_at, id";

const RENEW: &str = "
    UPDATE runs SET lease_until = $3 WHERE id = $1 AND worker = $2 AND status = 'running'
    RETURNING cancel_requested";

const PUT_STEP: &str = "
    INSERT INTO steps (id, run_id, seq, owner_id, stage, status, outcome, summary, started_at, duration_ms)
    SELECT $1, r.id, $3, r.owner_id, $4, $5, $6, $7, $8, $9 FROM runs r WHERE r.id = $2
    ON CONFLICT (run_id, seq) DO UPDATE SET
        id = excluded.id, stage = excluded.stage, status = excluded.status, outcome = excluded.outcome,
        summary = excluded.summary, started_at = excluded.started_at, duration_ms = excluded.duration_ms
    RETURNING owner_id";

const STEPS: &str = "SELECT * FROM steps WHERE run_id = $1 AND owner_id = $2 ORDER BY seq";

const OWNER: &str = "SELECT owner_id FROM runs WHERE id = $1";

const FINISH: &str = "
    UPDATE runs SET status = $2, answer = $3, finished_at = $4, worker = NULL, lease_until = NULL
    WHERE id = $1 AND status = 'running'
    RETURNING id";

const REQUEST_CANCEL: &str = "
    UPDATE runs SET cancel_requested = 1 WHERE id = $1 AND owner_id = $2 AND status = 'running'";

fn read_run(row: &SqliteRow) -> Result<Run, sqlx::Error> {
    Ok(Run {
        id: get_id(row, "id")?,
        owner_id: get_id(row, "owner_id")?,
        conversation_id: get_id(row, "conversation_id")?,
        message_id: get_id(row, "message_id")?,
        source_id: get_id(row, "source_id")?,
        question: row.try_get("question")?,
        status: get_code(row, "status")?,
        answer: get_optional_json(row, "answer")?,
        cancel_requested: get_bool(row, "cancel_requested")?,
        effort: get_code(row, "effort")?,
        created_at: get_time(row, "created_at")?,
        finished_at: get_optional_time(row, "finished_at")?,
    })
}

fn read_step(row: &SqliteRow) -> Result<Step, sqlx::Error> {
    let duration_ms: Option<i64> = row.try_get("duration_ms")?;
    Ok(Step {
        id: get_id(row, "id")?,
        run_id: get_id(row, "run_id")?,
        seq: get_count(row, "seq")?,
        stage: row.try_get("stage")?,
        status: get_code(row, "status")?,
        outcome: row.try_get("outcome")?,
        summary: row.try_get("summary")?,
        started_at: get_time(row, "started_at")?,
        duration_ms: duration_ms.and_then(|ms| u64::try_from(ms).ok()),
        calls: Vec::new(),
    })
}

fn no_run(id: RunId) -> StoreError {
    StoreError::new(ErrorKind::NotFound, format!("there is no run {id}: it may have been removed"))
}

async fn create_run(connection: &mut SqliteConnection, owner: UserId, run: &Run) -> Result<(), sqlx::Error> {
    sqlx::query(CREATE)
        .bind(run.id.to_string())
        .bind(owner.to_string())
        .bind(run.conversation_id.to_string())
        .bind(run.message_id.to_string())
        .bind(run.source_id.to_string())
        .bind(&run.question)
        .bind(run.status.code())
        .bind(i64::from(run.cancel_requested))
        .bind(micros(run.created_at))
        .bind(run.effort.code())
        .execute(connection)
        .await?;
    Ok(())
}

#[async_trait]
impl Runs for SqliteMetadata {
    async fn start_run(&self, caller: Caller, start: &RunStart) -> Result<(), StoreError> {
        let RunStart { message, run } = start;
        if run.status.is_final() || message.conversation_id != run.conversation_id || run.message_id != message.id {
            return Err(StoreError::new(
                ErrorKind::InvalidInput,
                "a run starts unfinished, with the message that it answers",
            ));
        }
        let mut tx = self.file.write().await?;
        let owned: Option<i64> = sqlx::query_scalar(OWNS_CONVERSATION)
            .bind(run.conversation_id.to_string())
            .bind(caller.user_id.to_string())
            .bind(run.source_id.to_string())
            .fetch_optional(&mut *tx)
            .await
            .map_err(|error| self.failed("read", error))?;
        if owned.is_none() {
            return Err(StoreError::new(
                ErrorKind::NotFound,
                format!("there is no conversation {}: it may have been removed", run.conversation_id),
            ));
        }
        append_message(&mut tx, caller.user_id, message).await.map_err(|error| self.failed("write to", error))?;
        match create_run(&mut tx, caller.user_id, run).await {
            Ok(()) => self.file.commit(tx).await,
            Err(error) if Failure::of(&error) == Failure::Duplicate => Err(StoreError::new(
                ErrorKind::Conflict,
                "the question before is still being answered: wait for it, or cancel it",
            )),
            Err(error) => Err(self.failed("write to", error)),
        }
    }

    async fn run(&self, caller: Caller, id: RunId) -> Result<Option<Run>, StoreError> {
        let row = sqlx::query(GET)
            .bind(id.to_string())
            .bind(caller.user_id.to_string())
            .fetch_optional(self.file.readers())
            .await;
        self.read_row(row, read_run)
    }

    async fn list_runs(&self, caller: Caller, conversation: ConversationId) -> Result<Vec<Run>, StoreError> {
        let rows = sqlx::query(LIST)
            .bind(conversation.to_string())
            .bind(caller.user_id.to_string())
            .fetch_all(self.file.readers())
            .await;
        self.read_rows(rows, read_run)
    }

    async fn claim_run(
        &self,
        id: RunId,
        worker: &str,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.file.write().await?;
        let claimed = sqlx::query(CLAIM)
            .bind(id.to_string())
            .bind(worker)
            .bind(micros(now))
            .bind(micros(lease_until))
            .fetch_optional(&mut *tx)
            .await
            .map_err(|error| self.failed("write to", error))?;
        self.file.commit(tx).await?;
        Ok(claimed.is_some())
    }

    async fn abandoned_runs(&self, now: DateTime<Utc>) -> Result<Vec<Run>, StoreError> {
        let rows = sqlx::query(ABANDONED).bind(micros(now)).fetch_all(self.file.readers()).await;
        self.read_rows(rows, read_run)
    }

    async fn renew_run(&self, id: RunId, worker: &str, lease_until: DateTime<Utc>) -> Result<Option<bool>, StoreError> {
        let mut tx = self.file.write().await?;
        let row = sqlx::query(RENEW)
            .bind(id.to_string())
            .bind(worker)
            .bind(micros(lease_until))
            .fetch_optional(&mut *tx)
            .await;
        let cancel = self.read_row(row, |row| get_bool(row, "cancel_requested"))?;
        self.file.commit(tx).await?;
        Ok(cancel)
    }

    async fn put_step(&self, step: &Step) -> Result<(), StoreError> {
        let status = code(&step.status).map_err(|error| self.failed("write to", error))?;
        let mut tx = self.file.write().await?;
        let row = sqlx::query(PUT_STEP)
            .bind(step.id.to_string())
            .bind(step.run_id.to_string())
            .bind(i64::from(step.seq))
            .bind(&step.stage)
            .bind(status)
            .bind(&step.outcome)
            .bind(&step.summary)
            .bind(micros(step.started_at))
            .bind(step.duration_ms.map(bigint))
            .fetch_optional(&mut *tx)
            .await;
        let owner = self.read_row(row, |row| get_id(row, "owner_id"))?.ok_or_else(|| no_run(step.run_id))?;
        put_step_calls(&mut tx, owner, step).await.map_err(|error| self.failed("write to", error))?;
        self.file.commit(tx).await
    }

    async fn steps(&self, caller: Caller, run: RunId) -> Result<Vec<Step>, StoreError> {
        // One transaction, so that the calls are those of these very steps.
        let mut tx = self.file.readers().begin().await.map_err(|error| self.failed("read", error))?;
        let rows = sqlx::query(STEPS).bind(run.to_string()).bind(caller.user_id.to_string()).fetch_all(&mut *tx).await;
        let mut steps = self.read_rows(rows, read_step)?;
        let mut calls = calls_of_run(&mut tx, caller, run).await.map_err(|error| self.failed("read", error))?;
        for step in &mut steps {
            step.calls = calls.remove(&step.id).unwrap_or_default();
        }
        Ok(steps)
    }

    async fn finish_run(
        &self,
        id: RunId,
        answer: &Answer,
        message: &Message,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        if !answer.status.is_final() {
            return Err(StoreError::new(ErrorKind::InvalidInput, "a run ends in a final status"));
        }
        let document = json(answer).map_err(|error| self.failed("write to", error))?;
        let mut tx = self.file.write().await?;
        let row = sqlx::query(OWNER).bind(id.to_string()).fetch_optional(&mut *tx).await;
        let owner = self.read_row(row, |row| get_id(row, "owner_id"))?.ok_or_else(|| no_run(id))?;
        let ended = sqlx::query(FINISH)
            .bind(id.to_string())
            .bind(answer.status.code())
            .bind(document)
            .bind(micros(at))
            .fetch_optional(&mut *tx)
            .await
            .map_err(|error| self.failed("write to", error))?;
        if ended.is_none() {
            return Ok(false);
        }
        append_message(&mut tx, owner, message).await.map_err(|error| self.failed("write to", error))?;
        self.file.commit(tx).await?;
        Ok(true)
    }

    async fn request_run_cancel(&self, caller: Caller, id: RunId) -> Result<bool, StoreError> {
        let mut tx = self.file.write().await?;
        let written = sqlx::query(REQUEST_CANCEL)
            .bind(id.to_string())
            .bind(caller.user_id.to_string())
            .execute(&mut *tx)
            .await
            .map_err(|error| self.failed("write to", error))?;
        self.file.commit(tx).await?;
        Ok(written.rows_affected() > 0)
    }
}
