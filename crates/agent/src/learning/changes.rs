//! What a database is like beside how it was when it was last learned.

use datafyme_domain::{
    Catalog, ChangedTables, ColumnProfile, LearnedChanges, Relation, RenamedTable, Table, TableDocumentation,
    TableProfile, TableRef,
};
use std::collections::{HashMap, HashSet};

/// Distinct values up to which a column is a list of kinds: a new kind is news.
const KINDS: u64 = 20;

/// Tables by name.
pub(super) type ByName<'a> = HashMap<&'a TableRef, &'a Table>;

/// The tables of a catalog by name.
pub(super) fn by_name(catalog: Option<&Catalog>) -> ByName<'_> {
    catalog.into_iter().flat_map(|c| &c.tables).map(|t| (&t.name, t)).collect()
}

/// Whether both are the same but for their rows and their names.
fn same_structure(one: &Table, other: &Table) -> bool {
    (one.kind, &one.comment, &one.columns, &one.primary_key, one.partitions)
        == (other.kind, &other.comment, &other.columns, &other.primary_key, other.partitions)
        && one.unique_keys == other.unique_keys
        && one.foreign_keys == other.foreign_keys
}

/// Whether a profile of `old` can be one of `new`.
pub(super) fn same_columns(old: &Table, new: &Table) -> bool {
    (old.kind, &old.columns) == (new.kind, &new.columns)
}

/// Tables that go by another name now: new name → old name. Such a table is known by the database's own mark of it; where
/// there is none, by being the only one that is gone and the only one that is new with these columns, keys, comment and
/// rows.
fn renamed(known: &ByName<'_>, now: &Catalog) -> HashMap<TableRef, TableRef> {
    let current: HashSet<&TableRef> = now.tables.iter().map(|t| &t.name).collect();
    let gone: Vec<&Table> = known.values().filter(|t| !current.contains(&t.name)).copied().collect();
    let new: Vec<&Table> = now.tables.iter().filter(|t| !known.contains_key(&t.name)).collect();
    let mut old_of: HashMap<&str, &Table> = HashMap::new();
    old_of.extend(gone.iter().filter_map(|t| Some((mark(t)?, *t))));
    let mut found = HashMap::new();
    for table in &new {
        let marked = mark(table).map(|mark| old_of.remove(mark));
        let old = marked.unwrap_or_else(|| {
            let mut alike = gone.iter().filter(|old| mark(old).is_none() && is_alike(old, table));
            let one = alike.next().filter(|_| alike.next().is_none());
            one.copied().filter(|old| new.iter().filter(|other| is_alike(old, other)).count() == 1)
        });
        if let Some(old) = old {
            found.insert(table.name.clone(), old.name.clone());
        }
    }
    found
}

/// What the database marks a table with for as long as it lives: the first part of the mark of its rows' state.
fn mark(table: &Table) -> Option<&str> {
    let version = table.profile.as_ref()?.data_version.as_deref()?;
    version.split_once('/').map(|(mark, _)| mark).filter(|mark| !mark.is_empty())
}

/// Whether two tables cannot be told apart but by their names; empty ones can be anything.
fn is_alike(one: &Table, other: &Table) -> bool {
    let filled = |t: &Table| t.profile.as_ref().is_some_and(|p| p.columns.iter().any(|c| c.non_null > 0));
    same_structure(one, other)
        && filled(one)
        && one.profile.as_ref().zip(other.profile.as_ref()).is_some_and(|(one, other)| one.says_the_same(other))
}

/// What changed.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// Tables that are new, or have other columns, keys or comments than before, or rows that say something else.
    pub(super) telling: HashSet<TableRef>,
    /// These, and those with other rows of the same kind.
    pub(super) touched: HashSet<TableRef>,
    /// Tables that are no more, renamed ones included.
    pub(super) gone: HashSet<TableRef>,
    /// New name → old name.
    pub(super) renamed: HashMap<TableRef, TableRef>,
    /// For people.
    pub(super) counts: LearnedChanges,
}

