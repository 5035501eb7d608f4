//! What the strict reader makes of words: one table of questions and SQL per kind of rule.

mod cues;
mod dates;
mod follow_ups;

use crate::{draft::realise, grammar, tests::shop};
use chrono::NaiveDate;

/// SQL of a conversation's last question on one line, with how sure the reader is; absent where it reads nothing.
fn read(questions: &[&str]) -> Option<(String, f64)> {
    let index = shop::index();
    let today = NaiveDate::from_ymd_opt(2026, 11, 22)?;
    let strict = grammar::read(&index, questions, today)?;
    let sql = realise(&index, &strict.draft, &|_| 0.0)?.to_sql(index.dialect);
    Some((sql.split_whitespace().collect::<Vec<_>>().join(" "), strict.certainty))
}

/// Each question, in a conversation of its own, is read as its SQL and with certainty.
fn assert_read(cases: &[(&str, &str)]) {
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(questions, expected)| {
            let lines: Vec<&str> = questions.split(" | ").collect();
            match read(&lines) {
                Some((sql, certainty)) if sql == *expected && certainty >= 0.7 => None,
                other => Some(format!("{questions}\n    wanted {expected}\n    read   {other:?}")),
            }
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// Each question is read as nothing, or with so little certainty that the reading is not considered.
fn assert_doubtful(questions: &[&str]) {
    for question in questions {
        if let Some((sql, certainty)) = read(&[question]) {
            assert!(certainty < 0.7, "{question}: {certainty} {sql}");
        }
    }
}

#[test]
fn follow_ups_are_told_from_questions() {
    for text in
        ["and by month?", "Only for 2024", "What about France?", "How many are there?", "instead by year", "top 3"]
    {
        assert!(grammar::is_follow_up(text), "{text}");
    }
    for text in ["How many orders are there?", "Which customers are from Germany?", "What is the average price?", ""] {
        assert!(!grammar::is_follow_up(text), "{text}");
    }
}
