//! The conversation so far, as prompts show it.

use super::{Privacy, quoting};
use crate::analyst::{Asking, PastTurn};
use datafyme_domain::{RowSetColumn, Value};
use serde::Serialize;

/// Turns shown.
const TURNS: usize = 4;
/// Characters shown of a question, an answer, a query.
const LONGEST: usize = 600;
/// Rows shown of a result.
const ROWS: usize = 30;
/// Characters shown of a cell.
const CELL: usize = 60;

/// An earlier question and what came of it.
#[derive(Debug, Serialize)]
pub(super) struct Turn {
    question: String,
    /// The query; empty when there was none.
    sql: String,
    /// The answer's words; empty where values may not stand in a prompt.
    answer: String,
}

/// A result.
#[derive(Debug, Serialize)]
pub(super) struct Rows {
    /// Names with types.
    columns: Vec<String>,
    /// Cells parted by ` | `.
    rows: Vec<String>,
    /// Rows in all that are known.
    pub(super) total: usize,
    /// Whether there are more rows than are known.
    more: bool,
}

/// The last turns, oldest first.
pub(super) fn of(asking: &Asking, privacy: Privacy) -> Vec<Turn> {
    let skip = asking.history.len().saturating_sub(TURNS);
    asking.history.iter().skip(skip).map(|turn| shown(turn, privacy)).collect()
}

fn shown(turn: &PastTurn, privacy: Privacy) -> Turn {
    let open = privacy == Privacy::Samples;
    let sql = turn.answer.sql.as_deref().unwrap_or_default();
    // Names stand in double quotes too, but a name that is lost is found again in the schema.
    let sql = if open { sql.to_owned() } else { quoting::without_values(sql, &turn.question) };
    Turn {
        question: quoting::line(&turn.question, LONGEST),
        sql: quoting::line(&sql, LONGEST * 2),
        answer: if open { quoting::line(&turn.answer.text, LONGEST) } else { String::new() },
    }
}

/// The first rows of a result.
pub(super) fn rows(columns: &[RowSetColumn], rows: &[Vec<Value>], more: bool) -> Rows {
    let cell = |value: &Value| match value {
        Value::Null => "NULL".to_owned(),
        other => quoting::line(&other.to_string(), CELL),
    };
    Rows {
        columns: columns
            .iter()
            .map(|c| format!("{} ({})", quoting::line(&c.name, CELL), type_name(c.column_type)))
            .collect(),
        rows: rows.iter().take(ROWS).map(|row| row.iter().map(cell).collect::<Vec<_>>().join(" | ")).collect(),
        total: rows.len(),
        more,
    }
}

/// A logical type in a word.
pub(super) const fn type_name(column_type: datafyme_domain::ColumnType) -> &'static str {
    use datafyme_domain::ColumnType as T;
    match column_type {
        T::Integer => "integer",
        T::Float => "float",
        T::Decimal => "decimal",
        T::Boolean => "boolean",
        T::Text => "text",
        T::Date => "date",
        T::Time => "time",
        T::Timestamp => "timestamp",
        T::Interval => "interval",
        T::Json => "json",
        T::Binary => "binary",
        T::Other => "other",
    }
}
