//! Changes that reach into other tables: a column of the same name there, a column that is named but lies outside what is
//! read, a row that others refer to.

use super::Changes;
use crate::{
    catalog_index::{ColumnId, TableId},
    draft::{Condition, Draft, Item},
    plan::{Comparison, SetOperator},
};

impl Changes<'_> {
    pub(super) fn across(&mut self) {
        self.shown_elsewhere();
        self.whole_name();
        self.in_both_tables();
        self.not_referred_to();
        self.flags();
        self.when();
    }

    /// "Medicines that are (not) approved": a column that only says yes or no.
    fn flags(&mut self) {
        const YES: &[&str] = &["yes", "y", "true", "t", "1"];
        const NO: &[&str] = &["no", "n", "false", "f", "0"];
        let wanted = if self.sight.cues.negation { NO } else { YES };
        let compared: Vec<ColumnId> = self.base.conditions.iter().flat_map(Condition::columns).collect();
        for column in self.named(0.4, 4, |c| !self.index.column(c).codes.is_empty() && !compared.contains(&c)) {
            let codes = &self.index.column(column).codes;
            let says = |words: &[&str]| codes.iter().find(|c| words.contains(&c.to_lowercase().as_str()));
            let (Some(cell), Some(_), Some(_)) = (says(wanted), says(YES), says(NO)) else { continue };
            let literal = crate::candidates::literal_of(self.index, column, cell);
            self.add("flag", 1.0, |d| {
                d.select.retain(|i| *i != Item::Column(column));
                d.group.retain(|i| *i != Item::Column(column));
                d.conditions.push(Condition::Compare(column, Comparison::Equal, literal));
            });
        }
    }

    /// "… and when were they hired?"
    fn when(&mut self) {
        if !self.reading.has(&["when", "date", "dates", "day"]) || self.base.select.iter().any(Item::is_aggregate) {
            return;
        }
        let tables = self.base.required_tables(self.index);
        let fits = |c: &ColumnId| self.index.column(*c).temporal && tables.contains(&self.index.table_of(*c));
        let days: Vec<ColumnId> = (0..self.index.columns.len()).filter(fits).take(3).collect();
        for column in days.into_iter().filter(|c| !self.base.select.contains(&Item::Column(*c))) {
            self.add("when as well", 1.5, |d| d.select.push(Item::Column(column)));
            self.add("when instead", 1.6, |d| d.select = vec![Item::Column(column)]);
        }
    }

    /// Columns that are named well and lie in a table that the draft does not read.
    fn shown_elsewhere(&mut self) {
        if self.base.select.iter().any(Item::is_aggregate) || self.base.compound.is_some() {
            return;
        }
        let tables = self.base.required_tables(self.index);
        let taken: Vec<usize> =
            self.base.select.iter().flat_map(Item::columns).map(|c| self.sight.column(c).1).collect();
        let outside = self
            .named(0.7, 4, |c| !tables.contains(&self.index.table_of(c)) && !taken.contains(&self.sight.column(c).1));
        for column in outside {
            self.add("show from elsewhere", 1.4, |d| {
                d.select.push(Item::Column(column));
                if !d.group.is_empty() {
                    d.group.push(Item::Column(column));
                }
            });
        }
    }

    /// "The name" of a person in two columns.
    fn whole_name(&mut self) {
        let shown: Vec<ColumnId> =
            self.base.select.iter().filter_map(|i| if let Item::Column(c) = i { Some(*c) } else { None }).collect();
        for column in &shown {
            let facts = self.index.column(*column);
            if !facts.title {
                continue;
            }
            let own = &self.index.table(facts.table).columns;
            let rest = own.iter().copied().find(|c| self.index.column(*c).title && !shown.contains(c));
            let Some(rest) = rest else { continue };
            self.add("whole name", 1.3, |d| {
                let place = d.select.iter().position(|i| *i == Item::Column(*column)).map_or(0, |p| p + 1);
                d.select.insert(place, Item::Column(rest));
                if d.group.contains(&Item::Column(*column)) {
                    d.group.push(Item::Column(rest));
                }
            });
        }
    }

    /// "Last names that customers and staff share": the same column of two tables.
    fn in_both_tables(&mut self) {
        let cues = self.sight.cues;
        let [Item::Column(column)] = self.base.select.as_slice() else { return };
        let column = *column;
        if self.base.compound.is_some()
            || !self.base.group.is_empty()
            || !(cues.and > 0 || cues.both || cues.or || cues.negation)
        {
            return;
        }
        let own = self.index.table_of(column);
        let name = self.index.column(column).name.to_lowercase();
        let named = |t: TableId| self.sight.table(t).0 >= 0.6;
        let others: Vec<ColumnId> = (0..self.index.columns.len())
            .filter(|c| {
                let table = self.index.table_of(*c);
                table != own && named(table) && self.index.column(*c).name.to_lowercase() == name
            })
            .take(3)
            .collect();
        if !named(own) {
            return;
        }
        for other in others {
            let operator = match () {
                () if cues.negation => SetOperator::Except,
                () if cues.or => SetOperator::Union,
                () => SetOperator::Intersect,
            };
            let second = Draft { select: vec![Item::Column(other)], ..Draft::default() };
            self.add("in both tables", 1.0, |d| {
                *d = Draft {
                    select: vec![Item::Column(column)],
                    compound: Some((operator, Box::new(second))),
                    ..Draft::default()
                };
            });
        }
    }

    /// "Organizations that are no parent of others": keys without those that another column of the table holds.
    fn not_referred_to(&mut self) {
        if !self.sight.cues.negation || self.base.compound.is_some() || !self.base.group.is_empty() {
            return;
        }
        let [Item::Column(column)] = self.base.select.as_slice() else { return };
        let (column, facts) = (*column, self.index.column(*column));
        let table = facts.table;
        let key = self.index.table(table).primary_key.first().copied().unwrap_or(column);
        let name = self.index.column(key).name.to_lowercase();
        let referring = self
            .index
            .table(table)
            .columns
            .iter()
            .copied()
            .find(|c| *c != key && self.index.column(*c).name.to_lowercase().ends_with(&name));
        let Some(referring) = referring else { return };
        let inner = Draft { select: vec![Item::Column(referring)], ..Draft::default() };
        if column == key {
            let other = inner.clone();
            self.add("not referred to", 1.0, |d| {
                (d.conditions, d.order, d.limit, d.tables) = (Vec::new(), Vec::new(), None, Vec::new());
                d.compound = Some((SetOperator::Except, Box::new(other)));
            });
        }
    }
}
