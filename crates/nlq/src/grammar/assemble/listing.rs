//! Lists: which rows, which of their columns, in which order.

use super::{Builder, multiplies};
use crate::{
    candidates::number_text,
    catalog_index::{ColumnId, TableId},
    draft::{Condition, Draft, Item},
    grammar::slots::{Measure, Rank, RankBy},
    plan::{Aggregate, Literal},
};

impl Builder<'_> {
    pub(super) fn listed(&mut self, draft: &mut Draft) -> Option<()> {
        if let Some(Rank { by: RankBy::Measure(function, measure), descending }) = self.slots.rank.clone() {
            return self.ranked_groups(draft, function, &measure, descending);
        }
        if let Some((measure, op, value)) = self.slots.having.clone() {
            let keys = self.shown_or_titles()?;
            draft.tables = vec![measure.table(self.index)];
            draft.group = keys.iter().map(|c| Item::Column(*c)).collect();
            draft.select.clone_from(&draft.group);
            let item = self.aggregated(Aggregate::Sum, &measure)?;
            if self.slots.show_measure {
                draft.select.push(item.clone());
            }
            draft.having.push((item, op, Literal::Number(number_text(value))));
            return Some(());
        }
        let shown = self.shown_or_titles()?;
        draft.select = if self.shows_whole_rows(draft) {
            vec![Item::Everything]
        } else {
            shown.iter().map(|c| Item::Column(*c)).collect()
        };
        if let Some(Rank { by: RankBy::Property(column), descending }) = &self.slots.rank {
            if self.slots.show_measure && !shown.contains(column) {
                draft.select.push(Item::Column(*column));
            }
            draft.order.push((Item::Column(*column), *descending));
            draft.limit = self.slots.limit;
            if self.index.column(*column).nullable {
                draft.conditions.push(Condition::Null(*column, true));
            }
        } else {
            let subject = self.subject()?;
            let others = self.tables_of(draft);
            draft.distinct = others.iter().any(|t| multiplies(self.index, subject, *t))
                || shown.iter().any(|c| {
                    self.index.table_of(*c) != subject && multiplies(self.index, subject, self.index.table_of(*c))
                });
            if self.slots.rank.is_some() || (draft.conditions.is_empty() && self.slots.root.is_none()) {
                return None;
            }
        }
        Some(())
    }

    /// "which companies placed the most orders": entities by a measure over their rows.
    fn ranked_groups(
        &mut self,
        draft: &mut Draft,
        function: Aggregate,
        measure: &Measure,
        descending: bool,
    ) -> Option<()> {
        self.keep_to_one_date(draft, measure)?;
        let mut keys: Vec<Item> = Vec::new();
        for group in self.slots.groups.clone() {
            keys.extend(self.group_items(&group)?);
        }
        if keys.is_empty() {
            keys = self.shown_or_titles()?.into_iter().map(Item::Column).collect();
        }
        let own = measure.table(self.index);
        let key_tables: Vec<TableId> = keys.iter().flat_map(Item::columns).map(|c| self.index.table_of(c)).collect();
        if key_tables.iter().any(|t| multiplies(self.index, own, *t)) || self.measure_multiplies(measure, draft) {
            return None;
        }
        draft.tables = vec![own];
        draft.group = keys;
        draft.select.clone_from(&draft.group);
        let item = self.aggregated(function, measure)?;
        if self.slots.show_measure {
            draft.select.push(item.clone());
        }
        draft.order.push((item, descending));
        draft.limit = self.slots.limit;
        Some(())
    }

    /// All columns: where they are asked for, and where nothing names the rows for people.
    fn shows_whole_rows(&self, draft: &Draft) -> bool {
        let Some(root) = self.slots.root else { return false };
        let alone = self.subject() == Some(root) && self.tables_of(draft).iter().all(|t| *t == root);
        let key = self.index.table(root).primary_key.as_slice();
        let nameless = self.index.table(root).title.is_none() && self.titles(root).iter().all(|c| key.contains(c));
        alone && self.slots.show.is_empty() && (self.slots.everything || nameless)
    }

    fn shown_or_titles(&self) -> Option<Vec<ColumnId>> {
        let asked_measure = match &self.slots.rank {
            Some(Rank { by: RankBy::Measure(_, Measure::Column(c)), .. }) => Some(*c),
            _ => None,
        };
        let mut shown: Vec<ColumnId> = self.slots.show.iter().copied().filter(|c| Some(*c) != asked_measure).collect();
        if shown.is_empty() {
            shown = self.titles(self.slots.root?);
        } else if let Some(root) = self.slots.root
            && (self.slots.keeps_titles
                || shown.iter().all(|c| self.index.column(*c).is_measure())
                    && (self.slots.rank.is_some() || shown.iter().any(|c| self.index.table_of(*c) != root)))
        {
            let mut all = self.titles(root);
            shown.retain(|c| !all.contains(c));
            all.extend(shown);
            shown = all;
        }
        (!shown.is_empty()).then_some(shown)
    }

    /// What names a row of the table for people.
    pub(super) fn titles(&self, table: TableId) -> Vec<ColumnId> {
        let facts = self.index.table(table);
        let named =
            |stems: [&str; 2]| {
                facts.columns.iter().copied().find(|c| {
                    self.index.column(*c).names.first().is_some_and(|n| n.iter().map(String::as_str).eq(stems))
                })
            };
        if let (Some(first), Some(last)) = (named(["first", "name"]), named(["last", "name"])) {
            return vec![first, last];
        }
        let fallback = || facts.primary_key.first().or_else(|| facts.columns.first()).copied();
        facts.title.or_else(fallback).into_iter().collect()
    }

    pub(super) fn sorted(&self, draft: &mut Draft) {
        let Some(sort) = self.slots.sort else { return };
        let measure = draft.select.iter().find(|i| i.is_aggregate() || matches!(i, Item::Ratio(..)));
        let named = sort.by.map(Item::Column).filter(|i| draft.group.is_empty() || draft.group.contains(i));
        if let Some(by) = named.or_else(|| measure.or_else(|| draft.select.last()).cloned()) {
            draft.order = vec![(by, sort.descending)];
        }
    }
}
