//! Cells by their words: which column holds "tennis club".

use super::{ColumnFacts, ColumnId};
use crate::tokens::value_key;
use datafyme_domain::ColumnProfile;
use std::collections::HashMap;

/// Longest cell that is found, in words.
pub(crate) const MAX_VALUE_WORDS: usize = 8;

/// A cell that matches.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ValueHit {
    pub column: ColumnId,
    /// As it stands in the database.
    pub cell: String,
}

/// Normalised cell text → columns that hold it.
#[derive(Debug, Default)]
pub(crate) struct ValueIndex {
    cells: HashMap<String, Vec<ValueHit>>,
    /// First and last words of longer cells → keys, for names that are only given in part.
    parts: HashMap<String, Vec<String>>,
}

impl ValueIndex {
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
            if count > 1 && key.len() <= 60 {
                for word in key.split(' ').filter(|w| w.len() >= 3) {
                    let list = self.parts.entry(word.to_owned()).or_default();
                    if list.len() < 12 && !list.contains(&key) {
                        list.push(key.clone());
                    }
                }
            }
            self.put(column, key, cell);
        }
    }

    fn put(&mut self, column: ColumnId, key: String, cell: &str) {
        let list = self.cells.entry(key).or_default();
        if list.len() < 24 && !list.iter().any(|h| h.column == column && h.cell == cell) {
            list.push(ValueHit { column, cell: cell.to_owned() });
        }
    }

    /// Gives back what its lists reserved: most hold a single cell.
    pub(super) fn shrink(&mut self) {
        self.cells.values_mut().for_each(Vec::shrink_to_fit);
        self.parts.values_mut().for_each(Vec::shrink_to_fit);
        self.cells.shrink_to_fit();
        self.parts.shrink_to_fit();
    }

    /// A value of a column that is no cell of a table, e.g. the label of equal-shaped tables.
    pub(super) fn put_label(&mut self, column: ColumnId, words: &str, cell: &str) {
        self.put(column, value_key(words), cell);
    }

    /// Cells with exactly these words.
    pub(crate) fn exact(&self, key: &str) -> &[ValueHit] {
        self.cells.get(key).map_or(&[], Vec::as_slice)
    }

    /// Cells that contain these words among others.
    pub(crate) fn containing(&self, key: &str) -> Vec<&ValueHit> {
        let Some(first) = key.split(' ').find(|w| w.len() >= 3) else {
            return Vec::new();
        };
        let padded = format!(" {key} ");
        let keys = self.parts.get(first).map_or(&[][..], Vec::as_slice);
        keys.iter().filter(|k| format!(" {k} ").contains(&padded)).flat_map(|k| self.exact(k)).take(12).collect()
    }

    /// All cells of a column that a repair may choose from.
    pub(crate) fn cells_of(&self, column: ColumnId) -> impl Iterator<Item = &str> {
        self.cells.values().flatten().filter(move |h| h.column == column).map(|h| h.cell.as_str())
    }
}
