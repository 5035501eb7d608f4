//! Neighbours of good drafts: what the assembly does not build by itself, one change away from what it does. Each change
//! costs something; how much the ranker believes in it is learned.

mod across;
mod comparing;
mod counting;
mod entities;
mod nesting;
mod pairs;
mod partners;
mod showing;

use crate::{
    CatalogIndex,
    catalog_index::{ColumnId, TableId},
    draft::{Condition, Draft, Item},
    learned::Sight,
    plan::{Aggregate, Comparison},
    reading::{Reading, ValueKind},
};

/// A changed draft: what was changed, what that costs, in log-likelihood.
pub(super) struct Variation {
    pub name: &'static str,
    /// Position among [`STEPS`], or the last of the families for another join.
    pub family: usize,
    pub cost: f64,
    pub draft: Draft,
    /// A join of the base that this one is to do without.
    pub avoid: Option<usize>,
}

/// The same draft with another join in the place of each of its joins: other columns, or a way through other tables.
pub(super) fn joins(index: &CatalogIndex, base: &Draft, penalty: &dyn Fn(usize) -> f64) -> Vec<Variation> {
    let tables = base.required_tables(index);
    let Some(tree) = index.graph.tree(&tables, penalty).filter(|_| tables.len() > 1) else { return Vec::new() };
    let otherwise = |(from, edge): &(TableId, usize)| {
        let to = index.graph.edge(*edge)?.other(*from);
        let parallel = index.graph.between(*from, to).len() > 1;
        let cost = if parallel { 0.8 } else { 1.2 };
        Some(Variation { name: "joined otherwise", family: STEPS.len(), cost, draft: base.clone(), avoid: Some(*edge) })
    };
    tree.steps.iter().filter_map(otherwise).collect()
}

/// Changes of one draft under way.
pub(super) struct Changes<'a> {
    pub index: &'a CatalogIndex,
    pub reading: &'a Reading,
    pub sight: &'a Sight,
    pub base: &'a Draft,
    pub found: Vec<Variation>,
}

