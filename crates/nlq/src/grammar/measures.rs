//! What is measured: a column, rows, or price times quantity.

use super::{
    parser::Parser,
    slots::Measure,
    vocabulary::{is_audience, is_glue, is_revenue, is_unit},
};
use crate::catalog_index::{ColumnFacts, ColumnId, TableId};

/// Stems of columns that hold pieces.
const QUANTITY: &[&str] = &["quantity", "qty", "unit", "amount", "piece", "count"];

impl Parser<'_> {
    /// The measure named at `at` or within a few words after it; claims its words.
    pub(super) fn measure_from(&mut self, at: usize, reach: usize) -> Option<Measure> {
        let mut place = at;
        while place < self.end.min(at + reach) {
            if let Some(measure) = self.measure_at(place) {
                return Some(measure);
            }
            let passable = is_glue(self.word(place))
                || self.is_claimed(place)
                || self.tells_siblings(place)
                || self.token(place).is_some_and(|t| t.number().is_some());
            let names_table = self.mention_at(place).is_some();
            if !passable && !names_table {
                return None;
            }
            place += 1;
        }
        None
    }

    /// "The US box office": what tells one of several tables of equal shape; it is read as a condition of its own.
    fn tells_siblings(&self, at: usize) -> bool {
        let label = |c: ColumnId| self.index.table(self.index.table_of(c)).sibling_label == Some(c);
        let mut here = self.reading.values.iter().filter(|v| v.start <= at && at < v.end);
        here.any(|v| v.hits.iter().any(|h| label(h.0)))
    }

    /// The measure named at exactly `at`; claims its words.
    pub(super) fn measure_at(&mut self, at: usize) -> Option<Measure> {
        let word = self.word(at).to_owned();
        if is_revenue(&word)
            && let Some(measure) = self.revenue()
        {
            self.claim(at);
            return Some(measure);
        }
        if (word == "stock" || word == "inventory")
            && let Some(balance) = self.balance()
        {
            self.claim(at);
            return Some(Measure::Column(balance));
        }
        let mention = self.mention_at(at).cloned();
        let stem = self.token(at).map(|t| t.stem.clone()).unwrap_or_default();
        let says_so = |c: ColumnId| self.index.column(c).names.iter().flatten().any(|w| *w == stem);
        let exact =
            mention.as_ref().and_then(|m| self.column_of(m, &|c| c.is_measure() && !c.year)).is_some_and(|(c, _)| {
                let facts = self.index.column(c);
                says_so(c) && !facts.balance && !self.index.table(facts.table).view
            });
        if is_unit(&word)
            && !exact
            && let Some(column) = self.quantity()
        {
            self.claim(at);
            return Some(Measure::Column(column));
        }
        if let Some(mention) = &mention
            && let Some((column, _)) = self.column_of(mention, &|c| c.is_measure() && !c.year)
        {
            for token in &mention.tokens {
                self.claim(*token);
            }
            return Some(Measure::Column(column));
        }
        if let Some(mention) = &mention
            && let Some((table, score)) = self.table_of(mention)
            && score >= 0.8
            && let Some(column) = self.main_measure(table)
        {
            for token in &mention.tokens {
                self.claim(*token);
            }
            return Some(Measure::Column(column));
        }
        if is_audience(&word)
            && let Some(column) = self.audience()
        {
            self.claim(at);
            return Some(Measure::Column(column));
        }
        None
    }

    /// "box office" of a table of that name: its measure of that name, or its only one.
    pub(super) fn main_measure(&self, table: TableId) -> Option<ColumnId> {
        if Some(table) == self.slots.root && self.index.table(table).siblings.is_empty() {
            return None;
        }
        let facts = self.index.table(table);
        let measures: Vec<ColumnId> =
            facts.columns.iter().copied().filter(|c| self.index.column(*c).is_measure()).collect();
        let named = measures.iter().copied().find(|c| !self.index.column(*c).table_words.is_empty());
        named.filter(|_| !facts.siblings.is_empty() || measures.len() == 1).or(match measures.as_slice() {
            [one] if !facts.siblings.is_empty() => Some(*one),
            _ => None,
        })
    }

    /// The column of pieces in a table that the question names; of stock where it is about stock.
    fn quantity(&self) -> Option<ColumnId> {
        if (self.slots.stems.iter().any(|s| s == "stock" || s == "inventory" || s == "left")
            || self.before_is_balance())
            && let Some(balance) = self.balance()
        {
            return Some(balance);
        }
        let fits = |c: &ColumnFacts| c.is_measure() && !c.balance;
        let mut tables: Vec<TableId> = self.slots.named.clone();
        if let Some(before) = self.before {
            tables.extend(before.named.iter().copied());
        }
        let sold = self.slots.stems.iter().any(|s| matches!(s.as_str(), "sold" | "sell" | "buy" | "bought"));
        self.column_by_stems(&tables, QUANTITY, &fits).or_else(|| {
            // "sold": whatever table of pieces hangs on what is named, when there is but one with a price to go by.
            let all: Vec<TableId> = (0..self.index.tables.len())
                .filter(|t| !self.index.table(*t).view && !self.index.table(*t).hidden)
                .collect();
            let trade = |t: &TableId| {
                self.index.table(*t).names.iter().flatten().any(|w| {
                    matches!(w.as_str(), "order" | "sal" | "sale" | "purchas" | "purchase" | "invoic" | "invoice")
                })
            };
            let trading: Vec<TableId> = all.into_iter().filter(trade).collect();
            sold.then(|| self.column_by_stems(&trading, QUANTITY, &fits)).flatten()
        })
    }

    fn before_is_balance(&self) -> bool {
        self.before.is_some_and(|b| {
            matches!(&b.head, Some(super::slots::Head::Measure(_, Measure::Column(c))) if self.index.column(*c).balance)
        })
    }

    /// The column that holds a level per date, if there is one.
    pub(super) fn balance(&self) -> Option<ColumnId> {
        (0..self.index.columns.len())
            .find(|c| self.index.column(*c).balance && !self.index.table(self.index.table_of(*c)).hidden)
    }

    fn audience(&self) -> Option<ColumnId> {
        let tables: Vec<TableId> = (0..self.index.tables.len()).filter(|t| !self.index.table(*t).hidden).collect();
        self.column_by_stems(
            &tables,
            &["attendanc", "attendance", "visitor", "viewer", "audienc", "audience", "spectator"],
            &|c| c.is_measure() && c.names.first().is_some_and(|n| n.len() == 1),
        )
    }

    /// Money taken: price times quantity along a join; else a column that says so.
    fn revenue(&self) -> Option<Measure> {
        let named = |stems: &[&str], c: &ColumnFacts| {
            c.is_measure() && c.names.iter().any(|n| n.iter().any(|w| stems.contains(&w.as_str())))
        };
        let base = |c: &ColumnId| {
            let table = self.index.table(self.index.table_of(*c));
            !table.view && !table.hidden
        };
        let all = || (0..self.index.columns.len()).filter(base);
        if let Some(own) =
            all().find(|c| named(&["revenu", "revenue", "turnover", "sale", "sal"], self.index.column(*c)))
        {
            return Some(Measure::Column(own));
        }
        let quantities =
            all().filter(|c| named(&["quantity", "qty"], self.index.column(*c)) && !self.index.column(*c).balance);
        let mut best: Option<(f64, Measure)> = None;
        for quantity in quantities {
            let table = self.index.table_of(quantity);
            for price in all().filter(|c| named(&["pric", "price"], self.index.column(*c))) {
                let Some(tree) = self.index.graph.tree(&[table, self.index.table_of(price)], &|_| 0.0) else {
                    continue;
                };
                let trade = self
                    .index
                    .table(table)
                    .names
                    .iter()
                    .flatten()
                    .any(|w| matches!(w.as_str(), "order" | "sale" | "sal" | "invoic" | "item" | "line"));
                let cost = tree.cost + if trade { 0.0 } else { 1.5 }
                    - if self.slots.named.contains(&table) { 1.0 } else { 0.0 };
                if best.as_ref().is_none_or(|(c, _)| cost < *c) {
                    best = Some((cost, Measure::Product(quantity, price)));
                }
            }
        }
        best.map(|b| b.1)
    }
}
