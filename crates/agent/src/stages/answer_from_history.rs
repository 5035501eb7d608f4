//! The answer to a question about earlier questions and answers.

use super::StageContext;
use crate::{
    AgentError,
    analyst::Opinion,
    graph::{Outcome, State},
};

pub(super) async fn run(context: &StageContext, state: &State) -> Result<Outcome, AgentError> {
    let asking = context.asking(state);
    Ok(match context.parts.analyst.answer_from_history(&asking).await? {
        Opinion::Given(reply) => Outcome::Replied { text: reply.text, suggestions: reply.suggestions },
        Opinion::Abstained(why) => Outcome::from(why),
    })
}
