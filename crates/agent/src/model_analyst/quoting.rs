//! The customer's words in a prompt: flattened, shortened, and unable to end the block that marks them as data.

use crate::prompts::harmless;

/// As one line of at most `max` characters.
pub(super) fn line(text: &str, max: usize) -> String {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let clean: String = flat.chars().filter(|c| !c.is_control()).collect();
    shortened(&harmless(&clean), max)
}

/// With its lines, of at most `max` characters.
pub(super) fn block(text: &str, max: usize) -> String {
    let clean: String = text.chars().filter(|c| *c == '\n' || !c.is_control()).collect();
    shortened(&harmless(clean.trim()), max)
}

fn shortened(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
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
}
