//! Runs and their steps. Whoever needs both locks the conversation first, then the run.

use super::conversations::append_message;
use super::model_calls::{OF_RUN, put_calls_into, read_call};
use super::{ONE_MOMENT, PostgresMetadata, is_duplicate};
use crate::StoreError;
use crate::metadata::columns::{get_bool, get_id, get_optional_text, json, micros};
use crate::metadata::statements::runs::{
    ABANDONED, CLAIM, CREATE, FINISH, GET, LIST, RENEW, REQUEST_CANCEL, STEPS, check_end, check_start, no_conversation,
    no_run, put_steps_into, read_run, read_step, rows_of_steps, still_running,
};
use crate::metadata::{Lease, RunClaim, RunEnd, RunStart, Runs};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use datafyme_domain::{Caller, ConversationId, ModelCall, Run, RunId, Step, StepId, UserId};
use sqlx::PgConnection;
use std::collections::HashMap;

const LOCK_CONVERSATION: &str = "
    SELECT id FROM conversations WHERE id = $1 AND owner_id = $2 AND source_id = $3 FOR NO KEY UPDATE";

/// Keeps messages of a conversation apart before the run is locked.
const LOCK_CONVERSATION_ALONE: &str = "SELECT id FROM conversations WHERE id = $1 FOR NO KEY UPDATE";

const LOCK_HOLDER: &str = "SELECT worker FROM runs WHERE id = $1 AND owner_id = $2 FOR NO KEY UPDATE";

/// Whose run it is, and whether that worker holds it.
const LOCK_HELD: &str = "
    SELECT owner_id, CAST(CASE WHEN status = 'running' AND worker = $2 THEN 1 ELSE 0 END AS BIGINT) AS held
    FROM runs WHERE id = $1 FOR NO KEY UPDATE";

/// Steps and their calls, in one statement: each of its parts sees what was there before it.
const PUT_STEPS: &str = concat!(
    "WITH given AS (
        SELECT * FROM json_to_recordset($1::json) AS g(
            id text, run_id text, seq bigint, owner_id text, stage text, status text, outcome text, summary text,
            started_at bigint, duration_ms bigint, calls bigint)),
     put AS (",
    put_steps_into!(
        "SELECT id, run_id, seq, owner_id, stage, status, outcome, summary, started_at, duration_ms FROM given"
    ),
    "),
     cut AS (DELETE FROM model_calls c USING given g WHERE c.work_id = g.id AND c.position >= g.calls) ",
    put_calls_into!(
        "SELECT * FROM json_to_recordset($2::json) AS c(
            work_id text, position bigint, owner_id text, task text, model text, prompt_hash text, prompt_tokens bigint,
            completion_tokens bigint, duration_ms bigint, cost_micros bigint, attempts bigint, outcome text, error text,
            made_at bigint)"
    ),
);

