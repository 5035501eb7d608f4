//! Words of names, and what names say about columns.

use super::{CatalogIndex, ColumnId, TableId};
use crate::lexicon;
use datafyme_domain::names::{identifier_words, singular, stem, text_words};

/// Words that are glued to others in names such as `clubname` or `custid`.
const GLUED: &[&str] = &[
    "name",
    "id",
    "code",
    "date",
    "time",
    "type",
    "year",
    "number",
    "num",
    "city",
    "phone",
    "score",
    "description",
    "title",
    "price",
    "count",
    "rate",
    "status",
    "address",
    "location",
    "desc",
    "size",
    "fee",
    "played",
    "perweek",
];

/// Words that only look glued.
const WHOLE: &[&str] = &[
    "surname",
    "username",
    "nickname",
    "forename",
    "filename",
    "update",
    "candidate",
    "estate",
    "overtime",
    "sometime",
    "postcode",
    "zipcode",
    "candid",
    "paid",
    "said",
    "aid",
    "grid",
    "raid",
    "bid",
    "kid",
    "mid",
    "valid",
    "covid",
    "hybrid",
    "solid",
    "david",
    "madrid",
    "account",
    "discount",
    "corporate",
    "separate",
    "mandate",
    "lifetime",
    "runtime",
    "prototype",
    "subtitle",
    "capacity",
    "velocity",
    "barcode",
    "amid",
    "avid",
    "fluid",
    "acid",
    "void",
    "rapid",
    "humid",
    "maid",
    "liquid",
    "pyramid",
    "orchid",
    "operate",
    "coffee",
    "underscore",
    "overprice",
    "rename",
    "decorate",
    "generate",
    "multicity",
    "elasticity",
    "pirate",
    "crate",
    "accurate",
    "moderate",
    "climate",
    "democracy",
    "federate",
    "electricity",
    "ethnicity",
    "publicity",
    "daytime",
    "encode",
];

/// Words of an identifier, glued and shortened ones taken apart: `custid` → `customer id`.
pub(super) fn name_words(name: &str) -> Vec<String> {
    let mut found = Vec::new();
    for word in identifier_words(name) {
        if let Some(long) = lexicon::expand(&word) {
            found.extend(long.split(' ').map(str::to_owned));
        } else if let Some((head, tail)) = unglue(&word) {
            for part in [head, tail] {
                match lexicon::expand(part) {
                    Some(long) => found.extend(long.split(' ').map(str::to_owned)),
                    None => found.push(part.to_owned()),
                }
            }
        } else {
            found.push(word);
        }
    }
    // `LName` falls apart before it can be looked up; a lone number word such as the 2 of `address2` stays.
    let initial = match found.as_slice() {
        [initial, name] if name == "name" => match initial.as_str() {
            "f" => Some("first"),
            "l" => Some("last"),
            "m" => Some("middle"),
            _ => None,
        },
        _ => None,
    };
    if let (Some(whole), Some(first)) = (initial, found.first_mut()) {
        *first = whole.to_owned();
    }
    found
}

/// Words of a table's name, without those that only say that it is one.
pub(super) fn table_words(name: &str) -> Vec<String> {
    const NOISE: &[&str] = &[
        "metadata",
        "data",
        "table",
        "tbl",
        "info",
        "information",
        "dim",
        "fact",
        "master",
        "details",
        "ref",
        "reference",
    ];
    let words = name_words(name);
    let kept: Vec<String> = words.iter().filter(|w| !NOISE.contains(&w.as_str())).cloned().collect();
    if kept.is_empty() { words } else { kept }
}

fn unglue(word: &str) -> Option<(&str, &str)> {
    if WHOLE.contains(&word) || !word.is_ascii() {
        return None;
    }
    GLUED
        .iter()
        .filter_map(|tail| word.strip_suffix(tail).map(|head| (head, *tail)))
        .find(|(head, tail)| head.len() >= 2 && (*tail != "id" || head.len() <= 6) && !head.ends_with('_'))
}

pub(super) fn stems(words: &[String]) -> Vec<String> {
    words.iter().map(|w| stem(w)).collect()
}

pub(super) fn phrase_stems(phrase: &str) -> Vec<String> {
    text_words(phrase).iter().map(|w| stem(w)).collect()
}

/// The words of a column's name that say more than its table's name; all of them when none do.
pub(super) fn without_table_words(column: &[String], table: &[String]) -> Vec<String> {
    let core: Vec<String> = column.iter().filter(|w| !table.contains(w)).cloned().collect();
    if core.is_empty() { column.to_vec() } else { core }
}

