//! Changes that tell rows by their partners: the other end of a link table, rows that have some partner, groups of partners
//! with a bound on their figure.

use super::Changes;
use crate::{
    catalog_index::{ColumnId, Edge, TableId},
    draft::{Condition, Draft, Item},
    plan::{Aggregate, Comparison, SetOperator},
};

impl Changes<'_> {
    pub(super) fn partners(&mut self) {
        if self.base.compound.is_some() {
            return;
        }
        self.other_end();
        self.those_with();
        self.except_for_absent();
        self.of_bound_groups();
        self.figure_of_those();
    }

    /// The table of which all that is shown is, or that is counted.
    fn thing(&self) -> Option<TableId> {
        let tables: Vec<TableId> =
            self.base.select.iter().flat_map(Item::columns).map(|c| self.index.table_of(c)).collect();
        match tables.first() {
            Some(first) => Some(*first).filter(|f| tables.iter().all(|t| t == f)),
            None => self.base.tables.first().copied(),
        }
    }

    /// "Courses whose prerequisite is algebra": a table that refers to the same one twice; the conditions tell the one end,
    /// what is shown is the other.
    fn other_end(&mut self) {
        let index = self.index;
        let Some(root) = self.thing().filter(|_| !self.base.conditions.is_empty()) else { return };
        let own = |c: &Condition| !c.columns().is_empty() && c.columns().iter().all(|c| index.table_of(*c) == root);
        if !self.base.conditions.iter().all(own) {
            return;
        }
        let links: Vec<&Edge> = index
            .graph
            .edges_of(root)
            .map(|(_, e)| e)
            .filter(|e| e.parent == root && e.child != root && e.child_columns.len() == 1)
            .collect();
        let mut found = Vec::new();
        for near in &links {
            for far in links.iter().filter(|f| f.child == near.child && f.child_columns != near.child_columns) {
                let single = |of: &[ColumnId]| of.first().copied();
                let (Some(a), Some(b)) = (single(&near.child_columns), single(&far.child_columns)) else { continue };
                let (Some(key), Some(other_key)) = (single(&near.parent_columns), single(&far.parent_columns)) else {
                    continue;
                };
                let conditions = self.base.conditions.iter().cloned().map(super::nesting::positive).collect();
                let told = Draft { select: vec![Item::Column(other_key)], conditions, ..Draft::default() };
                let link = Draft {
                    select: vec![Item::Column(a)],
                    conditions: vec![Condition::Within(b, Box::new(told), false)],
                    ..Draft::default()
                };
                let named = f64::from(self.sight.table(near.child).0.max(self.sight.column(b).0).min(1.0));
                found.push((1.8 - named, Condition::Within(key, Box::new(link), self.sight.cues.negation)));
            }
        }
        for (cost, condition) in found {
            self.add("other end", cost, |d| {
                d.conditions = vec![condition];
                d.tables = vec![root];
            });
        }
    }

    /// "Students who took a course in 2003": each once, however many courses there are; or all but those.
    fn those_with(&mut self) {
        let index = self.index;
        let aggregate = self.base.select.iter().any(|i| matches!(i, Item::Aggregate(..)));
        let Some(root) = self.thing().filter(|_| !aggregate && self.base.group.is_empty()) else { return };
        let mut tables = self.base.required_tables(index);
        tables.retain(|t| *t != root);
        tables.insert(0, root);
        let Some(tree) = index.graph.tree(&tables, &|_| 0.0).filter(|_| tables.len() > 1) else { return };
        let mut hops = tree.steps.iter().zip(tree.tables.iter().skip(1)).filter(|((from, _), _)| *from == root);
        let (Some(((_, edge), hop)), None) = (hops.next(), hops.next()) else { return };
        let (edge, hop) = (*edge, *hop);
        let own = |c: &Condition| c.columns().iter().all(|c| index.table_of(*c) == root);
        let (outer, inner): (Vec<Condition>, Vec<Condition>) = self.base.conditions.iter().cloned().partition(own);
        if self.base.order.iter().flat_map(|o| o.0.columns()).any(|c| index.table_of(c) != root) {
            return;
        }
        let rest: Vec<TableId> = tables.iter().copied().filter(|t| *t != root && *t != hop).collect();
        let conditions = inner.iter().cloned().map(super::nesting::positive).collect();
        let partner = Draft { tables: [vec![hop], rest].concat(), conditions, ..Draft::default() };
        let exists = |negated| Condition::Exists { negated, outer: root, edge, inner: Box::new(partner.clone()) };
        let negated = self.sight.cues.negation;
        let mut change = |name, cost, condition: Condition| {
            self.add(name, cost, |d| {
                d.conditions = outer.iter().cloned().chain([condition]).collect();
                (d.tables, d.distinct) = (vec![root], false);
            });
        };
        change("those with", 1.2, exists(false));
        if negated {
            change("those without", 1.0, exists(true));
            let shown = self.base.select.iter().all(|i| matches!(i, Item::Column(_)));
            if shown && self.base.limit.is_none() {
                let conditions = inner.into_iter().map(super::nesting::positive).collect();
                let tables = std::iter::once(root).chain(partner.tables.iter().copied()).collect();
                let other = Draft { select: self.base.select.clone(), conditions, tables, ..Draft::default() };
                self.add("all but those with", 1.1, |d| {
                    d.conditions = outer;
                    (d.tables, d.order, d.distinct) = (vec![root], Vec::new(), false);
                    d.compound = Some((SetOperator::Except, Box::new(other)));
                });
            }
        }
    }

    /// "Names of customers without an open order": no name of one that has such an order, rather than no such order.
    fn except_for_absent(&mut self) {
        let shown = self.base.select.iter().all(|i| matches!(i, Item::Column(_)));
        if !shown || self.base.limit.is_some() || !self.base.group.is_empty() {
            return;
        }
        for at in 0..self.base.conditions.len() {
            let Some(Condition::Exists { negated: true, outer, inner, .. }) = self.base.conditions.get(at) else {
                continue;
            };
            let tables = std::iter::once(*outer).chain(inner.tables.iter().copied()).collect();
            let (select, conditions) = (self.base.select.clone(), inner.conditions.clone());
            let other = Draft { select, conditions, tables, ..Draft::default() };
            self.add("except for absent", 1.1, |d| {
                d.conditions.remove(at);
                (d.order, d.distinct) = (Vec::new(), false);
                d.compound = Some((SetOperator::Except, Box::new(other)));
            });
        }
    }

    /// "Stations in the city that have more than ten bikes on average", "storms that did not hit two or more regions":
    /// rows whose partners, taken together, keep a bound.
    fn of_bound_groups(&mut self) {
        let cues = self.sight.cues;
        let index = self.index;
        let Some(root) = self.thing() else { return };
        let function = match () {
            () if cues.average => Some(Aggregate::Avg),
            () if cues.sum => Some(Aggregate::Sum),
            () if cues.maximum || cues.most => Some(Aggregate::Max),
            () if cues.minimum || cues.least => Some(Aggregate::Min),
            () => None,
        };
        let edges: Vec<(TableId, ColumnId, ColumnId)> = index
            .graph
            .edges_of(root)
            .filter(|(_, e)| e.parent == root && e.child != root && e.child_columns.len() == 1)
            .filter_map(|(_, e)| Some((e.child, *e.child_columns.first()?, *e.parent_columns.first()?)))
            .collect();
        for at in 0..self.base.conditions.len() {
            let Some(Condition::Compare(column, op, bound)) = self.base.conditions.get(at).cloned() else { continue };
            let child = index.table_of(column);
            let is_bound = !matches!(op, Comparison::Equal | Comparison::NotEqual);
            let edge = edges.iter().find(|e| e.0 == child).filter(|_| is_bound && index.column(column).is_ordered());
            let (Some((_, reference, key)), Some(function)) = (edge.copied(), function) else { continue };
            let groups = Draft {
                select: vec![Item::Column(reference)],
                group: vec![Item::Column(reference)],
                having: vec![(Item::Aggregate(function, false, column), op, bound)],
                ..Draft::default()
            };
            let within = Condition::Within(key, Box::new(groups), cues.negation);
            self.add("of bound groups", 1.0, |d| {
                if let Some(slot) = d.conditions.get_mut(at) {
                    *slot = within;
                }
                d.tables.retain(|t| *t != child);
                (d.group, d.distinct) = (Vec::new(), false);
            });
        }
        let [(Item::CountRows, op, bound)] = self.base.having.as_slice() else { return };
        let tables = self.base.required_tables(index);
        let edge = edges.iter().find(|e| tables.contains(&e.0) || self.sight.table(e.0).0 >= 0.5);
        let Some((child, reference, key)) = edge.copied().filter(|_| cues.negation) else { return };
        let groups = Draft {
            select: vec![Item::Column(reference)],
            group: vec![Item::Column(reference)],
            having: vec![(Item::CountRows, *op, bound.clone())],
            tables: vec![child],
            ..Draft::default()
        };
        let own = |c: &Condition| c.columns().iter().all(|c| index.table_of(*c) == root);
        self.add("not of bound groups", 1.0, |d| {
            d.conditions.retain(own);
            d.conditions.push(Condition::Within(key, Box::new(groups), true));
            (d.group, d.having, d.tables) = (Vec::new(), Vec::new(), vec![root]);
        });
    }

    /// "Below the average of the physics department": the other conditions tell whose figure it is.
    fn figure_of_those(&mut self) {
        let is_against = |c: &Condition| matches!(c, Condition::Against(..));
        let mut against = self.base.conditions.iter().filter(|c| is_against(c));
        let (Some(Condition::Against(column, op, inner)), None) = (against.next(), against.next()) else { return };
        let rest: Vec<Condition> = self.base.conditions.iter().filter(|c| !is_against(c)).cloned().collect();
        let (column, op) = (*column, *op);
        let flipped = match op {
            Comparison::Greater => Some(Comparison::AtMost),
            Comparison::Less => Some(Comparison::AtLeast),
            _ => None,
        };
        if let Some(flipped) = flipped.filter(|_| self.sight.cues.negation) {
            let inner = inner.clone();
            self.add("not beyond figure", 1.2, |d| {
                for condition in d.conditions.iter_mut().filter(|c| is_against(c)) {
                    *condition = Condition::Against(column, flipped, inner.clone());
                }
            });
        }
        let single = inner.conditions.is_empty() && inner.limit.is_none();
        if rest.is_empty() || !single {
            return;
        }
        let of_those = Draft { conditions: rest, ..(**inner).clone() };
        let told = Condition::Against(column, op, Box::new(of_those));
        let inside = told.clone();
        self.add("figure of those", 1.0, |d| d.conditions = vec![inside]);
        self.add("those, beyond their figure", 1.6, |d| {
            for condition in d.conditions.iter_mut().filter(|c| is_against(c)) {
                *condition = told.clone();
            }
        });
    }
}
