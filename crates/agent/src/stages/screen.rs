//! Small talk, a question about the data, or nothing that is answered?

use super::StageContext;
use crate::{
    AgentError,
    analyst::{Opinion, Screening},
    graph::{Outcome, State},
    verified,
};
use datafyme_nlq::{Language, detect_language};

pub(super) async fn run(context: &StageContext, state: &State) -> Result<Outcome, AgentError> {
    if let Some(draft) = verified::draft(&state.question, &context.verified, &context.knowledge) {
        return Ok(Outcome::Drafted { draft: Box::new(draft) });
    }
    if let Some(name) = context.knowledge.hidden.asked_for(&state.question) {
        return Ok(hidden(context, state, name));
    }
    Ok(match context.parts.analyst.screen(&context.asking(state)).await? {
        Opinion::Given(Screening::SmallTalk) => Outcome::SmallTalk,
        // In doubt it is taken for a question: the later stages decline with a better reason.
        Opinion::Given(Screening::Relevant) | Opinion::Abstained(_) => Outcome::Relevant,
        Opinion::Given(Screening::Declined { reason, suggestions }) => {
            Outcome::Declined { reason, suggestions, readings: Vec::new() }
        }
    })
}

/// What is hidden is not answered with something else.
fn hidden(context: &StageContext, state: &State, name: &str) -> Outcome {
    let source = context.name();
    let reason = match detect_language(&state.question) {
        Language::Hu => format!("Erre nem válaszolhatok: „{name}” el van rejtve ebben az adatforrásban ({source})."),
        Language::En | Language::Other => format!(
            "I can't answer that, because {name} is hidden: whoever looks after {source} keeps it out of answers."
        ),
    };
    Outcome::Declined { reason, suggestions: Vec::new(), readings: Vec::new() }
}