/// Families of changes, one file or one function each.
const STEPS: [fn(&mut Changes<'_>); 17] = [
    |c| c.distinct(),
    |c| c.shown(),
    |c| c.as_named(),
    |c| c.read_otherwise(),
    |c| c.figures(),
    |c| c.groups(),
    |c| c.orders(),
    |c| c.limits(),
    |c| c.conditions(),
    |c| c.tables(),
    |c| c.nesting(),
    |c| c.comparing(),
    |c| c.across(),
    |c| c.entities(),
    |c| c.counting(),
    |c| c.pairs(),
    |c| c.partners(),
];

/// Number of families of changes, other joins among them.
pub(crate) const FAMILIES: usize = STEPS.len() + 1;

/// All drafts that are one change away from `base`.
pub(super) fn of(index: &CatalogIndex, reading: &Reading, sight: &Sight, base: &Draft) -> Vec<Variation> {
    let mut changes = Changes { index, reading, sight, base, found: Vec::new() };
    for (family, step) in STEPS.iter().enumerate() {
        let before = changes.found.len();
        step(&mut changes);
        changes.found.iter_mut().skip(before).for_each(|v| v.family = family);
    }
    changes.found
}

impl Changes<'_> {
    /// Adds the base with `change` made to it.
    pub(super) fn add(&mut self, name: &'static str, cost: f64, change: impl FnOnce(&mut Draft)) {
        let mut draft = self.base.clone();
        change(&mut draft);
        if &draft != self.base && !draft.select.is_empty() {
            self.found.push(Variation { name, family: 0, cost, draft, avoid: None });
        }
    }

    /// Columns that the question names, the best first, at most `most`.
    pub(super) fn named(&self, least: f32, most: usize, fits: impl Fn(ColumnId) -> bool) -> Vec<ColumnId> {
        let mut found: Vec<(f32, ColumnId)> = (0..self.index.columns.len())
            .map(|c| (self.sight.column(c).0 - 0.3 * self.sight.column(c).2, c))
            .filter(|(score, c)| *score >= least && fits(*c) && !self.index.table(self.index.table_of(*c)).hidden)
            .collect();
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        found.into_iter().take(most).map(|f| f.1).collect()
    }

    fn has_aggregate(&self) -> bool {
        self.base.select.iter().any(Item::is_aggregate)
    }

    /// Counts and aggregates that the words ask for.
    fn figures(&mut self) {
        let cues = self.sight.cues;
        let counts =
            self.base.select.iter().any(|i| matches!(i, Item::CountRows | Item::Aggregate(Aggregate::Count, ..)));
        if let ([Item::Column(column)], true) = (self.base.select.as_slice(), cues.count && cues.different) {
            let column = *column;
            self.add("number of different", 0.8, |d| {
                (d.group, d.order, d.limit, d.distinct) = (Vec::new(), Vec::new(), None, false);
                d.select = vec![Item::Aggregate(Aggregate::Count, true, column)];
            });
        }
        if cues.count && counts && !self.base.select.contains(&Item::CountRows) && !self.base.group.is_empty() {
            self.add("rows as well", 1.4, |d| d.select.push(Item::CountRows));
        }
        if cues.count && !counts {
            self.add("count too", 0.9, |d| d.select.insert(0, Item::CountRows));
        }
        let wanted = [
            (cues.average, Aggregate::Avg),
            (cues.sum, Aggregate::Sum),
            (cues.maximum || cues.most, Aggregate::Max),
            (cues.minimum || cues.least, Aggregate::Min),
        ];
        let measures = self.named(0.45, 2, |c| self.index.column(c).is_ordered() && !self.index.column(c).key);
        let limitless = self.base.limit.is_none();
        for (_, function) in wanted.into_iter().filter(|w| w.0) {
            for measure in &measures {
                let item = Item::Aggregate(function, false, *measure);
                if self.base.select.contains(&item) {
                    continue;
                }
                if limitless && (self.has_aggregate() || !self.base.group.is_empty()) {
                    self.add("aggregate too", 1.0, |d| d.select.push(item.clone()));
                }
                if limitless {
                    self.add("aggregate alone", 1.4, |d| {
                        d.select = vec![item.clone()];
                        (d.order, d.group, d.distinct) = (Vec::new(), Vec::new(), false);
                    });
                }
                self.add("aggregated", 1.2, |d| {
                    for shown in d.select.iter_mut().filter(|i| i.columns() == [*measure]) {
                        *shown = item.clone();
                    }
                    if d.select.iter().any(|i| !i.is_aggregate()) && d.group.is_empty() {
                        d.group = d.select.iter().filter(|i| !i.is_aggregate()).cloned().collect();
                    }
                    d.distinct = false;
                });
            }
        }
        let counted: Vec<ColumnId> = self.named(0.6, 2, |c| !self.index.column(c).is_measure());
        if counts {
            for column in counted {
                self.add("count different", 1.8, |d| {
                    for item in d
                        .select
                        .iter_mut()
                        .filter(|i| matches!(i, Item::CountRows | Item::Aggregate(Aggregate::Count, ..)))
                    {
                        *item = Item::Aggregate(Aggregate::Count, true, column);
                    }
                });
            }
        }
    }

    fn groups(&mut self) {
        let plain: Vec<Item> = self.base.select.iter().filter(|i| matches!(i, Item::Column(_))).cloned().collect();
        if self.base.group.is_empty() && self.has_aggregate() {
            if !plain.is_empty() {
                self.add("group shown", 0.8, |d| d.group = plain.clone());
            } else if self.sight.cues.each || self.reading.has(&["by", "different"]) {
                for column in self.named(0.5, 4, |c| !self.index.column(c).is_measure()) {
                    self.add("group by named", 1.0, |d| {
                        d.group = vec![Item::Column(column)];
                        d.select.push(Item::Column(column));
                    });
                }
            }
        }
        for at in 0..self.base.group.len() {
            let Some(Item::Column(column)) = self.base.group.get(at).cloned() else { continue };
            let facts = self.index.table(self.index.table_of(column));
            let key = facts.primary_key.first().copied().filter(|k| *k != column && facts.primary_key.len() == 1);
            for other in key.into_iter().chain(facts.title.filter(|t| *t != column)) {
                self.add("group key", 1.2, |d| {
                    d.group = vec![Item::Column(other)];
                });
            }
            if self.base.group.len() > 1 {
                self.add("group by one", 1.2, |d| {
                    d.group = vec![Item::Column(column)];
                });
            }
        }
        if !self.base.group.is_empty()
            && self.base.having.is_empty()
            && !self.base.order.iter().any(|o| o.0.is_aggregate())
        {
            self.add("ungrouped", 2.0, |d| d.group.clear());
        }
    }

    /// The way that the words ask an order to run: largest first?
    fn way(&self) -> bool {
        let cues = self.sight.cues;
        cues.descending || !cues.ascending && (cues.most || cues.maximum || cues.common) && !cues.least
    }

    fn orders(&mut self) {
        let cues = self.sight.cues;
        let down = self.way();
        let superlative = cues.most || cues.least || cues.maximum || cues.minimum || cues.common;
        let columns = self.named(0.4, 4, |_| true);
        let grouped = !self.base.group.is_empty();
        if self.base.order.is_empty() && (cues.order || superlative) && (grouped || !self.has_aggregate()) {
            let limit = if cues.order { None } else { Some(1) };
            let number = self.limit_said().or(limit);
            for column in &columns {
                let fits = cues.order || self.index.column(*column).is_ordered();
                if fits && !grouped {
                    self.add("order by named", 1.0, |d| {
                        (d.order, d.limit) = (vec![(Item::Column(*column), down)], number);
                    });
                } else if grouped && self.index.column(*column).is_ordered() {
                    let function = if cues.average { Aggregate::Avg } else { Aggregate::Sum };
                    self.add("order by figure", 1.2, |d| {
                        (d.order, d.limit) = (vec![(Item::Aggregate(function, false, *column), down)], number);
                    });
                }
            }
            if grouped {
                self.add("order by count", 1.0, |d| (d.order, d.limit) = (vec![(Item::CountRows, down)], number));
            } else if superlative {
                let keys: Vec<Item> =
                    self.base.select.iter().filter(|i| matches!(i, Item::Column(_))).cloned().collect();
                if !keys.is_empty() {
                    self.add("most frequent", 1.3, |d| {
                        d.group = keys.iter().take(1).cloned().collect();
                        (d.order, d.limit, d.distinct) = (vec![(Item::CountRows, down)], number, false);
                    });
                }
            }
        }
        let said = cues.order || cues.descending || cues.ascending || self.reading.has(&["by", "order"]);
        if self.base.order.is_empty() && said && !grouped && self.base.select.len() > 1 {
            for at in (0..self.base.select.len()).rev().take(2) {
                let Some(Item::Column(column)) = self.base.select.get(at).cloned() else { continue };
                self.add("order by shown", 1.2, |d| {
                    d.select.remove(at);
                    (d.order, d.distinct) = (vec![(Item::Column(column), down)], false);
                });
            }
        }
        for at in 0..self.base.order.len().min(2) {
            self.add("other way", 1.8, |d| {
                if let Some(key) = d.order.get_mut(at) {
                    key.1 = !key.1;
                }
            });
        }
        let Some((first, way)) = self.base.order.first().cloned() else { return };
        for column in columns.iter().take(3) {
            let item = match &first {
                Item::Aggregate(function, distinct, _) => Item::Aggregate(*function, *distinct, *column),
                _ => Item::Column(*column),
            };
            if item != first && first != Item::CountRows {
                self.add("order by another", 1.6, |d| d.order = vec![(item.clone(), way)]);
                self.add("order by two", 2.0, |d| d.order.push((item.clone(), way)));
            }
        }
        if let Item::Aggregate(function @ (Aggregate::Sum | Aggregate::Avg), _, column) = first {
            let other = if function == Aggregate::Sum { Aggregate::Avg } else { Aggregate::Sum };
            self.add("order by another figure", 1.4, |d| d.order = vec![(Item::Aggregate(other, false, column), way)]);
        }
        self.add("unordered", 2.2, |d| (d.order, d.limit) = (Vec::new(), None));
    }

    fn limit_said(&self) -> Option<u64> {
        let mut numbers = self.reading.values.iter().filter_map(|v| match v.kind {
            ValueKind::Number { value, .. } if (2.0..1000.0).contains(&value) && value.fract() == 0.0 => {
                Some(value as u64)
            }
            _ => None,
        });
        numbers.next().filter(|_| self.reading.has(&["top", "first", "most", "best", "highest", "lowest", "largest"]))
    }

    fn limits(&mut self) {
        match self.base.limit {
            Some(limit) => {
                self.add("unlimited", 1.8, |d| d.limit = None);
                if let Some(said) = self.limit_said().filter(|n| *n != limit) {
                    self.add("as many as said", 1.0, |d| d.limit = Some(said));
                }
            }
            None if !self.base.order.is_empty() => self.add("limited", 1.8, |d| d.limit = Some(1)),
            None => {}
        }
    }

    fn conditions(&mut self) {
        let cues = self.sight.cues;
        let reached = self.reading.has(&["reach", "reached", "reaches"]);
        for at in 0..self.base.conditions.len() {
            let Some(condition) = self.base.conditions.get(at).cloned() else { continue };
            let mut change = |name, cost, to: Condition| {
                self.add(name, cost, |d| {
                    if let Some(slot) = d.conditions.get_mut(at) {
                        *slot = to;
                    }
                });
            };
            if let Condition::Compare(column, op, literal) = &condition {
                let to = |op| Condition::Compare(*column, op, literal.clone());
                match op {
                    Comparison::Equal => {
                        if cues.more {
                            change("more", 1.2, to(Comparison::Greater));
                        }
                        if reached {
                            change("reached", 1.0, to(Comparison::AtLeast));
                        }
                        if cues.less {
                            change("less", 1.2, to(Comparison::Less));
                        }
                        if cues.negation {
                            change("unequal", 1.2, to(Comparison::NotEqual));
                        }
                        if let crate::plan::Literal::Text(text) = literal {
                            change("like", 2.0, Condition::Like(*column, format!("%{text}%"), false));
                        }
                    }
                    Comparison::NotEqual => change("equal", 1.4, to(Comparison::Equal)),
                    Comparison::Greater => change("at least", 2.4, to(Comparison::AtLeast)),
                    Comparison::AtLeast => change("greater", 1.8, to(Comparison::Greater)),
                    Comparison::Less => change("at most", 2.4, to(Comparison::AtMost)),
                    Comparison::AtMost => change("less than", 1.8, to(Comparison::Less)),
                }
            }
            self.add("drop condition", 2.4, |d| {
                d.conditions.remove(at);
            });
        }
        if cues.or && self.base.conditions.len() >= 2 {
            self.add("either", 0.8, |d| d.conditions = vec![Condition::Any(std::mem::take(&mut d.conditions))]);
        }
    }

    /// Without tables that nothing is read of; with a table whose rows are counted.
    fn tables(&mut self) {
        let index = self.index;
        let mut lean = self.base.clone();
        lean.tables.clear();
        let needed = lean.required_tables(index);
        if !needed.is_empty() && self.base.tables.iter().any(|t| !needed.contains(t)) {
            self.add("fewer tables", 0.8, |d| d.tables.clear());
        }
        let counts = self.base.select.contains(&Item::CountRows)
            || self.base.order.iter().any(|o| o.0 == Item::CountRows)
            || self.base.having.iter().any(|h| h.0 == Item::CountRows);
        let grouped: Vec<TableId> = self.base.group.iter().flat_map(Item::columns).map(|c| index.table_of(c)).collect();
        if let (true, Some(entity)) = (counts, grouped.first()) {
            let own = self.base.required_tables(index);
            let children: Vec<TableId> = index
                .graph
                .edges_of(*entity)
                .filter(|(_, e)| e.parent == *entity && !own.contains(&e.child) && !index.table(e.child).hidden)
                .map(|(_, e)| e.child)
                .collect();
            for child in children.into_iter().take(5) {
                let cost = 1.8 - f64::from(self.sight.table(child).0.min(1.0));
                self.add("count children", cost, |d| d.tables.push(child));
                if own.len() > 1 {
                    self.add("count other children", cost + 0.4, |d| d.tables = vec![child]);
                }
            }
        }
    }
}