/// Without words that say how data is kept and not what it is: `movies_metadata` → `movies`; absent where none are.
pub(super) fn without_filing_words(stems: &[String]) -> Option<Vec<String>> {
    const FILING: &[&str] = &[
        "metadata",
        "data",
        "info",
        "information",
        "tabl",
        "table",
        "tbl",
        "master",
        "record",
        "list",
        "detail",
        "dim",
        "fact",
    ];
    let plain: Vec<String> = stems.iter().filter(|w| !FILING.contains(&w.as_str())).cloned().collect();
    (!plain.is_empty() && plain.len() < stems.len()).then_some(plain)
}

/// `order item` → `order items`.
pub(super) fn plural_label(words: &[String]) -> String {
    let mut words: Vec<String> = words.to_vec();
    if let Some(last) = words.last_mut() {
        let one = singular(last);
        *last = if one != *last || last.ends_with('s') {
            last.clone()
        } else if let Some(root) = last.strip_suffix('y')
            && !root.ends_with(['a', 'e', 'o', 'u'])
        {
            format!("{root}ies")
        } else if last.ends_with(['x', 'z']) || last.ends_with("ch") || last.ends_with("sh") {
            format!("{last}es")
        } else {
            format!("{last}s")
        };
    }
    words.join(" ")
}

/// The column that names a row of the table for people.
pub(super) fn title_column(index: &CatalogIndex, table: TableId) -> Option<ColumnId> {
    let facts = index.table(table);
    let text = |c: &&ColumnId| !index.column(**c).numeric && !index.column(**c).temporal;
    let named = |word: &str, core: usize| {
        facts.columns.iter().filter(text).copied().find(|c| {
            let names = index.column(*c).names.first();
            names.is_some_and(|n| n.len() <= core && n.last().is_some_and(|w| w == word))
        })
    };
    named("name", 1)
        .or_else(|| named("title", 1))
        .or_else(|| named("name", 3))
        .or_else(|| named("titl", 1))
        .or_else(|| named("titl", 3))
        .or_else(|| {
            // A column called like the table itself: `city.city`.
            let own = facts.names.first()?;
            facts
                .columns
                .iter()
                .filter(text)
                .copied()
                .find(|c| index.column(*c).names.first() == Some(own) && !index.column(*c).foreign_key)
        })
}

/// For a table with one row per key and date that holds a level (stock, balance): its date and its level.
pub(super) fn snapshot_date(index: &CatalogIndex, table: TableId) -> Option<(ColumnId, ColumnId)> {
    const LEVELS: &[&str] =
        &["cumulative", "cumul", "balance", "balanc", "stock", "level", "inventory", "closing", "hand"];
    let facts = index.table(table);
    let mut dates = facts.columns.iter().copied().filter(|c| index.column(*c).temporal);
    let date = dates.next()?;
    if dates.next().is_some() || facts.rows < 100 || index.column(date).unique {
        return None;
    }
    let table_is_level = facts
        .names
        .iter()
        .flatten()
        .any(|w| matches!(w.as_str(), "stock" | "inventory" | "balance" | "balanc" | "snapshot" | "level"));
    let mut measures = facts.columns.iter().copied().filter(|c| index.column(*c).is_measure());
    let level = measures.find(|c| {
        let column = index.column(*c);
        let level_word = column.names.iter().flatten().any(|w| LEVELS.contains(&w.as_str()));
        level_word
            || (table_is_level
                && !column.names.iter().flatten().any(|w| matches!(w.as_str(), "change" | "chang" | "delta" | "moved")))
    })?;
    // Many rows per date, and another column that tells them apart.
    let repeated = index.column(date).distinct.saturating_mul(2) <= facts.rows;
    repeated.then_some((date, level))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_apart() {
        let cases = [
            ("custid", vec!["customer", "id"]),
            ("Fname", vec!["first", "name"]),
            ("clubname", vec!["club", "name"]),
            ("order_date", vec!["order", "date"]),
            ("surname", vec!["surname"]),
            ("StuID", vec!["student", "id"]),
            ("candidate", vec!["candidate"]),
        ];
        for (name, words) in cases {
            assert_eq!(name_words(name), words, "{name}");
        }
    }

    #[test]
    fn labels_are_plural() {
        let label = |name: &str| plural_label(&name_words(name));
        assert_eq!(label("order_item"), "order items");
        assert_eq!(label("city"), "cities");
        assert_eq!(label("movies"), "movies");
        assert_eq!(label("box"), "boxes");
    }
}
