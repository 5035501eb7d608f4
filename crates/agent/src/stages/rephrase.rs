//! The question in other words, when no table was found with its own.

use super::StageContext;
use crate::{
    AgentError,
    analyst::Opinion,
    graph::{Outcome, State},
};

pub(super) async fn run(context: &StageContext, state: &State) -> Result<Outcome, AgentError> {
    Ok(match context.parts.analyst.rephrase(&context.asking(state)).await? {
        Opinion::Given(rephrased) if rephrased.question != state.question => {
            Outcome::Rephrased { question: rephrased.question }
        }
        Opinion::Given(_) => Outcome::Declined {
            reason: state.text.clone(),
            suggestions: state.suggestions.clone(),
            readings: Vec::new(),
        },
        Opinion::Abstained(why) => Outcome::from(why),
    })
}
