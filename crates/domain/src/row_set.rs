//! Bounded result of a query.

use crate::{ColumnType, Value};
use serde::{Deserialize, Serialize};

/// Typed columns and rows; never more than the query's limits allowed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RowSet {
    /// Columns in select order; names may repeat.
    pub columns: Vec<RowSetColumn>,
    /// Rows, each as long as `columns`.
    pub rows: Vec<Vec<Value>>,
    /// Whether a limit cut it off: there are more rows.
    #[serde(default)]
    pub truncated: bool,
}

impl RowSet {
    /// All values of a column, top to bottom.
    pub fn column_values(&self, index: usize) -> impl Iterator<Item = &Value> {
        self.rows.iter().filter_map(move |row| row.get(index))
    }

    /// Position of the first column of that name.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name == name)
    }

    /// Whether it has no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// A column of a row set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RowSetColumn {
    /// Its label.
    pub name: String,
    /// Its logical type: as declared, or as its values show where the database has no types for expressions.
    pub column_type: ColumnType,
}
