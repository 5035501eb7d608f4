//! The same question again: a person approved its query once; it is run again on the data of now.

use crate::{analyst::QueryDraft, knowledge::SourceKnowledge, model_analyst};
use datafyme_domain::{VerifiedQuery, names::text_words};

/// Words that mean another time every day, in English and Hungarian.
const RELATIVE: &[&str] = &[
    "today",
    "yesterday",
    "tomorrow",
    "now",
    "current",
    "currently",
    "recent",
    "recently",
    "last",
    "past",
    "previous",
    "this",
    "next",
    "latest",
    "ago",
    "ytd",
    "mtd",
    "qtd",
    "ma",
    "mai",
    "tegnap",
    "tegnapi",
    "holnap",
    "jelenlegi",
    "aktuális",
    "múlt",
    "elmúlt",
    "utóbbi",
    "előző",
    "utolsó",
    "idei",
    "idén",
    "tavaly",
    "tavalyi",
    "jövő",
    "ezen",
    "ebben",
];

/// What of a data source's approved queries can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// As the answer, and as an example.
    Valid,
    /// As an example alone: the question moves with time and the query has fixed dates.
    FixedDates,
}

/// Whether the query may answer its question, or what speaks against it in words.
///
/// # Errors
/// Why it cannot be used at all: what it reads is gone, hidden or of another type.
pub fn standing(query: &VerifiedQuery, catalog: &datafyme_domain::Catalog) -> Result<Standing, String> {
    match query.stale(catalog) {
        Some(reason) => Err(reason),
        None if moves_with_time(&query.question) && has_fixed_dates(&query.sql) => Ok(Standing::FixedDates),
        None => Ok(Standing::Valid),
    }
}

fn moves_with_time(question: &str) -> bool {
    let lower = question.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).any(|w| RELATIVE.contains(&w))
        || text_words(question).iter().any(|w| RELATIVE.contains(&w.as_str()))
}

/// Whether a year of our time stands in the SQL.
fn has_fixed_dates(sql: &str) -> bool {
    let digits = sql.split(|c: char| !c.is_ascii_digit());
    digits.filter(|run| run.len() == 4 || run.len() == 8).any(|run| run.starts_with("19") || run.starts_with("20"))
}

/// The draft of the approved query for this question, if there is one that may answer it.
pub(crate) fn draft(question: &str, queries: &[VerifiedQuery], knowledge: &SourceKnowledge) -> Option<QueryDraft> {
    let query = queries
        .iter()
        .filter(|q| q.is_approved() && q.is_asked_by(question))
        .find(|q| standing(q, &knowledge.catalog) == Ok(Standing::Valid))?;
    let drafted = query.draft.clone().and_then(|draft| serde_json::from_value::<QueryDraft>(draft).ok());
    let mut draft = match drafted.filter(|d| d.sql == query.sql) {
        Some(drafted) => drafted,
        None => model_analyst::read_draft(&query.sql, knowledge),
    };
    draft.confidence = Some(1.0);
    draft.others = Vec::new();
    let by = if query.author.is_empty() { "a person" } else { query.author.as_str() };
    let on = query.approved_at.format("%Y-%m-%d");
    draft.verified = Some(format!("Approved for this question by {by} on {on}, and run again on the data of now."));
    Some(draft)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_that_moves_with_time_is_told_from_one_that_does_not() {
        for question in ["Orders last month?", "revenue this year", "Hány rendelés volt tavaly?", "a múlt havi bevétel"]
        {
            assert!(moves_with_time(question), "{question}");
        }
        for question in ["Orders in March 2024", "What is the average price?", "Hány rendelés volt 2023-ban?"] {
            assert!(!moves_with_time(question), "{question}");
        }
    }

    #[test]
    fn a_year_in_the_query_is_a_fixed_date() {
        assert!(has_fixed_dates("SELECT 1 FROM o WHERE d >= '2024-09-01'"));
        assert!(has_fixed_dates("SELECT 1 FROM o WHERE d >= 20240901"));
        assert!(!has_fixed_dates("SELECT 1 FROM o WHERE d >= date('now', '-30 days') LIMIT 10"));
        assert!(!has_fixed_dates("SELECT 1 FROM o WHERE price > 12345"));
    }
}
