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
        self.whereabouts();
        self.same_name_elsewhere();
        self.function_of_another();
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

    /// "Where is …?", "from which city …": a column of places that the question does not name.
    fn whereabouts(&mut self) {
        const ASKED: &[&str] =
            &["where", "location", "locations", "located", "place", "places", "city", "cities", "live", "based"];
        const PLACES: &[&str] = &[
            "address",
            "location",
            "city",
            "town",
            "venue",
            "place",
            "headquarter",
            "headquarters",
            "building",
            "country",
            "state",
            "province",
            "county",
            "hometown",
            "region",
        ];
        if !self.reading.has(ASKED) || self.base.select.iter().any(Item::is_aggregate) {
            return;
        }
        let tables = self.base.required_tables(self.index);
        let is_place = |c: &ColumnId| {
            let facts = self.index.column(*c);
            let held = tables.contains(&facts.table) && !facts.key && !facts.foreign_key && !facts.numeric;
            held && facts.label.split(' ').any(|w| PLACES.contains(&w))
        };
        let places: Vec<ColumnId> = (0..self.index.columns.len()).filter(is_place).take(3).collect();
        for column in places.into_iter().filter(|c| !self.base.select.contains(&Item::Column(*c))) {
            self.add("where", 1.4, |d| d.select = vec![Item::Column(column)]);
            self.add("where as well", 1.7, |d| d.select.push(Item::Column(column)));
        }
    }

    /// "The department's name", which its rows have and those that refer to it: the same column of another table.
    fn same_name_elsewhere(&mut self) {
        if self.base.compound.is_some() {
            return;
        }
        let index = self.index;
        let tables = self.base.required_tables(index);
        let compared = self.base.conditions.iter().flat_map(Condition::columns);
        let items = self.base.select.iter().chain(&self.base.group).chain(self.base.order.iter().map(|o| &o.0));
        let mut used: Vec<ColumnId> = items.flat_map(Item::columns).chain(compared).collect();
        used.sort_unstable();
        used.dedup();
        for column in used.into_iter().filter(|c| index.column(*c).same_name > 1).take(4) {
            let own = index.table_of(column);
            let name = index.column(column).name.to_lowercase();
            let near = |t: TableId| tables.contains(&t) || index.graph.edges_of(own).any(|(_, e)| e.other(own) == t);
            let others: Vec<ColumnId> = (0..index.columns.len())
                .filter(|c| index.column(*c).name.to_lowercase() == name)
                .filter(|c| {
                    index.table_of(*c) != own && near(index.table_of(*c)) && !index.table(index.table_of(*c)).hidden
                })
                .take(3)
                .collect();
            for other in others {
                let held = tables.contains(&index.table_of(other));
                self.add("same name elsewhere", if held { 1.2 } else { 1.7 }, |d| {
                    let orders = d.order.iter_mut().map(|o| &mut o.0);
                    for item in d.select.iter_mut().chain(&mut d.group).chain(orders) {
                        if let Item::Column(c) | Item::Aggregate(_, _, c) = item
                            && *c == column
                        {
                            *c = other;
                        }
                    }
                    for condition in &mut d.conditions {
                        if let Condition::Compare(c, ..) | Condition::Like(c, ..) | Condition::Between(c, ..) =
                            condition
                            && *c == column
                        {
                            *c = other;
                        }
                    }
                    d.tables.retain(|t| *t != own);
                });
            }
        }
    }

    /// "The minimum salary in each department", where another table has a column of that name: the smallest of what is
    /// called by the rest of it.
    fn function_of_another(&mut self) {
        use crate::plan::Aggregate;
        let index = self.index;
        let function = |label: &str| {
            let (first, rest) = label.split_once(' ')?;
            let function = match first {
                "minimum" | "min" => Aggregate::Min,
                "maximum" | "max" => Aggregate::Max,
                "average" | "avg" | "mean" => Aggregate::Avg,
                "total" => Aggregate::Sum,
                _ => return None,
            };
            Some((function, rest.to_owned()))
        };
        let shown: Vec<ColumnId> = self.base.select.iter().flat_map(Item::columns).collect();
        for column in shown {
            let Some((function, rest)) = function(&index.column(column).label) else { continue };
            let own = index.table_of(column);
            let plain: Vec<ColumnId> = (0..index.columns.len())
                .filter(|c| {
                    index.column(*c).label == rest && index.table_of(*c) != own && index.column(*c).is_ordered()
                })
                .take(2)
                .collect();
            for other in plain {
                self.add("function of another", 1.0, |d| {
                    for item in d.select.iter_mut().filter(|i| i.columns() == [column]) {
                        *item = Item::Aggregate(function, false, other);
                    }
                    d.group = d.select.iter().filter(|i| !i.is_aggregate()).cloned().collect();
                    d.tables.retain(|t| *t != own);
                    (d.order, d.limit) = (Vec::new(), None);
                });
            }
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
        let operators: &[SetOperator] = match () {
            () if cues.negation => &[SetOperator::Except],
            () if cues.or => &[SetOperator::Union],
            () if cues.both => &[SetOperator::Intersect],
            // "Of customers and staff" may mean either.
            () => &[SetOperator::Intersect, SetOperator::Union],
        };
        for (other, operator) in others.iter().flat_map(|o| operators.iter().map(|op| (*o, *op))) {
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
