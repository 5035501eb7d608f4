//! A reply to small talk.

use super::StageContext;
use crate::{
    AgentError,
    analyst::Opinion,
    graph::{Outcome, State},
};

pub(super) async fn run(context: &StageContext, state: &State) -> Result<Outcome, AgentError> {
    Ok(match context.parts.analyst.small_talk(&context.asking(state)).await? {
        Opinion::Given(reply) => Outcome::Replied { text: reply.text, suggestions: reply.suggestions },
        Opinion::Abstained(why) => Outcome::from(why),
    })
}
