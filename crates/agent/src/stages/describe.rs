//! What the result says, in a few sentences.

use super::{StageContext, misplaced, view};
use crate::{
    AgentError,
    analyst::Opinion,
    graph::{Outcome, State},
};

pub(super) async fn run(context: &StageContext, state: &State) -> Result<Outcome, AgentError> {
    let Some(result) = view(state) else {
        return Ok(misplaced("no rows to describe"));
    };
    let asking = context.asking(state);
    Ok(match context.parts.analyst.describe_result(&asking, &result).await? {
        Opinion::Given(description) => {
            Outcome::Described { text: description.text, suggestions: description.suggestions }
        }
        Opinion::Abstained(_) => Outcome::Described {
            text: match result.rows.rows.len() {
                1 => "1 row.".to_owned(),
                n => format!("{n} rows."),
            },
            suggestions: Vec::new(),
        },
    })
}
