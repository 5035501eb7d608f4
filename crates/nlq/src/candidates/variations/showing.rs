//! Changes of what is shown.

use super::Changes;
use crate::{
    catalog_index::{ColumnId, Named, TableId},
    draft::Item,
    learned::NOWHERE,
};

impl Changes<'_> {
    pub(super) fn distinct(&mut self) {
        if self.base.group.is_empty() && !self.has_aggregate() && self.base.compound.is_none() {
            let said = self.sight.cues.different;
            let ordered = self.base.order.iter().all(|o| self.base.select.contains(&o.0));
            if ordered {
                self.add("distinct", if said { 0.4 } else { 1.6 }, |d| d.distinct = !d.distinct);
            }
        }
    }

    pub(super) fn shown(&mut self) {
        let shown: Vec<ColumnId> =
            self.base.select.iter().filter_map(|i| if let Item::Column(c) = i { Some(*c) } else { None }).collect();
        let tables: Vec<TableId> = self.base.required_tables(self.index);
        if self.base.select.len() > 1 {
            for at in 0..self.base.select.len() {
                self.add("drop shown", 1.8, |d| {
                    d.select.remove(at);
                });
            }
        }
        let more = self.named(0.5, 5, |c| !shown.contains(&c) && tables.contains(&self.index.table_of(c)));
        for column in &more {
            self.add("show more", 1.6, |d| d.select.push(Item::Column(*column)));
            self.add("show instead", 1.8, |d| {
                if let Some(slot) = d.select.iter_mut().rev().find(|i| matches!(i, Item::Column(_))) {
                    *slot = Item::Column(*column);
                }
            });
        }
        if self.sight.cues.id
            && shown.len() > 1
            && let Some(column) = shown.first()
        {
            let facts = self.index.table(self.index.table_of(*column));
            for key in facts.primary_key.iter().filter(|k| facts.primary_key.len() == 1 && !shown.contains(k)) {
                self.add("key as well", 1.2, |d| {
                    d.select.insert(0, Item::Column(*key));
                    if !d.group.is_empty() && !d.group.contains(&Item::Column(*key)) {
                        d.group.push(Item::Column(*key));
                    }
                });
            }
        }
        for column in shown.iter().take(2) {
            let facts = self.index.table(self.index.table_of(*column));
            let key = facts.primary_key.first().copied().filter(|k| k != column);
            let title = facts.title.filter(|t| t != column);
            for other in key.into_iter().chain(title) {
                self.add("key or title", 1.8, |d| {
                    for item in d.select.iter_mut().filter(|i| **i == Item::Column(*column)) {
                        *item = Item::Column(other);
                    }
                });
                if shown.len() == 1 {
                    self.add("key and title", 1.8, |d| d.select.push(Item::Column(other)));
                }
            }
        }
        if self.base.select.contains(&Item::Everything) {
            let all = self.named(0.5, 3, |c| tables.contains(&self.index.table_of(c)));
            for column in all {
                self.add("one for all", 1.2, |d| d.select = vec![Item::Column(column)]);
            }
        }
    }
    /// "The name and the city": all that is named before the conditions begin, in that order, and nothing else.
    pub(super) fn as_named(&mut self) {
        let index = self.index;
        if self.base.compound.is_some() || self.base.select.contains(&Item::Everything) {
            return;
        }
        let tables = self.base.required_tables(index);
        let turn = self.sight.cue_places.turn;
        let figures: Vec<Item> = self.base.select.iter().filter(|i| i.is_aggregate()).cloned().collect();
        let taken: Vec<ColumnId> = figures.iter().flat_map(Item::columns).collect();
        let mut columns: Vec<Item> = Vec::new();
        for place in self.sight.strong.iter().filter(|p| p.start < turn) {
            let named = |n: &Named| if let Named::Column(c) = n { Some(*c) } else { None };
            // A name of a table is no column, and what is counted or averaged is shown already.
            if !matches!(place.names.first(), Some(Named::Column(_))) {
                continue;
            }
            let all = || place.names.iter().filter_map(named);
            if all().any(|c| taken.contains(&c)) {
                continue;
            }
            let near = all().find(|c| tables.contains(&index.table_of(*c))).or_else(|| all().next());
            columns.extend(near.map(Item::Column).filter(|c| !columns.contains(c)));
        }
        if columns.is_empty() || columns.len() > 6 {
            return;
        }
        self.add("as named", 1.2, |d| {
            if !d.group.is_empty() || !figures.is_empty() {
                d.group.clone_from(&columns);
            }
            d.select = columns.into_iter().chain(figures).collect();
        });
    }

    /// The same words read as another column, in each place where the first one stands.
    pub(super) fn read_otherwise(&mut self) {
        let items = self.base.select.iter().chain(&self.base.group).chain(self.base.order.iter().map(|o| &o.0));
        let mut used: Vec<ColumnId> = items.flat_map(Item::columns).collect();
        used.sort_unstable();
        used.dedup();
        for column in used.into_iter().take(6) {
            let (own, place, _) = self.sight.column(column);
            if place == NOWHERE {
                continue;
            }
            for other in self.named(0.3, 4, |c| c != column && self.sight.column(c).1 == place) {
                let behind = f64::from((own - self.sight.column(other).0).clamp(0.0, 1.0));
                self.add("read otherwise", 1.2 + behind, |d| {
                    let orders = d.order.iter_mut().map(|o| &mut o.0);
                    for item in d.select.iter_mut().chain(&mut d.group).chain(orders) {
                        if let Item::Column(c) | Item::Aggregate(_, _, c) = item
                            && *c == column
                        {
                            *c = other;
                        }
                    }
                });
            }
        }
    }
}
