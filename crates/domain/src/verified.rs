//! Reviewed question → SQL pairs.

use crate::{Catalog, ColumnType, DataSourceId, TableRef, UserId, VerifiedQueryId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A question whose SQL a person has approved; reused as an example, as a test, and as the answer when the same
/// question returns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VerifiedQuery {
    /// Its id.
    pub id: VerifiedQueryId,
    /// Who looks after the data source.
    pub owner_id: UserId,
    /// The data source it asks.
    pub source_id: DataSourceId,
    /// The question.
    pub question: String,
    /// Its SQL.
    pub sql: String,
    /// What it read of the database when it was approved: what it stands or falls with. Empty for a reading that was
    /// merely chosen among several.
    #[serde(default)]
    pub uses: Vec<UsedColumn>,
    /// How the analyst drafted it, for those who run it again; absent for SQL that a person wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<serde_json::Value>,
    /// How often it was saved: 1 after the first time. A change names the version that it rests on.
    #[serde(default)]
    pub version: u64,
    /// Name of who approved it last.
    #[serde(default)]
    pub author: String,
    /// When it was first approved.
    pub created_at: DateTime<Utc>,
    /// When it was approved last.
    pub approved_at: DateTime<Utc>,
}

/// A column that a query reads; a table of which no column is named stands without one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct UsedColumn {
    /// The table.
    pub table: TableRef,
    /// The column and its type; absent for the table alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<(String, ColumnType)>,
}

impl VerifiedQuery {
    /// Whether a person approved it as the answer, rather than chose it among readings.
    #[must_use]
    pub const fn is_approved(&self) -> bool {
        !self.uses.is_empty()
    }

    /// Why it cannot be trusted any more, in words: what it reads is gone from the catalog, hidden from it, or of
    /// another type. `None` while all stands.
    #[must_use]
    pub fn stale(&self, catalog: &Catalog) -> Option<String> {
        self.uses.iter().find_map(|used| {
            let Some(table) = catalog.get(&used.table) else {
                return Some(format!("table {} is gone or hidden", used.table));
            };
            let (name, was) = used.column.as_ref()?;
            match table.column(name) {
                None => Some(format!("column {name} of {} is gone or hidden", used.table)),
                Some(column) if column.column_type != *was => {
                    Some(format!("column {name} of {} has another type now", used.table))
                }
                Some(_) => None,
            }
        })
    }

    /// Whether `question` is this one: the same text but for case, spaces and the mark at its end.
    #[must_use]
    pub fn is_asked_by(&self, question: &str) -> bool {
        let asked = normalised(question);
        !asked.is_empty() && asked == normalised(&self.question)
    }
}

/// Every other sign may change what is asked: `> 5` is not `< 5`.
fn normalised(question: &str) -> String {
    let text = question.trim().trim_end_matches(['?', '!', '.', '…', ' ']).to_lowercase();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Column, Dialect, Table, TableKind};

    fn query(question: &str) -> VerifiedQuery {
        let at = DateTime::UNIX_EPOCH;
        let used = |column: Option<(&str, ColumnType)>| UsedColumn {
            table: TableRef::bare("orders"),
            column: column.map(|(name, of)| (name.to_owned(), of)),
        };
        VerifiedQuery {
            id: VerifiedQueryId::generate(),
            owner_id: UserId::LOCAL,
            source_id: DataSourceId::generate(),
            question: question.to_owned(),
            sql: "SELECT price FROM orders".to_owned(),
            uses: vec![used(None), used(Some(("price", ColumnType::Decimal)))],
            draft: None,
            version: 1,
            author: "local".to_owned(),
            created_at: at,
            approved_at: at,
        }
    }

    fn catalog(table: &str, column: &str, column_type: ColumnType) -> Catalog {
        let column = Column {
            name: column.to_owned(),
            column_type,
            declared_type: String::new(),
            nullable: true,
            default: None,
            comment: None,
            enum_values: Vec::new(),
        };
        let table = Table {
            name: TableRef::bare(table),
            kind: TableKind::Table,
            comment: None,
            columns: vec![column],
            primary_key: Vec::new(),
            unique_keys: Vec::new(),
            foreign_keys: Vec::new(),
            row_estimate: None,
            partitions: None,
            profile: None,
        };
        Catalog { dialect: Dialect::Sqlite, tables: vec![table] }
    }

    #[test]
    fn the_same_question_is_known_whatever_its_case_spaces_and_end() {
        let known = query("How many orders cost  more than 5?");
        for same in ["how many orders cost more than 5", " HOW many  orders cost more than 5 ?! "] {
            assert!(known.is_asked_by(same), "{same}");
        }
        for other in ["How many orders cost more than 50?", "How many orders cost more than -5?", "", "?"] {
            assert!(!known.is_asked_by(other), "{other}");
        }
        assert!(!query("price > 5").is_asked_by("price < 5"));
    }

    #[test]
    fn it_is_stale_once_what_it_reads_is_gone_or_of_another_type() {
        let known = query("q");
        assert_eq!(known.stale(&catalog("orders", "price", ColumnType::Decimal)), None);
        let said = |catalog| known.stale(&catalog).unwrap_or_default();
        assert!(said(catalog("sales", "price", ColumnType::Decimal)).starts_with("table orders is gone"));
        assert!(said(catalog("orders", "cost", ColumnType::Decimal)).starts_with("column price of orders is gone"));
        assert!(said(catalog("orders", "price", ColumnType::Text)).contains("another type"));
    }
}
