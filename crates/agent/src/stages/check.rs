//! Is the query safe, does it compile, and is what it joins known?

use super::{StageContext, misplaced};
use crate::{
    AgentError, checks,
    graph::{Outcome, State},
};
use datafyme_connect::{ConnectError, QueryPlan, ReadOnlySql};
use datafyme_domain::{ErrorKind, TableRef};

pub(super) async fn run(context: &StageContext, state: &State) -> Result<Outcome, AgentError> {
    let Some(draft) = &state.draft else {
        return Ok(misplaced("no query to check"));
    };
    let sql = match context.bench.guard(&draft.sql) {
        Ok(sql) => sql,
        Err(refusal) => return Ok(failed_query(state, refusal.to_string())),
    };
    Ok(match context.bench.explain(&sql).await {
        Ok(plan) => passed(context, state, &sql, &plan),
        Err(error) => match query_failure(context, state, sql.tables(), &error).await {
            Some(outcome) => outcome,
            None => Outcome::Failed { reason: error.to_string() },
        },
    })
}

fn passed(context: &StageContext, state: &State, sql: &ReadOnlySql, plan: &QueryPlan) -> Outcome {
    let joins = state.draft.as_ref().map_or(&[][..], |d| d.joins.as_slice());
    let mut found = vec![
        checks::read_only(),
        checks::tables_exist(sql.tables()),
        checks::query_compiled(context.bench.dialect(), plan),
    ];
    found.extend(checks::joins(joins, &context.knowledge.relations));
    Outcome::Checked { tables: sql.tables().to_vec(), checks: found }
}

/// What a failure at the database means when it is about the query; `None` when it is about the database.
pub(super) async fn query_failure(
    context: &StageContext,
    state: &State,
    tables: &[TableRef],
    error: &ConnectError,
) -> Option<Outcome> {
    if error.kind() != ErrorKind::QueryFailed {
        return None;
    }
    if let Some(table) = context.bench.missing_table(tables).await {
        return Some(gone(context, &table));
    }
    Some(failed_query(state, error.to_string()))
}

fn failed_query(state: &State, error: String) -> Outcome {
    if state.first_empty.is_some() {
        // A repaired query that fails is no better than the one that ran and found nothing.
        return Outcome::Settled;
    }
    Outcome::QueryFailed { error }
}

/// A table was dropped, or its grant withdrawn, after it was learned.
pub(super) fn gone(context: &StageContext, table: &TableRef) -> Outcome {
    Outcome::Failed {
        reason: format!(
            "Table {table} is gone from {name}, or can no longer be read: run learn again for {name}, then ask again.",
            name = context.name()
        ),
    }
}
