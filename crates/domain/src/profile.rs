//! What bounded profiling found out about the data.

use crate::{Texts, Value, ValueSketch};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Statistics of one table. Figures are exact when `sampled_rows` is absent, else they describe that many rows.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TableProfile {
    /// Rows in the table; absent when counting was too dear.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row_count: Option<u64>,
    /// Rows looked at, when that is not all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sampled_rows: Option<u64>,
    /// One per profiled column, in column order.
    pub columns: Vec<ColumnProfile>,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profiled_at: Option<DateTime<Utc>>,
    /// The database's own mark of the state of the rows, opaque: as long as it is the same, nothing was written to
    /// them. Absent where the database cannot say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_version: Option<String>,
    /// Why nothing is known of the rows, for people: the other figures are empty then. Looking may have taken too long,
    /// or was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown: Option<String>,
}

impl TableProfile {
    /// The profile of a table whose rows nothing is known of, and why.
    #[must_use]
    pub fn unknown(why: impl Into<String>) -> Self {
        Self { unknown: Some(why.into()), ..Self::default() }
    }

    /// Whether both say the same of the rows, whenever they were made.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        (self.row_count, self.sampled_rows, &self.columns, &self.unknown)
            == (other.row_count, other.sampled_rows, &other.columns, &other.unknown)
    }

    /// The profile of a column.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&ColumnProfile> {
        self.columns.iter().find(|c| c.column == name)
    }
}

/// Statistics of one column over the rows looked at.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ColumnProfile {
    /// Column name.
    pub column: String,
    /// Rows with a value.
    pub non_null: u64,
    /// Share of NULL, 0 to 1.
    pub null_share: f64,
    /// Distinct non-null values; a lower bound when `distinct_capped`.
    pub distinct: u64,
    /// Whether counting stopped early.
    #[serde(default)]
    pub distinct_capped: bool,
    /// Smallest value, NaN left out.
    #[serde(default)]
    pub min: Value,
    /// Largest value, NaN left out.
    #[serde(default)]
    pub max: Value,
    /// Most frequent values with their counts, most frequent first; empty for long texts, bytes and documents.
    #[serde(default)]
    pub top_values: Vec<ValueCount>,
    /// Pattern of a text column whose values all read as dates, e.g. `%Y-%m-%d`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_date_format: Option<String>,
    /// Whether all values of a text column read as numbers.
    #[serde(default)]
    pub text_is_numeric: bool,
    /// Longest text in characters, for text columns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u64>,
    /// Distinct values for matching words of a question with cells: text-like columns only, at most
    /// [`ColumnProfile::MAX_VALUES`], each at most [`ColumnProfile::MAX_VALUE_CHARS`] characters.
    #[serde(default, skip_serializing_if = "Texts::is_empty")]
    #[schema(value_type = Vec<String>)]
    pub values: Texts,
    /// A sample of the distinct values for finding relations; absent where [`ColumnProfile::values`] holds them all,
    /// where whole numbers leave no gap, and of columns that no key can have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(ignore)]
    pub sketch: Option<ValueSketch>,
}

impl ColumnProfile {
    /// Most distinct values kept per column.
    pub const MAX_VALUES: usize = 2_000;
    /// Longest value kept, in characters.
    pub const MAX_VALUE_CHARS: usize = 80;

    /// Whether the values are whole numbers without a gap: as many as from the smallest to the largest.
    #[must_use]
    pub fn is_dense(&self) -> bool {
        let (Value::Int(min), Value::Int(max)) = (&self.min, &self.max) else { return false };
        !self.distinct_capped
            && max.checked_sub(*min).is_some_and(|width| width >= 0 && width as u64 + 1 == self.distinct)
    }

    /// Whether every row looked at has a different value.
    #[must_use]
    pub const fn is_unique(&self) -> bool {
        self.non_null > 0 && self.distinct == self.non_null && !self.distinct_capped
    }
}

/// A value and how often it occurs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ValueCount {
    /// The value.
    pub value: Value,
    /// Rows that have it.
    pub count: u64,
}
