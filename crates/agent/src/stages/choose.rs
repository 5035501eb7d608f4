//! Text, table or chart?

use super::{StageContext, misplaced, view};
use crate::{
    AgentError,
    analyst::{Opinion, RepresentationKind},
    graph::{Outcome, State},
};

pub(super) async fn run(context: &StageContext, state: &State) -> Result<Outcome, AgentError> {
    let (Some(result), Some(found)) = (view(state), state.result()) else {
        return Ok(misplaced("no rows to show"));
    };
    if found.empty {
        return Ok(Outcome::AsText { why: "there are no rows".to_owned() });
    }
    let asking = context.asking(state);
    Ok(match context.parts.analyst.choose_representation(&asking, &result).await? {
        Opinion::Given(choice) => match choice.kind {
            RepresentationKind::Text => Outcome::AsText { why: choice.why },
            RepresentationKind::Table => Outcome::AsTable { why: choice.why },
            RepresentationKind::Chart => Outcome::AsChart { why: choice.why },
        },
        Opinion::Abstained(why) => Outcome::AsTable { why: why.reason },
    })
}
