//! Changes between numbers of rows and figures that columns hold: a bound on the one read as a bound on the other, an order
//! by the one in the place of the other, a number that is a key.

use super::Changes;
use crate::{
    catalog_index::{ColumnId, TableId},
    draft::{Condition, Item},
    plan::{Aggregate, Comparison, Literal},
    reading::ValueKind,
};

impl Changes<'_> {
    pub(super) fn counting(&mut self) {
        if self.base.compound.is_some() {
            return;
        }
        self.most_rows();
        self.bound_of_rows();
        self.between_rows();
        self.figure_for_count();
        self.bare_figure();
        self.other_figure();
        self.number_of_key();
        self.by_reference();
        self.with_children();
    }

    fn plain(&self) -> Vec<Item> {
        self.base.select.iter().filter(|i| matches!(i, Item::Column(_))).cloned().collect()
    }

    /// What tells the groups apart where the rows of what is shown are to be counted: its key with a name, all that is shown.
    fn shown_groups(&self) -> Option<Vec<Item>> {
        let plain = self.plain();
        let Some(Item::Column(first)) = plain.first().cloned() else { return None };
        let facts = self.index.table(self.index.table_of(first));
        let mut group = self.base.group.clone();
        if group.is_empty() {
            let named = self.index.column(first).title && facts.primary_key.len() == 1;
            group = facts.primary_key.first().filter(|_| named).map(|k| Item::Column(*k)).into_iter().collect();
        }
        for item in plain {
            if !group.contains(&item) {
                group.push(item);
            }
        }
        Some(group)
    }

    /// "The customer with the most orders": by the number of rows, rather than by a figure of theirs.
    fn most_rows(&mut self) {
        let cues = self.sight.cues;
        let by_rows = self.base.order.first().is_some_and(|o| o.0 == Item::CountRows);
        let asked = cues.most || cues.least || cues.maximum || cues.minimum || cues.common;
        let Some(group) = self.shown_groups().filter(|_| asked && !by_rows) else { return };
        let plain = self.plain();
        let limit = self.base.limit.or_else(|| self.limit_said()).unwrap_or(1);
        let most = !(cues.least || cues.minimum);
        let order = vec![(Item::CountRows, most)];
        // The rows that are counted are those whose figure was to rank.
        let ranked =
            self.base.order.first().and_then(|o| o.0.columns().first().copied()).map(|c| self.index.table_of(c));
        let mut tables = self.base.tables.clone();
        tables.extend(ranked.filter(|t| !tables.contains(t)));
        let cost = if self.base.order.is_empty() { 1.4 } else { 1.2 };
        let mut change = |name, cost, select: Vec<Item>| {
            self.add(name, cost, |d| {
                (d.select, d.group, d.order, d.limit) = (select, group.clone(), order.clone(), Some(limit));
                (d.tables, d.distinct) = (tables.clone(), false);
            });
        };
        if cues.count {
            change("most rows, shown", cost + 0.3, plain.iter().cloned().chain([Item::CountRows]).collect());
        }
        change("most rows", cost, plain);
    }

    /// "More than two people" where a column holds how many: a bound on that, rather than on the number of rows.
    fn bound_of_rows(&mut self) {
        for at in 0..self.base.having.len() {
            let Some((Item::CountRows, op, bound)) = self.base.having.get(at).cloned() else { continue };
            let Literal::Number(text) = &bound else { continue };
            let Ok(number) = text.parse::<f64>() else { continue };
            let fits = |c: &ColumnId| {
                let facts = self.index.column(*c);
                facts.min.is_none_or(|m| m <= number) && facts.max.is_none_or(|m| m >= number) && !facts.numeric_text
            };
            let measures: Vec<ColumnId> = self.measures(6).into_iter().filter(fits).take(4).collect();
            for (place, column) in measures.into_iter().enumerate() {
                let named = f64::from(self.sight.column(column).0.min(1.0));
                let bound = bound.clone();
                self.add("bound of rows", 1.6 + 0.2 * place as f64 - 0.8 * named, |d| {
                    d.having.remove(at);
                    d.conditions.push(Condition::Compare(column, op, bound));
                    let counts = d.select.iter().chain(d.order.iter().map(|o| &o.0)).any(Item::is_aggregate);
                    if !counts && d.having.is_empty() {
                        d.group.clear();
                    }
                });
            }
        }
    }

    /// "Between two and four employees".
    fn between_rows(&mut self) {
        let numbers: Vec<f64> = self
            .reading
            .values
            .iter()
            .filter_map(|v| if let ValueKind::Number { value, .. } = v.kind { Some(value) } else { None })
            .filter(|n| n.fract() == 0.0 && *n < 10_000.0)
            .collect();
        let asked = self.sight.cues.between || self.reading.has(&["to"]);
        let ([low, high], Some(group)) = (numbers.as_slice(), self.shown_groups()) else { return };
        if !asked || low >= high || self.base.select.iter().any(|i| matches!(i, Item::Aggregate(..))) {
            return;
        }
        let text = |n: &f64| Literal::Number(crate::candidates::number_text(*n));
        let bounds =
            vec![(Item::CountRows, Comparison::AtLeast, text(low)), (Item::CountRows, Comparison::AtMost, text(high))];
        let is_bound = |c: &Condition| match c {
            Condition::Compare(_, _, Literal::Number(n)) | Condition::Between(_, Literal::Number(n), _) => {
                n.parse::<f64>().is_ok_and(|n| n == *low || n == *high)
            }
            _ => false,
        };
        // The rows that are counted are those that were to keep the bound.
        let bound = self.base.conditions.iter().filter(|c| is_bound(c)).flat_map(Condition::columns);
        let mut tables = self.base.tables.clone();
        tables.extend(bound.map(|c| self.index.table_of(c)));
        tables.dedup();
        self.add("between rows", 0.9, |d| {
            d.conditions.retain(|c| !is_bound(c));
            (d.having, d.group, d.tables, d.distinct) = (bounds, group, tables, false);
        });
    }

    /// "The number of customers" where a column holds it: added up, rather than rows counted.
    fn figure_for_count(&mut self) {
        let counts = |i: &Item| matches!(i, Item::CountRows | Item::Aggregate(Aggregate::Count, ..));
        let orders = self.base.order.iter().any(|o| counts(&o.0));
        if !self.base.select.iter().any(counts) && !orders {
            return;
        }
        for column in self.measures(3) {
            let named = f64::from(self.sight.column(column).0.min(1.0));
            let sum = Item::Aggregate(Aggregate::Sum, false, column);
            self.add("sum for count", 2.0 - named, |d| {
                for item in d.select.iter_mut().filter(|i| counts(i)) {
                    *item = sum.clone();
                }
                for (key, _) in d.order.iter_mut().filter(|o| counts(&o.0)) {
                    *key = sum.clone();
                }
            });
        }
    }

    /// "The average temperature" where a column holds it: as it stands, not averaged once more.
    fn bare_figure(&mut self) {
        let figure = |i: &Item| match i {
            Item::Aggregate(Aggregate::Avg | Aggregate::Sum | Aggregate::Min | Aggregate::Max, _, c) => Some(*c),
            _ => None,
        };
        let ordered = self.base.order.iter().filter_map(|o| figure(&o.0));
        let Some(column) = self.base.select.iter().filter_map(figure).chain(ordered).next() else { return };
        const SAID: &[&str] = &["mean", "average", "avg", "max", "maximum", "min", "minimum", "total", "sum"];
        let holds = self.index.column(column).label.split(' ').any(|w| SAID.contains(&w));
        self.add("figure as it stands", if holds { 0.8 } else { 1.8 }, |d| {
            let items = d.select.iter_mut().chain(d.order.iter_mut().map(|o| &mut o.0));
            for item in items {
                if let Some(column) = figure(item) {
                    *item = Item::Column(column);
                }
            }
            if !d.select.iter().any(Item::is_aggregate) && d.having.is_empty() {
                d.group.clear();
            }
        });
    }

    /// "By their highest latitude", "by the average rent": the figure that groups are ordered by.
    fn other_figure(&mut self) {
        let cues = self.sight.cues;
        let Some((Item::Aggregate(own, _, column), way)) = self.base.order.first().cloned() else { return };
        let wanted = [
            (cues.average, Aggregate::Avg),
            (cues.maximum || cues.most, Aggregate::Max),
            (cues.minimum || cues.least, Aggregate::Min),
        ];
        for (_, function) in wanted.into_iter().filter(|w| w.0 && w.1 != own) {
            let key = Item::Aggregate(function, false, column);
            self.add("order by other figure", 1.2, |d| {
                d.order = vec![(key, way)];
                if cues.order {
                    d.limit = None;
                }
            });
        }
    }

    /// "The flight with number 99": the key of the row.
    fn number_of_key(&mut self) {
        let equal = |op: &Comparison| matches!(op, Comparison::Equal);
        let in_having = self.base.having.iter().position(|h| h.0 == Item::CountRows && equal(&h.1));
        let in_conditions = self.base.conditions.iter().position(
            |c| matches!(c, Condition::Compare(c, op, Literal::Number(_)) if equal(op) && !self.index.column(*c).key),
        );
        let number = match (in_having, in_conditions) {
            (Some(at), _) => self.base.having.get(at).map(|h| h.2.clone()),
            (None, Some(at)) => match self.base.conditions.get(at) {
                Some(Condition::Compare(_, _, number)) => Some(number.clone()),
                _ => None,
            },
            _ => None,
        };
        let Some(Literal::Number(text)) = number else { return };
        let said = self.sight.cues.id || self.reading.has(&["number", "no", "#", "numbered"]);
        let tables: Vec<TableId> = self.base.required_tables(self.index);
        for table in tables.into_iter().take(3) {
            let [key] = self.index.table(table).primary_key.as_slice() else { continue };
            let key = *key;
            let literal = crate::candidates::literal_of(self.index, key, &text);
            self.add("number of a key", if said { 1.0 } else { 2.0 }, |d| {
                match (in_having, in_conditions) {
                    (Some(at), _) => {
                        d.having.remove(at);
                        if d.having.is_empty() && !d.select.iter().any(Item::is_aggregate) {
                            d.group.clear();
                        }
                    }
                    (None, Some(at)) => drop(d.conditions.remove(at)),
                    _ => {}
                }
                d.conditions.push(Condition::Compare(key, Comparison::Equal, literal));
            });
        }
    }

    /// "The smallest salary in each department": by the reference to it, which the rows hold themselves.
    fn by_reference(&mut self) {
        let index = self.index;
        let figure = self.base.select.iter().filter(|i| i.is_aggregate()).find_map(|i| i.columns().first().copied());
        let counts = self.base.select.contains(&Item::CountRows).then(|| self.base.tables.first().copied()).flatten();
        let Some(table) = figure.map(|c| index.table_of(c)).or(counts) else { return };
        let each = self.sight.cues.each || self.reading.has(&["by", "different", "all"]);
        let edges: Vec<(ColumnId, TableId)> = index
            .graph
            .edges_of(table)
            .filter(|(_, e)| e.child == table && e.parent != table && e.child_columns.len() == 1)
            .filter_map(|(_, e)| e.child_columns.first().map(|c| (*c, e.parent)))
            .collect();
        for (reference, parent) in edges {
            let named = self.sight.table(parent).0.max(self.sight.column(reference).0);
            let of_parent = |i: &Item| matches!(i, Item::Column(c) if index.table_of(*c) == parent);
            let grouped = self.base.group.iter().any(of_parent);
            if named < 0.5
                || self.base.group.contains(&Item::Column(reference))
                || !(grouped || each && self.base.group.is_empty())
            {
                continue;
            }
            self.add("by reference", 1.2, |d| {
                d.group.retain(|i| !of_parent(i));
                d.select.retain(|i| !of_parent(i));
                d.group.push(Item::Column(reference));
                d.select.push(Item::Column(reference));
                d.tables.retain(|t| *t != parent);
                if d.tables.is_empty() {
                    d.tables.push(table);
                }
            });
        }
    }

    /// "Documents that have expenses": only those with rows of another table.
    fn with_children(&mut self) {
        let index = self.index;
        let own = self.base.required_tables(index);
        let Some(root) = own.first().copied() else { return };
        if !self.base.group.is_empty() {
            return;
        }
        let mut children: Vec<(f32, TableId)> = own
            .iter()
            .flat_map(|t| index.graph.edges_of(*t).filter(|(_, e)| e.parent == *t).map(|(_, e)| e.child))
            .filter(|c| !own.contains(c) && !index.table(*c).hidden)
            .map(|c| (self.sight.table(c).0, c))
            .filter(|(score, _)| *score >= 0.35)
            .collect();
        children.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        children.dedup();
        let key = index.table(root).primary_key.first().copied().filter(|_| index.table(root).primary_key.len() == 1);
        let counts = self.base.select.as_slice() == [Item::CountRows];
        for (score, child) in children.into_iter().take(3) {
            let cost = 1.8 - f64::from(score.min(1.0));
            let with = |d: &mut crate::draft::Draft| {
                if !d.tables.contains(&root) {
                    d.tables.insert(0, root);
                }
                d.tables.push(child);
            };
            self.add("with children", cost, with);
            if counts {
                self.add("rows of children", cost + 0.2, |d| d.tables = vec![child]);
                if let Some(key) = key {
                    self.add("those with children", cost + 0.2, |d| {
                        with(d);
                        d.select = vec![Item::Aggregate(Aggregate::Count, true, key)];
                    });
                }
            } else {
                self.add("different with children", cost + 0.6, |d| {
                    with(d);
                    d.distinct = true;
                });
            }
        }
    }
}
