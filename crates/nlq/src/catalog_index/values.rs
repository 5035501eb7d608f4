//! Cells by their words: which column holds "tennis club".
//!
//! Of thousands of tables the cells are a million: each text is kept once, in one piece of memory with the others, and
//! known by its number; lists are sorted and lie one behind the other.

use super::{ColumnFacts, ColumnId};
use crate::tokens::value_key;
use datafyme_domain::{ColumnProfile, Texts};
use std::collections::{BTreeMap, HashMap};

/// Longest cell that is found, in words.
pub(crate) const MAX_VALUE_WORDS: usize = 8;
/// Columns and spellings kept of cells with the same words.
const HITS: usize = 24;
/// Cells kept of those that share a word.
const SHARING: usize = 12;

/// A cell that matches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ValueHit<'a> {
    pub column: ColumnId,
    /// As it stands in the database.
    pub cell: &'a str,
}

/// Where a cell stands, and the number of its text.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Cell {
    column: u32,
    text: u32,
}

/// Normalised cell text → columns that hold it.
#[derive(Debug, Default)]
pub(crate) struct ValueIndex {
    texts: Texts,
    cells: Lists<Cell>,
    /// Words of longer cells → numbers of the normalised cells, for names that are only given in part.
    parts: Lists<u32>,
}

/// Lists by a text: the texts in order, and where the list of each ends among the items of all.
#[derive(Debug)]
struct Lists<T> {
    heads: Vec<u32>,
    ends: Vec<u32>,
    items: Vec<T>,
}

/// The cells while they are gathered.
#[derive(Debug, Default)]
pub(super) struct GatheredValues {
    texts: Texts,
    numbers: HashMap<String, u32>,
    cells: BTreeMap<u32, Vec<Cell>>,
    parts: BTreeMap<u32, Vec<u32>>,
}

impl GatheredValues {
    pub(super) fn add(&mut self, column: ColumnId, facts: &ColumnFacts, profile: &ColumnProfile) {
        if facts.temporal {
            return;
        }
        for cell in profile.values.iter() {
            let key = value_key(cell);
            let count = key.split(' ').count();
            if key.is_empty() || count > MAX_VALUE_WORDS {
                continue;
            }
            let Some(number) = self.put(column, &key, cell) else { continue };
            if count > 1 && key.len() <= 60 {
                for word in key.split(' ').filter(|w| w.len() >= 3) {
                    let Some(word) = self.number(word) else { continue };
                    let list = self.parts.entry(word).or_default();
                    if list.len() < SHARING && !list.contains(&number) {
                        list.push(number);
                    }
                }
            }
        }
    }

    /// A value of a column that is no cell of a table, e.g. the label of equal-shaped tables.
    pub(super) fn put_label(&mut self, column: ColumnId, words: &str, cell: &str) {
        self.put(column, &value_key(words), cell);
    }

    /// The number of `key`; absent when there are more texts than four gigabytes hold.
    fn put(&mut self, column: ColumnId, key: &str, cell: &str) -> Option<u32> {
        let (number, text) = (self.number(key)?, self.number(cell)?);
        let cell = Cell { column: u32::try_from(column).ok()?, text };
        let list = self.cells.entry(number).or_default();
        if list.len() < HITS && !list.contains(&cell) {
            list.push(cell);
        }
        Some(number)
    }

    fn number(&mut self, text: &str) -> Option<u32> {
        if let Some(known) = self.numbers.get(text) {
            return Some(*known);
        }
        let number = u32::try_from(self.texts.len()).ok()?;
        self.texts.push(text);
        if self.texts.get(number as usize) != Some(text) {
            return None;
        }
        self.numbers.insert(text.to_owned(), number);
        Some(number)
    }

    pub(super) fn finish(mut self) -> ValueIndex {
        self.texts.shrink_to_fit();
        drop(self.numbers);
        let cells = Lists::sorted(self.cells, &self.texts);
        let parts = Lists::sorted(self.parts, &self.texts);
        ValueIndex { texts: self.texts, cells, parts }
    }
}

