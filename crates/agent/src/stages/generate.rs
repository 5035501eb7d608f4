//! The query that answers the question.

use super::{StageContext, drafted};
use crate::{
    AgentError,
    analyst::Opinion,
    graph::{Outcome, State},
    stages::check::gone,
};
use datafyme_domain::TableRef;

/// Selected tables that a question is surely about.
const MEANT: usize = 2;

pub(super) async fn run(context: &StageContext, state: &State) -> Result<Outcome, AgentError> {
    let asking = context.asking(state);
    let said = context.parts.analyst.write_query(&asking, &state.scope, &context.bench).await?;
    // Candidates may have failed for a reason that has nothing to do with the question.
    if let Some(outage) = context.bench.outage() {
        return Ok(Outcome::Failed { reason: outage.to_string() });
    }
    let missing = context.bench.missing_table(&context.bench.failed_tables()).await;
    Ok(match (said, missing) {
        (Opinion::Given(draft), None) => drafted(context, draft),
        // What is left without the table that the question is about would answer another question.
        (Opinion::Given(_), Some(table)) if is_meant(state, &table) => gone(context, &table),
        (Opinion::Given(mut draft), Some(table)) => {
            draft.notes.push(format!(
                "Table {table} is gone from {name}: readings of the question with it were left out. Run learn again for \
                 {name}.",
                name = context.name()
            ));
            drafted(context, draft)
        }
        (Opinion::Abstained(_), Some(table)) => gone(context, &table),
        (Opinion::Abstained(why), None) => Outcome::from(why),
    })
}

/// Whether the table is one of the first that the question is about.
fn is_meant(state: &State, table: &TableRef) -> bool {
    state.selected.iter().take(MEANT).any(|t| &t.table == table)
}
