//! What discovery knows of each column before it compares any two.

use super::affinity;
use datafyme_domain::{Catalog, Column, ColumnProfile, ColumnType, Table, TableKind, Value};

/// Coarse type for comparing: columns of different classes do not join, but whole numbers may stand as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Whole numbers.
    Integer,
    /// Text whose values all read as numbers.
    NumericText,
    /// Other text.
    Text,
    /// Never part of a key here.
    Other,
}

/// A column with what matters for relations.
#[derive(Debug)]
pub struct ColumnFacts<'a> {
    /// Its table.
    pub table: &'a Table,
    /// The column.
    pub column: &'a Column,
    /// Its profile, where there is one.
    pub profile: Option<&'a ColumnProfile>,
    /// Position in the table, from 0.
    pub position: usize,
    /// Words of its name.
    pub words: Vec<String>,
    /// Words of its table's name.
    pub table_words: Vec<String>,
    /// Coarse type.
    pub class: Class,
    /// Sole column of the declared primary key.
    pub sole_primary_key: bool,
    /// Rank among the table's possible keys, 0 first; absent when it cannot be a parent.
    pub key_rank: Option<usize>,
    /// Whether the table has rows.
    pub has_rows: bool,
}

impl ColumnFacts<'_> {
    /// Whether the column can be the parent of a relation.
    #[must_use]
    pub const fn is_key(&self) -> bool {
        self.key_rank.is_some()
    }

    /// Distinct values, where profiled.
    #[must_use]
    pub fn distinct(&self) -> Option<u64> {
        self.profile.map(|p| p.distinct)
    }

    /// Whether whole numbers run densely: as many values as the range is wide, give or take a tenth.
    #[must_use]
    pub fn is_dense(&self) -> bool {
        let Some(profile) = self.profile else { return false };
        match (profile.min.as_f64(), profile.max.as_f64()) {
            (Some(min), Some(max)) if self.class == Class::Integer => {
                profile.distinct as f64 >= 0.9 * (max - min + 1.0)
            }
            _ => false,
        }
    }

    /// Smallest and largest value as numbers.
    #[must_use]
    pub fn range(&self) -> Option<(f64, f64)> {
        let profile = self.profile?;
        let number = |v: &Value| match v {
            Value::Text(text) => text.trim().parse().ok(),
            other => other.as_f64(),
        };
        Some((number(&profile.min)?, number(&profile.max)?))
    }

    /// All distinct values, when the profile holds them all.
    #[must_use]
    pub fn complete_values(&self) -> Option<&[String]> {
        let profile = self.profile?;
        (!profile.distinct_capped && profile.values.len() as u64 == profile.distinct && profile.distinct > 0)
            .then_some(profile.values.as_slice())
    }
}

/// Facts of all columns, table by table in catalog order.
#[must_use]
pub fn of_catalog(catalog: &Catalog) -> Vec<ColumnFacts<'_>> {
    catalog.tables.iter().flat_map(of_table).collect()
}

fn of_table(table: &Table) -> Vec<ColumnFacts<'_>> {
    let table_words = affinity::table_words(&table.name.table);
    let has_rows = table.rows() != Some(0);
    let mut rank = 0;
    let mut facts = Vec::with_capacity(table.columns.len());
    for (position, column) in table.columns.iter().enumerate() {
        let profile = table.profile.as_ref().and_then(|p| p.column(&column.name));
        let sole_primary_key = table.primary_key.len() == 1 && table.primary_key.first() == Some(&column.name);
        let mut one = ColumnFacts {
            table,
            column,
            profile,
            position,
            words: affinity::words(&column.name),
            table_words: table_words.clone(),
            class: class(column, profile),
            sole_primary_key,
            key_rank: None,
            has_rows,
        };
        if can_be_key(&one) {
            one.key_rank = Some(rank);
            rank += 1;
        }
        facts.push(one);
    }
    facts
}

fn class(column: &Column, profile: Option<&ColumnProfile>) -> Class {
    match column.column_type {
        ColumnType::Integer => Class::Integer,
        // Keys are often declared as exact decimals without a scale; broken values show in the range.
        ColumnType::Decimal | ColumnType::Float if whole(profile) => Class::Integer,
        ColumnType::Text | ColumnType::Other if profile.is_some_and(|p| p.text_is_numeric) => Class::NumericText,
        ColumnType::Text | ColumnType::Other if profile.is_none_or(|p| p.text_date_format.is_none()) => Class::Text,
        _ => Class::Other,
    }
}

fn whole(profile: Option<&ColumnProfile>) -> bool {
    profile.is_some_and(|p| {
        p.top_values
            .iter()
            .map(|v| &v.value)
            .chain([&p.min, &p.max])
            .all(|v| v.as_f64().is_some_and(|n| n.fract() == 0.0))
    })
}

/// Keys: declared ones; else (nearly) unique columns that stand early or are named like an identifier. Views have none.
fn can_be_key(facts: &ColumnFacts<'_>) -> bool {
    if !matches!(facts.table.kind, TableKind::Table | TableKind::PartitionedTable | TableKind::ForeignTable) {
        return false;
    }
    if facts.class == Class::Other {
        return facts.sole_primary_key;
    }
    if facts.sole_primary_key
        || facts.table.unique_keys.iter().any(|k| k.len() == 1 && k.first() == Some(&facts.column.name))
    {
        return true;
    }
    let id_like = affinity::is_id_like(&facts.words);
    match facts.profile {
        Some(profile) if profile.non_null > 0 => {
            let unique_share = profile.distinct as f64 / profile.non_null as f64;
            let short = profile.max_length.is_none_or(|n| n <= 40);
            let strict = profile.is_unique() && short && (facts.position == 0 || id_like || facts.position <= 2);
            let nearly = profile.non_null >= 20 && unique_share >= 0.98 && id_like;
            strict || nearly
        }
        _ => !facts.has_rows && facts.table.primary_key.is_empty() && facts.position == 0 && id_like,
    }
}
