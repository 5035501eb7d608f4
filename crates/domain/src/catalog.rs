//! Snapshot of a data source's structure.

use crate::{ColumnType, Dialect, TableProfile};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Everything introspection found, in the database's own order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Catalog {
    /// SQL flavour that names and queries follow.
    pub dialect: Dialect,
    /// Tables and views the connection may read.
    pub tables: Vec<Table>,
}

impl Catalog {
    /// The table of that exact name.
    #[must_use]
    pub fn get(&self, table: &TableRef) -> Option<&Table> {
        self.tables.iter().find(|t| &t.name == table)
    }

    /// The table that `text` names: `schema.table` or `table`, case-insensitively, an exact match first.
    /// A bare name that stands in several schemas finds none.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<&Table> {
        let exact = self.tables.iter().find(|t| t.name.to_string() == text);
        exact.or_else(|| {
            let mut hits = self
                .tables
                .iter()
                .filter(|t| t.name.to_string().eq_ignore_ascii_case(text) || t.name.table.eq_ignore_ascii_case(text));
            match (hits.next(), hits.next()) {
                (Some(one), None) => Some(one),
                _ => None,
            }
        })
    }
}

/// Name of a table: schema (absent in SQLite) and table, both exactly as the database spells them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TableRef {
    /// Schema, where the database has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Table or view name.
    pub table: String,
}

impl TableRef {
    /// A table in no schema.
    #[must_use]
    pub fn bare(table: impl Into<String>) -> Self {
        Self { schema: None, table: table.into() }
    }

    /// A table in a schema.
    #[must_use]
    pub fn new(schema: impl Into<String>, table: impl Into<String>) -> Self {
        Self { schema: Some(schema.into()), table: table.into() }
    }

    /// As SQL, each part quoted where the dialect needs it.
    #[must_use]
    pub fn to_sql(&self, dialect: Dialect) -> String {
        match &self.schema {
            Some(schema) => format!("{}.{}", dialect.quote_if_needed(schema), dialect.quote_if_needed(&self.table)),
            None => dialect.quote_if_needed(&self.table),
        }
    }
}

/// For people and logs: `schema.table`, unquoted.
impl fmt::Display for TableRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.schema {
            Some(schema) => write!(f, "{schema}.{}", self.table),
            None => f.write_str(&self.table),
        }
    }
}

/// What stands behind a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TableKind {
    /// An ordinary table.
    Table,
    /// A partitioned table; its partitions are not listed as tables of their own.
    PartitionedTable,
    /// A view.
    View,
    /// A materialised view.
    MaterializedView,
    /// A table that lives in another server.
    ForeignTable,
}

/// A table or view.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Table {
    /// Its name.
    pub name: TableRef,
    /// Table, view …
    pub kind: TableKind,
    /// Comment in the database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Columns in declared order.
    pub columns: Vec<Column>,
    /// Column names of the primary key, in key order; empty when none is declared.
    #[serde(default)]
    pub primary_key: Vec<String>,
    /// Declared unique keys besides the primary key.
    #[serde(default)]
    pub unique_keys: Vec<Vec<String>>,
    /// Declared foreign keys.
    #[serde(default)]
    pub foreign_keys: Vec<ForeignKey>,
    /// The database's own estimate of the number of rows; absent when it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row_estimate: Option<u64>,
    /// Number of partitions of a partitioned table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partitions: Option<u32>,
    /// What profiling found; absent before it ran or where it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<TableProfile>,
}

impl Table {
    /// The column of that exact name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|c| c.name == name)
    }

    /// Gives the values of the profile the types of their columns: see [`Value::typed`]. A profile that was kept says
    /// the same as a fresh one then.
    pub fn type_profile(&mut self) {
        for profile in self.profile.iter_mut().flat_map(|p| &mut p.columns) {
            let Some(column) = self.columns.iter().find(|c| c.name == profile.column) else { continue };
            let counted = profile.top_values.iter_mut().map(|top| &mut top.value);
            for value in [&mut profile.min, &mut profile.max].into_iter().chain(counted) {
                if let Some(typed) = value.typed(column.column_type) {
                    *value = typed;
                }
            }
        }
    }

    /// Gives back what its lists reserved while they were read: of thousands of tables, a quarter of their memory.
    pub fn shrink(&mut self) {
        self.columns.shrink_to_fit();
        let Some(profile) = &mut self.profile else { return };
        profile.columns.shrink_to_fit();
        for column in &mut profile.columns {
            column.values.shrink_to_fit();
            column.top_values.shrink_to_fit();
        }
    }

    /// Rows as profiled, else as estimated.
    #[must_use]
    pub fn rows(&self) -> Option<u64> {
        self.profile.as_ref().and_then(|p| p.row_count).or(self.row_estimate)
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Column {
    /// Its name, exactly as the database spells it.
    pub name: String,
    /// Logical type.
    pub column_type: ColumnType,
    /// The database's own type text, e.g. `character varying(50)`.
    pub declared_type: String,
    /// Whether NULL is allowed.
    pub nullable: bool,
    /// Default expression, as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Comment in the database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Labels of an enum type, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub enum_values: Vec<String>,
}

/// A declared foreign key, columns pairwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ForeignKey {
    /// Referencing columns of this table.
    pub columns: Vec<String>,
    /// Referenced table.
    pub to_table: TableRef,
    /// Referenced columns, same length as `columns`.
    pub to_columns: Vec<String>,
}
