//! What a table means, in words: generated, and editable.

use crate::{DataSourceId, TableRef};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Documentation of one table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TableDocumentation {
    /// The data source.
    pub source_id: DataSourceId,
    /// The table.
    pub table: TableRef,
    /// What it is for, in the words of the business.
    pub business_description: String,
    /// What it is made of: rows, keys, periods.
    pub technical_description: String,
    /// One per column, in column order.
    pub columns: Vec<ColumnDocumentation>,
    /// What it can be used for.
    #[serde(default)]
    pub use_cases: Vec<String>,
    /// Questions it can answer.
    #[serde(default)]
    pub common_questions: Vec<String>,
    /// Other names that people use for it.
    #[serde(default)]
    pub synonyms: Vec<String>,
    /// When it was generated.
    pub generated_at: DateTime<Utc>,
}

/// Documentation of one column.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ColumnDocumentation {
    /// Column name.
    pub column: String,
    /// What it holds.
    pub description: String,
    /// Other names that people use for it.
    #[serde(default)]
    pub synonyms: Vec<String>,
}
