//! Small talk, a question about the data, or nothing that is answered?

use super::StageContext;
use crate::{
    AgentError,
    analyst::{Opinion, Screening},
    graph::{Outcome, State},
};

pub(super) async fn run(context: &StageContext, state: &State) -> Result<Outcome, AgentError> {
    Ok(match context.parts.analyst.screen(&context.asking(state)).await? {
        Opinion::Given(Screening::SmallTalk) => Outcome::SmallTalk,
        // In doubt it is taken for a question: the later stages decline with a better reason.
        Opinion::Given(Screening::Relevant) | Opinion::Abstained(_) => Outcome::Relevant,
        Opinion::Given(Screening::Declined { reason, suggestions }) => {
            Outcome::Declined { reason, suggestions, readings: Vec::new() }
        }
    })
}
