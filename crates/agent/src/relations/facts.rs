//! What discovery knows of each column before it compares any two.

use super::names::{self, NameFacts};
use datafyme_domain::{
    Catalog, Column, ColumnProfile, ColumnType, Table, TableKind, Value, ValueSketch, profile::ValueCount,
    sketch::Overlap,
};

/// Widest range of whole numbers without a gap that is written out as a sketch.
const DENSE_WIDTH: i64 = 20_000;
/// Longest mean text of a key, in characters.
const KEY_LENGTH: f64 = 40.0;
/// Longest mean text of a reference, in characters.
const CHILD_LENGTH: f64 = 60.0;

/// Coarse type for comparing: columns of different classes do not join, but whole numbers may stand as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Whole numbers.
    Integer,
    /// Text whose values all read as numbers.
    NumericText,
    /// Other text.
    Text,
    /// Days: keys of calendars.
    Date,
    /// Never part of a key here.
    Other,
}

/// A column with what matters for relations.
#[derive(Debug)]
pub struct ColumnFacts<'a> {
    /// Its table.
    pub table: &'a Table,
    /// Position of its table in the catalog.
    pub table_position: usize,
    /// The column.
    pub column: &'a Column,
    /// Its profile, where there is one.
    pub profile: Option<&'a ColumnProfile>,
    /// Position in the table, from 0.
    pub position: usize,
    /// Words of its name; empty where names tell nothing.
    pub names: NameFacts,
    /// Coarse type.
    pub class: Class,
    /// Sole column of the declared primary key.
    pub sole_primary_key: bool,
    /// Whether it is a part of the declared primary key.
    pub in_primary_key: bool,
    /// Whether it can be a parent.
    pub is_key: bool,
    /// Possible keys that stand before it in its table.
    pub keys_before: usize,
    /// Whether the table has no possible key of one column.
    pub table_without_key: bool,
    /// Whether the table has rows, as far as is known.
    pub has_rows: bool,
    /// Smallest and largest value as numbers.
    pub range: Option<(f64, f64)>,
    /// Mean length of the values as text.
    pub mean_length: f64,
    /// Longest value as text.
    pub max_length: f64,
    /// Share of texts with a space in them.
    pub spaces: f64,
    sketch: Option<std::borrow::Cow<'a, ValueSketch>>,
}

impl ColumnFacts<'_> {
    /// Distinct values; 0 where there are none or they are not known.
    #[must_use]
    pub fn distinct(&self) -> u64 {
        self.profile.map_or(0, |p| p.distinct)
    }

    /// Whether there are values to compare.
    #[must_use]
    pub fn has_values(&self) -> bool {
        self.profile.is_some_and(|p| p.non_null > 0)
    }

    /// Share of distinct values among all.
    #[must_use]
    pub fn unique_share(&self) -> f64 {
        self.profile.filter(|p| p.non_null > 0).map_or(0.0, |p| p.distinct as f64 / p.non_null as f64)
    }

    /// Whether every row looked at has a different value.
    #[must_use]
    pub fn is_unique(&self) -> bool {
        self.profile.is_some_and(ColumnProfile::is_unique)
    }

    /// Whether it holds whole numbers without a gap, from 0 or 1: any small number is among them.
    #[must_use]
    pub fn is_sequence(&self) -> bool {
        match self.range {
            Some((min, max)) if (min == 0.0 || min == 1.0) && self.class != Class::Text => {
                self.distinct() as f64 >= max - min + 1.0
            }
            _ => false,
        }
    }

    /// The sketch of its values.
    #[must_use]
    pub fn sketch(&self) -> Option<&ValueSketch> {
        self.sketch.as_deref()
    }

    /// Whether it can refer to anything.
    #[must_use]
    pub fn can_refer(&self) -> bool {
        self.class != Class::Other && self.mean_length <= CHILD_LENGTH
    }

    /// Share of its distinct values among those of `parent`; `None` when that cannot be told from the profiles.
    #[must_use]
    pub fn overlap(&self, parent: &Self) -> Option<Overlap> {
        if !self.has_values() || !parent.has_values() {
            return None;
        }
        let exact = |share: f64| Overlap { share, decided: self.distinct() as usize, exact: true };
        if let (Some((min, max)), Some((low, high))) = (self.range, parent.range) {
            if max < low || min > high {
                return Some(exact(0.0));
            }
            if min >= low && max <= high && parent.profile.is_some_and(ColumnProfile::is_dense) {
                return Some(exact(1.0));
            }
        }
        self.sketch()?.overlap(parent.sketch()?)
    }
}

