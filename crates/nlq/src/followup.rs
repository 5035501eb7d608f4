//! Changes of the last question: "only for 2024", "and by month?", "top 3 instead", "how many of them are men?".

mod edit;
mod options;
mod plain;

pub(crate) use edit::edits;
pub(crate) use plain::edited;

use crate::{lexicon, reading::Reading};

/// Words that a clause without its sentence begins with.
const CLAUSES: &[&str] = &[
    "by",
    "per",
    "top",
    "bottom",
    "more",
    "less",
    "fewer",
    "over",
    "under",
    "above",
    "below",
    "for",
    "in",
    "since",
    "before",
    "after",
    "monthly",
    "weekly",
    "daily",
    "yearly",
    "quarterly",
    "without",
    "excluding",
    "from",
    "between",
    "biggest",
    "largest",
    "smallest",
    "highest",
    "lowest",
];
/// Words that a change begins with.
const OPENERS: &[&str] = &[
    "and",
    "only",
    "just",
    "now",
    "same",
    "but",
    "also",
    "then",
    "instead",
    "without",
    "excluding",
    "except",
    "sorted",
    "sort",
    "order",
    "ordered",
    "rank",
    "by",
    "per",
    "split",
    "broken",
    "group",
    "grouped",
    "top",
    "bottom",
    "limit",
    "first",
    "last",
    "make",
    "more",
    "less",
    "fewer",
    "over",
    "under",
    "above",
    "below",
    "for",
    "in",
    "from",
    "since",
    "before",
    "after",
    "between",
    "what",
    "how",
    "show",
    "add",
    "include",
    "exclude",
    "remove",
    "drop",
    "compare",
    "or",
    "monthly",
    "weekly",
    "daily",
    "yearly",
    "quarterly",
    "biggest",
    "smallest",
    "largest",
    "highest",
    "lowest",
    "descending",
    "ascending",
    "not",
    "with",
    "filter",
    "restrict",
    "who",
    "which",
    "the",
    "those",
    "of",
    "ok",
    "okay",
    "please",
    "no",
    "average",
    "total",
    "sum",
    "as",
];

/// Words that point back.
const POINTERS: &[&str] = &["them", "those", "these", "that", "it", "they", "their", "its", "instead", "same", "ones"];

/// Whether the words only make sense as a change of what was asked before: 0 (stands alone) to 1.
pub(crate) fn likelihood(reading: &Reading) -> f64 {
    let words: Vec<&str> = reading.tokens.iter().filter(|t| !t.is_punctuation()).map(|t| t.lower.as_str()).collect();
    let (first, second) = (words.first().copied().unwrap_or(""), words.get(1).copied().unwrap_or(""));
    let short = words.len() <= 9;
    let opened = opens_a_change(first, second);
    let pointed = reading.has(POINTERS) && !reading.has_phrase("how many are there")
        || reading.has_phrase("of them")
        || reading.has_phrase("of those");
    let asks_only_count = words.join(" ") == "how many are there"
        || words.join(" ") == "how many"
        || reading.has_phrase("how many are there") && words.len() <= 5;
    if opened && words.len() <= 16 {
        return 0.95;
    }
    if asks_only_count {
        return 0.95;
    }
    if pointed && words.len() <= 14 && (reading.has(&["them", "those", "these", "instead"])) {
        return 0.9;
    }
    let names_table = reading
        .mentions
        .iter()
        .filter(|m| {
            m.options.first().is_some_and(|o| matches!(o.named, crate::catalog_index::Named::Table(_)) && o.score > 0.9)
        })
        .count();
    let clause = CLAUSES.contains(&first);
    if clause && short {
        return if names_table == 0 { 0.9 } else { 0.6 };
    }
    if pointed && short {
        return 0.6;
    }
    let content = words.iter().filter(|w| !lexicon::is_filler(w)).count();
    if words.len() <= 4 && content <= 2 && OPENERS.contains(&first) && names_table == 0 {
        return 0.5;
    }
    0.0
}

/// "and …", "what about …", "break it down"
fn opens_a_change(first: &str, second: &str) -> bool {
    matches!(
        first,
        "and" | "only" | "just" | "now" | "but" | "instead" | "same" | "sorted" | "sort" | "also" | "or" | "then"
    ) || matches!(
        (first, second),
        ("what", "about")
            | ("how", "about")
            | ("make", "it")
            | ("break", "it" | "that" | "down")
            | ("split", _)
            | ("group", _)
            | ("order", "by" | "them" | "it")
            | ("not", _)
    )
}
