//! Changes that put a query within a query.

use super::Changes;
use crate::{
    catalog_index::TableId,
    draft::{Condition, Draft, Item},
    plan::{Aggregate, Comparison, SetOperator},
};

impl Changes<'_> {
    pub(super) fn nesting(&mut self) {
        self.extreme_rows();
        self.commonest();
        self.against_others();
        self.against_figure();
        self.none_of();
        self.some_of();
        self.one_not_the_other();
    }

    /// All rows with the largest value, rather than the first of them.
    fn extreme_rows(&mut self) {
        let Some((Item::Column(column), down)) = self.base.order.first().cloned() else { return };
        if self.base.limit != Some(1) || !self.base.group.is_empty() || self.base.order.len() > 1 {
            return;
        }
        let function = if down { Aggregate::Max } else { Aggregate::Min };
        let inner = Draft { select: vec![Item::Aggregate(function, false, column)], ..Draft::default() };
        self.add("all the largest", 1.2, |d| {
            (d.order, d.limit) = (Vec::new(), None);
            d.conditions.push(Condition::Against(column, Comparison::Equal, Box::new(inner)));
        });
    }

    /// "Those with the most popular method": a column equal to its own commonest value.
    fn commonest(&mut self) {
        let cues = self.sight.cues;
        if !(cues.common || cues.most || cues.least) {
            return;
        }
        let shown: Vec<usize> = self.base.select.iter().flat_map(Item::columns).collect();
        let plain =
            |c: usize| !self.index.column(c).is_measure() && !shown.contains(&c) && !self.index.column(c).unique;
        let tables = self.base.required_tables(self.index);
        for column in self.named(0.5, 3, |c| plain(c) && tables.contains(&self.index.table_of(c))) {
            let inner = Draft {
                select: vec![Item::Column(column)],
                group: vec![Item::Column(column)],
                order: vec![(Item::CountRows, !cues.least)],
                limit: Some(1),
                ..Draft::default()
            };
            for (op, cost) in [(Comparison::Equal, 1.4), (Comparison::NotEqual, if cues.negation { 1.4 } else { 9.0 })]
            {
                if cost > 5.0 {
                    continue;
                }
                let inner = inner.clone();
                self.add("commonest", cost, |d| {
                    (d.order, d.limit, d.group) = (Vec::new(), None, Vec::new());
                    d.conditions.push(Condition::Against(column, op, Box::new(inner)));
                });
            }
        }
    }

    /// "Dearer than any of …", "in the same department as …": the conditions tell the others.
    fn against_others(&mut self) {
        let cues = self.sight.cues;
        let same = self.reading.has(&["same"]);
        let any = self.reading.has(&["any", "some", "all", "every", "those"]);
        if self.base.conditions.is_empty() {
            return;
        }
        if self.reading.has(&["any", "someone", "somebody", "anyone"]) {
            self.beside_another();
        }
        if cues.more || cues.less {
            self.than_one();
        }
        if !(same || any && (cues.more || cues.less)) {
            return;
        }
        let shown: Vec<usize> = self.base.select.iter().flat_map(Item::columns).collect();
        if same {
            let mut columns = self.named(0.5, 3, |c| !shown.contains(&c));
            // "The same department": the reference to it.
            let own = self.base.required_tables(self.index);
            let graph = &self.index.graph;
            let references = own.iter().flat_map(|t| graph.edges_of(*t).filter(move |(_, e)| e.child == *t));
            let named = references.filter(|(_, e)| e.child_columns.len() == 1 && self.sight.table(e.parent).0 >= 0.5);
            columns.extend(named.filter_map(|(_, e)| e.child_columns.first().copied()).take(2));
            columns.dedup();
            for column in columns {
                let inner = self.inner(Item::Column(column));
                let within = Condition::Within(column, Box::new(inner), false);
                let others = self.base.conditions.iter().map(negative);
                let others: Vec<Condition> = std::iter::once(within.clone()).chain(others).collect();
                self.add("the same", 1.2, |d| d.conditions = vec![within]);
                if cues.negation || self.reading.has(&["other", "others", "excluding"]) {
                    self.add("the same but", 1.0, |d| d.conditions = others);
                }
            }
        }
        if any && (cues.more || cues.less) {
            let op = if cues.more { Comparison::Greater } else { Comparison::Less };
            for column in self.named(0.4, 2, |c| self.index.column(c).is_ordered() && !self.index.column(c).key) {
                for function in [Aggregate::Max, Aggregate::Min] {
                    let inner = self.inner(Item::Aggregate(function, false, column));
                    self.add("than others", 1.3, |d| {
                        d.conditions = vec![Condition::Against(column, op, Box::new(inner))];
                        (d.order, d.limit) = (Vec::new(), None);
                    });
                }
            }
        }
    }

    /// "In a department with someone whose …": the rows that share a reference with such a row.
    fn beside_another(&mut self) {
        let tables = self.base.required_tables(self.index);
        let Some(root) = tables.first().copied() else { return };
        let references = self.index.table(root).columns.iter().copied().filter(|c| self.index.column(*c).foreign_key);
        for column in references.take(3).collect::<Vec<_>>() {
            let within = Condition::Within(column, Box::new(self.inner(Item::Column(column))), false);
            self.add("beside another", 1.4, |d| d.conditions = vec![within]);
        }
    }

    /// "More than the employee with number 163": than the figure of that row.
    fn than_one(&mut self) {
        let op = if self.sight.cues.more { Comparison::Greater } else { Comparison::Less };
        let named = self.named(0.4, 2, |c| self.index.column(c).is_measure());
        let columns = if named.is_empty() { self.measures(2) } else { named };
        for column in columns {
            let plain = self.base.conditions.iter().all(|c| matches!(c, Condition::Compare(own, ..) if *own != column));
            if !plain {
                continue;
            }
            let inner = self.inner(Item::Column(column));
            self.add("than one", 1.5, |d| {
                d.conditions = vec![Condition::Against(column, op, Box::new(inner))];
                (d.order, d.limit) = (Vec::new(), None);
            });
        }
    }

    fn inner(&self, shown: Item) -> Draft {
        Draft { select: vec![shown], conditions: self.base.conditions.clone(), ..Draft::default() }
    }

    /// "Above the average": of what is named.
    fn against_figure(&mut self) {
        let cues = self.sight.cues;
        let against = self.base.conditions.iter().any(|c| matches!(c, Condition::Against(..)));
        if against || !(cues.more || cues.less) {
            return;
        }
        let function = match () {
            () if cues.average => Aggregate::Avg,
            () if cues.minimum => Aggregate::Min,
            () if cues.maximum => Aggregate::Max,
            () => return,
        };
        let op = if cues.less && !cues.more { Comparison::Less } else { Comparison::Greater };
        let named = self.named(0.4, 3, |c| self.index.column(c).is_ordered() && !self.index.column(c).key);
        // "Who makes more than the average": the figure has another name.
        let columns = if named.is_empty() { self.measures(3) } else { named };
        for column in columns {
            let inner = Draft { select: vec![Item::Aggregate(function, false, column)], ..Draft::default() };
            let change = |d: &mut Draft, conditions: Vec<Condition>, inner: Draft| {
                d.select.retain(|i| !matches!(i, Item::Aggregate(f, _, c) if *c == column && *f == function));
                d.conditions = conditions;
                d.conditions.push(Condition::Against(column, op, Box::new(inner)));
                (d.order, d.limit) = (Vec::new(), None);
            };
            let outer = self.base.conditions.clone();
            self.add("than figure", 1.2, |d| change(d, outer.clone(), inner.clone()));
            if !outer.is_empty() {
                // "Less than the average of the physics department": the conditions tell whose figure it is.
                let of_those = Draft { conditions: outer.clone(), ..inner };
                self.add("than figure of those", 1.4, |d| change(d, Vec::new(), of_those.clone()));
                self.add("those than their figure", 1.8, |d| change(d, outer.clone(), of_those));
            }
        }
    }

    /// "Without any …": no rows of a table that refers to the rows.
    fn none_of(&mut self) {
        if !self.sight.cues.negation {
            return;
        }
        let index = self.index;
        let required = self.base.required_tables(index);
        let shown: Vec<TableId> = self.base.select.iter().flat_map(Item::columns).map(|c| index.table_of(c)).collect();
        let Some(root) = shown.first().or(required.first()).copied() else { return };
        let neighbours: Vec<(usize, TableId)> =
            index.graph.edges_of(root).map(|(at, e)| (at, e.other(root))).filter(|(_, t)| !shown.contains(t)).collect();
        for (edge, other) in neighbours.into_iter().take(6) {
            let told = self.base.conditions.iter().any(|c| c.columns().iter().any(|c| index.table_of(*c) == other));
            // What a row refers to is there, as a rule.
            let referred = !told && index.graph.edge(edge).is_some_and(|e| e.parent == other);
            let cost = if referred { 3.2 } else { 1.7 } - f64::from(self.sight.table(other).0.min(1.0));
            let own = |c: &Condition| c.columns().iter().all(|c| index.table_of(*c) == root);
            let (outer, inner): (Vec<Condition>, Vec<Condition>) = self.base.conditions.iter().cloned().partition(own);
            let inner = Draft {
                tables: vec![other],
                conditions: inner.into_iter().map(positive).collect(),
                ..Draft::default()
            };
            let exists = Condition::Exists { negated: true, outer: root, edge, inner: Box::new(inner) };
            self.add("none of", cost, |d| {
                d.conditions = outer.clone();
                d.conditions.push(exists.clone());
                d.tables = vec![root];
                (d.group, d.having, d.order, d.limit, d.compound) = (Vec::new(), Vec::new(), Vec::new(), None, None);
            });
        }
    }

    /// "The average age of those who have some loan": each counts once, however many loans there are.
    fn some_of(&mut self) {
        let index = self.index;
        let [Item::Aggregate(_, false, column)] = self.base.select.as_slice() else { return };
        let root = index.table_of(*column);
        let required = self.base.required_tables(index);
        if required.len() < 2 || !self.base.group.is_empty() || self.base.compound.is_some() {
            return;
        }
        let edges = index.graph.edges_of(root).filter(|(_, e)| required.contains(&e.other(root)));
        let edges: Vec<(usize, TableId)> = edges.map(|(at, e)| (at, e.other(root))).collect();
        for (edge, other) in edges {
            let own = |c: &Condition| c.columns().iter().all(|c| index.table_of(*c) == root);
            let (outer, inner): (Vec<Condition>, Vec<Condition>) = self.base.conditions.iter().cloned().partition(own);
            let inner = Draft { tables: vec![other], conditions: inner, ..Draft::default() };
            let exists = Condition::Exists { negated: false, outer: root, edge, inner: Box::new(inner) };
            self.add("some of", 1.0, |d| {
                d.conditions = outer.clone();
                d.conditions.push(exists.clone());
                d.tables = vec![root];
            });
        }
    }

    /// "With a lounge but no study": rows of one query without those of the other.
    fn one_not_the_other(&mut self) {
        if !self.sight.cues.negation || self.base.conditions.is_empty() || self.base.compound.is_some() {
            return;
        }
        let plain =
            self.base.group.is_empty() && !self.base.select.iter().any(Item::is_aggregate) && self.base.limit.is_none();
        if !plain {
            return;
        }
        let flat: Vec<Condition> = self
            .base
            .conditions
            .iter()
            .flat_map(|c| match c {
                Condition::Any(of) => of.clone(),
                other => vec![other.clone()],
            })
            .map(positive)
            .collect();
        let Some((last, first)) = flat.split_last() else { return };
        if matches!(last, Condition::Exists { .. } | Condition::Against(..) | Condition::Within(..)) {
            return;
        }
        let side = |conditions: Vec<Condition>| Draft { conditions, order: Vec::new(), ..self.base.clone() };
        let other = side(vec![last.clone()]);
        let first = first.to_vec();
        self.add("one not the other", 1.2, |d| {
            d.conditions = first;
            d.order.clear();
            d.compound = Some((SetOperator::Except, Box::new(other)));
        });
    }
}

/// The condition, negated.
fn negative(condition: &Condition) -> Condition {
    match condition {
        Condition::Compare(c, Comparison::Equal, v) => Condition::Compare(*c, Comparison::NotEqual, v.clone()),
        Condition::Like(c, p, false) => Condition::Like(*c, p.clone(), true),
        other => other.clone(),
    }
}

/// The condition without its negation.
pub(super) fn positive(condition: Condition) -> Condition {
    match condition {
        Condition::Compare(c, Comparison::NotEqual, v) => Condition::Compare(c, Comparison::Equal, v),
        Condition::Like(c, p, true) => Condition::Like(c, p, false),
        other => other,
    }
}
