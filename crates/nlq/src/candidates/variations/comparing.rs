//! Changes of what is compared: figures of groups rather than of rows, columns that the question does not name outright,
//! two bounds that hold of different rows.

use super::Changes;
use crate::{
    catalog_index::{ColumnId, TableId},
    draft::{Condition, Draft, Item},
    plan::{Aggregate, Comparison, Literal, SetOperator},
    reading::ValueKind,
};

impl Changes<'_> {
    pub(super) fn comparing(&mut self) {
        self.figure_of_groups();
        self.bound_of_another();
        self.cell_of_another();
        self.both_bounds();
        self.bundles();
        self.number_as_count();
        self.unnamed_extreme();
        self.latest();
    }

    /// "Departments with an average salary above 8000": the bound is on the figure of each group.
    fn figure_of_groups(&mut self) {
        let cues = self.sight.cues;
        let function = match () {
            () if cues.average => Aggregate::Avg,
            () if cues.sum => Aggregate::Sum,
            () if cues.maximum || cues.most => Aggregate::Max,
            () if cues.minimum || cues.least => Aggregate::Min,
            () => return,
        };
        let plain: Vec<Item> = self.base.select.iter().filter(|i| matches!(i, Item::Column(_))).cloned().collect();
        for at in 0..self.base.conditions.len() {
            let Some(Condition::Compare(column, op, bound)) = self.base.conditions.get(at).cloned() else { continue };
            let bounds = !matches!(op, Comparison::Equal | Comparison::NotEqual);
            if !bounds || !self.index.column(column).is_ordered() || plain.is_empty() && self.base.group.is_empty() {
                continue;
            }
            self.add("bound of groups", 1.0, |d| {
                d.conditions.remove(at);
                d.having.push((Item::Aggregate(function, false, column), op, bound));
                if d.group.is_empty() {
                    d.group.clone_from(&plain);
                }
                d.distinct = false;
            });
        }
    }

    /// Figures of the tables that the draft reads, named or not, at most `most`.
    pub(super) fn measures(&self, most: usize) -> Vec<ColumnId> {
        let tables: Vec<TableId> = self.base.required_tables(self.index);
        let mut found: Vec<ColumnId> = (0..self.index.columns.len())
            .filter(|c| tables.contains(&self.index.table_of(*c)) && self.index.column(*c).is_measure())
            .collect();
        found.sort_by(|a, b| self.sight.column(*b).0.total_cmp(&self.sight.column(*a).0).then(a.cmp(b)));
        found.truncate(most);
        found
    }

    /// "Rooms that cost between 120 and 150": a figure whose name is another word.
    fn bound_of_another(&mut self) {
        for at in 0..self.base.conditions.len() {
            let Some(condition) = self.base.conditions.get(at).cloned() else { continue };
            let (column, number) = match &condition {
                Condition::Compare(c, _, Literal::Number(n)) | Condition::Between(c, Literal::Number(n), _) => (*c, n),
                _ => continue,
            };
            let Ok(number) = number.parse::<f64>() else { continue };
            for other in self.measures(4).into_iter().filter(|c| *c != column) {
                let facts = self.index.column(other);
                if facts.min.is_none_or(|m| m > number) || facts.max.is_none_or(|m| m < number) || facts.numeric_text {
                    continue;
                }
                let cost = 2.0 - f64::from(self.sight.column(other).0.min(1.0));
                let moved = match condition.clone() {
                    Condition::Compare(_, op, value) => Condition::Compare(other, op, value),
                    Condition::Between(_, low, high) => Condition::Between(other, low, high),
                    same => same,
                };
                self.add("bound of another", cost, |d| {
                    if let Some(slot) = d.conditions.get_mut(at) {
                        *slot = moved;
                    }
                });
            }
        }
    }

    /// "Paris" as a team rather than a city: other columns that hold the cell.
    fn cell_of_another(&mut self) {
        for at in 0..self.base.conditions.len() {
            let Some(Condition::Compare(column, op, Literal::Text(text))) = self.base.conditions.get(at).cloned()
            else {
                continue;
            };
            let says = |v: &&crate::reading::ValueSpan| {
                v.hits.iter().any(|h| h.0 == column && h.1.eq_ignore_ascii_case(&text))
            };
            let Some(value) = self.reading.values.iter().find(says) else { continue };
            let mut others: Vec<(f64, ColumnId, &str)> = value
                .hits
                .iter()
                .filter(|h| h.0 != column && h.2 >= 0.8 && !self.index.table(self.index.table_of(h.0)).hidden)
                .map(|h| {
                    let table = f64::from(self.sight.table(self.index.table_of(h.0)).0.min(1.0));
                    (f64::from(self.sight.column(h.0).0.min(1.0)) + table, h.0, h.1.as_str())
                })
                .collect();
            others.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            let others: Vec<(f64, ColumnId, String)> =
                others.into_iter().take(3).map(|(named, c, cell)| (named, c, cell.to_owned())).collect();
            for (named, other, cell) in others {
                let literal = crate::candidates::literal_of(self.index, other, &cell);
                self.add("cell of another", 2.0 - 0.5 * named, |d| {
                    if let Some(slot) = d.conditions.get_mut(at) {
                        *slot = Condition::Compare(other, op, literal);
                    }
                });
            }
        }
    }

    /// "From which towns come people older than 23 and people younger than 20": no row is both.
    fn both_bounds(&mut self) {
        let simple = self.base.group.is_empty()
            && self.base.compound.is_none()
            && self.base.limit.is_none()
            && !self.base.select.iter().any(Item::is_aggregate);
        let conditions = self.base.conditions.clone();
        if !simple || conditions.len() < 2 {
            return;
        }
        for at in 1..conditions.len() {
            let (Some(first), Some(second)) = (conditions.first(), conditions.get(at)) else { continue };
            let own = first.columns();
            if own.is_empty() || own != second.columns() {
                continue;
            }
            let without = |left_out: usize| -> Vec<Condition> {
                conditions.iter().enumerate().filter(|(i, _)| *i != left_out).map(|(_, c)| c.clone()).collect()
            };
            let other = Draft { conditions: without(0), order: Vec::new(), ..self.base.clone() };
            let mine = without(at);
            self.add("both bounds", 0.8, |d| {
                d.conditions = mine;
                d.order.clear();
                d.compound = Some((SetOperator::Intersect, Box::new(other)));
            });
        }
    }

    /// "Taught in the fall of 2009 but not in the spring of 2010": two bundles of conditions on the same columns.
    fn bundles(&mut self) {
        let simple = self.base.group.is_empty()
            && self.base.compound.is_none()
            && self.base.limit.is_none()
            && !self.base.select.iter().any(Item::is_aggregate);
        if !simple || self.base.conditions.len() < 4 {
            return;
        }
        let equal = |c: &Condition| match c {
            Condition::Compare(column, Comparison::Equal | Comparison::NotEqual, _) => Some(*column),
            _ => None,
        };
        let flat: Vec<Condition> = self
            .base
            .conditions
            .iter()
            .flat_map(|c| match c {
                Condition::Any(of) | Condition::All(of) => of.clone(),
                other => vec![other.clone()],
            })
            .map(super::nesting::positive)
            .collect();
        let (mut first, mut second, mut rest) = (Vec::new(), Vec::new(), Vec::new());
        for condition in &flat {
            let same = |of: &[Condition]| of.iter().filter(|c| equal(c) == equal(condition)).count();
            match equal(condition) {
                Some(_) if same(&flat) == 2 && same(&first) == 0 => first.push(condition.clone()),
                Some(_) if same(&flat) == 2 => second.push(condition.clone()),
                _ => rest.push(condition.clone()),
            }
        }
        if second.len() < 2 {
            return;
        }
        let cues = self.sight.cues;
        let with = |bundle: &[Condition]| -> Vec<Condition> { rest.iter().chain(bundle).cloned().collect() };
        let (mine, other) = (with(&first), with(&second));
        let side = Draft { conditions: other, order: Vec::new(), ..self.base.clone() };
        let mut apart = |name, operator| {
            let (mine, side) = (mine.clone(), side.clone());
            self.add(name, 0.6, |d| {
                d.conditions = mine;
                d.order.clear();
                d.compound = Some((operator, Box::new(side)));
            });
        };
        if cues.negation {
            apart("one bundle, not the other", SetOperator::Except);
        }
        if cues.both || cues.and > 0 {
            apart("both bundles", SetOperator::Intersect);
        }
        if cues.or || cues.and > 0 {
            let either = Condition::Any(vec![Condition::All(first), Condition::All(second)]);
            self.add("either bundle", 0.8, |d| d.conditions = rest.iter().cloned().chain([either]).collect());
        }
    }

    /// "The number of apartments of each type" where a column is called number.
    fn number_as_count(&mut self) {
        if !self.sight.cues.count || self.base.compound.is_some() {
            return;
        }
        let of_numbers =
            |c: ColumnId| self.index.column(c).label.split(' ').any(|w| matches!(w, "number" | "count" | "num" | "no"));
        let reads = |item: &Item| item.columns().iter().any(|c| of_numbers(*c));
        if !self.base.select.iter().chain(self.base.order.iter().map(|o| &o.0)).any(reads) {
            return;
        }
        self.add("count for number", 1.0, |d| {
            d.select.retain(|i| !reads(i));
            d.group = d.select.iter().filter(|i| !i.is_aggregate()).cloned().collect();
            d.select.push(Item::CountRows);
            for (key, _) in d.order.iter_mut().filter(|o| reads(&o.0)) {
                *key = Item::CountRows;
            }
            d.distinct = false;
        });
    }

    /// "The room that holds the most people": by a figure that the question does not name.
    fn unnamed_extreme(&mut self) {
        let cues = self.sight.cues;
        let superlative = cues.most || cues.least || self.reading.has(&["top", "expensive", "cheap"]);
        let free = self.base.group.is_empty() && !self.base.select.iter().any(Item::is_aggregate);
        if !superlative || !free || self.base.compound.is_some() {
            return;
        }
        let named = self.base.order.iter().flat_map(|o| o.0.columns()).any(|c| self.sight.column(c).0 >= 0.6);
        if named {
            return;
        }
        let limit = self.base.limit.or_else(|| self.limit_said()).unwrap_or(1);
        for (place, column) in self.measures(4).into_iter().enumerate() {
            self.add("extreme of a figure", 1.4 + 0.2 * place as f64, |d| {
                (d.order, d.limit) = (vec![(Item::Column(column), !cues.least)], Some(limit));
            });
        }
    }

    /// "The race that occurred most recently".
    fn latest(&mut self) {
        let last = self.reading.has(&["recently", "recent", "latest", "newest", "last"]);
        let first = self.reading.has(&["earliest", "oldest", "first"]);
        let free = self.base.group.is_empty() && !self.base.select.iter().any(Item::is_aggregate);
        if !(last || first) || !free || self.base.compound.is_some() {
            return;
        }
        let dated = self.reading.values.iter().any(|v| matches!(v.kind, ValueKind::Date(_)));
        let tables = self.base.required_tables(self.index);
        let days = (0..self.index.columns.len())
            .filter(|c| self.index.column(*c).temporal && tables.contains(&self.index.table_of(*c)));
        for (place, column) in days.take(3).enumerate() {
            let cost = if dated { 1.8 } else { 1.2 } + 0.2 * place as f64;
            self.add("latest", cost, |d| (d.order, d.limit) = (vec![(Item::Column(column), last)], Some(1)));
        }
    }
}
