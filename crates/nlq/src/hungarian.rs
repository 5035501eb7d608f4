//! Hungarian questions: words are freed of their endings, looked up, and put into the order of English, which the rest of
//! the parser reads. Endings become prepositions, a possessor goes behind what it has ("a termékek ára" → "price of
//! products"), and what stands behind its noun goes before it ("300 felett" → "above 300"). Names and values stay.

mod endings;
mod order;
mod units;
mod words;

use crate::{Language, detect_language};

/// The question in English words, where it is Hungarian; `known` tells whether a folded word stands in a cell.
pub(crate) fn to_english(text: &str, known: &dyn Fn(&str) -> bool) -> Option<String> {
    let head: String = text.chars().take(crate::tokens::MAX_CHARS).collect();
    if !is_hungarian(&head, known) {
        return None;
    }
    let sentences: Vec<String> = units::sentences(&head, known).into_iter().map(order::arrange).collect();
    let english = sentences.join(". ").split_whitespace().collect::<Vec<_>>().join(" ");
    (!english.is_empty()).then_some(english)
}

/// By frequent words; a short message also by a word of ours with an ending, where no English word stands beside it.
fn is_hungarian(text: &str, known: &dyn Fn(&str) -> bool) -> bool {
    if detect_language(text) == Language::Hu {
        return true;
    }
    let words: Vec<String> = datafyme_domain::names::text_words(text);
    words.len() <= 6
        && !words.iter().any(|w| crate::language::is_english(w))
        && words.iter().any(|w| w.len() > 4 && !known(w) && endings::is_inflected(w))
}

#[cfg(test)]
mod tests;
