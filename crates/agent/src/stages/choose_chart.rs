//! Which chart, over which columns.

use super::{StageContext, misplaced, view};
use crate::{
    AgentError,
    analyst::Opinion,
    graph::{Outcome, State},
};

pub(super) async fn run(context: &StageContext, state: &State) -> Result<Outcome, AgentError> {
    let Some(result) = view(state) else {
        return Ok(misplaced("no rows to draw"));
    };
    let asking = context.asking(state);
    Ok(match context.parts.analyst.choose_chart(&asking, &result).await? {
        Opinion::Given(draft) => Outcome::ChartChosen { spec: draft.spec, why: draft.why },
        Opinion::Abstained(why) => Outcome::NoChart { why: why.reason },
    })
}
