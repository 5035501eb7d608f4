//! The answer out of the final state.

use crate::{
    analyst::RepresentationKind,
    checks,
    graph::{Ending, State},
    relations::wording::in_all_languages,
};
use datafyme_domain::{Answer, AnswerKind, Relation, RunStatus};

/// What the run ends in. `known` are the relations of the data source.
pub(super) fn answer(state: &State, ending: Ending, known: &[Relation]) -> Answer {
    let status = match ending {
        Ending::Answered => RunStatus::Answered,
        Ending::Declined => RunStatus::Declined,
        Ending::Failed => RunStatus::Failed,
        Ending::Cancelled => RunStatus::Cancelled,
    };
    let mut answer = Answer { suggestions: state.suggestions.clone(), ..Answer::of_words(status, state.text.clone()) };
    match ending {
        Ending::Answered => show_result(&mut answer, state, known),
        Ending::Failed | Ending::Cancelled => {
            // The query that was under way helps to see why.
            if let Some(draft) = &state.draft {
                answer.sql = Some(draft.sql.clone());
                answer.interpretation = Some(draft.explanation.clone());
            }
            answer.suggestions = Vec::new();
        }
        Ending::Declined => answer.readings.clone_from(&state.readings),
    }
    if answer.text.is_empty() {
        answer.text = "This could not be answered, and no cause was found: ask it in other words.".to_owned();
    }
    answer
}

fn show_result(answer: &mut Answer, state: &State, known: &[Relation]) {
    let Some(result) = state.result() else { return };
    let draft = result.draft;
    answer.interpretation = Some(draft.explanation.clone()).filter(|e| !e.is_empty());
    answer.explanations.clone_from(&draft.explanations);
    answer.sql = Some(draft.sql.clone());
    answer.confidence = draft.confidence;
    answer.columns.clone_from(&result.rows.columns);
    answer.rows.clone_from(&result.rows.rows);
    answer.truncated = result.rows.truncated;
    answer.tables = result.tables.to_vec();
    for join in &draft.joins {
        if let Some(relation) = checks::relation_of(join, known)
            && !answer.relations.contains(relation)
        {
            answer.relations.push(relation.clone());
        }
    }
    answer.relation_reasons = in_all_languages(&answer.relations);
    answer.checks = draft.verified.iter().map(|said| checks::verified(said)).collect();
    answer.checks.extend_from_slice(result.checks);
    if result.empty {
        answer.checks.push(checks::empty(result.rows));
    }
    answer.checks.extend(draft.notes.iter().map(|n| checks::note(n)));
    answer.kind = match (state.representation, &state.chart) {
        (Some(RepresentationKind::Chart), Some(chart)) => {
            answer.chart = Some(chart.clone());
            AnswerKind::Chart
        }
        (Some(RepresentationKind::Text), _) => AnswerKind::Text,
        _ => AnswerKind::Table,
    };
    if let Some(wish) = draft.chart_wish
        && answer.chart.as_ref().map(|c| c.kind) != Some(wish)
        && !state.representation_why.is_empty()
    {
        answer.checks.push(checks::note(&format!(
            "Not shown as the chart that was asked for: {}.",
            state.representation_why.trim_end_matches(['.', ';', ' '])
        )));
    }
}
