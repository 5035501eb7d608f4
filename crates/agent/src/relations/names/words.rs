//! The words of an identifier as discovery compares them, prepared once per column.

use super::vocabulary::{GLUED, ID_WORDS, NOT_GLUED, TABLE_PREFIXES};
use datafyme_domain::names::{identifier_words, singular};

/// What is compared of a column's name and its table's.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NameFacts {
    /// Words of the column.
    pub words: Vec<String>,
    /// Words without those that only say "identifier".
    pub core: Vec<String>,
    /// Words of the table, without meaningless prefixes.
    pub table: Vec<String>,
    /// The words without borders.
    pub joined: String,
    /// The core words without borders.
    pub core_joined: String,
    /// The table's words without borders.
    pub table_joined: String,
    /// Table and column without borders.
    pub full: String,
    pub(super) grams: Vec<u64>,
    pub(super) core_grams: Vec<u64>,
    pub(super) table_grams: Vec<u64>,
    pub(super) full_grams: Vec<u64>,
    /// How much the column is named after its own table, 0 to 1.
    pub at_home: f64,
    /// How much it looks like the key of its own table by name, 0 to 1.
    pub own: f64,
    /// Whether it can be the key of its own table.
    pub is_key_like: bool,
    /// Whether a number at the end was taken off.
    pub numbered: bool,
}

impl NameFacts {
    /// Of a column and its table.
    #[must_use]
    pub fn new(column: &str, table: &[String]) -> Self {
        Self::of(words(column), table.to_vec())
    }

    fn of(words: Vec<String>, table: Vec<String>) -> Self {
        let core: Vec<String> = words.iter().filter(|w| !ID_WORDS.contains(&w.as_str())).cloned().collect();
        let (joined, core_joined, table_joined) = (words.concat(), core.concat(), table.concat());
        let full = format!("{table_joined}{joined}");
        let [grams, core_grams, table_grams, full_grams] =
            [&joined, &core_joined, &table_joined, &full].map(|text| trigrams(text));
        let named_after = abbreviates_at_end(&core, &table).max(jaccard(&core_grams, &table_grams));
        let at_home = if core.is_empty() { 0.5 } else { named_after };
        let own = jaccard(&grams, &full_grams).max(if core.is_empty() { 0.0 } else { named_after });
        Self {
            words,
            core,
            table,
            joined,
            core_joined,
            table_joined,
            full,
            grams,
            core_grams,
            table_grams,
            full_grams,
            at_home,
            own,
            is_key_like: false,
            numbered: false,
        }
    }

    /// Without digits at the end and `fk` at either end: `address_id2`, `fk_customer`.
    pub(super) fn undecorated(&self) -> std::borrow::Cow<'_, Self> {
        let is_number = |w: &String| w.chars().all(|c| c.is_ascii_digit());
        let decorated = self.words.len() > 1
            && (self.words.last().is_some_and(|w| is_number(w) || w == "fk")
                || self.words.first().is_some_and(|w| w == "fk"));
        if !decorated {
            return std::borrow::Cow::Borrowed(self);
        }
        let mut words = self.words.clone();
        let mut numbered = false;
        while words.len() > 1 && words.last().is_some_and(|w| is_number(w) || w == "fk") {
            numbered |= words.pop().is_some_and(|w| is_number(&w));
        }
        if words.len() > 1 && words.first().is_some_and(|w| w == "fk") {
            words.remove(0);
        }
        let bare = Self::of(words, self.table.clone());
        std::borrow::Cow::Owned(Self { numbered, is_key_like: self.is_key_like, ..bare })
    }
}

/// The words of an identifier: singular, glued id suffixes split off.
#[must_use]
pub fn words(identifier: &str) -> Vec<String> {
    let mut words: Vec<String> = identifier_words(identifier).iter().map(|w| singular(w)).collect();
    let Some(last) = words.last().cloned() else { return words };
    if NOT_GLUED.contains(&last.as_str()) {
        return words;
    }
    let split = GLUED.iter().find_map(|suffix| {
        let root = last.strip_suffix(suffix)?;
        let least = if matches!(*suffix, "no" | "nr") { 3 } else { 2 };
        (root.chars().count() >= least).then(|| (root.to_owned(), (*suffix).to_owned()))
    });
    if let Some((root, suffix)) = split {
        words.pop();
        words.push(root);
        words.push(suffix);
    }
    words
}

/// Words of a table name without meaningless prefixes.
#[must_use]
pub fn table_words(table: &str) -> Vec<String> {
    let mut words = words(table);
    if words.len() > 1 && words.first().is_some_and(|w| TABLE_PREFIXES.contains(&w.as_str())) {
        words.remove(0);
    }
    words
}

/// First letters of words.
#[must_use]
pub fn initials(words: &[String]) -> String {
    words.iter().filter_map(|w| w.chars().next()).collect()
}

/// Share of common words among all of both.
pub(super) fn overlap(a: &[String], b: &[String]) -> f64 {
    let common = a.iter().filter(|w| b.contains(w)).count();
    let all = a.len() + b.len() - common.min(a.len() + b.len());
    if all == 0 { 0.0 } else { common as f64 / all as f64 }
}

/// How well the last words of `a` match those of `b`, abbreviations allowed either way.
pub(super) fn abbreviates_at_end(a: &[String], b: &[String]) -> f64 {
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let worst = a
        .iter()
        .rev()
        .zip(b.iter().rev())
        .map(|(x, y)| abbreviation(x, y).max(abbreviation(y, x)))
        .fold(1.0_f64, f64::min);
    if b.len() <= a.len() { worst } else { worst * 0.8 }
}

/// How well `short` abbreviates `long`, 0 to 1: a prefix, or its letters in order from the same first one.
pub(super) fn abbreviation(short: &str, long: &str) -> f64 {
    if short == long {
        return 1.0;
    }
    let (n, m) = (short.chars().count(), long.chars().count());
    if n < 2 || n > m {
        return 0.0;
    }
    if long.starts_with(short) {
        return if n >= 3 { 0.9 } else { 0.7 };
    }
    if short.chars().next() != long.chars().next() {
        return 0.0;
    }
    let mut letters = long.chars();
    if short.chars().all(|c| letters.any(|l| l == c)) {
        return if n >= 3 { 0.6 } else { 0.35 };
    }
    0.0
}

/// The trigrams of a word with its borders, packed and sorted.
pub(super) fn trigrams(text: &str) -> Vec<u64> {
    if text.is_empty() {
        return Vec::new();
    }
    let padded: Vec<u64> =
        std::iter::once('^').chain(text.chars()).chain(['$']).map(|c| u64::from(u32::from(c))).collect();
    let mut grams: Vec<u64> = padded.windows(3).map(|w| w.iter().fold(0, |packed, c| (packed << 21) | c)).collect();
    grams.sort_unstable();
    grams.dedup();
    grams
}

/// Jaccard overlap of two sorted sets; 0 where one is empty.
pub(super) fn jaccard(a: &[u64], b: &[u64]) -> f64 {
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let common = a.iter().filter(|g| b.binary_search(g).is_ok()).count();
    common as f64 / (a.len() + b.len() - common) as f64
}
