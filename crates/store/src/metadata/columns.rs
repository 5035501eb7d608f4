//! Our values as columns that SQLite and PostgreSQL share, both ways, out of rows of whatever library.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row as _;
use std::str::FromStr;

/// Why a value does not read.
pub(super) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A row whose columns are texts and whole numbers.
pub(super) trait Columns {
    /// What the library says when a column does not read.
    type Error;

    fn text(&self, column: &str) -> Result<&str, Self::Error>;
    fn optional_text(&self, column: &str) -> Result<Option<&str>, Self::Error>;
    fn number(&self, column: &str) -> Result<i64, Self::Error>;
    fn optional_number(&self, column: &str) -> Result<Option<i64>, Self::Error>;
    /// The error of a column that reads but makes no sense.
    fn undecodable(column: &str, cause: Cause) -> Self::Error;
}

macro_rules! columns_of_pooled_rows {
    ($($row:ty),+) => {$(
        impl Columns for $row {
            type Error = sqlx::Error;

            fn text(&self, column: &str) -> Result<&str, sqlx::Error> {
                self.try_get(column)
            }

            fn optional_text(&self, column: &str) -> Result<Option<&str>, sqlx::Error> {
                self.try_get(column)
            }

            fn number(&self, column: &str) -> Result<i64, sqlx::Error> {
                self.try_get(column)
            }

            fn optional_number(&self, column: &str) -> Result<Option<i64>, sqlx::Error> {
                self.try_get(column)
            }

            fn undecodable(column: &str, source: Cause) -> sqlx::Error {
                sqlx::Error::ColumnDecode { index: column.to_owned(), source }
            }
        }
    )+};
}

columns_of_pooled_rows!(sqlx::sqlite::SqliteRow, sqlx::postgres::PgRow);

impl Columns for rusqlite::Row<'_> {
    type Error = rusqlite::Error;

    fn text(&self, column: &str) -> Result<&str, rusqlite::Error> {
        Ok(self.get_ref(column)?.as_str()?)
    }

    fn optional_text(&self, column: &str) -> Result<Option<&str>, rusqlite::Error> {
        Ok(self.get_ref(column)?.as_str_or_null()?)
    }

    fn number(&self, column: &str) -> Result<i64, rusqlite::Error> {
        self.get(column)
    }

    fn optional_number(&self, column: &str) -> Result<Option<i64>, rusqlite::Error> {
        self.get(column)
    }

    fn undecodable(_: &str, cause: Cause) -> rusqlite::Error {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, cause)
    }
}

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

/// Reads a text of ours.
pub(super) fn get_text<R: Columns>(row: &R, column: &str) -> Result<String, R::Error> {
    row.text(column).map(str::to_owned)
}

/// Reads a text of ours, or NULL.
pub(super) fn get_optional_text<R: Columns>(row: &R, column: &str) -> Result<Option<String>, R::Error> {
    Ok(row.optional_text(column)?.map(str::to_owned))
}

/// Reads an id.
pub(super) fn get_id<T, R: Columns>(row: &R, column: &str) -> Result<T, R::Error>
where
    T: FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    row.text(column)?.parse().map_err(|error: T::Err| R::undecodable(column, error.into()))
}

/// Reads an id or NULL.
pub(super) fn get_optional_id<T, R: Columns>(row: &R, column: &str) -> Result<Option<T>, R::Error>
where
    T: FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let text = row.optional_text(column)?;
    text.map(|text| text.parse().map_err(|error: T::Err| R::undecodable(column, error.into()))).transpose()
}

/// Reads a fieldless enum from its code.
pub(super) fn get_code<T: DeserializeOwned, R: Columns>(row: &R, column: &str) -> Result<T, R::Error> {
    from_code(row.text(column)?).map_err(|error| R::undecodable(column, error.into()))
}

/// Reads a fieldless enum from its code, or NULL.
pub(super) fn get_optional_code<T: DeserializeOwned, R: Columns>(row: &R, column: &str) -> Result<Option<T>, R::Error> {
    let code = row.optional_text(column)?;
    code.map(|code| from_code(code).map_err(|error| R::undecodable(column, error.into()))).transpose()
}

fn from_code<T: DeserializeOwned>(code: &str) -> Result<T, serde_json::Error> {
    serde_json::from_value(serde_json::Value::String(code.to_owned()))
}

/// Reads a JSON document.
pub(super) fn get_json<T: DeserializeOwned, R: Columns>(row: &R, column: &str) -> Result<T, R::Error> {
    serde_json::from_str(row.text(column)?).map_err(|error| R::undecodable(column, error.into()))
}

/// Reads a JSON document or NULL.
pub(super) fn get_optional_json<T: DeserializeOwned, R: Columns>(row: &R, column: &str) -> Result<Option<T>, R::Error> {
    let text = row.optional_text(column)?;
    text.map(|text| serde_json::from_str(text).map_err(|error| R::undecodable(column, error.into()))).transpose()
}

/// Reads a time.
pub(super) fn get_time<R: Columns>(row: &R, column: &str) -> Result<DateTime<Utc>, R::Error> {
    time_of::<R>(column, row.number(column)?)
}

/// Reads a time or NULL.
pub(super) fn get_optional_time<R: Columns>(row: &R, column: &str) -> Result<Option<DateTime<Utc>>, R::Error> {
    row.optional_number(column)?.map(|micros| time_of::<R>(column, micros)).transpose()
}

fn time_of<R: Columns>(column: &str, micros: i64) -> Result<DateTime<Utc>, R::Error> {
    DateTime::from_timestamp_micros(micros).ok_or_else(|| R::undecodable(column, "out of the range of times".into()))
}

/// Reads a count.
pub(super) fn get_count<T: TryFrom<i64>, R: Columns>(row: &R, column: &str) -> Result<T, R::Error>
where
    T::Error: std::error::Error + Send + Sync + 'static,
{
    T::try_from(row.number(column)?).map_err(|error| R::undecodable(column, error.into()))
}

/// Reads a count or NULL.
pub(super) fn get_optional_count<T: TryFrom<i64>, R: Columns>(row: &R, column: &str) -> Result<Option<T>, R::Error>
where
    T::Error: std::error::Error + Send + Sync + 'static,
{
    let number = row.optional_number(column)?;
    number.map(|number| T::try_from(number).map_err(|error| R::undecodable(column, error.into()))).transpose()
}

/// Reads a boolean kept as 0 or 1.
pub(super) fn get_bool<R: Columns>(row: &R, column: &str) -> Result<bool, R::Error> {
    Ok(row.number(column)? != 0)
}
