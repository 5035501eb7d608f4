//! What is asked about runs and their steps. Statements that lock what they read are each back end's own.

use crate::StoreError;
use crate::metadata::RunStart;
use crate::metadata::columns::{
    Columns, bigint, code, get_bool, get_code, get_count, get_id, get_optional_json, get_optional_time, get_text,
    get_time, micros,
};
use datafyme_domain::{Answer, ConversationId, ErrorKind, Run, RunId, Step, UserId};
use serde_json::json;
use std::collections::BTreeMap;

pub(in crate::metadata) const CREATE: &str = "
    INSERT INTO runs (id, owner_id, conversation_id, message_id, source_id, question, status, cancel_requested,
                      created_at, effort)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

pub(in crate::metadata) const GET: &str = "SELECT * FROM runs WHERE id = $1 AND owner_id = $2";

pub(in crate::metadata) const LIST: &str = "
    SELECT r.* FROM runs r JOIN messages m ON m.id = r.message_id
    WHERE r.conversation_id = $1 AND r.owner_id = $2 ORDER BY m.position";

pub(in crate::metadata) const CLAIM: &str = "
    UPDATE runs SET worker = $2, lease_until = $4
    WHERE id = $1 AND owner_id = $5 AND status = 'running' AND (lease_until IS NULL OR lease_until <= $3)";

pub(in crate::metadata) const ABANDONED: &str = "
    SELECT * FROM runs WHERE status = 'running' AND (lease_until IS NULL OR lease_until <= $1)
    ORDER BY created_at, id";

pub(in crate::metadata) const RENEW: &str = "
    UPDATE runs SET lease_until = $3 WHERE id = $1 AND worker = $2 AND status = 'running'
    RETURNING cancel_requested";

/// What becomes of a step that stands there already.
macro_rules! put_steps_into {
    ($values:literal) => {
        concat!(
            "INSERT INTO steps (id, run_id, seq, owner_id, stage, status, outcome, summary, started_at, duration_ms) ",
            $values,
            " ON CONFLICT (run_id, seq) DO UPDATE SET
                id = excluded.id, stage = excluded.stage, status = excluded.status, outcome = excluded.outcome,
                summary = excluded.summary, started_at = excluded.started_at, duration_ms = excluded.duration_ms"
        )
    };
}
pub(in crate::metadata) use put_steps_into;

pub(in crate::metadata) const STEPS: &str = "SELECT * FROM steps WHERE run_id = $1 AND owner_id = $2 ORDER BY seq";

pub(in crate::metadata) const FINISH: &str = "
    UPDATE runs SET status = $2, answer = $3, finished_at = $4, worker = NULL, lease_until = NULL
    WHERE id = $1";

pub(in crate::metadata) const REQUEST_CANCEL: &str = "
    UPDATE runs SET cancel_requested = 1 WHERE id = $1 AND owner_id = $2 AND status = 'running'";

pub(in crate::metadata) fn read_run<R: Columns>(row: &R) -> Result<Run, R::Error> {
    Ok(Run {
        id: get_id(row, "id")?,
        owner_id: get_id(row, "owner_id")?,
        conversation_id: get_id(row, "conversation_id")?,
        message_id: get_id(row, "message_id")?,
        source_id: get_id(row, "source_id")?,
        question: get_text(row, "question")?,
        status: get_code(row, "status")?,
        answer: get_optional_json(row, "answer")?,
        cancel_requested: get_bool(row, "cancel_requested")?,
        effort: get_code(row, "effort")?,
        created_at: get_time(row, "created_at")?,
        finished_at: get_optional_time(row, "finished_at")?,
    })
}

