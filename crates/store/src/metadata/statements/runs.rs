//! What is asked about runs and their steps. Statements that lock what they read are each back end's own.

use crate::StoreError;
use crate::metadata::RunStart;
use crate::metadata::columns::{
    Columns, get_bool, get_code, get_count, get_id, get_optional_json, get_optional_time, get_text, get_time,
};
use datafyme_domain::{Answer, ConversationId, ErrorKind, Run, RunId, Step};

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

pub(in crate::metadata) const PUT_STEP: &str = "
    INSERT INTO steps (id, run_id, seq, owner_id, stage, status, outcome, summary, started_at, duration_ms)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    ON CONFLICT (run_id, seq) DO UPDATE SET
        id = excluded.id, stage = excluded.stage, status = excluded.status, outcome = excluded.outcome,
        summary = excluded.summary, started_at = excluded.started_at, duration_ms = excluded.duration_ms";

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
