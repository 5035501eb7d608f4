//! A question that can be read in several ways: when to ask which is meant, and the reading that a person chose before.

use crate::{
    analyst::{Abstention, Asking},
    join_ledger,
    knowledge::SourceKnowledge,
    workbench::Workbench,
};
use datafyme_domain::{AnswerReading, names::fold};
use datafyme_nlq::{Alternative, TrialOutcome};

/// Below this confidence a reading is not told alone where another is nearly as likely.
const ASK_BELOW: f64 = 0.6;
/// Another reading is nearly as likely from this share of the best one's confidence.
const RIVAL: f64 = 0.6;
/// Below this a guess is not worth showing.
const HOPELESS: f64 = 0.15;
/// Readings that are shown.
const SHOWN: usize = 3;
/// Rows of each that are shown.
const ROWS: usize = 5;
/// How sure a person's own choice is.
const CHOSEN_CONFIDENCE: f64 = 0.97;

/// What is said under an answer whose reading a person chose.
pub(crate) const CHOSEN: &str = "You chose this reading of the question before.";

/// Puts the reading first that a person chose for this question before; says whether there is one.
pub(super) fn prefer(asking: &Asking, all: &mut Vec<Alternative>) -> bool {
    let wanted = normalized(&asking.question);
    let chosen = asking.verified.iter().filter(|v| normalized(&v.question) == wanted);
    for verified in chosen {
        if let Some(at) = all.iter().position(|a| runs_as(&a.sql, &asking.knowledge) == verified.sql) {
            let mut first = all.remove(at);
            first.confidence = first.confidence.max(CHOSEN_CONFIDENCE);
            all.insert(0, first);
            return true;
        }
    }
    false
}

/// Which of the readings is meant, where the first is not sure and another, with another result, is nearly as likely.
pub(super) async fn ask(asking: &Asking, all: &[Alternative], bench: &Workbench) -> Option<Abstention> {
    let best = all.first()?.confidence;
    let rivals: Vec<Alternative> = all.iter().filter(|a| a.confidence >= RIVAL * best).cloned().collect();
    if best >= ASK_BELOW || rivals.len() < 2 {
        return None;
    }
    let readings = offered(asking, &rivals, bench).await;
    (readings.len() > 1).then(|| Abstention {
        reason: format!(
            "This question can be read in {} ways, with different results. Which one do you mean?",
            readings.len()
        ),
        suggestions: Vec::new(),
        readings,
    })
}

/// Readings to choose from, each with the beginning of its result; those without one left out.
pub(super) async fn offered(asking: &Asking, all: &[Alternative], bench: &Workbench) -> Vec<AnswerReading> {
    let mut found: Vec<AnswerReading> = Vec::new();
    for reading in all.iter().filter(|a| a.confidence >= HOPELESS).take(SHOWN) {
        let sql = runs_as(&reading.sql, &asking.knowledge);
        let TrialOutcome::Rows(mut rows) = bench.attempt(&sql).await else { continue };
        if rows.rows.is_empty() || found.iter().any(|f| f.rows == rows.rows && !f.truncated) {
            continue;
        }
        let truncated = rows.truncated || rows.rows.len() > ROWS;
        rows.rows.truncate(ROWS);
        found.push(AnswerReading {
            interpretation: reading.plan.explain(),
            sql,
            columns: rows.columns,
            rows: rows.rows,
            truncated,
            confidence: reading.confidence,
        });
    }
    found
}

/// The query as it would run.
fn runs_as(sql: &str, knowledge: &SourceKnowledge) -> String {
    join_ledger::untangle(sql, knowledge).map_or_else(|| sql.to_owned(), |(sql, _)| sql)
}

/// A question by which it is recognised: case, blanks and the closing mark do not count.
pub(crate) fn normalized(question: &str) -> String {
    let words: Vec<String> = question.split_whitespace().map(fold).collect();
    words.join(" ").trim_end_matches(['?', '.', '!', ' ']).to_owned()
}
