//! Of several candidates, the one whose rows most of them agree on. After self-consistency (Wang et al., 2022), with
//! executed results in the place of answers.

use crate::{analyst::QueryDraft, graph::state::is_nothing, workbench::Workbench};
use datafyme_domain::{RowSet, Value};
use datafyme_nlq::TrialOutcome;

/// What a model came to.
#[derive(Debug)]
pub(super) enum Candidate {
    /// A query.
    Query(Box<QueryDraft>),
    /// That there is none, in words for the user.
    Unanswerable(String),
}

/// Candidates that came to the same.
#[derive(Debug)]
struct Group {
    /// What their rows have in common; `None` for those without a query.
    rows: Option<Vec<Vec<String>>>,
    /// How much the result is worth when votes are equal: rows, nothing, no query, a failure.
    worth: u8,
    votes: usize,
    first: Candidate,
}

/// The candidate of the largest group; of equal ones the first that found something. `asked` is how many were wanted.
pub(super) async fn choose(candidates: Vec<Candidate>, asked: usize, bench: &Workbench) -> Option<Candidate> {
    let several = candidates.len() > 1;
    let mut groups: Vec<Group> = Vec::new();
    for candidate in candidates {
        let (rows, worth) = match &candidate {
            Candidate::Unanswerable(_) => (None, 1),
            Candidate::Query(_) if !several => (None, 3),
            Candidate::Query(draft) => match bench.attempt(&draft.sql).await {
                TrialOutcome::Rows(rows) => (Some(key(&rows)), if is_nothing(&rows) { 2 } else { 3 }),
                // It agrees with nobody, and is no worse than the rest when all fail.
                TrialOutcome::Failed(_) | TrialOutcome::TimedOut => (Some(vec![vec![draft.sql.clone()]]), 0),
            },
        };
        match groups.iter_mut().find(|g| g.rows == rows && g.worth == worth) {
            Some(group) => group.votes += 1,
            None => groups.push(Group { rows, worth, votes: 1, first: candidate }),
        }
    }
    // A failure has no vote against a result.
    let best = groups.into_iter().rev().max_by_key(|g| (g.worth > 0, g.votes, g.worth))?;
    Some(match best.first {
        Candidate::Query(mut draft) if asked > 1 => {
            draft.confidence = Some(best.votes as f64 / asked as f64);
            Candidate::Query(draft)
        }
        other => other,
    })
}

/// Rows without their order and without the order of their columns: two queries that say the same are the same.
fn key(rows: &RowSet) -> Vec<Vec<String>> {
    let mut key: Vec<Vec<String>> = rows
        .rows
        .iter()
        .map(|row| {
            let mut cells: Vec<String> = row.iter().map(cell).collect();
            cells.sort_unstable();
            cells
        })
        .collect();
    key.sort_unstable();
    key
}

/// Numbers by six significant digits, so that the way of adding up does not matter.
fn cell(value: &Value) -> String {
    match value.as_f64() {
        Some(number) => format!("{number:.5e}"),
        None => value.to_string(),
    }
}
