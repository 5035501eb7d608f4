//! How alike the names of a child column and a parent key are.

use datafyme_domain::names::{identifier_words, singular};

/// Words that say "this identifies something" and nothing of what.
const ID_WORDS: &[&str] = &[
    "id", "ids", "code", "no", "num", "number", "nr", "key", "pk", "fk", "uid", "guid", "cd", "ref", "uuid", "sk",
    "oid",
];

/// Suffixes that are glued to a word without a separator: `custid`.
const GLUED: &[&str] = &["id", "code", "number", "num", "key"];

/// Words that end like a glued suffix and are none.
const NOT_GLUED: &[&str] =
    &["paid", "valid", "said", "barcode", "postcode", "zipcode", "bid", "grid", "avoid", "raid", "aid", "turkey"];

/// Words that tell two references to one table apart: `location_from`, `location_to`.
const DIRECTIONS: &[&str] = &[
    "from",
    "to",
    "source",
    "src",
    "destination",
    "dest",
    "dst",
    "origin",
    "target",
    "start",
    "end",
    "before",
    "after",
];

/// Prefixes of table names that carry no meaning.
const TABLE_PREFIXES: &[&str] = &["ref", "tbl", "t", "dim", "fact", "lkp"];

/// The words of an identifier as discovery compares them: singular, glued id suffixes split off.
#[must_use]
pub fn words(identifier: &str) -> Vec<String> {
    let mut words: Vec<String> = identifier_words(identifier).iter().map(|w| singular(w)).collect();
    if let Some(last) = words.last().cloned()
        && !NOT_GLUED.contains(&last.as_str())
        && let Some((root, suffix)) = GLUED
            .iter()
            .find_map(|s| last.strip_suffix(s).filter(|r| r.len() >= 2).map(|r| (r.to_owned(), (*s).to_owned())))
    {
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

/// Whether an identifier names nothing but "an identifier".
#[must_use]
pub fn is_generic(words: &[String]) -> bool {
    core(words).is_empty()
}

/// Whether an identifier looks like one of something: it has an id word.
#[must_use]
pub fn is_id_like(words: &[String]) -> bool {
    words.iter().any(|w| ID_WORDS.contains(&w.as_str()))
}

fn core(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).filter(|w| !ID_WORDS.contains(w)).collect()
}

/// Name affinity of child column `child` with the key `key` of table `table`, 0 to 1: the best of the ways in which
/// people name references (same name, table + key, table alone, role + either, abbreviations).
#[must_use]
pub fn affinity(child: &[String], key: &[String], table: &[String]) -> f64 {
    let child: Vec<String> = strip_decoration(child);
    let (child_core, key_core) = (core(&child), core(key));
    let table_text: Vec<&str> = table.iter().map(String::as_str).collect();
    let (joined, key_joined, table_joined) = (child.concat(), key.concat(), table_text.concat());
    let core_joined = child_core.concat();
    let named_after_table = !key_core.is_empty() && abbreviates_at_end(&key_core, &table_text) >= 0.6;

    let mut best: f64 = 0.0;
    let mut offer = |score: f64, holds: bool| {
        if holds && score > best {
            best = score;
        }
    };
    offer(1.0, joined == key_joined && named_after_table);
    offer(0.85, joined == key_joined && !key_core.is_empty());
    offer(0.1, joined == key_joined);
    offer(1.0, !child_core.is_empty() && joined == format!("{table_joined}{key_joined}"));
    offer(0.95, !child_core.is_empty() && core_joined == table_joined);
    offer(0.85, !child_core.is_empty() && core_joined == key_core.concat());
    offer(0.9, child.len() > table.len() + key.len() && joined.ends_with(&format!("{table_joined}{key_joined}")));
    offer(0.8, !key_core.is_empty() && child.len() > key.len() && joined.ends_with(&key_joined));
    offer(0.8, child_core.len() > table.len() && ends_with(&child_core, &table_text));
    let names_one = is_id_like(&child) || child_core.last().is_some_and(|w| DIRECTIONS.contains(w));
    offer(0.75, names_one && child_core.len() > table.len() && starts_with(&child_core, &table_text));
    if !child_core.is_empty() {
        let at_end = abbreviates_at_end(&child_core, &table_text);
        offer(0.75 * at_end, true);
        if let (Some(last), Some(table_last)) = (child_core.last(), table_text.last()) {
            offer(0.6 * abbreviation(last, table_last).max(abbreviation(table_last, last)), true);
        }
        let initials: String = table_text.iter().filter_map(|w| w.chars().next()).collect();
        offer(0.6, table_text.len() > 1 && core_joined == initials);
        offer(0.7 * trigram_overlap(&core_joined, &table_joined), true);
    }
    best
}

/// Drops trailing digits and a leading or trailing `fk`: `address_id2`, `fk_customer`.
fn strip_decoration(child: &[String]) -> Vec<String> {
    let mut words = child.to_vec();
    while words.len() > 1 && words.last().is_some_and(|w| w.chars().all(|c| c.is_ascii_digit()) || w == "fk") {
        words.pop();
    }
    if words.len() > 1 && words.first().is_some_and(|w| w == "fk") {
        words.remove(0);
    }
    words
}

fn ends_with(long: &[&str], short: &[&str]) -> bool {
    !short.is_empty() && long.ends_with(short)
}

fn starts_with(long: &[&str], short: &[&str]) -> bool {
    !short.is_empty() && long.starts_with(short)
}

/// How well the last words of `a` match those of `b`, abbreviations allowed either way.
fn abbreviates_at_end(a: &[&str], b: &[&str]) -> f64 {
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
fn abbreviation(short: &str, long: &str) -> f64 {
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

/// Jaccard overlap of the trigrams of two words.
fn trigram_overlap(a: &str, b: &str) -> f64 {
    let grams = |text: &str| -> std::collections::BTreeSet<String> {
        let padded: Vec<char> = format!("^{text}$").chars().collect();
        padded.windows(3).map(|w| w.iter().collect()).collect()
    };
    let (a, b) = (grams(a), grams(b));
    let union = a.union(&b).count();
    if union == 0 { 0.0 } else { a.intersection(&b).count() as f64 / union as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(child: &str, table: &str, key: &str) -> f64 {
        affinity(&words(child), &words(key), &table_words(table))
    }

    #[test]
    fn the_usual_ways_to_name_a_reference_are_strong() {
        for (child, table, key) in [
            ("product_id", "products", "product_id"),
            ("customer_id", "customers", "id"),
            ("CustID", "customer", "cust_id"),
            ("dep", "departments", "code"),
            ("billing_address_id", "addresses", "id"),
            ("location_from", "locations", "location_id"),
        ] {
            assert!(of(child, table, key) >= 0.65, "{child} → {table}.{key}: {}", of(child, table, key));
        }
    }

    #[test]
    fn unrelated_and_generic_names_are_weak() {
        for (child, table, key) in
            [("id", "products", "id"), ("quantity", "products", "id"), ("price", "stores", "store_id")]
        {
            assert!(of(child, table, key) <= 0.35, "{child} → {table}.{key}: {}", of(child, table, key));
        }
    }
}
