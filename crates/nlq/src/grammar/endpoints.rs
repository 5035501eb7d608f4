//! "from A to B": two references from one table to the same other one, told apart by the names of their columns.

use super::{
    parser::Parser,
    slots::{CellOptions, Filter},
};
use crate::catalog_index::TableId;

/// Beginnings of words in columns that hold where something starts, and where it ends.
const STARTS: &[&str] = &["from", "origin", "sourc", "start", "depart", "send", "src"];
const ENDS: &[&str] = &["to", "dest", "target", "end", "arriv", "receiv", "dst"];

impl Parser<'_> {
    /// Claims both ends and narrows the table that refers to them.
    pub(super) fn read_endpoints(&mut self) {
        let Some((from, start, middle)) = (0..self.end).find_map(|at| {
            let (cell, end) = (self.word(at) == "from").then(|| self.cell_from(at + 1))??;
            (self.word(end) == "to").then_some((at, cell, end))
        }) else {
            return;
        };
        let Some((end, after)) = self.cell_from(middle + 1) else { return };
        let Some((table, first, second)) = self.referring(&start, &end) else { return };
        self.claim_range(from, after);
        self.claim_journey(from);
        self.slots.root = Some(table);
        self.slots.filters.push(Filter::Endpoint { edge: first, cells: vec![start] });
        self.slots.filters.push(Filter::Endpoint { edge: second, cells: vec![end] });
    }

    /// The cell that starts at `at`, past an article, with the place after it.
    fn cell_from(&self, at: usize) -> Option<(CellOptions, usize)> {
        let at = if matches!(self.word(at), "the" | "a") { at + 1 } else { at };
        let span = self.reading.values.iter().filter(|v| v.start == at && self.is_cell(v)).max_by_key(|v| v.end)?;
        let hits = self.usable_hits(span);
        (!hits.is_empty()).then(|| (CellOptions { text: span.text.clone(), hits, near: None }, span.end))
    }

    /// A table that refers twice to the one that holds both cells, with the edges to start and end.
    fn referring(&self, start: &CellOptions, end: &CellOptions) -> Option<(TableId, usize, usize)> {
        let shared = start.hits.iter().map(|h| h.0).filter(|c| end.in_column(*c).is_some());
        let parents: Vec<TableId> = shared.map(|c| self.index.table_of(c)).collect();
        let mut asked = self.context_tables();
        asked.extend(0..self.index.tables.len());
        asked.into_iter().filter(|t| !self.index.table(*t).hidden).find_map(|child| {
            let edge = |marks: &[&str]| {
                let mut found = self.index.graph.edges_of(child).filter(|(_, e)| {
                    let marked = e.child_columns.first().is_some_and(|c| self.is_marked(*c, marks));
                    e.child == child && parents.contains(&e.parent) && marked
                });
                let (one, next) = (found.next(), found.next());
                one.filter(|_| next.is_none()).map(|(id, _)| id)
            };
            let (first, second) = (edge(STARTS)?, edge(ENDS)?);
            (first != second).then_some((child, first, second))
        })
    }

    fn is_marked(&self, column: usize, marks: &[&str]) -> bool {
        self.index
            .column(column)
            .label
            .split(' ')
            .any(|word| marks.iter().any(|mark| word == *mark || mark.len() > 3 && word.starts_with(mark)))
    }

    /// "went", "flying", "that go": verbs between the entity and where it starts.
    fn claim_journey(&mut self, from: usize) {
        if let Some(at) = from.checked_sub(1)
            && self.mention_at(at).is_none()
            && matches!(
                self.word(at),
                "went"
                    | "go"
                    | "going"
                    | "fly"
                    | "flying"
                    | "flew"
                    | "flown"
                    | "leaving"
                    | "moved"
                    | "sent"
                    | "travel"
                    | "made"
                    | "departing"
                    | "run"
                    | "running"
            )
        {
            self.claim(at);
        }
    }
}