/// Facts of all columns, table by table in catalog order. Where `names` is false, or the names of the catalog tell
/// nothing, only data counts.
#[must_use]
pub fn of_catalog(catalog: &Catalog) -> Vec<ColumnFacts<'_>> {
    let telling = are_names_telling(catalog);
    catalog.tables.iter().enumerate().flat_map(|(position, table)| of_table(position, table, telling)).collect()
}

/// Whether the names of tables and columns say anything.
#[must_use]
pub fn are_names_telling(catalog: &Catalog) -> bool {
    names::are_telling(
        catalog
            .tables
            .iter()
            .flat_map(|t| std::iter::once(t.name.table.as_str()).chain(t.columns.iter().map(|c| c.name.as_str()))),
    )
}

fn of_table(table_position: usize, table: &Table, telling: bool) -> Vec<ColumnFacts<'_>> {
    let table_words = if telling { names::table_words(&table.name.table) } else { Vec::new() };
    let has_rows = table.rows() != Some(0);
    let mut keys = 0;
    let mut facts = Vec::with_capacity(table.columns.len());
    for (position, column) in table.columns.iter().enumerate() {
        let profile = table.profile.as_ref().and_then(|p| p.column(&column.name));
        let class = class(column, profile);
        let (mean_length, max_length, spaces) = lengths(profile);
        let mut one = ColumnFacts {
            table,
            table_position,
            column,
            profile,
            position,
            names: if telling { NameFacts::new(&column.name, &table_words) } else { NameFacts::default() },
            class,
            sole_primary_key: table.primary_key.len() == 1 && table.primary_key.first() == Some(&column.name),
            in_primary_key: table.primary_key.contains(&column.name),
            is_key: false,
            keys_before: keys,
            table_without_key: false,
            has_rows,
            range: range(class, profile),
            mean_length,
            max_length,
            spaces,
            sketch: None,
        };
        if one.can_refer() {
            one.sketch = sketch(profile);
        }
        one.is_key = can_be_key(&one);
        one.names.is_key_like = one.is_key;
        keys += usize::from(one.is_key);
        facts.push(one);
    }
    for one in &mut facts {
        one.table_without_key = keys == 0;
    }
    facts
}

fn class(column: &Column, profile: Option<&ColumnProfile>) -> Class {
    match column.column_type {
        ColumnType::Integer => Class::Integer,
        // Keys are often declared as exact decimals without a scale; broken values show in the range.
        ColumnType::Decimal | ColumnType::Float if profile.is_some_and(is_whole) => Class::Integer,
        // Without values the declaration and the name are all there is.
        ColumnType::Decimal | ColumnType::Float
            if profile.is_none_or(|p| p.non_null == 0) && (is_declared_whole(column) || is_named_as_key(column)) =>
        {
            Class::Integer
        }
        ColumnType::Text | ColumnType::Other if profile.is_some_and(|p| p.text_is_numeric) => Class::NumericText,
        // A column of a loosely typed database may be declared as text and hold numbers.
        ColumnType::Text | ColumnType::Other
            if profile.is_some_and(|p| p.non_null > 0 && p.max_length.is_none() && is_whole(p)) =>
        {
            Class::NumericText
        }
        ColumnType::Text | ColumnType::Other if profile.is_none_or(|p| p.text_date_format.is_none()) => Class::Text,
        ColumnType::Other => Class::Other,
        ColumnType::Text | ColumnType::Date | ColumnType::Timestamp => Class::Date,
        _ => Class::Other,
    }
}

/// Whether its type is a number without decimals: `DECIMAL(4,0)`, `NUMBER(10)`.
fn is_declared_whole(column: &Column) -> bool {
    let arguments = column.declared_type.split_once('(').and_then(|(_, rest)| rest.split_once(')'));
    arguments.is_some_and(|(digits, _)| match digits.split_once(',') {
        Some((_, scale)) => scale.trim() == "0",
        None => column.column_type == ColumnType::Decimal,
    })
}

fn is_named_as_key(column: &Column) -> bool {
    names::is_id_like(&names::words(&column.name))
}

