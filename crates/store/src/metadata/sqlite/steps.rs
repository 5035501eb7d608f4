//! Steps and what their calls cost.

use super::model_calls::{OF_RUN, put_calls_into, read_call};
use crate::metadata::columns::get_id;
use crate::metadata::statements::runs::{StepRows, put_steps_into, rows_of_steps};
use crate::sqlite_file::{Statements, WriteError};
use datafyme_domain::{ModelCall, RunId, Step, StepId, UserId};
use rusqlite::Connection;
use std::collections::HashMap;

const PUT_STEPS: &str = put_steps_into!(
    "SELECT value ->> 'id', value ->> 'run_id', value ->> 'seq', value ->> 'owner_id', value ->> 'stage',
            value ->> 'status', value ->> 'outcome', value ->> 'summary', value ->> 'started_at',
            value ->> 'duration_ms'
     FROM json_each($1) WHERE TRUE"
);

const PUT_CALLS: &str = put_calls_into!(
    "SELECT value ->> 'work_id', value ->> 'position', value ->> 'owner_id', value ->> 'task', value ->> 'model',
            value ->> 'prompt_hash', value ->> 'prompt_tokens', value ->> 'completion_tokens',
            value ->> 'duration_ms', value ->> 'cost_micros', value ->> 'attempts', value ->> 'outcome',
            value ->> 'error', value ->> 'made_at'
     FROM json_each($1) WHERE TRUE"
);

/// Calls beyond those that the steps have now.
const BEYOND: &str = "
    SELECT c.rowid AS id FROM json_each($1) g JOIN model_calls c ON c.work_id = g.value ->> 'id'
    WHERE c.position >= g.value ->> 'calls'";

const CUT: &str = "DELETE FROM model_calls WHERE rowid = $1";

/// Writes steps and their calls in place of those that were there: a statement each, however many there are.
pub(super) fn put_steps(connection: &Connection, owner: UserId, run: RunId, steps: &[Step]) -> Result<(), WriteError> {
    let rows = rows_of_steps(owner, run, steps);
    let rows = rows.map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    let Some(StepRows { steps, calls, has_calls }) = rows else { return Ok(()) };
    connection.run(PUT_STEPS, &[&steps])?;
    if has_calls {
        connection.run(PUT_CALLS, &[&calls])?;
    }
    let beyond: Vec<i64> = connection.rows(BEYOND, &[&steps], |row| row.get("id"))?;
    for call in beyond {
        connection.run(CUT, &[&call])?;
    }
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
