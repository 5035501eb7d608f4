//! Changes that look at rows as things: the foremost of each group, those that have both of two, those that refer to one,
//! a thing by its name in the place of the key that refers to it.

use super::Changes;
use crate::{
    catalog_index::{ColumnId, TableId},
    draft::{Condition, Draft, Item},
    plan::{Comparison, Literal},
};

impl Changes<'_> {
    pub(super) fn entities(&mut self) {
        self.foremost();
        self.both_of();
        self.referring();
        self.name_for_key();
    }

    /// "The dearest product of each category": all its columns, not the largest value alone.
    fn foremost(&mut self) {
        let cues = self.sight.cues;
        let each = cues.each || self.reading.has(&["their", "its"]);
        let up = cues.most || cues.maximum;
        let down = cues.least || cues.minimum;
        if !each || !(up || down) || self.base.compound.is_some() || !self.base.having.is_empty() {
            return;
        }
        let shown = |i: &Item| if let Item::Column(c) = i { Some(*c) } else { None };
        let ranked = self.base.order.first().and_then(|o| o.0.columns().first().copied());
        let figure = self.base.select.iter().filter(|i| i.is_aggregate()).find_map(|i| i.columns().first().copied());
        let named = self.named(0.4, 2, |c| self.index.column(c).is_ordered() && !self.index.column(c).key);
        let mut values: Vec<ColumnId> = ranked.into_iter().chain(figure).chain(named).collect();
        if values.is_empty() {
            values = self.measures(2);
        }
        values.retain(|c| self.index.column(*c).is_ordered());
        let columns = self.base.select.iter().chain(&self.base.group).filter_map(shown);
        let named = self.named(0.5, 4, |c| !self.index.column(c).is_measure());
        let mut keys: Vec<ColumnId> = columns.chain(named).collect();
        keys.retain(|c| !self.index.column(*c).unique);
        keys.truncate(5);
        let mut seen: Vec<(ColumnId, ColumnId)> = Vec::new();
        for value in values.into_iter().take(3) {
            for key in keys.iter().copied().filter(|k| *k != value) {
                if !seen.contains(&(value, key)) {
                    seen.push((value, key));
                    self.foremost_of(value, key, up);
                }
            }
        }
    }

    fn foremost_of(&mut self, value: ColumnId, key: ColumnId, largest: bool) {
        let among = Draft {
            conditions: self.base.conditions.clone(),
            tables: vec![self.index.table_of(value)],
            ..Draft::default()
        };
        let best = Condition::Extreme { column: value, largest, within: vec![key], among: Box::new(among) };
        let mut change = |name, more: Vec<ColumnId>| {
            let best = best.clone();
            self.add(name, 1.0, |d| {
                for item in d.select.iter_mut().filter(|i| matches!(i, Item::Aggregate(_, _, c) if *c == value)) {
                    *item = Item::Column(value);
                }
                d.select.retain(|i| !i.is_aggregate());
                for column in more {
                    if !d.select.contains(&Item::Column(column)) {
                        d.select.push(Item::Column(column));
                    }
                }
                (d.group, d.order, d.limit, d.distinct) = (Vec::new(), Vec::new(), None, false);
                d.conditions.push(best);
            });
        };
        change("foremost of each", Vec::new());
        change("foremost of each, with both", vec![key, value]);
    }

    /// "Customers who bought both A and B", "with A but not B": one row of the other table has only one of them.
    fn both_of(&mut self) {
        let cues = self.sight.cues;
        if !(cues.both || cues.and > 0 || cues.negation) {
            return;
        }
        let index = self.index;
        // Two queries whose rows are to be those of both hold one of the conditions each.
        let other = self.base.compound.iter().flat_map(|c| c.1.conditions.iter());
        let other = other.filter(|c| !self.base.conditions.contains(c));
        let shown = self.base.select.iter().flat_map(Item::columns).map(|c| index.table_of(c)).next();
        let Some(root) = shown.or_else(|| self.base.tables.first().copied()) else { return };
        let flat = self.base.conditions.iter().chain(other).flat_map(|c| match c {
            Condition::Any(of) | Condition::All(of) => of.clone(),
            other => vec![other.clone()],
        });
        let elsewhere = |c: &Condition| matches!(c, Condition::Compare(c, Comparison::Equal | Comparison::NotEqual, _) if index.table_of(*c) != root);
        let (pair, rest): (Vec<Condition>, Vec<Condition>) = flat.partition(elsewhere);
        let own = |c: &Condition| c.columns().iter().all(|c| index.table_of(*c) == root);
        let [Condition::Compare(a, _, first), Condition::Compare(b, _, second)] = pair.as_slice() else { return };
        if a != b || first == second || !rest.iter().all(own) {
            return;
        }
        let (column, target) = (*a, index.table_of(*a));
        let mut required = self.base.required_tables(index);
        required.retain(|t| *t != root);
        required.insert(0, root);
        // Tables that the join passes through lead there as well.
        let passed = index.graph.tree(&required, &|_| 0.0).map_or(required, |tree| tree.tables);
        let reaches = |t: &TableId| *t != root && (passed.contains(t) || *t == target);
        let edges = index.graph.edges_of(root).map(|(at, e)| (at, e.other(root))).filter(|(_, t)| reaches(t));
        for (edge, other) in edges {
            let has = |literal: &Literal, negated: bool| {
                let conditions = vec![Condition::Compare(column, Comparison::Equal, literal.clone())];
                let inner = Box::new(Draft { tables: vec![other], conditions, ..Draft::default() });
                Condition::Exists { negated, outer: root, edge, inner }
            };
            let mut change = |name, pair: [Condition; 2]| {
                let conditions: Vec<Condition> = rest.iter().cloned().chain(pair).collect();
                self.add(name, 0.8, |d| {
                    (d.conditions, d.tables) = (conditions, vec![root]);
                    (d.group, d.having, d.distinct, d.compound) = (Vec::new(), Vec::new(), false, None);
                });
            };
            if cues.both || cues.and > 0 {
                change("both of", [has(first, false), has(second, false)]);
            }
            if cues.negation {
                change("one of, not the other", [has(first, false), has(second, true)]);
            }
        }
    }

    /// "Employees who report to Payam": the conditions tell the row that is referred to.
    fn referring(&mut self) {
        const SAID: &[&str] =
            &["report", "reports", "under", "manager", "managed", "supervisor", "supervised", "parent", "boss"];
        if self.base.conditions.is_empty() || self.base.compound.is_some() || !self.reading.has(SAID) {
            return;
        }
        let index = self.index;
        let tables = self.base.required_tables(index);
        let [table] = tables.as_slice() else { return };
        let facts = index.table(*table);
        let [key] = facts.primary_key.as_slice() else { return };
        let refers = |c: &&ColumnId| {
            let same_type = index.column(**c).column_type == index.column(*key).column_type;
            let mut words = index.column(**c).label.split(' ');
            **c != *key && same_type && words.any(|w| SAID.contains(&w) || w == "super")
        };
        for column in facts.columns.iter().filter(refers).take(2).copied() {
            let conditions = self.base.conditions.clone();
            let inner = Draft { select: vec![Item::Column(*key)], conditions, ..Draft::default() };
            self.add("referring to", 1.2, |d| {
                d.conditions = vec![Condition::Within(column, Box::new(inner), false)];
            });
        }
    }

    /// "Which department …": by its name, where the rows hold its key; and the other way round.
    fn name_for_key(&mut self) {
        let index = self.index;
        if self.base.compound.is_some() {
            return;
        }
        let required = self.base.required_tables(index);
        for item in self.base.select.clone() {
            let Item::Column(column) = item else { continue };
            let own = index.table_of(column);
            let swap = |edge: &crate::catalog_index::Edge| {
                if edge.parent == edge.child {
                    return None;
                }
                if edge.child == own && edge.child_columns.as_slice() == [column] {
                    return index.table(edge.parent).title;
                }
                let named = edge.parent == own && index.table(own).title == Some(column);
                edge.child_columns.first().copied().filter(|_| named && required.contains(&edge.child))
            };
            let swaps: Vec<ColumnId> = index.graph.edges_of(own).filter_map(|(_, e)| swap(e)).take(2).collect();
            for other in swaps {
                self.add("name for key", 1.5, |d| {
                    for item in d.select.iter_mut().chain(&mut d.group).filter(|i| **i == Item::Column(column)) {
                        *item = Item::Column(other);
                    }
                });
            }
        }
    }
}