fn is_whole(profile: &ColumnProfile) -> bool {
    profile
        .top_values
        .iter()
        .map(|v| &v.value)
        .chain([&profile.min, &profile.max])
        .all(|v| v.as_f64().is_some_and(|n| n.fract() == 0.0))
}

fn range(class: Class, profile: Option<&ColumnProfile>) -> Option<(f64, f64)> {
    let profile = profile.filter(|_| matches!(class, Class::Integer | Class::NumericText))?;
    if let (Some(min), Some(max)) = (profile.min.as_f64(), profile.max.as_f64()) {
        return Some((min, max));
    }
    // The extremes of texts go by their letters: only all values tell those of the numbers in them.
    if profile.values.len() as u64 != profile.distinct {
        return None;
    }
    let mut range: Option<(f64, f64)> = None;
    for n in profile.values.iter().filter_map(|v| v.trim().parse::<f64>().ok()) {
        range = Some(range.map_or((n, n), |(min, max)| (min.min(n), max.max(n))));
    }
    range
}

/// Mean and greatest length as text, and the share of values with a space.
fn lengths(profile: Option<&ColumnProfile>) -> (f64, f64, f64) {
    let Some(profile) = profile else { return (0.0, 0.0, 0.0) };
    let mut sum = 0_usize;
    let mut count = 0_usize;
    let mut spaces = 0_usize;
    for value in profile.values.iter().take(200) {
        sum += value.chars().count();
        spaces += usize::from(value.trim().contains(' '));
        count += 1;
    }
    if count == 0 {
        let shown = |v: &Value| if v.is_null() { 0 } else { v.to_string().chars().count() };
        let longest = [&profile.min, &profile.max].into_iter().map(shown).max().unwrap_or(0);
        for ValueCount { value, .. } in &profile.top_values {
            sum += shown(value);
            count += 1;
        }
        let longest = profile.max_length.map_or(longest as f64, |n| n as f64);
        return (if count == 0 { longest } else { sum as f64 / count as f64 }, longest, 0.0);
    }
    let mean = sum as f64 / count as f64;
    (mean, profile.max_length.map_or(mean, |n| n as f64), spaces as f64 / count as f64)
}

/// The sketch that the profile holds, or that follows from what it holds.
fn sketch(profile: Option<&ColumnProfile>) -> Option<std::borrow::Cow<'_, ValueSketch>> {
    use std::borrow::Cow;
    let profile = profile?;
    if let Some(sketch) = &profile.sketch {
        return Some(Cow::Borrowed(sketch));
    }
    if let (true, Value::Int(min), Value::Int(max)) = (profile.is_dense(), &profile.min, &profile.max) {
        let written = (*min..=*max).take(usize::try_from(DENSE_WIDTH).unwrap_or(usize::MAX));
        let hashes: Vec<u32> = written.filter_map(|v| ValueSketch::hash(&Value::Int(v))).collect();
        return (max.checked_sub(*min)? < DENSE_WIDTH)
            .then(|| Cow::Owned(ValueSketch::smallest(hashes, 2 * ValueSketch::KEY_SIZE)));
    }
    let complete =
        !profile.distinct_capped && !profile.values.is_empty() && profile.values.len() as u64 == profile.distinct;
    complete.then(|| {
        let hashes = profile.values.iter().filter_map(ValueSketch::hash_text);
        Cow::Owned(ValueSketch::smallest(hashes, ColumnProfile::MAX_VALUES))
    })
}

/// Keys: declared ones; else (nearly) unique columns. Views have none.
fn can_be_key(facts: &ColumnFacts<'_>) -> bool {
    if !matches!(facts.table.kind, TableKind::Table | TableKind::PartitionedTable | TableKind::ForeignTable) {
        return false;
    }
    if facts.class == Class::Other {
        return false;
    }
    if facts.sole_primary_key
        || facts.table.unique_keys.iter().any(|k| k.len() == 1 && k.first() == Some(&facts.column.name))
    {
        return true;
    }
    // Days repeat by chance, and rows are often one a day.
    if facts.class == Class::Date {
        return false;
    }
    let id_like = names::is_id_like(&facts.names.words);
    match facts.profile {
        Some(profile) if profile.non_null > 0 => {
            let short = facts.mean_length <= KEY_LENGTH;
            profile.is_unique() && short || profile.non_null >= 20 && facts.unique_share() >= 0.98 && id_like
        }
        _ => facts.table.primary_key.is_empty() && facts.position < 2 && (facts.position == 0 || id_like),
    }
}
