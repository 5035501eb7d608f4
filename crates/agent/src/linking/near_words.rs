//! Words of names that are spelled nearly like a word of the question.

use super::lexicon::Lexicon;

/// Shortest word that another may begin with.
const BEGINNING: usize = 4;
/// Shortest word that may be misspelled, or stand within another.
const SPELLED: usize = 5;
/// How much of a word's strength is left: it goes on, it is cut short, it is misspelled, it stands inside.
const LONGER: f32 = 0.6;
const SHORTER: f32 = 0.5;
const MISSPELLED: f32 = 0.6;
const INSIDE: f32 = 0.4;

/// The positions of words that `term` may mean, with how well they fit. A `known` term is spelled as it should be.
pub(super) fn near(lexicon: &Lexicon, term: &str, known: bool) -> Vec<(usize, f32)> {
    let words = lexicon.words();
    let length = term.chars().count();
    let mut found: Vec<(usize, f32)> = Vec::new();
    if length < BEGINNING {
        return found;
    }
    let first = words.partition_point(|w| w.as_ref() < term);
    let longer = words.iter().enumerate().skip(first).take_while(|(_, w)| w.starts_with(term));
    found.extend(longer.filter(|(_, w)| w.as_ref() != term).map(|(at, _)| (at, LONGER)));
    let cuts = term.char_indices().skip(BEGINNING).map(|(end, _)| end);
    found.extend(cuts.filter_map(|end| Some((lexicon.find(term.get(..end)?)?, SHORTER))));
    if known || length < SPELLED {
        return found;
    }
    for (at, word) in words.iter().enumerate() {
        if word.len() < SPELLED || found.iter().any(|(seen, _)| *seen == at) {
            continue;
        }
        if is_one_edit_away(word, term) {
            found.push((at, MISSPELLED));
        } else if word.contains(term) {
            found.push((at, INSIDE));
        }
    }
    found
}

/// Whether one letter was changed, added, left out, or exchanged with the next.
pub(crate) fn is_one_edit_away(a: &str, b: &str) -> bool {
    if a.len().abs_diff(b.len()) > 4 || a == b {
        return false;
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let ahead = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let shorter = a.len().min(b.len());
    let behind = a.iter().rev().zip(b.iter().rev()).take(shorter - ahead).take_while(|(x, y)| x == y).count();
    let (left_a, left_b) = (a.get(ahead..a.len() - behind), b.get(ahead..b.len() - behind));
    match (left_a.unwrap_or_default(), left_b.unwrap_or_default()) {
        ([_] | [], [_] | []) => true,
        ([x, y], [v, w]) => x == w && y == v,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_is_seen_and_two_are_not() {
        let near =
            [("custmer", "customer"), ("cusotmer", "customer"), ("customerr", "customer"), ("kustomer", "customer")];
        for (a, b) in near {
            assert!(is_one_edit_away(a, b) && is_one_edit_away(b, a), "{a} {b}");
        }
        for (a, b) in [("kustomr", "customer"), ("customer", "customer"), ("", "ab"), ("abcd", "badc")] {
            assert!(!is_one_edit_away(a, b) && !is_one_edit_away(b, a), "{a} {b}");
        }
    }
}