pub(in crate::metadata) fn read_step<R: Columns>(row: &R) -> Result<Step, R::Error> {
    let duration_ms = row.optional_number("duration_ms")?;
    Ok(Step {
        id: get_id(row, "id")?,
        run_id: get_id(row, "run_id")?,
        seq: get_count(row, "seq")?,
        stage: get_text(row, "stage")?,
        status: get_code(row, "status")?,
        outcome: get_text(row, "outcome")?,
        summary: get_text(row, "summary")?,
        started_at: get_time(row, "started_at")?,
        duration_ms: duration_ms.and_then(|ms| u64::try_from(ms).ok()),
        calls: Vec::new(),
    })
}

/// Steps and their calls as JSON arrays: each is written by one statement, however many there are.
#[derive(Debug)]
pub(in crate::metadata) struct StepRows {
    pub(in crate::metadata) steps: String,
    pub(in crate::metadata) calls: String,
    /// Whether any step has a call.
    pub(in crate::metadata) has_calls: bool,
}

/// The rows of those steps of that run; the last one at a position counts. Nothing when there are none.
///
/// # Errors
/// Codes that are no text, which none are.
pub(in crate::metadata) fn rows_of_steps(
    owner: UserId,
    run: RunId,
    steps: &[Step],
) -> Result<Option<StepRows>, sqlx::Error> {
    let steps: BTreeMap<u32, &Step> =
        steps.iter().filter(|step| step.run_id == run).map(|step| (step.seq, step)).collect();
    if steps.is_empty() {
        return Ok(None);
    }
    let (mut rows, mut calls) = (Vec::new(), Vec::new());
    for step in steps.into_values() {
        rows.push(json!({
            "id": step.id.to_string(), "run_id": run.to_string(), "seq": step.seq, "owner_id": owner.to_string(),
            "stage": step.stage, "status": code(&step.status)?, "outcome": step.outcome, "summary": step.summary,
            "started_at": micros(step.started_at), "duration_ms": step.duration_ms.map(bigint),
            "calls": step.calls.len(),
        }));
        for (position, call) in step.calls.iter().enumerate() {
            calls.push(json!({
                "work_id": step.id.to_string(), "position": position, "owner_id": owner.to_string(),
                "task": call.task, "model": call.model, "prompt_hash": call.prompt_hash,
                "prompt_tokens": bigint(call.prompt_tokens), "completion_tokens": bigint(call.completion_tokens),
                "duration_ms": bigint(call.duration_ms), "cost_micros": call.cost_micros.map(bigint),
                "attempts": call.attempts, "outcome": code(&call.outcome)?, "error": call.error,
                "made_at": micros(step.started_at),
            }));
        }
    }
    let has_calls = !calls.is_empty();
    Ok(Some(StepRows { steps: json!(rows).to_string(), calls: json!(calls).to_string(), has_calls }))
}

/// # Errors
/// `InvalidInput` for a run that cannot start so.
pub(in crate::metadata) fn check_start(start: &RunStart) -> Result<(), StoreError> {
    let RunStart { message, run } = start;
    if run.status.is_final() || message.conversation_id != run.conversation_id || run.message_id != message.id {
        let text = "a run starts unfinished, with the message that it answers";
        return Err(StoreError::new(ErrorKind::InvalidInput, text));
    }
    Ok(())
}

/// # Errors
/// `InvalidInput` for an answer that ends nothing.
pub(in crate::metadata) fn check_end(answer: &Answer) -> Result<(), StoreError> {
    if answer.status.is_final() {
        return Ok(());
    }
    Err(StoreError::new(ErrorKind::InvalidInput, "a run ends in a final status"))
}

pub(in crate::metadata) fn no_run(id: RunId) -> StoreError {
    StoreError::new(ErrorKind::NotFound, format!("there is no run {id}: it may have been removed"))
}

pub(in crate::metadata) fn no_conversation(id: ConversationId) -> StoreError {
    StoreError::new(ErrorKind::NotFound, format!("there is no conversation {id}: it may have been removed"))
}

pub(in crate::metadata) fn still_running() -> StoreError {
    let text = "the question before is still being answered: wait for it, or cancel it";
    StoreError::new(ErrorKind::Conflict, text)
}
