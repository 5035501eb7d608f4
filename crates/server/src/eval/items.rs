//! The files of items.

use super::EvalError;
use datafyme_domain::Dialect;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::Path;

/// A question with its gold query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerItem {
    /// Unique in the file.
    pub id: String,
    /// Database.
    pub db: String,
    /// The question.
    pub question: String,
    /// What answers it.
    pub gold_sql: String,
    /// The same for PostgreSQL, where the words differ.
    #[serde(default)]
    pub gold_sql_postgres: Option<String>,
    /// Earlier questions of the conversation, oldest first.
    #[serde(default)]
    pub history: Vec<String>,
}

/// A true relation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelationItem {
    /// Database.
    pub db: String,
    /// Child table.
    pub from_table: String,
    /// Child columns.
    pub from_cols: Vec<String>,
    /// Parent table.
    pub to_table: String,
    /// Parent columns.
    pub to_cols: Vec<String>,
    /// Rows of the child, where the file says: without any, no data can prove it.
    #[serde(default)]
    pub from_rows: Option<u64>,
}

/// A question for a chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartItem {
    /// Unique in the file.
    pub id: String,
    /// Database.
    pub db: String,
    /// Ways to ask for it; the first one is asked.
    pub nl_queries: Vec<String>,
    /// The kind of chart, in the file's words.
    pub chart: String,
    /// What it shows: the horizontal axis first, then the vertical one.
    pub gold_sql: String,
}

impl AnswerItem {
    /// With the gold query in the words of that dialect.
    #[must_use]
    pub fn in_dialect(mut self, dialect: Dialect) -> Self {
        if dialect == Dialect::Postgres
            && let Some(sql) = self.gold_sql_postgres.take()
        {
            self.gold_sql = sql;
        }
        self
    }
}

/// What all items have.
pub trait Item {
    /// The database that it is about.
    fn database(&self) -> &str;
}

impl Item for AnswerItem {
    fn database(&self) -> &str {
        &self.db
    }
}

impl Item for RelationItem {
    fn database(&self) -> &str {
        &self.db
    }
}

impl Item for ChartItem {
    fn database(&self) -> &str {
        &self.db
    }
}

/// Reads items, one JSON object a line; `field` gives the name of the field that holds the question.
///
/// # Errors
/// [`EvalError`], with the line.
pub fn read<T: DeserializeOwned>(path: &Path, field: Option<&str>) -> Result<Vec<T>, EvalError> {
    let text = std::fs::read_to_string(path).map_err(|cause| EvalError::Unreadable { path: path.to_owned(), cause })?;
    let bad = |line: usize, cause: String| EvalError::BadItem { path: path.to_owned(), line: line + 1, cause };
    let mut items = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty()) {
        let mut value: Value = serde_json::from_str(line).map_err(|e| bad(number, e.to_string()))?;
        if let Some(field) = field {
            let other = value.get(field).cloned();
            let other = other.ok_or_else(|| bad(number, format!("there is no field `{field}`")))?;
            if let Some(object) = value.as_object_mut() {
                object.insert("question".to_owned(), other);
            }
        }
        items.push(serde_json::from_value(value).map_err(|e| bad(number, e.to_string()))?);
    }
    Ok(items)
}
