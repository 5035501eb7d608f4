//! Which of the found tables the question is about.

use super::StageContext;
use crate::{
    AgentError,
    analyst::Opinion,
    graph::{Outcome, State},
};

pub(super) async fn run(context: &StageContext, state: &State) -> Result<Outcome, AgentError> {
    let asking = context.asking(state);
    Ok(match context.parts.analyst.select_tables(&asking, &state.found).await? {
        Opinion::Given(selected) if !selected.tables.is_empty() => Outcome::TablesSelected { tables: selected.tables },
        Opinion::Given(_) => Outcome::Declined {
            reason: format!("I found nothing in {} that this question is about.", context.name()),
            suggestions: Vec::new(),
            readings: Vec::new(),
        },
        Opinion::Abstained(why) => Outcome::from(why),
    })
}
