//! Values of the data that a question means, and those nearest to a text that is not in the data.

use super::{quoting, reading::nearest};
use crate::knowledge::SourceKnowledge;
use datafyme_domain::{TableRef, names::text_words};
use std::collections::HashSet;

/// Longest value that is looked for in a question, in words.
const WORDS: usize = 6;
/// Matches handed on.
const MATCHES: usize = 12;
/// Characters of a value.
const VALUE: usize = 80;
/// Shortest stem that a case ending may follow.
const STEM: usize = 4;
/// Longest case ending: `Budapesten`, `Budapestről`.
const ENDING: usize = 6;

/// Conditions such as `customers.city = 'Budapest'` for the values of `tables` that stand in `question`.
pub(super) fn matches(knowledge: &SourceKnowledge, tables: &[TableRef], question: &str) -> Vec<String> {
    let words = text_words(question);
    let mut phrases: HashSet<String> = HashSet::new();
    for length in 1..=WORDS {
        phrases.extend(words.windows(length).map(|w| w.join(" ")));
    }
    // Most values are ruled out by their first letter, which is cheaper than folding them.
    let initials: HashSet<char> = words.iter().filter_map(|w| w.chars().next()).collect();
    let may_match = |value: &str| match value.chars().find(|c| c.is_alphanumeric()) {
        Some(first) => !first.is_ascii() || initials.contains(&first.to_ascii_lowercase()),
        None => false,
    };
    let dialect = knowledge.catalog.dialect;
    let mut found: Vec<(usize, String)> = Vec::new();
    for table in tables.iter().filter_map(|t| knowledge.catalog.get(t)) {
        for profile in table.profile.iter().flat_map(|p| &p.columns) {
            for value in profile.values.iter().filter(|v| may_match(v)) {
                let key = text_words(value).join(" ");
                if key.chars().count() < 2 || !(phrases.contains(&key) || ends_like(&key, &words)) {
                    continue;
                }
                let literal = dialect.literal(&quoting::line(value, VALUE));
                let column = dialect.quote_if_needed(&profile.column);
                found.push((key.len(), format!("{}.{column} = {literal}", table.name.to_sql(dialect))));
            }
        }
    }
    // Longer values say more.
    found.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    found.into_iter().take(MATCHES).map(|(_, condition)| condition).collect()
}

/// Whether a word is the value with a case ending.
fn ends_like(key: &str, words: &[String]) -> bool {
    key.chars().count() >= STEM
        && !key.contains(' ')
        && words.iter().any(|w| w.strip_prefix(key).is_some_and(|ending| ending.chars().count() <= ENDING))
}

/// What is known of a text that a column is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Known {
    /// It is a value of the column.
    Present,
    /// It is none; these are like it.
    Absent(Vec<String>),
    /// The values of the column are not all known.
    Open(Vec<String>),
}

/// Whether `text` is in the column, by its profile.
pub(super) fn look_up(knowledge: &SourceKnowledge, table: &TableRef, column: &str, text: &str) -> Known {
    let profile = knowledge.catalog.get(table).and_then(|t| t.profile.as_ref()).and_then(|p| p.column(column));
    let Some(profile) = profile else { return Known::Open(Vec::new()) };
    if profile.values.iter().any(|v| v == text) {
        return Known::Present;
    }
    let near = nearest(text, profile.values.iter().map(String::as_str), MATCHES);
    let near: Vec<String> = near.into_iter().map(str::to_owned).collect();
    if profile.values.is_empty() || (profile.values.len() as u64) < profile.distinct {
        Known::Open(near)
    } else {
        Known::Absent(near)
    }
}
