//! Business terms: words that people of a company use, and what they mean in its data.

use crate::{BusinessTermId, DataSourceId, TableRef, UserId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A word or phrase with its meaning in one data source: `NYC`, `revenue`, `churned`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct BusinessTerm {
    /// Its id.
    pub id: BusinessTermId,
    /// Who looks after the data source.
    pub owner_id: UserId,
    /// The data source.
    pub source_id: DataSourceId,
    /// The word or phrase; once per data source, whatever its case.
    pub term: String,
    /// Other words for the same.
    #[serde(default)]
    pub synonyms: Vec<String>,
    /// What it means, for people and for models.
    #[serde(default)]
    pub definition: String,
    /// What it stands for in the data; absent for a term that is only explained.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meaning: Option<TermMeaning>,
    /// How often it was saved: 1 after the first time. A change names the version that it rests on.
    pub version: u64,
    /// Name of who saved it last.
    #[serde(default)]
    pub editor: String,
    /// When it was saved last.
    pub edited_at: DateTime<Utc>,
}

impl BusinessTerm {
    /// The term and the other words for it.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.term.as_str()).chain(self.synonyms.iter().map(String::as_str))
    }
}

/// What a term stands for in the data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TermMeaning {
    /// A table.
    Table {
        /// Which.
        table: TableRef,
    },
    /// A column.
    Column {
        /// Of which table.
        table: TableRef,
        /// Which.
        column: String,
    },
    /// A value of a column: `NYC` is `city.name = 'New York City'`.
    Value {
        /// Of which table.
        table: TableRef,
        /// Of which column.
        column: String,
        /// As it stands in the data.
        value: String,
    },
    /// A figure of each row of a table: `revenue` is `quantity * unit_price`.
    Expression {
        /// Of which table.
        table: TableRef,
        /// SQL over the table's columns, unqualified: arithmetic, no aggregate.
        sql: String,
    },
}

impl TermMeaning {
    /// The table that it is about.
    #[must_use]
    pub const fn table(&self) -> &TableRef {
        match self {
            Self::Table { table }
            | Self::Column { table, .. }
            | Self::Value { table, .. }
            | Self::Expression { table, .. } => table,
        }
    }

    /// The column that it is about, if it is about one.
    #[must_use]
    pub fn column(&self) -> Option<&str> {
        match self {
            Self::Column { column, .. } | Self::Value { column, .. } => Some(column),
            Self::Table { .. } | Self::Expression { .. } => None,
        }
    }
}
