//! Changes of what is shown.

use super::Changes;
use crate::{
    catalog_index::{ColumnId, TableId},
    draft::Item,
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
}
