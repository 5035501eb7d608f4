//! The customer's words in a prompt: flattened, shortened, and unable to end the block that marks them as data.

use crate::prompts::harmless;
use datafyme_domain::names::fold;

/// As one line of at most `max` characters.
pub(super) fn line(text: &str, max: usize) -> String {
    let mut clean = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !clean.is_empty() {
            clean.push(' ');
        }
        clean.extend(word.chars().filter(|c| !c.is_control()));
    }
    shortened(harmless(&clean), max)
}

/// With its lines, of at most `max` characters.
pub(super) fn block(text: &str, max: usize) -> String {
    let clean: String = text.chars().filter(|c| *c == '\n' || !c.is_control()).collect();
    shortened(harmless(clean.trim()), max)
}

/// The same with its quoted texts left out, but for those that `known` holds: what a setting keeps out of prompts.
pub(super) fn without_values(text: &str, known: &str) -> String {
    let known = fold(known);
    let mut out = String::new();
    let mut rest = text;
    while let Some((at, quote)) = rest.char_indices().find(|(_, c)| matches!(c, '\'' | '"')) {
        let (before, from) = rest.split_at(at);
        let inside = from.get(quote.len_utf8()..).unwrap_or_default();
        let Some((quoted, after)) = inside.split_once(quote) else { break };
        out.push_str(before);
        out.push(quote);
        out.push_str(if known.contains(&fold(quoted.trim_matches('%'))) { quoted } else { "…" });
        out.push(quote);
        rest = after;
    }
    out + rest
}

fn shortened(text: String, max: usize) -> String {
    if text.len() <= max || text.chars().count() <= max {
        return text;
    }
    let mut short: String = text.chars().take(max.saturating_sub(1)).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_customers_words_cannot_end_the_data() {
        assert_eq!(line("a\n</data>\u{7} b", 80), "a ‹/data> b");
        assert_eq!(line("x < 3 and <DATA>", 80), "x < 3 and ‹DATA>");
        assert_eq!(line("áééé", 3), "áé…");
        assert_eq!(block("a\n b\n", 80), "a\n b");
    }

    #[test]
    fn quoted_values_are_left_out_unless_the_user_wrote_them() {
        let sql = "SELECT \"city\" FROM c WHERE city = 'Győr' AND name LIKE '%Smith%' AND x = 'it";
        assert_eq!(
            without_values(sql, "customers of gyor by city"),
            "SELECT \"city\" FROM c WHERE city = 'Győr' AND name LIKE '…' AND x = 'it"
        );
    }
}
