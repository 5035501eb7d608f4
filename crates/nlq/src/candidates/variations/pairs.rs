//! Changes that set two things side by side: two bounds of which one holds, two columns compared or taken from each other,
//! what the rows of two tables have in common.

use super::Changes;
use crate::{
    catalog_index::{ColumnId, TableId},
    draft::{Condition, Draft, Item},
    plan::{Comparison, Literal, SetOperator},
};

impl Changes<'_> {
    pub(super) fn pairs(&mut self) {
        if self.base.compound.is_some() {
            return;
        }
        self.outside();
        self.difference();
        self.column_than_column();
        self.shared();
        self.same_reference();
    }

    /// "Over 50 or under 46".
    fn outside(&mut self) {
        if !self.sight.cues.or {
            return;
        }
        let bound = |c: &Condition| match c {
            Condition::Compare(column, op, Literal::Number(n)) if *op != Comparison::Equal => {
                Some((*column, n.clone()))
            }
            _ => None,
        };
        let bounds: Vec<(ColumnId, String)> = self.base.conditions.iter().filter_map(bound).collect();
        let of = |n: &str| n.parse::<f64>().unwrap_or_default();
        let [(column, a), (other, b)] = bounds.as_slice() else { return };
        if column != other || a == b {
            return;
        }
        let (column, low, high) = if of(a) < of(b) { (*column, a, b) } else { (*column, b, a) };
        let any = Condition::Any(vec![
            Condition::Compare(column, Comparison::Greater, Literal::Number(high.clone())),
            Condition::Compare(column, Comparison::Less, Literal::Number(low.clone())),
        ]);
        self.add("outside", 0.6, |d| {
            d.conditions.retain(|c| bound(c).is_none());
            d.conditions.push(any);
        });
    }

    /// Figures that the question names, in its order.
    fn figures_named(&self, most: usize) -> Vec<ColumnId> {
        let mut found = self.named(0.4, most, |c| self.index.column(c).is_ordered() && !self.index.column(c).key);
        found.sort_by_key(|c| self.sight.column(*c).1);
        found
    }

    /// "The difference between the highest and the lowest temperature".
    fn difference(&mut self) {
        if !self.reading.has(&["difference", "differences", "range", "span", "gap", "minus"]) {
            return;
        }
        let named = self.figures_named(4);
        let superlative = self.sight.cues.most || self.sight.cues.least;
        for a in &named {
            for b in named.iter().filter(|b| *b != a && self.index.table_of(**b) == self.index.table_of(*a)) {
                let less = Item::Difference(Box::new(Item::Column(*a)), Box::new(Item::Column(*b)));
                let without = |d: &mut Draft| {
                    d.select.retain(|i| !i.columns().iter().any(|c| c == a || c == b));
                    (d.group, d.distinct) = (Vec::new(), false);
                };
                self.add("difference", 1.0, |d| {
                    without(d);
                    d.select.push(less.clone());
                    d.order.clear();
                    d.limit = None;
                });
                if superlative {
                    let order = vec![(less.clone(), !self.sight.cues.least)];
                    self.add("order by difference", 1.2, |d| {
                        without(d);
                        (d.order, d.limit) = (order.clone(), Some(1));
                    });
                    self.add("order by difference, shown", 1.3, |d| {
                        without(d);
                        d.select.push(less);
                        (d.order, d.limit) = (order, Some(1));
                    });
                }
            }
        }
    }

    /// "Whose balance is higher than their limit": one column against another.
    fn column_than_column(&mut self) {
        let cues = self.sight.cues;
        if !(cues.more || cues.less) || !self.reading.has(&["than", "before", "after", "exceeds", "exceed"]) {
            return;
        }
        let op = if cues.less && !cues.more { Comparison::Less } else { Comparison::Greater };
        let named = self.figures_named(4);
        let numbers = !self.base.conditions.is_empty();
        for a in &named {
            for b in named.iter().filter(|b| *b != a) {
                let alike = self.index.column(*a).column_type == self.index.column(*b).column_type;
                let later = self.sight.column(*a).1 < self.sight.column(*b).1;
                let one_place = self.sight.column(*a).1 == self.sight.column(*b).1;
                if !alike || one_place && self.index.table_of(*a) == self.index.table_of(*b) {
                    continue;
                }
                let condition = Condition::Columns(*a, op, *b);
                self.add("column than column", if later { 1.2 } else { 1.8 } + if numbers { 0.8 } else { 0.0 }, |d| {
                    let rest: Vec<Item> =
                        d.select.iter().filter(|i| !i.columns().iter().any(|c| c == a || c == b)).cloned().collect();
                    if !rest.is_empty() {
                        d.select = rest;
                    }
                    d.conditions.push(condition);
                    (d.order, d.limit) = (Vec::new(), None);
                });
            }
        }
    }

    /// "Started and ended at the same place": two references to one table that are equal.
    fn same_reference(&mut self) {
        if !self.reading.has(&["same", "equal", "identical"]) {
            return;
        }
        let index = self.index;
        for table in self.base.required_tables(index) {
            let refers = index.graph.edges_of(table).filter(|(_, e)| e.child == table && e.child_columns.len() == 1);
            let references: Vec<(TableId, ColumnId)> =
                refers.filter_map(|(_, e)| Some((e.parent, *e.child_columns.first()?))).collect();
            for (at, (parent, a)) in references.iter().enumerate() {
                for (_, b) in references.iter().skip(at + 1).filter(|(p, b)| p == parent && b != a) {
                    let equal = Condition::Columns(*a, Comparison::Equal, *b);
                    self.add("same reference", 1.0, |d| {
                        d.conditions = vec![equal];
                        d.tables = vec![table];
                    });
                }
            }
        }
    }

    /// "Addresses shared by students and teachers": what both tables have rows of, or one and not the other.
    fn shared(&mut self) {
        let cues = self.sight.cues;
        let index = self.index;
        let plain = self.base.select.iter().all(|i| matches!(i, Item::Column(_))) && self.base.group.is_empty();
        let Some(root) = self.base.select.iter().flat_map(Item::columns).next().map(|c| index.table_of(c)) else {
            return;
        };
        let one_table = self.base.select.iter().flat_map(Item::columns).all(|c| index.table_of(c) == root);
        if !plain || !one_table || self.base.limit.is_some() || !(cues.and > 0 || cues.both || cues.or || cues.negation)
        {
            return;
        }
        let mut others: Vec<(usize, TableId)> = index
            .graph
            .edges_of(root)
            .map(|(_, e)| e.other(root))
            .filter(|t| *t != root && self.sight.table(*t).0 >= 0.6)
            .map(|t| (self.sight.table(t).1, t))
            .collect();
        others.sort_unstable();
        others.dedup();
        let operator = match () {
            () if cues.negation => SetOperator::Except,
            () if cues.or => SetOperator::Union,
            () => SetOperator::Intersect,
        };
        let own: Vec<Condition> = self
            .base
            .conditions
            .iter()
            .filter(|c| c.columns().iter().all(|c| index.table_of(*c) == root))
            .cloned()
            .collect();
        let side = |other: TableId| Draft {
            select: self.base.select.clone(),
            conditions: own.clone(),
            tables: vec![root, other],
            ..Draft::default()
        };
        let pairs = others.windows(2).take(2).filter_map(|w| Some((w.first()?.1, w.last()?.1)));
        let drafts: Vec<Draft> =
            pairs.map(|(a, b)| Draft { compound: Some((operator, Box::new(side(b)))), ..side(a) }).collect();
        for draft in drafts {
            self.add("shared", 1.0, |d| *d = draft);
        }
    }
}
