//! Our values out of rows of a connection that is used directly: what [`super::column`] is for pooled connections.

use chrono::{DateTime, Utc};
use rusqlite::Row;
use rusqlite::types::Type;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::str::FromStr;

fn undecodable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, error.into())
}

/// A fieldless enum's code.
pub(super) fn code<T: Serialize>(value: &T) -> rusqlite::Result<String> {
    super::column::code(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

/// Reads an id.
pub(super) fn get_id<T>(row: &Row<'_>, column: &str) -> rusqlite::Result<T>
where
    T: FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    row.get_ref(column)?.as_str()?.parse().map_err(|error: T::Err| undecodable(error))
}

/// Reads an id or NULL.
pub(super) fn get_optional_id<T>(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<T>>
where
    T: FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let text = row.get_ref(column)?.as_str_or_null()?;
    text.map(|text| text.parse().map_err(|error: T::Err| undecodable(error))).transpose()
}

/// Reads a fieldless enum from its code.
pub(super) fn get_code<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<T> {
    let code: String = row.get(column)?;
    serde_json::from_value(serde_json::Value::String(code)).map_err(undecodable)
}

/// Reads a JSON document.
pub(super) fn get_json<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<T> {
    serde_json::from_str(row.get_ref(column)?.as_str()?).map_err(undecodable)
}

/// Reads a JSON document or NULL.
pub(super) fn get_optional_json<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<T>> {
    let text = row.get_ref(column)?.as_str_or_null()?;
    text.map(|text| serde_json::from_str(text).map_err(undecodable)).transpose()
}

/// Reads a time.
pub(super) fn get_time(row: &Row<'_>, column: &str) -> rusqlite::Result<DateTime<Utc>> {
    time_of(row.get(column)?)
}

/// Reads a time or NULL.
pub(super) fn get_optional_time(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<DateTime<Utc>>> {
    let micros: Option<i64> = row.get(column)?;
    micros.map(time_of).transpose()
}

fn time_of(micros: i64) -> rusqlite::Result<DateTime<Utc>> {
    DateTime::from_timestamp_micros(micros).ok_or_else(|| undecodable("out of the range of times"))
}

/// Reads a count.
pub(super) fn get_count<T: TryFrom<i64>>(row: &Row<'_>, column: &str) -> rusqlite::Result<T>
where
    T::Error: std::error::Error + Send + Sync + 'static,
{
    let number: i64 = row.get(column)?;
    T::try_from(number).map_err(undecodable)
}

/// Reads a count or NULL.
pub(super) fn get_optional_count<T: TryFrom<i64>>(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<T>>
where
    T::Error: std::error::Error + Send + Sync + 'static,
{
    let number: Option<i64> = row.get(column)?;
    number.map(|number| T::try_from(number).map_err(undecodable)).transpose()
}

/// Reads a boolean kept as 0 or 1.
pub(super) fn get_bool(row: &Row<'_>, column: &str) -> rusqlite::Result<bool> {
    let number: i64 = row.get(column)?;
    Ok(number != 0)
}
