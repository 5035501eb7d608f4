//! The question so that it stands alone.

use super::StageContext;
use crate::{
    AgentError,
    analyst::Opinion,
    graph::{Outcome, State},
};

pub(super) async fn run(context: &StageContext, state: &State) -> Result<Outcome, AgentError> {
    Ok(match context.parts.analyst.restate(&context.asking(state)).await? {
        Opinion::Given(restated) => Outcome::Restated { question: restated.question, follow_up: restated.follow_up },
        Opinion::Abstained(_) => Outcome::Restated { question: state.question.clone(), follow_up: false },
    })
}
