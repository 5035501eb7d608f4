//! "sorted from high to low", "in ascending order of name", "biggest first": the order of a list.

use super::{parser::Parser, slots::Sort};
use crate::catalog_index::ColumnId;

/// Words that an order begins with.
const CUES: &[&str] = &[
    "sort",
    "sorted",
    "ordered",
    "order",
    "descending",
    "ascending",
    "rank",
    "ranked",
    "biggest",
    "largest",
    "highest",
    "smallest",
    "lowest",
];
/// Words that only say which end comes first.
const ENDS: &[&str] = &["first", "high", "low", "decreasing", "increasing", "from", "to", "by"];
const FALLING: &[&str] =
    &["high to low", "highest first", "largest first", "biggest first", "highest to lowest", "largest to smallest"];
const RISING: &[&str] = &["low to high", "smallest first", "lowest first", "lowest to highest", "smallest to largest"];

impl Parser<'_> {
    /// Finds the order, and claims its words.
    pub(super) fn read_sort(&mut self) {
        let Some(at) = self.find(0, CUES) else { return };
        if self.word(at) == "order" && self.mention_at(at).is_some() && !matches!(self.word(at + 1), "by" | "of") {
            return;
        }
        let says = |words: &[&str], phrases: &[&str]| {
            self.reading.has(words) || phrases.iter().any(|p| self.reading.has_phrase(p))
        };
        let descending = says(&["descending", "decreasing"], FALLING);
        if !descending && !says(&["ascending", "increasing"], RISING) {
            return;
        }
        for place in at..self.end {
            if CUES.contains(&self.word(place)) || ENDS.contains(&self.word(place)) {
                self.claim(place);
            }
        }
        let by = self.sort_column(at);
        self.slots.sort = Some(Sort { by, descending });
    }

    /// "in ascending order of company name", "sorted by age": the column that is named after the cue.
    fn sort_column(&mut self, at: usize) -> Option<ColumnId> {
        let before = (at..self.end).find(|p| {
            let cue = self.word(p.wrapping_sub(1));
            self.word(*p) == "by" || self.word(*p) == "of" && cue == "order"
        })?;
        if self.reading.has(&["number", "count", "amount", "total", "average"]) {
            return None;
        }
        let mut column = None;
        let mut place = before + 1;
        // "company name": the table's word first, then the column's.
        while let Some(mention) = self.next_mention(place).cloned() {
            let table = self.table_of(&mention).map_or(0.0, |t| t.1);
            if let Some((found, score)) = self.column_of(&mention, &|_| true)
                && score >= 0.8
                && score > table
            {
                mention.tokens.iter().for_each(|t| self.claim(*t));
                column = Some(found);
                break;
            }
            if table == 0.0 {
                break;
            }
            place = mention.end.max(place + 1);
        }
        column
    }
}
