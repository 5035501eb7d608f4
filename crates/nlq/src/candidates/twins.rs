//! Tells candidates apart by the rows that they are certain to give: the same columns in another order, a key in the place
//! of the reference that it is joined with, and a group by a key and the name that it stands for give the same.

use crate::{
    CatalogIndex,
    catalog_index::ColumnId,
    draft::{Condition, Draft, Item},
    plan::{ColumnUse, Plan},
};
use std::{
    collections::hash_map::DefaultHasher,
    fmt::{Debug, Write},
    hash::Hasher,
};

/// Equal for drafts that give the same rows in the same order, whatever the rows of the tables.
pub(super) fn key(index: &CatalogIndex, draft: &Draft, plan: &Plan) -> u64 {
    // Where rows without a partner stay, a key and a reference to it differ in those.
    let same = if draft.outer { Vec::new() } else { equal_columns(index, plan) };
    let canonical = |c: &mut ColumnId| {
        if let Some((_, first)) = same.iter().find(|(own, _)| own == c) {
            *c = *first;
        }
    };
    let item = |i: &Item| {
        let mut i = i.clone();
        if let Item::Column(c) | Item::Aggregate(_, _, c) | Item::Period(_, c) = &mut i {
            canonical(c);
        }
        i
    };
    let condition = |c: &Condition| {
        let mut c = c.clone();
        if let Condition::Compare(own, ..)
        | Condition::Between(own, ..)
        | Condition::Like(own, ..)
        | Condition::Null(own, _)
        | Condition::Against(own, ..)
        | Condition::Within(own, ..) = &mut c
        {
            canonical(own);
        }
        c
    };
    let group: Vec<Item> = draft.group.iter().map(item).collect();
    let told = |i: &Item| {
        let Item::Column(own) = i else { return false };
        // Only a key that is one column tells the rest of its row.
        let key = index.table(index.table_of(*own)).primary_key.as_slice();
        matches!(key, [key] if key != own && group.contains(&Item::Column(*key)))
    };
    let joins = plan.joins.iter().flat_map(|j| &j.on).map(|(a, b)| {
        let end = |c: &ColumnUse| (plan.sources.get(c.source).map(|s| &s.table), c.column.clone());
        let (a, b) = (end(a), end(b));
        if a < b { (a, b) } else { (b, a) }
    });
    let parts = [
        in_any_order(draft.select.iter().map(item)),
        in_any_order(draft.conditions.iter().map(condition)),
        in_any_order(group.iter().filter(|g| !told(g))),
        in_any_order(draft.having.iter().map(|(i, op, bound)| (item(i), *op, bound))),
        in_any_order(plan.sources.iter().map(|s| &s.table)),
        in_any_order(joins),
        hashed(&draft.order.iter().map(|(i, way)| (item(i), *way)).collect::<Vec<_>>()),
        hashed(&(draft.distinct, draft.limit, draft.outer, &draft.compound)),
    ];
    hashed(&parts)
}

/// Columns that the joins make equal, each with the first of its like.
fn equal_columns(index: &CatalogIndex, plan: &Plan) -> Vec<(ColumnId, ColumnId)> {
    let column = |c: &ColumnUse| {
        let table = index.find_table(&plan.sources.get(c.source)?.table)?;
        index.find_column(table, &c.column)
    };
    let mut same: Vec<(ColumnId, ColumnId)> = Vec::new();
    for (a, b) in plan.joins.iter().flat_map(|j| &j.on) {
        let (Some(a), Some(b)) = (column(a), column(b)) else { continue };
        let first = |c: ColumnId| same.iter().find(|(own, _)| *own == c).map_or(c, |s| s.1);
        let (one, two) = (first(a), first(b));
        let (low, high) = (one.min(two), one.max(two));
        same.iter_mut().filter(|s| s.1 == high).for_each(|s| s.1 = low);
        for c in [a, b] {
            if !same.iter().any(|s| s.0 == c) {
                same.push((c, low));
            }
        }
    }
    same
}

fn in_any_order<T: Debug>(of: impl Iterator<Item = T>) -> u64 {
    let mut hashes: Vec<u64> = of.map(|one| hashed(&one)).collect();
    hashes.sort_unstable();
    hashed(&hashes)
}

/// A hash of how a value is written for debugging: drafts hold floats and the like, which have none of their own.
fn hashed(value: &impl Debug) -> u64 {
    struct Sink(DefaultHasher);
    impl Write for Sink {
        fn write_str(&mut self, text: &str) -> std::fmt::Result {
            self.0.write(text.as_bytes());
            Ok(())
        }
    }
    let mut sink = Sink(DefaultHasher::new());
    // Writing to a hasher cannot fail.
    let _ = write!(sink, "{value:?}");
    sink.0.finish()
}