async fn create_run(connection: &mut PgConnection, owner: UserId, run: &Run) -> Result<(), sqlx::Error> {
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

/// Steps with their calls; within a transaction that sees one moment, so that the calls are those of these very steps.
async fn steps_of(connection: &mut PgConnection, owner: &str, run: &str) -> Result<Vec<Step>, sqlx::Error> {
    let rows = sqlx::query(STEPS).bind(run).bind(owner).fetch_all(&mut *connection).await?;
    let mut steps: Vec<Step> = rows.iter().map(read_step).collect::<Result<_, _>>()?;
    if steps.is_empty() {
        return Ok(steps);
    }
    let rows = sqlx::query(OF_RUN).bind(run).bind(owner).fetch_all(connection).await?;
    let mut calls: HashMap<StepId, Vec<ModelCall>> = HashMap::new();
    for row in &rows {
        calls.entry(get_id(row, "work_id")?).or_default().push(read_call(row)?);
    }
    for step in &mut steps {
        step.calls = calls.remove(&step.id).unwrap_or_default();
    }
    Ok(steps)
}

impl PostgresMetadata {
    /// The owner of a run, if that worker holds it; the run is locked then.
    async fn owner_if_held(
        &self,
        connection: &mut PgConnection,
        id: RunId,
        worker: &str,
    ) -> Result<Option<UserId>, StoreError> {
        let row = sqlx::query(LOCK_HELD).bind(id.to_string()).bind(worker).fetch_optional(connection).await;
        let found = self.read_row(row, |row| Ok((get_id(row, "owner_id")?, get_bool(row, "held")?)))?;
        let (owner, held): (UserId, bool) = found.ok_or_else(|| no_run(id))?;
        Ok(held.then_some(owner))
    }

    async fn write_steps(
        &self,
        connection: &mut PgConnection,
        owner: UserId,
        run: RunId,
        steps: &[Step],
    ) -> Result<(), StoreError> {
        let failed = |error| self.failed("write to", error);
        let Some(rows) = rows_of_steps(owner, run, steps).map_err(failed)? else { return Ok(()) };
        sqlx::query(PUT_STEPS).bind(rows.steps).bind(rows.calls).execute(connection).await.map_err(failed)?;
        Ok(())
    }
}

#[async_trait]
impl Runs for PostgresMetadata {
    async fn start_run(&self, caller: Caller, start: &RunStart) -> Result<bool, StoreError> {
        check_start(start)?;
        let RunStart { message, run } = start;
        let failed = |error| self.failed("write to", error);
        let mut tx = self.write().await?;
        let owned = sqlx::query(LOCK_CONVERSATION)
            .bind(run.conversation_id.to_string())
            .bind(caller.user_id.to_string())
            .bind(run.source_id.to_string())
            .fetch_optional(&mut *tx)
            .await
            .map_err(failed)?;
        if owned.is_none() {
            return Err(no_conversation(run.conversation_id));
        }
        let position = append_message(&mut tx, caller.user_id, message).await.map_err(failed)?;
        match create_run(&mut tx, caller.user_id, run).await {
            Ok(()) => {}
            Err(error) if is_duplicate(&error) => return Err(still_running()),
            Err(error) => return Err(failed(error)),
        }
        self.commit(tx).await?;
        Ok(position == 0)
    }

    async fn run(&self, caller: Caller, id: RunId) -> Result<Option<Run>, StoreError> {
        let (id, owner) = (id.to_string(), caller.user_id.to_string());
        self.row(GET, &[&id, &owner], |row| read_run(row)).await
    }

    async fn list_runs(&self, caller: Caller, conversation: ConversationId) -> Result<Vec<Run>, StoreError> {
        let (conversation, owner) = (conversation.to_string(), caller.user_id.to_string());
        self.rows(LIST, &[&conversation, &owner], |row| read_run(row)).await
    }

    async fn claim_run(&self, caller: Caller, id: RunId, lease: Lease<'_>) -> Result<Option<RunClaim>, StoreError> {
        let failed = |error| self.failed("write to", error);
        let (run, owner) = (id.to_string(), caller.user_id.to_string());
        let mut tx = self.write().await?;
        let row = sqlx::query(LOCK_HOLDER).bind(&run).bind(&owner).fetch_optional(&mut *tx).await;
        let before = self.read_row(row, |row| get_optional_text(row, "worker"))?;
        let claimed = sqlx::query(CLAIM)
            .bind(&run)
            .bind(lease.worker)
            .bind(micros(lease.now))
            .bind(micros(lease.until))
            .bind(&owner)
            .execute(&mut *tx)
            .await
            .map_err(failed)?;
        if claimed.rows_affected() == 0 {
            return Ok(None);
        }
        let is_taken_over = before.flatten().is_some();
        // Locked, so that nobody writes steps meanwhile.
        let steps = if is_taken_over { steps_of(&mut tx, &owner, &run).await.map_err(failed)? } else { Vec::new() };
        let row = sqlx::query(GET).bind(&run).bind(&owner).fetch_optional(&mut *tx).await;
        let claimed = self.read_row(row, |row| read_run(row))?;
        self.commit(tx).await?;
        Ok(claimed.map(|run| RunClaim { run, is_taken_over, steps }))
    }

    async fn abandoned_runs(&self, now: DateTime<Utc>) -> Result<Vec<Run>, StoreError> {
        let rows = sqlx::query(ABANDONED).bind(micros(now)).fetch_all(&self.pool).await;
        self.read_rows(rows, |row| read_run(row))
    }

    async fn renew_run(&self, id: RunId, worker: &str, lease_until: DateTime<Utc>) -> Result<Option<bool>, StoreError> {
        let row = sqlx::query(RENEW)
            .bind(id.to_string())
            .bind(worker)
            .bind(micros(lease_until))
            .fetch_optional(&self.pool)
            .await;
        self.read_row(row, |row| get_bool(row, "cancel_requested"))
    }

    async fn put_steps(&self, run: RunId, worker: &str, steps: &[Step]) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let Some(owner) = self.owner_if_held(&mut tx, run, worker).await? else { return Ok(false) };
        self.write_steps(&mut tx, owner, run, steps).await?;
        self.commit(tx).await?;
        Ok(true)
    }

    async fn steps(&self, caller: Caller, run: RunId) -> Result<Vec<Step>, StoreError> {
        let failed = |error| self.failed("read", error);
        let mut moment = self.pool.begin_with(ONE_MOMENT).await.map_err(failed)?;
        let steps = steps_of(&mut moment, &caller.user_id.to_string(), &run.to_string()).await.map_err(failed)?;
        moment.commit().await.map_err(failed)?;
        Ok(steps)
    }

    async fn finish_run(&self, run: RunId, worker: &str, end: RunEnd<'_>) -> Result<bool, StoreError> {
        let RunEnd { steps, answer, message, at } = end;
        check_end(answer)?;
        let failed = |error| self.failed("write to", error);
        let document = json(answer).map_err(failed)?;
        let mut tx = self.write().await?;
        let conversation = message.conversation_id.to_string();
        sqlx::query(LOCK_CONVERSATION_ALONE).bind(conversation).fetch_optional(&mut *tx).await.map_err(failed)?;
        let Some(owner) = self.owner_if_held(&mut tx, run, worker).await? else { return Ok(false) };
        self.write_steps(&mut tx, owner, run, steps).await?;
        sqlx::query(FINISH)
            .bind(run.to_string())
            .bind(answer.status.code())
            .bind(document)
            .bind(micros(at))
            .execute(&mut *tx)
            .await
            .map_err(failed)?;
        append_message(&mut tx, owner, message).await.map_err(failed)?;
        self.commit(tx).await?;
        Ok(true)
    }

    async fn request_run_cancel(&self, caller: Caller, id: RunId) -> Result<bool, StoreError> {
        let written = sqlx::query(REQUEST_CANCEL)
            .bind(id.to_string())
            .bind(caller.user_id.to_string())
            .execute(&self.pool)
            .await
            .map_err(|error| self.failed("write to", error))?;
        Ok(written.rows_affected() > 0)
    }
}
