//! The value index: which column holds "Germany". Distinct values of text columns, found whatever their case and
//! accents, with one slip of the pen, and by one of their words.
//!
//! It holds no text of its own, only hashes that lead to the values in the profiles: some fifty bytes a value. The
//! profiles have no values of columns that look secret or personal ([`crate::learning`] takes them out).

mod hashes;

use crate::linking::is_one_edit_away;
use datafyme_domain::{Catalog, ColumnProfile, Table, names::text_words};
use hashes::{Hashes, half_of, whole_of, word_of};
use std::collections::HashSet;

/// Values of a data source that are indexed; the most frequent ones of each column when there are more.
const MAX_VALUES: usize = 300_000;
/// Longest value that is found, in words.
const MAX_WORDS: usize = 8;
/// Shortest value that is found in spite of a slip, in characters.
const SPELLED: usize = 5;
/// Values handed on for one piece of text.
const MATCHES: usize = 64;

/// Where a value stands: position of the table, of its column, and of the value in the column's profile.
#[derive(Debug, Clone, Copy)]
struct Cell {
    table: u32,
    column: u16,
    value: u16,
}

/// The values of one data source, for looking up.
#[derive(Debug, Default)]
pub(crate) struct ValueIndex {
    cells: Vec<Cell>,
    whole: Hashes,
    halves: Hashes,
    words: Hashes,
}

/// A value that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct FoundValue<'a> {
    /// Position of the table in the catalog.
    pub(crate) table: usize,
    /// Position of the column in the table.
    pub(crate) column: usize,
    /// As it stands in the database.
    pub(crate) value: &'a str,
}

/// A piece of a question that is a value of the data.
#[derive(Debug)]
pub(crate) struct Mention<'a> {
    /// The piece, folded.
    pub(crate) text: String,
    /// Number of its words.
    pub(crate) words: usize,
    /// Whether it is spelled as in the data, apart from case, accents and punctuation.
    pub(crate) is_exact: bool,
    /// Where it stands.
    pub(crate) values: Vec<FoundValue<'a>>,
}

impl ValueIndex {
    pub(crate) fn build(catalog: &Catalog) -> Self {
        let columns: Vec<(u32, u16, &ColumnProfile)> = columns(catalog);
        let share = fair_share(&columns, MAX_VALUES);
        let mut index = Self::default();
        for (table, column, profile) in columns {
            for (value, text) in (0_u16..).zip(profile.values.iter().take(share)) {
                index.add(Cell { table, column, value }, text);
            }
        }
        index.whole.sort();
        index.halves.sort();
        index.words.sort();
        index
    }

    fn add(&mut self, cell: Cell, text: &str) {
        let words = text_words(text);
        let Ok(at) = u32::try_from(self.cells.len()) else { return };
        if words.is_empty() || words.len() > MAX_WORDS {
            return;
        }
        self.cells.push(cell);
        let key = words.join(" ");
        self.whole.push(whole_of(&key), at);
        let length = key.chars().count();
        if length >= SPELLED {
            self.halves.push(half_of(&key, length, false), at);
            self.halves.push(half_of(&key, length, true), at);
        }
        if words.len() > 1 {
            words.iter().filter(|w| w.len() > 2).for_each(|w| self.words.push(word_of(w), at));
        }
    }

