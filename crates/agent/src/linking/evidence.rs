//! What the words of a question say about tables.

use super::lexicon::{Lexicon, rarity};
use super::near_words::near;
use crate::values::ValueIndex;
use datafyme_domain::{
    Catalog,
    names::{fold, identifier_words, stem},
};
use std::collections::HashSet;

/// Words of a question that are read; nobody asks longer ones, and time stays bounded.
const WORDS: usize = 100;
/// Strength of a word that means nearly the same.
const SYNONYM: f32 = 0.6;
/// Strength of a value, and what one of several words counts for more.
const VALUE: f32 = 0.7;
const LONG_VALUE: f32 = 1.3;
/// Strength of a value that is spelled a little differently.
const NEAR_VALUE: f32 = 0.6;
/// Words that say how to answer count that much, though a column may be named like them.
const COMMAND: f32 = 0.25;

/// Words that stand in every question and say nothing about what it is about; sorted, folded.
const STOP_WORDS: &[&str] = &[
    "a", "all", "am", "an", "and", "any", "are", "as", "at", "az", "be", "been", "but", "by", "can", "did", "do",
    "does", "each", "egy", "es", "every", "for", "from", "had", "has", "have", "hogy", "how", "i", "if", "in", "into",
    "is", "it", "its", "many", "me", "most", "much", "my", "nem", "no", "not", "of", "on", "or", "our", "per",
    "please", "so", "some", "than", "that", "the", "their", "them", "there", "these", "they", "this", "those", "to",
    "us", "was", "we", "were", "what", "which", "who", "whose", "will", "with", "you", "your",
];

/// Stems of words that say how to answer; sorted.
const COMMANDS: &[&str] = &[
    "after",
    "along",
    "also",
    "among",
    "ascend",
    "averag",
    "befor",
    "between",
    "both",
    "correspond",
    "count",
    "descend",
    "different",
    "distinct",
    "either",
    "find",
    "give",
    "least",
    "less",
    "list",
    "maximum",
    "minimum",
    "more",
    "number",
    "only",
    "other",
    "over",
    "respective",
    "return",
    "same",
    "show",
    "sort",
    "tell",
    "than",
    "together",
    "total",
    "when",
    "where",
    "whether",
];

/// What one piece of a question says.
#[derive(Debug)]
pub(super) struct Evidence {
    /// As in the question, folded; empty for what is no piece of it.
    pub(super) words: String,
    /// How much it counts.
    pub(super) weight: f32,
    /// Tables that know it.
    pub(super) hits: Vec<Hit>,
}

/// A table that knows a piece of a question.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    /// Position in the catalog.
    pub(super) table: usize,
    /// Position in the table.
    pub(super) column: Option<usize>,
    /// How well it fits, 0 to 1.
    pub(super) strength: f32,
}

/// All evidence of a question.
pub(super) fn of_question(lexicon: &Lexicon, catalog: &Catalog, values: &ValueIndex, question: &str) -> Vec<Evidence> {
    let words: Vec<String> = question_words(question);
    let mut evidence: Vec<Evidence> = Vec::new();
    let mut seen: HashSet<String> = HashSet::new();
    for word in words.iter().filter(|w| STOP_WORDS.binary_search(&w.as_str()).is_err()) {
        let term = stem(word);
        if seen.insert(term.clone()) {
            evidence.extend(of_word(lexicon, word, &term));
        }
    }
    // `order items` finds `orderitems`.
    for pair in words.windows(2) {
        let term = stem(&pair.concat());
        if let Some(at) = lexicon.find(&term).filter(|at| lexicon.is_name(*at))
            && seen.insert(term)
        {
            evidence.push(Evidence { words: pair.join(" "), weight: lexicon.weight(at), hits: hits(lexicon, at, 1.0) });
        }
    }
    evidence.extend(of_values(lexicon, catalog, values, question));
    evidence
}

/// The folded words of a question; those within identifiers one by one, and a possessive without its ending.
fn question_words(question: &str) -> Vec<String> {
    let folded = question.replace("'s ", " ").replace("’s ", " ").replace(['\'', '’'], "");
    folded.split_whitespace().flat_map(identifier_words).take(WORDS).collect()
}

fn of_word(lexicon: &Lexicon, word: &str, term: &str) -> Option<Evidence> {
    let exact = lexicon.find(term);
    let named = exact.filter(|at| lexicon.is_name(*at));
    let mut found: Vec<Hit> = exact.map(|at| hits(lexicon, at, 1.0)).unwrap_or_default();
    let mut weight = named.or(exact).map(|at| lexicon.weight(at));
    let synonyms = datafyme_nlq::related_stems(term).iter().filter_map(|s| Some((lexicon.find(s)?, SYNONYM)));
    let others: Vec<(usize, f32)> = synonyms.chain(near(lexicon, term, named.is_some())).collect();
    for (at, strength) in others {
        found.extend(hits(lexicon, at, strength));
        if named.is_none() {
            weight = Some(weight.unwrap_or(0.0).max(lexicon.weight(at)));
        }
    }
    let mut weight = weight?;
    if COMMANDS.binary_search(&term).is_ok() {
        weight *= COMMAND;
    }
    (!found.is_empty()).then(|| Evidence { words: word.to_owned(), weight, hits: found })
}

fn hits(lexicon: &Lexicon, word: usize, strength: f32) -> Vec<Hit> {
    let uses = lexicon.uses(word).iter();
    uses.map(|u| Hit { table: u.table(), column: u.column(), strength: strength * u.field.strength() }).collect()
}

/// Values of the data that stand in the question, the longest first; none within another.
#[allow(clippy::cast_precision_loss)] // counts of tables
fn of_values(lexicon: &Lexicon, catalog: &Catalog, values: &ValueIndex, question: &str) -> Vec<Evidence> {
    let all = catalog.tables.len() as f32;
    let mentions = values.mentions(
        catalog,
        question,
        |words| match words {
            [one] => {
                let is_short =
                    one.chars().count() < 2 || (one.chars().count() < 3 && one.chars().all(|c| c.is_numeric()));
                is_short
                    || STOP_WORDS.binary_search(&fold(one).as_str()).is_ok()
                    || COMMANDS.binary_search(&stem(one).as_str()).is_ok()
            }
            _ => false,
        },
        |word| lexicon.find(&stem(word)).is_some(),
    );
    let found = mentions.into_iter().map(|mention| {
        let strength = if mention.is_exact { VALUE } else { NEAR_VALUE };
        let tables: HashSet<usize> = mention.values.iter().map(|v| v.table).collect();
        let longer = if mention.words > 1 { LONG_VALUE } else { 1.0 };
        Evidence {
            words: mention.text,
            weight: rarity(tables.len() as f32, all) * longer,
            hits: mention.values.iter().map(|v| Hit { table: v.table, column: Some(v.column), strength }).collect(),
        }
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_words_are_sorted_for_the_search_in_them() {
        assert!(STOP_WORDS.is_sorted());
        assert!(COMMANDS.is_sorted());
    }
}
