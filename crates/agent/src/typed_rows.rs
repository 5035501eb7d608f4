//! Values as they were before they were written as JSON: dates and moments come back as text, and are restored by the
//! type of their column.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use datafyme_domain::{Answer, ColumnType, RowSet, Value};

/// Gives the values of `rows` the type of their column, where their text reads as that.
pub(crate) fn restore(rows: &mut RowSet) {
    let types: Vec<ColumnType> = rows.columns.iter().map(|c| c.column_type).collect();
    restore_rows(&types, &mut rows.rows);
}

/// The same for the rows of an answer.
pub(crate) fn restore_answer(answer: &mut Answer) {
    let types: Vec<ColumnType> = answer.columns.iter().map(|c| c.column_type).collect();
    restore_rows(&types, &mut answer.rows);
}

fn restore_rows(types: &[ColumnType], rows: &mut [Vec<Value>]) {
    for row in rows {
        for (value, column_type) in row.iter_mut().zip(types) {
            if let Some(restored) = typed(value, *column_type) {
                *value = restored;
            }
        }
    }
}

fn typed(value: &Value, column_type: ColumnType) -> Option<Value> {
    match (value, column_type) {
        (Value::Text(text), ColumnType::Date) => text.parse::<NaiveDate>().ok().map(Value::Date),
        (Value::Text(text), ColumnType::Time) => text.parse::<NaiveTime>().ok().map(Value::Time),
        (Value::Text(text), ColumnType::Timestamp) if text.ends_with('Z') => {
            text.parse::<DateTime<Utc>>().ok().map(Value::TimestampTz)
        }
        (Value::Text(text), ColumnType::Timestamp) => text.parse::<NaiveDateTime>().ok().map(Value::Timestamp),
        (Value::Text(text), ColumnType::Decimal) if text.parse::<f64>().is_ok() => Some(Value::Decimal(text.clone())),
        (Value::Text(text), ColumnType::Float) => text.parse().ok().map(Value::Float),
        (Value::Int(whole), ColumnType::Float) => Some(Value::Float(*whole as f64)),
        _ => None,
    }
}
