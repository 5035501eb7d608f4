//! What is known of tables and columns, as far as matching and planning need it.

use super::{ColumnId, TableId, words};
use datafyme_domain::{Column, ColumnProfile, ColumnType, TableRef, Value};
use std::{ops::Deref, sync::Arc};

/// Where a word of a name stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct WordUse {
    pub of: Named,
    pub(super) name: u16,
    pub(super) position: u16,
}

impl WordUse {
    /// Which of the names of it: 0 is the real one, others are synonyms.
    pub(crate) fn name(&self) -> usize {
        usize::from(self.name)
    }

    /// Position in that name.
    pub(crate) fn position(&self) -> usize {
        usize::from(self.position)
    }
}

/// What has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Named {
    Table(TableId),
    Column(ColumnId),
}

/// A table, as far as matching and planning need it.
#[derive(Debug, Clone, Default)]
pub(crate) struct TableFacts {
    pub name: Option<TableRef>,
    /// Plural words: `order items`.
    pub label: String,
    /// Stems of the name and of each synonym.
    pub names: Vec<Vec<String>>,
    pub columns: Vec<ColumnId>,
    pub primary_key: Vec<ColumnId>,
    pub rows: u64,
    /// Column that names a row for people.
    pub title: Option<ColumnId>,
    /// A view: what it shows is shown by tables as well.
    pub view: bool,
    /// Mostly foreign keys: stands between two others.
    pub link: bool,
    /// Equal-shaped tables read as one; empty for an ordinary table.
    pub siblings: Vec<crate::plan::Sibling>,
    pub sibling_label: Option<ColumnId>,
    /// Part of a family of equal-shaped tables: only reached through its family, or by its exact name.
    pub hidden: bool,
    /// For a table of balances per date: the date column.
    pub snapshot_date: Option<ColumnId>,
}

/// How a column is called. Of thousands of tables most columns are called like others: they share it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct ColumnNames {
    pub name: String,
    pub label: String,
    /// Stems of the name and of each synonym, without the table's own words.
    pub names: Vec<Vec<String>>,
    /// Stems of the name's words that only repeat the table's name.
    pub table_words: Vec<String>,
}

/// A column, as far as matching and planning need it; its names are read as if they were its own.
#[derive(Debug, Clone)]
pub(crate) struct ColumnFacts {
    pub table: TableId,
    pub called: Arc<ColumnNames>,
    pub column_type: ColumnType,
    pub nullable: bool,
    pub key: bool,
    pub foreign_key: bool,
    pub numeric: bool,
    /// Numbers kept in a text column.
    pub numeric_text: bool,
    pub temporal: bool,
    pub date_format: Option<String>,
    /// Whole numbers that are years.
    pub year: bool,
    /// A key or code: nobody adds it up.
    pub identifier: bool,
    /// Names a thing for people.
    pub title: bool,
    pub unique: bool,
    pub distinct: u64,
    pub min: Option<f64>,
    pub max: Option<f64>,
    /// A balance per date: not added up over dates.
    pub balance: bool,
    /// How many columns of the catalog have this name.
    pub same_name: usize,
    /// Few distinct short values: a code such as M/F or Y/N.
    pub codes: Vec<String>,
    /// What stands for it in SQL, where it is a figure that people defined and no column of the table.
    pub expression: Option<Vec<crate::plan::ExpressionPart>>,
}

impl Default for ColumnFacts {
    fn default() -> Self {
        Self {
            table: 0,
            called: Arc::default(),
            column_type: ColumnType::Other,
            nullable: true,
            key: false,
            foreign_key: false,
            numeric: false,
            numeric_text: false,
            temporal: false,
            date_format: None,
            year: false,
            identifier: false,
            title: false,
            unique: false,
            distinct: 0,
            min: None,
            max: None,
            balance: false,
            same_name: 1,
            codes: Vec::new(),
            expression: None,
        }
    }
}

impl Deref for ColumnFacts {
    type Target = ColumnNames;

    fn deref(&self) -> &ColumnNames {
        &self.called
    }
}

impl ColumnFacts {
    /// Adds names that it is called by as well.
    pub(super) fn also_called(&mut self, names: impl IntoIterator<Item = Vec<String>>) {
        Arc::make_mut(&mut self.called).names.extend(names);
    }

    /// Sums and averages make sense.
    pub(crate) fn is_measure(&self) -> bool {
        (self.numeric || self.numeric_text) && !self.identifier && !self.key && !self.foreign_key
    }

    /// Ordered by size or time.
    pub(crate) fn is_ordered(&self) -> bool {
        self.numeric || self.numeric_text || self.temporal
    }
}

pub(super) fn column_names(column: &Column, table_stems: &[String], synonyms: &[String]) -> ColumnNames {
    let own_words = words::name_words(&column.name);
    let own_stems = words::stems(&own_words);
    let core = words::without_table_words(&own_stems, table_stems);
    let table_words = own_stems.iter().filter(|w| !core.contains(w)).cloned().collect();
    let names = std::iter::once(core).chain(synonyms.iter().map(|s| words::phrase_stems(s))).collect();
    ColumnNames { name: column.name.clone(), label: own_words.join(" "), names, table_words }
}

pub(super) fn column_facts(
    table: TableId,
    column: &Column,
    profile: Option<&ColumnProfile>,
    called: Arc<ColumnNames>,
) -> ColumnFacts {
    let own_words = words::name_words(&column.name);
    let date_format = profile.and_then(|p| p.text_date_format.clone());
    let text_is_numeric = profile.is_some_and(|p| p.text_is_numeric) && column.column_type == ColumnType::Text;
    let last = own_words.last().map_or("", String::as_str);
    let id_like = matches!(last, "id" | "code" | "key" | "uuid" | "isbn" | "ssn" | "phone" | "zip" | "zipcode")
        || own_words.iter().any(|w| matches!(w.as_str(), "phone" | "fax" | "zip" | "postal"));
    let numeric = column.column_type.is_numeric();
    let (min, max) = (profile.and_then(|p| number(&p.min)), profile.and_then(|p| number(&p.max)));
    let in_years = min.is_some_and(|m| m >= 1000.0) && max.is_some_and(|m| m <= 2200.0);
    let yearly = own_words
        .iter()
        .any(|w| matches!(w.as_str(), "year" | "founded" | "season" | "creation" | "opened" | "built" | "since"));
    let temporal = column.column_type.is_temporal() || date_format.is_some();
    ColumnFacts {
        table,
        called,
        column_type: column.column_type,
        nullable: column.nullable && profile.is_none_or(|p| p.null_share > 0.0),
        numeric,
        numeric_text: text_is_numeric,
        temporal,
        year: (numeric || text_is_numeric) && yearly && (in_years || min.is_none()),
        identifier: id_like,
        title: matches!(last, "name" | "title" | "forename" | "surname" | "nickname") && !temporal,
        unique: profile.is_some_and(ColumnProfile::is_unique),
        distinct: profile.map_or(0, |p| p.distinct),
        min,
        max,
        codes: profile.map_or_else(Vec::new, codes),
        date_format,
        ..ColumnFacts::default()
    }
}

fn codes(profile: &ColumnProfile) -> Vec<String> {
    let few = profile.distinct <= 4 && !profile.distinct_capped;
    if few && profile.values.iter().all(|v| v.chars().count() <= 3) {
        profile.values.iter().map(str::to_owned).collect()
    } else {
        Vec::new()
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Text(text) => text.trim().parse().ok(),
        other => other.as_f64(),
    }
}
