//! Does the question take another chart of what was queried before?

use super::StageContext;
use crate::{
    AgentError,
    analyst::Opinion,
    graph::{Outcome, State},
};

pub(super) async fn run(context: &StageContext, state: &State) -> Result<Outcome, AgentError> {
    Ok(match context.parts.analyst.needs_chart(&context.asking(state)).await? {
        Opinion::Given(need) if need.needed => Outcome::Needed { why: need.why },
        Opinion::Given(need) => Outcome::NotNeeded { why: need.why },
        Opinion::Abstained(_) => Outcome::NotNeeded { why: "the earlier answers hold it".to_owned() },
    })
}
