//! The query that answers the question.

use super::StageContext;
use crate::{
    AgentError,
    analyst::Opinion,
    graph::{Outcome, State},
    stages::check::gone,
};

pub(super) async fn run(context: &StageContext, state: &State) -> Result<Outcome, AgentError> {
    let asking = context.asking(state);
    let said = context
        .parts
        .analyst
        .write_query(&asking, &state.scope, &context.bench)
        .await?;
    Ok(match said {
        Opinion::Given(draft) => Outcome::Drafted { draft: Box::new(draft) },
        Opinion::Abstained(why) => {
            // Candidates may have failed for a reason that has nothing to do with the question.
            if let Some(outage) = context.bench.outage() {
                return Ok(Outcome::Failed {
                    reason: outage.to_string(),
                });
            }
            if let Some(table) = context.bench.missing_table(&context.bench.failed_tables()).await {
                return Ok(gone(context, &table));
            }
            Outcome::Declined {
                reason: why.reason,
                suggestions: why.suggestions,
            }
        }
    })
}