    /// The values of `catalog`, of which this is the index, that stand in `question`: longer ones before those within
    /// them. `is_stop` says of words that they are no value by themselves; those of which `is_name` holds are no slips.
    pub(crate) fn mentions<'a>(
        &self,
        catalog: &'a Catalog,
        question: &str,
        is_stop: impl Fn(&[String]) -> bool,
        is_name: impl Fn(&str) -> bool,
    ) -> Vec<Mention<'a>> {
        let words = text_words(&question.replace("'s ", " ").replace("’s ", " "));
        let mut used = vec![false; words.len()];
        let mut found = Vec::new();
        for is_exact in [true, false] {
            for length in (1..=MAX_WORDS.min(words.len())).rev() {
                for (start, piece) in words.windows(length).enumerate() {
                    let is_used = used.iter().skip(start).take(length).any(|u| *u);
                    let is_doubtful = !is_exact && piece.iter().any(|w| is_name(w) || w.chars().any(char::is_numeric));
                    if is_used || is_doubtful || is_stop(piece) {
                        continue;
                    }
                    let text = piece.join(" ");
                    let values = if is_exact { self.exact(catalog, &text) } else { self.near(catalog, &text) };
                    if !values.is_empty() {
                        used.iter_mut().skip(start).take(length).for_each(|u| *u = true);
                        found.push(Mention { text, words: length, is_exact, values });
                    }
                }
            }
        }
        found
    }

    /// Values for somebody who types `text`: the same ones first, then those with a slip, then those with the words
    /// among others; at most `limit`.
    pub(crate) fn find<'a>(&self, catalog: &'a Catalog, text: &str, limit: usize) -> Vec<FoundValue<'a>> {
        let words = text_words(text);
        let key = words.join(" ");
        let mut found = self.exact(catalog, &key);
        found.extend(self.near(catalog, &key));
        if let Some(rarest) = words.iter().filter(|w| w.len() > 2).max_by_key(|w| w.len()) {
            let padded = format!(" {key} ");
            let holding = self.words.get(word_of(rarest)).filter_map(|at| self.value(catalog, at));
            found.extend(holding.filter(|(_, k)| format!(" {k} ").contains(&padded)).map(|(value, _)| value));
        }
        let mut seen: HashSet<(usize, usize, &str)> = HashSet::new();
        found.retain(|f| seen.insert((f.table, f.column, f.value)));
        found.truncate(limit);
        found
    }

    /// Values with these words.
    fn exact<'a>(&self, catalog: &'a Catalog, key: &str) -> Vec<FoundValue<'a>> {
        let there = self.whole.get(whole_of(key)).filter_map(|at| self.value(catalog, at));
        there.filter(|(_, k)| k == key).map(|(value, _)| value).take(MATCHES).collect()
    }

    /// Values that differ from `key` by one letter. One half of them is the same then; two letters exchanged across the
    /// middle are not seen.
    fn near<'a>(&self, catalog: &'a Catalog, key: &str) -> Vec<FoundValue<'a>> {
        let length = key.chars().count();
        if length + 1 < SPELLED.max(6) {
            return Vec::new();
        }
        let mut tried: HashSet<u32> = HashSet::new();
        let mut found = Vec::new();
        for like in length.saturating_sub(1).max(SPELLED)..=length + 1 {
            for is_end in [false, true] {
                for at in self.halves.get(half_of(key, like, is_end)) {
                    if found.len() < MATCHES
                        && tried.insert(at)
                        && let Some((value, k)) = self.value(catalog, at)
                        && is_one_edit_away(&k, key)
                    {
                        found.push(value);
                    }
                }
            }
        }
        found
    }

    /// A value by its number, with its words.
    fn value<'a>(&self, catalog: &'a Catalog, at: u32) -> Option<(FoundValue<'a>, String)> {
        let cell = self.cells.get(usize::try_from(at).ok()?)?;
        let (table, column) = (usize::try_from(cell.table).ok()?, usize::from(cell.column));
        let known = catalog.tables.get(table)?;
        let value = profile_of(known, column)?.values.get(usize::from(cell.value))?;
        Some((FoundValue { table, column, value }, text_words(value).join(" ")))
    }
}

fn profile_of(table: &Table, column: usize) -> Option<&ColumnProfile> {
    let name = &table.columns.get(column)?.name;
    let profile = table.profile.as_ref()?;
    // Profiles stand in the order of the columns, unless some were left out.
    profile.columns.get(column).filter(|p| p.column == *name).or_else(|| profile.column(name))
}

/// The columns with values that are words.
fn columns(catalog: &Catalog) -> Vec<(u32, u16, &ColumnProfile)> {
    let tables = (0_u32..).zip(&catalog.tables);
    let columns = tables.flat_map(|(at, table)| (0_u16..).zip(&table.columns).map(move |(c, _)| (at, c, table)));
    let profiled = columns.filter_map(|(at, c, table)| Some((at, c, profile_of(table, usize::from(c))?)));
    profiled.filter(|(_, _, p)| !p.values.is_empty() && p.text_date_format.is_none() && !p.text_is_numeric).collect()
}

/// How many values each column may have for all of them to stay within `limit`.
fn fair_share(columns: &[(u32, u16, &ColumnProfile)], limit: usize) -> usize {
    let total = |share: usize| columns.iter().map(|(_, _, p)| p.values.len().min(share)).sum::<usize>();
    let (mut low, mut high) = (1, ColumnProfile::MAX_VALUES);
    while low < high {
        let middle = usize::midpoint(low, high + 1);
        if total(middle) <= limit {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    low
}

#[cfg(test)]
mod tests;