impl ValueIndex {
    /// Cells with exactly these words.
    pub(crate) fn exact(&self, key: &str) -> impl Iterator<Item = ValueHit<'_>> {
        self.cells.get(key, &self.texts).iter().filter_map(|cell| self.hit(*cell))
    }

    /// Cells that contain these words among others.
    pub(crate) fn containing(&self, key: &str) -> Vec<ValueHit<'_>> {
        let Some(first) = key.split(' ').find(|w| w.len() >= 3) else {
            return Vec::new();
        };
        let padded = format!(" {key} ");
        let keys = self.parts.get(first, &self.texts).iter().filter_map(|number| self.texts.get(*number as usize));
        keys.filter(|k| format!(" {k} ").contains(&padded)).flat_map(|k| self.exact(k)).take(12).collect()
    }

    /// All cells of a column that a repair may choose from.
    pub(crate) fn cells_of(&self, column: ColumnId) -> impl Iterator<Item = &str> {
        self.cells.items.iter().filter_map(|cell| self.hit(*cell)).filter(move |h| h.column == column).map(|h| h.cell)
    }

    fn hit(&self, cell: Cell) -> Option<ValueHit<'_>> {
        Some(ValueHit { column: cell.column as usize, cell: self.texts.get(cell.text as usize)? })
    }
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self { heads: Vec::new(), ends: Vec::new(), items: Vec::new() }
    }
}

impl<T> Lists<T> {
    /// The lists in the order of their texts.
    fn sorted(lists: BTreeMap<u32, Vec<T>>, texts: &Texts) -> Self {
        let mut lists: Vec<(u32, Vec<T>)> = lists.into_iter().collect();
        lists.sort_by_key(|(head, _)| texts.get(*head as usize));
        let mut sorted = Self {
            heads: Vec::with_capacity(lists.len()),
            ends: Vec::with_capacity(lists.len()),
            items: Vec::with_capacity(lists.iter().map(|(_, list)| list.len()).sum()),
        };
        for (head, list) in lists {
            sorted.items.extend(list);
            sorted.heads.push(head);
            sorted.ends.push(u32::try_from(sorted.items.len()).unwrap_or(u32::MAX));
        }
        sorted
    }

    fn get(&self, key: &str, texts: &Texts) -> &[T] {
        let Ok(at) = self.heads.binary_search_by(|head| texts.get(*head as usize).cmp(&Some(key))) else {
            return &[];
        };
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |end| *end as usize);
        let end = self.ends.get(at).map_or(start, |end| *end as usize);
        self.items.get(start..end).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(columns: &[&[&str]]) -> ValueIndex {
        let mut gathered = GatheredValues::default();
        for (column, values) in columns.iter().enumerate() {
            let profile = ColumnProfile { values: values.iter().collect(), ..ColumnProfile::default() };
            gathered.add(column, &ColumnFacts::default(), &profile);
        }
        gathered.finish()
    }

    fn found<'a>(hits: impl IntoIterator<Item = ValueHit<'a>>) -> Vec<(ColumnId, &'a str)> {
        hits.into_iter().map(|h| (h.column, h.cell)).collect()
    }

    #[test]
    fn a_cell_is_found_by_its_words_in_every_column_that_holds_it() {
        let index = index(&[&["Tennis Club", "chess club"], &["TENNIS CLUB", "Rowing"], &[]]);
        assert_eq!(found(index.exact("tennis club")), [(0, "Tennis Club"), (1, "TENNIS CLUB")]);
        assert_eq!(found(index.exact("chess club")), [(0, "chess club")]);
        assert_eq!(found(index.exact("club")), []);
        assert_eq!(found(index.exact("")), []);
    }

    #[test]
    fn a_cell_is_found_by_some_of_its_words_in_order() {
        let index = index(&[&["New York City", "York"], &["Old York Road"]]);
        assert_eq!(found(index.containing("york")), [(0, "New York City"), (1, "Old York Road")]);
        assert_eq!(found(index.containing("york city")), [(0, "New York City")]);
        assert_eq!(found(index.containing("city york")), []);
    }

    #[test]
    fn the_cells_of_a_column_are_its_own() {
        let index = index(&[&["b", "a"], &["a", "c"]]);
        let mut cells: Vec<&str> = index.cells_of(1).collect();
        cells.sort_unstable();
        assert_eq!(cells, ["a", "c"]);
        assert_eq!(ValueIndex::default().cells_of(0).count(), 0);
    }

    #[test]
    fn cells_with_the_same_words_and_cells_that_share_one_are_bounded() {
        let columns: Vec<&[&str]> = vec![&["Same"]; HITS + 5];
        assert_eq!(index(&columns).exact("same").count(), HITS);
        let many: Vec<String> = (0..SHARING + 5).map(|n| format!("word n{n}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(index(&[&many]).containing("word").len(), SHARING);
    }
}
