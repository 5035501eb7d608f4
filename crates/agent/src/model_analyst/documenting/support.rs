//! What a model says of a table is held to what it was shown: a sentence with a figure or an identifier that stands
//! nowhere in the prompt is dropped.

use super::sheet::cut;
use std::collections::HashSet;

/// Figures up to this one count things in a sentence ("three columns", "2 parts") and need no source.
const SMALL: u64 = 12;

/// What a prompt showed.
#[derive(Debug)]
pub(super) struct Shown {
    figures: HashSet<String>,
    words: HashSet<String>,
}

impl Shown {
    /// From the prompt as it was sent.
    pub(super) fn of(prompt: &str) -> Self {
        Self { figures: figures(prompt).into_iter().collect(), words: words(prompt).collect() }
    }

    /// The sentences that the prompt supports, as many as fit into that many characters.
    pub(super) fn supported(&self, text: &str, chars: usize) -> String {
        let mut kept = String::new();
        let mut length = 0;
        for sentence in sentences(text).filter(|s| self.supports(s)) {
            length += sentence.chars().count() + 1;
            if length > chars + 1 {
                if kept.is_empty() {
                    kept = cut(sentence, chars);
                }
                break;
            }
            if !kept.is_empty() {
                kept.push(' ');
            }
            kept.push_str(sentence);
        }
        kept
    }

    /// Whether every figure and every identifier of `text` was shown.
    pub(super) fn supports(&self, text: &str) -> bool {
        let small = |figure: &str| figure.parse::<u64>().is_ok_and(|n| n <= SMALL);
        figures(text).iter().all(|f| small(f) || self.figures.contains(f))
            && identifiers(text).all(|i| self.words.contains(&i))
    }
}

/// Sentences end with a mark and a space, or with the line.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(|line| {
        let mut rest = line;
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let end = rest
                .char_indices()
                .find(|(at, c)| {
                    let after = rest.get(at + c.len_utf8()..).unwrap_or_default();
                    matches!(c, '.' | '!' | '?') && after.starts_with(char::is_whitespace) && !abbreviated(rest, *at)
                })
                .map_or(rest.len(), |(at, c)| at + c.len_utf8());
            let (sentence, after) = rest.split_at(end);
            rest = after;
            Some(sentence.trim())
        })
        .filter(|s| !s.is_empty())
    })
}

/// Whether the stop at `at` ends "e.g.", "pl." or an ordinal rather than a sentence.
fn abbreviated(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let word = before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    matches!(word, "e.g" | "i.e" | "etc" | "no" | "pl" | "ill" | "stb" | "kb" | "vs" | "approx")
}

/// Runs of digits without their group and decimal marks, such as stand alone: `1,024` → `1024`, but not `H2O`. What
/// follows the name of a standard (`ISO 4217`) is part of that name.
fn figures(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or(' ');
    let mut found = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        if !at(i).is_ascii_digit() {
            i += 1;
            continue;
        }
        let start = i;
        let mut figure = String::new();
        while at(i).is_ascii_digit() || (is_mark(at(i)) && groups(&chars, i)) {
            if at(i).is_ascii_digit() {
                figure.push(at(i));
            }
            i += 1;
        }
        let inside = start > 0 && (at(start - 1).is_alphabetic() || at(start - 1) == '_');
        if !inside && !follows_a_standard(&chars, start) {
            let plain = figure.trim_start_matches('0');
            found.push(if plain.is_empty() { "0".to_owned() } else { plain.to_owned() });
        }
    }
    found
}

const fn is_mark(c: char) -> bool {
    matches!(c, ',' | '.' | ' ' | '\u{a0}' | '\u{202f}')
}

/// Whether the mark at `i` stands inside a figure: between digits; a space only before a group of three.
fn groups(chars: &[char], i: usize) -> bool {
    let digit = |i: usize| chars.get(i).is_some_and(char::is_ascii_digit);
    if matches!(chars.get(i), Some(',' | '.')) {
        return digit(i + 1);
    }
    digit(i + 1) && digit(i + 2) && digit(i + 3) && !digit(i + 4)
}

fn follows_a_standard(chars: &[char], start: usize) -> bool {
    let before: String = chars.get(..start).unwrap_or_default().iter().rev().take(8).collect();
    let word: String =
        before.trim_start_matches([' ', '-', '\u{a0}']).chars().take_while(|c| c.is_alphabetic()).collect();
    matches!(word.as_str(), "OSI" | "CFR" | "FTU" | "NE" | "ZSM" | "NID")
}

/// Words with an underscore inside, and those in back quotes: what can only be a name of the database.
fn identifiers(text: &str) -> impl Iterator<Item = String> {
    let quoted = text.split('`').skip(1).step_by(2).filter(|q| !q.contains('\n') && q.chars().count() <= 128);
    words(text).filter(|w| w.contains('_')).chain(quoted.flat_map(words))
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .map(|w| w.trim_matches('_').to_lowercase())
        .filter(|w| !w.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROMPT: &str =
        "Table orders, 1024 rows.\n- order_id INTEGER; 1024 distinct, each once\n- `total` REAL; e.g. 20.5";

    #[test]
    fn a_sentence_with_a_figure_or_a_name_that_was_not_shown_is_dropped() {
        let cases = [
            ("Orders of the shop. It has 1,024 rows.", "Orders of the shop. It has 1,024 rows."),
            ("Orders of the shop. About 5000 customers placed them.", "Orders of the shop."),
            ("It joins customers by customer_id. Totals reach 20.5.", "Totals reach 20.5."),
            ("Has 3 columns, e.g. the total. One is order_id!", "Has 3 columns, e.g. the total. One is order_id!"),
            ("1 024 sor van benne. 2 048 sor van benne.", "1 024 sor van benne."),
            ("The `price` is in ISO 4217 units.", ""),
            ("The `total` is in ISO 4217 units of H2O.", "The `total` is in ISO 4217 units of H2O."),
            ("Written since 2019-03-01.", ""),
        ];
        let shown = Shown::of(PROMPT);
        for (said, kept) in cases {
            assert_eq!(shown.supported(said, 500), kept, "{said}");
        }
    }

    #[test]
    fn what_is_too_long_ends_with_a_whole_sentence() {
        let shown = Shown::of("");
        assert_eq!(shown.supported("One two. Three four. Five six.", 20), "One two. Three four.");
        assert_eq!(shown.supported("One two three four five.", 5), "One t…");
    }
}
