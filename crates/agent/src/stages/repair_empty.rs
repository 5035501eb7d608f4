//! Another query after one that found nothing: a value in it may be spelled differently in the data.

use super::{StageContext, drafted, misplaced};
use crate::{
    AgentError,
    analyst::Opinion,
    graph::{Outcome, State},
};

pub(super) async fn run(context: &StageContext, state: &State) -> Result<Outcome, AgentError> {
    let Some(draft) = &state.draft else {
        return Ok(misplaced("no empty result to mend"));
    };
    // What a person approved stands, also where it finds nothing.
    if draft.verified.is_some() {
        return Ok(Outcome::Settled);
    }
    let asking = context.asking(state);
    Ok(match context.parts.analyst.repair_empty(&asking, draft, &context.bench).await? {
        Opinion::Given(mended) => match drafted(context, mended) {
            Outcome::Drafted { draft: mended } if mended.sql == draft.sql => Outcome::Settled,
            outcome => outcome,
        },
        Opinion::Abstained(_) => Outcome::Settled,
    })
}
