//! Our values as columns that SQLite and PostgreSQL share, both ways.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use std::str::FromStr;

/// Microseconds since 1970: as fine as PostgreSQL's own times.
pub(super) fn micros(at: DateTime<Utc>) -> i64 {
    at.timestamp_micros()
}

/// A count as BIGINT; beyond 2⁶³ it stays there.
pub(super) fn bigint(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A fieldless enum's code.
pub(super) fn code<T: Serialize>(value: &T) -> Result<String, sqlx::Error> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(code)) => Ok(code),
        Ok(_) => Err(sqlx::Error::Encode("a code must be a string".into())),
        Err(error) => Err(sqlx::Error::Encode(Box::new(error))),
    }
}

/// A document as JSON text.
pub(super) fn json<T: Serialize>(value: &T) -> Result<String, sqlx::Error> {
    serde_json::to_string(value).map_err(|error| sqlx::Error::Encode(Box::new(error)))
}

fn undecodable(column: &str, error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: column.to_owned(), source: Box::new(error) }
}

/// Reads an id.
pub(super) fn get_id<T>(row: &SqliteRow, column: &str) -> Result<T, sqlx::Error>
where
    T: FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let text: &str = row.try_get(column)?;
    text.parse().map_err(|error: T::Err| undecodable(column, error))
}

/// Reads a fieldless enum from its code.
pub(super) fn get_code<T: DeserializeOwned>(row: &SqliteRow, column: &str) -> Result<T, sqlx::Error> {
    let code: String = row.try_get(column)?;
    serde_json::from_value(serde_json::Value::String(code)).map_err(|error| undecodable(column, error))
}

/// Reads a fieldless enum from its code, or NULL.
pub(super) fn get_optional_code<T: DeserializeOwned>(row: &SqliteRow, column: &str) -> Result<Option<T>, sqlx::Error> {
    let code: Option<String> = row.try_get(column)?;
    code.map(|code| serde_json::from_value(serde_json::Value::String(code)).map_err(|error| undecodable(column, error)))
        .transpose()
}

/// Reads a JSON document.
pub(super) fn get_json<T: DeserializeOwned>(row: &SqliteRow, column: &str) -> Result<T, sqlx::Error> {
    let text: &str = row.try_get(column)?;
    serde_json::from_str(text).map_err(|error| undecodable(column, error))
}

/// Reads a JSON document or NULL.
pub(super) fn get_optional_json<T: DeserializeOwned>(row: &SqliteRow, column: &str) -> Result<Option<T>, sqlx::Error> {
    let text: Option<&str> = row.try_get(column)?;
    text.map(|text| serde_json::from_str(text).map_err(|error| undecodable(column, error))).transpose()
}

/// Reads a time.
pub(super) fn get_time(row: &SqliteRow, column: &str) -> Result<DateTime<Utc>, sqlx::Error> {
    time_of(column, row.try_get(column)?)
}

/// Reads a time or NULL.
pub(super) fn get_optional_time(row: &SqliteRow, column: &str) -> Result<Option<DateTime<Utc>>, sqlx::Error> {
    let micros: Option<i64> = row.try_get(column)?;
    micros.map(|micros| time_of(column, micros)).transpose()
}

fn time_of(column: &str, micros: i64) -> Result<DateTime<Utc>, sqlx::Error> {
    DateTime::from_timestamp_micros(micros).ok_or_else(|| sqlx::Error::ColumnDecode {
        index: column.to_owned(),
        source: "out of the range of times".into(),
    })
}

/// Reads a count.
pub(super) fn get_count<T: TryFrom<i64>>(row: &SqliteRow, column: &str) -> Result<T, sqlx::Error>
where
    T::Error: std::error::Error + Send + Sync + 'static,
{
    let number: i64 = row.try_get(column)?;
    T::try_from(number).map_err(|error| undecodable(column, error))
}

/// Reads a count or NULL.
pub(super) fn get_optional_count<T: TryFrom<i64>>(row: &SqliteRow, column: &str) -> Result<Option<T>, sqlx::Error>
where
    T::Error: std::error::Error + Send + Sync + 'static,
{
    let number: Option<i64> = row.try_get(column)?;
    number.map(|number| T::try_from(number).map_err(|error| undecodable(column, error))).transpose()
}

/// Reads a boolean kept as 0 or 1.
pub(super) fn get_bool(row: &SqliteRow, column: &str) -> Result<bool, sqlx::Error> {
    let number: i64 = row.try_get(column)?;
    Ok(number != 0)
}