impl Changes {
    /// From what was `known` to a catalog that is profiled `now`.
    pub(super) fn between(known: &ByName<'_>, now: &Catalog) -> Self {
        let mut changes = Self { renamed: renamed(known, now), ..Self::default() };
        for table in &now.tables {
            let Some(old) = known.get(&table.name) else {
                changes.telling.insert(table.name.clone());
                changes.touched.insert(table.name.clone());
                changes.counts.added += u64::from(!changes.renamed.contains_key(&table.name));
                continue;
            };
            let restructured = !same_structure(old, table);
            if restructured || says_otherwise(old.profile.as_ref(), table.profile.as_ref()) {
                changes.telling.insert(table.name.clone());
            }
            if restructured || !same_profile(old.profile.as_ref(), table.profile.as_ref()) {
                changes.touched.insert(table.name.clone());
                changes.counts.changed += 1;
            } else {
                changes.counts.unchanged += 1;
            }
        }
        let current: HashSet<&TableRef> = now.tables.iter().map(|t| &t.name).collect();
        changes.gone = known.keys().filter(|name| !current.contains(**name)).map(|name| (*name).clone()).collect();
        changes.counts.renamed = changes.renamed.len() as u64;
        changes.counts.removed = changes.gone.len() as u64 - changes.counts.renamed;
        changes
    }

    /// The tables behind the counts, by name; `None` where everything is as it was.
    pub(super) fn named(&self, known: &ByName<'_>) -> Option<ChangedTables> {
        if self.is_empty() {
            return None;
        }
        let was_there = |table: &&TableRef| known.contains_key(*table);
        let old_names: HashSet<&TableRef> = self.renamed.values().collect();
        let renamed = self.renamed.iter().map(|(to, from)| RenamedTable { from: from.clone(), to: to.clone() });
        Some(ChangedTables {
            added: first(self.touched.iter().filter(|t| !was_there(t) && !self.renamed.contains_key(*t)).cloned()),
            changed: first(self.touched.iter().filter(was_there).cloned()),
            renamed: first(renamed),
            removed: first(self.gone.iter().filter(|t| !old_names.contains(t)).cloned()),
        })
    }

    /// Whether everything is as it was.
    pub(super) fn is_empty(&self) -> bool {
        self.touched.is_empty() && self.gone.is_empty()
    }
}

/// The first few, in order.
fn first<T: Ord>(tables: impl Iterator<Item = T>) -> Vec<T> {
    let mut tables: Vec<T> = tables.collect();
    tables.sort();
    tables.truncate(ChangedTables::NAMED);
    tables
}

fn same_profile(one: Option<&TableProfile>, other: Option<&TableProfile>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.says_the_same(other),
        (None, None) => true,
        _ => false,
    }
}

/// Whether a description of the one would not do for the other: rows where there were none, twice or half as many, an
/// empty column that is filled, another format, a new kind of thing.
fn says_otherwise(old: Option<&TableProfile>, new: Option<&TableProfile>) -> bool {
    let (Some(old), Some(new)) = (old, new) else {
        return old.is_some() != new.is_some();
    };
    if old.says_the_same(new) {
        return false;
    }
    let rows = |p: &TableProfile| p.row_count.or(p.sampled_rows).unwrap_or(0);
    let magnitude = |p: &TableProfile| u64::BITS - rows(p).leading_zeros();
    magnitude(old) != magnitude(new)
        || old.unknown.is_some() != new.unknown.is_some()
        || old.columns.len() != new.columns.len()
        || old.columns.iter().zip(&new.columns).any(|(old, new)| is_news(old, new))
}

fn is_news(old: &ColumnProfile, new: &ColumnProfile) -> bool {
    let kinds = |p: &ColumnProfile| -> Option<HashSet<String>> {
        (p.distinct <= KINDS).then(|| p.top_values.iter().map(|v| v.value.to_string()).collect())
    };
    (old.non_null == 0) != (new.non_null == 0)
        || (&old.text_date_format, old.text_is_numeric) != (&new.text_date_format, new.text_is_numeric)
        || kinds(old) != kinds(new)
}

/// Whether all that a relation names is there.
pub(super) fn holds(relation: &Relation, tables: &ByName<'_>) -> bool {
    let there = |table: &TableRef, columns: &[String]| {
        tables.get(table).is_some_and(|t| columns.iter().all(|c| t.column(c).is_some()))
    };
    there(&relation.from_table, &relation.from_columns) && there(&relation.to_table, &relation.to_columns)
}

/// Documentation under the name that its table has now.
pub(super) fn under_new_name(documentation: &TableDocumentation, name: &TableRef) -> TableDocumentation {
    TableDocumentation { table: name.clone(), ..documentation.clone() }
}

#[cfg(test)]
mod tests;
