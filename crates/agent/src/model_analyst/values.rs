//! Values of the data that a question means, and those nearest to a text that is not in the data.

use super::{quoting, reading::nearest};
use crate::knowledge::{SourceKnowledge, prepared::hash};
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
    let keys = keys(&text_words(question));
    let dialect = knowledge.catalog.dialect;
    let mut found: Vec<(usize, String)> = Vec::new();
    for (position, prepared) in tables.iter().filter_map(|t| knowledge.prepared.get(t)) {
        let Some(table) = knowledge.catalog.tables.get(position) else { continue };
        let values = prepared.values(&knowledge.catalog, position);
        for (hash, key) in &keys {
            for place in values.find(*hash) {
                let profile = table.profile.as_ref().and_then(|p| p.columns.get(place.column as usize));
                let value = profile.and_then(|p| Some((p, p.values.get(place.value as usize)?)));
                let Some((profile, value)) = value.filter(|(_, value)| text_words(value).join(" ") == *key) else {
                    continue;
                };
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

/// What a value may read like that stands in a question: some words in a row, or one without its case ending.
fn keys(words: &[String]) -> Vec<(u64, String)> {
    let mut keys: HashSet<String> = HashSet::new();
    for length in 1..=WORDS {
        keys.extend(words.windows(length).map(|w| w.join(" ")));
    }
    for word in words {
        let ends: Vec<usize> = word.char_indices().map(|(at, _)| at).skip(STEM).collect();
        keys.extend(ends.iter().rev().take(ENDING).filter_map(|end| word.get(..*end)).map(str::to_owned));
    }
    keys.retain(|key| key.chars().count() >= 2);
    keys.into_iter().map(|key| (hash(&key), key)).collect()
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
    let near = nearest(text, profile.values.iter(), MATCHES);
    let near: Vec<String> = near.into_iter().map(str::to_owned).collect();
    if profile.values.is_empty() || (profile.values.len() as u64) < profile.distinct {
        Known::Open(near)
    } else {
        Known::Absent(near)
    }
}
