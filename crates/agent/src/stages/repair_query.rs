//! Another query after one that failed.

use super::{StageContext, drafted, misplaced};
use crate::{
    AgentError,
    analyst::{FailedQuery, Opinion},
    graph::{Outcome, State},
};

pub(super) async fn run(context: &StageContext, state: &State) -> Result<Outcome, AgentError> {
    let (Some(draft), Some(error)) = (&state.draft, &state.error) else {
        return Ok(misplaced("no failed query to repair"));
    };
    let failed = FailedQuery { draft: draft.clone(), error: error.clone() };
    let asking = context.asking(state);
    Ok(match context.parts.analyst.repair_query(&asking, &failed, &context.bench).await? {
        Opinion::Given(draft) => drafted(context, draft),
        Opinion::Abstained(_) => Outcome::NotRepaired {
            reason: format!("The query for this failed and could not be mended: {error}. Ask it in other words."),
        },
    })
}
