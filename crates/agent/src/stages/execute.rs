//! The rows of the query, within the run's limits.

use super::{StageContext, check::query_failure, misplaced};
use crate::{
    AgentError, checks,
    graph::{Outcome, State, state::is_nothing},
    join_ledger,
};
use datafyme_connect::ConnectError;
use datafyme_domain::ErrorKind;

pub(super) async fn run(context: &StageContext, state: &State) -> Result<Outcome, AgentError> {
    let Some(draft) = &state.draft else {
        return Ok(misplaced("no query to run"));
    };
    let sql = match context.bench.guard(&draft.sql) {
        Ok(sql) => sql,
        Err(refusal) => {
            return Ok(Outcome::Failed { reason: refusal.to_string() });
        }
    };
    Ok(match context.bench.query(&sql).await {
        Ok(rows) if is_nothing(&rows) => Outcome::Empty { rows },
        Ok(rows) => {
            let mut found = vec![checks::complete(&rows)];
            if let Some(probe) = &draft.tie_probe {
                found.extend(checks::ties(&context.bench, probe).await);
            }
            let ledger = join_ledger::count(&context.bench, &draft.sql, &context.knowledge).await;
            found.extend(ledger.checks);
            if !ledger.complete {
                found.extend(checks::joins_expected(&draft.joins, &context.knowledge.relations));
            }
            Outcome::Rows { rows, checks: found }
        }
        Err(error) => match query_failure(context, state, sql.tables(), &error).await {
            Some(outcome) => outcome,
            None => stopped(context, &error),
        },
    })
}

fn stopped(context: &StageContext, error: &ConnectError) -> Outcome {
    match error.kind() {
        ErrorKind::Cancelled => Outcome::Cancelled,
        ErrorKind::Timeout => Outcome::Failed {
            reason: format!(
                "The query was stopped after {} seconds without a result: ask for less, for example a shorter period \
                 or fewer groups, or try again when {} is less busy.",
                context.parts.budget.query_ms.div_ceil(1_000),
                context.name()
            ),
        },
        _ => Outcome::Failed { reason: error.to_string() },
    }
}
