//! The earlier turns of a run's conversation.

use super::read;
use crate::{AgentError, analyst::PastTurn, graph::Outcome};
use datafyme_domain::{Caller, Run};
use datafyme_store::MetadataStore;

/// Turns looked back at.
const TURNS: usize = 20;

/// The finished turns before `run`, oldest first. Only the last query's memo is read: nothing refers further back.
pub(super) async fn of(metadata: &dyn MetadataStore, caller: Caller, run: &Run) -> Result<Vec<PastTurn>, AgentError> {
    let mut runs = metadata.list_runs(caller, run.conversation_id).await?;
    runs.retain(|r| r.id != run.id && r.created_at <= run.created_at && r.answer.is_some());
    let skip = runs.len().saturating_sub(TURNS);
    let mut turns: Vec<PastTurn> = runs
        .into_iter()
        .skip(skip)
        .filter_map(|r| Some(PastTurn { run_id: r.id, question: r.question, answer: r.answer?, memo: None }))
        .collect();
    for turn in &mut turns {
        crate::typed_rows::restore_answer(&mut turn.answer);
    }
    for turn in turns.iter_mut().rev() {
        if turn.answer.sql.is_none() || turn.answer.status != datafyme_domain::RunStatus::Answered {
            continue;
        }
        let steps = metadata.steps(caller, turn.run_id).await?;
        let sql = turn.answer.sql.as_deref();
        turn.memo = steps.iter().rev().find_map(|step| match read(&step.outcome)?.outcome {
            Outcome::Drafted { draft } if Some(draft.sql.as_str()) == sql => draft.memo,
            _ => None,
        });
        if turn.memo.is_some() {
            break;
        }
    }
    Ok(turns)
}
