//! What the calls of a run's steps cost.

use super::model_calls::{CUT, OF_RUN, PUT, read_call};
use super::rusqlite_code;
use crate::metadata::columns::{bigint, get_id, micros};
use crate::sqlite_file::{Statements, WriteError};
use datafyme_domain::{ModelCall, RunId, Step, StepId, UserId};
use rusqlite::Connection;
use std::collections::HashMap;

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
            &rusqlite_code(&call.outcome)?,
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
    let read = |row: &rusqlite::Row<'_>| Ok((get_id(row, "work_id")?, read_call(row)?));
    let rows: Vec<(StepId, ModelCall)> = connection.rows(OF_RUN, &[&run.to_string(), &owner.to_string()], read)?;
    let mut calls: HashMap<StepId, Vec<ModelCall>> = HashMap::new();
    for (step, call) in rows {
        calls.entry(step).or_default().push(call);
    }
    Ok(calls)
}
