//! What a table means, in words: generated, and editable.
//!
//! What was generated and what people wrote are kept apart; [`merge()`] puts them together. Learning again writes the
//! former alone, so that it cannot lose the latter.

mod edits;
mod merge;

pub use edits::{ColumnEdits, Edit, TableEdits};
pub use merge::{merge, merge_items};

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
    /// Set aside by a person: no answer reads it, no model sees it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub hidden: bool,
    /// When it was generated.
    pub generated_at: DateTime<Utc>,
}

impl TableDocumentation {
    /// The documentation of a column.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&ColumnDocumentation> {
        self.columns.iter().find(|c| c.column == name)
    }
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
    /// What its numbers count: `EUR`, `kg`, `days`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// How its values are written or read: `YYYYMMDD`, `1 = yes, 0 = no`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Set aside by a person: no answer reads it, no model sees it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub hidden: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}
