//! Cell values and logical column types.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Logical type of a column, whatever the database calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// Whole numbers.
    Integer,
    /// Approximate numbers.
    Float,
    /// Exact decimal numbers.
    Decimal,
    /// True or false.
    Boolean,
    /// Characters, enums, UUIDs.
    Text,
    /// A calendar day.
    Date,
    /// A time of day.
    Time,
    /// A day with a time, with or without zone.
    Timestamp,
    /// A span of time.
    Interval,
    /// JSON documents.
    Json,
    /// Bytes.
    Binary,
    /// Anything else: kept as the database prints it.
    Other,
}

impl ColumnType {
    /// Whether sums and averages make sense.
    #[must_use]
    pub const fn is_numeric(self) -> bool {
        matches!(self, Self::Integer | Self::Float | Self::Decimal)
    }

    /// Whether it has a calendar day.
    #[must_use]
    pub const fn is_temporal(self) -> bool {
        matches!(self, Self::Date | Self::Timestamp)
    }
}

/// One cell. Serialised untagged: JSON null, bool, number or string (dates ISO 8601, bytes as `\x…` hexadecimal,
/// decimals and non-finite floats as strings, so that no digit is lost and the JSON stays valid).
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// SQL NULL.
    #[default]
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A float; may be NaN or infinite.
    Float(f64),
    /// An exact decimal in its shortest text form, e.g. `12.50`.
    Decimal(String),
    /// Text, and everything that has no case of its own.
    Text(String),
    /// A calendar day.
    Date(NaiveDate),
    /// A time of day.
    Time(NaiveTime),
    /// A day and time without zone.
    Timestamp(NaiveDateTime),
    /// A moment.
    TimestampTz(DateTime<Utc>),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A JSON document.
    Json(Json),
}

/// The text of a JSON document: the domain needs no JSON library, and no digit is lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Json(pub String);

impl Value {
    /// As a float, where it is a number (decimals included). NaN and infinities pass through.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Int(v) => Some(*v as f64),
            Self::Float(v) => Some(*v),
            Self::Decimal(v) => v.parse().ok(),
            Self::Bool(v) => Some(f64::from(u8::from(*v))),
            _ => None,
        }
    }

    /// What it is as a value of a column of that type, where it was read back from JSON, or its column holds text: dates,
    /// moments, exact numbers and bytes are text there. `None` where it is nothing else than it seems.
    #[must_use]
    pub fn typed(&self, column_type: ColumnType) -> Option<Self> {
        match (self, column_type) {
            (Self::Text(text), ColumnType::Date) => text.parse::<NaiveDate>().ok().map(Self::Date),
            (Self::Text(text), ColumnType::Time) => text.parse::<NaiveTime>().ok().map(Self::Time),
            (Self::Text(text), ColumnType::Timestamp) if text.ends_with('Z') => {
                text.parse::<DateTime<Utc>>().ok().map(Self::TimestampTz)
            }
            (Self::Text(text), ColumnType::Timestamp) => text.parse::<NaiveDateTime>().ok().map(Self::Timestamp),
            (Self::Text(text), ColumnType::Decimal) if text.parse::<f64>().is_ok() => Some(Self::Decimal(text.clone())),
            (Self::Text(text), ColumnType::Float) => text.parse().ok().map(Self::Float),
            (Self::Text(text), ColumnType::Binary) => text.strip_prefix("\\x").and_then(unhex).map(Self::Bytes),
            (Self::Int(whole), ColumnType::Float) => Some(Self::Float(*whole as f64)),
            _ => None,
        }
    }

    /// Whether it is SQL NULL.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Bytes that it occupies, roughly; for byte caps.
    #[must_use]
    pub fn size(&self) -> usize {
        match self {
            Self::Text(v) | Self::Decimal(v) => 24 + v.len(),
            Self::Json(v) => 24 + v.0.len(),
            Self::Bytes(v) => 24 + v.len(),
            _ => 16,
        }
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    rest.is_empty().then(|| pairs.iter().map(byte).collect())?
}

impl fmt::Display for Value {
    /// Plain text form: NULL is empty, floats shortest, dates ISO 8601.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Bool(v) => v.fmt(f),
            Self::Int(v) => v.fmt(f),
            Self::Float(v) => v.fmt(f),
            Self::Decimal(v) | Self::Text(v) => f.write_str(v),
            Self::Date(v) => v.fmt(f),
            Self::Time(v) => v.fmt(f),
            Self::Timestamp(v) => write!(f, "{}", v.format("%Y-%m-%dT%H:%M:%S%.f")),
            Self::TimestampTz(v) => write!(f, "{}", v.format("%Y-%m-%dT%H:%M:%S%.fZ")),
            Self::Bytes(v) => {
                f.write_str("\\x")?;
                v.iter().try_for_each(|b| write!(f, "{b:02x}"))
            }
            Self::Json(v) => f.write_str(&v.0),
        }
    }
}

impl Serialize for Value {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(v) => serializer.serialize_bool(*v),
            Self::Int(v) => serializer.serialize_i64(*v),
            Self::Float(v) if v.is_finite() => serializer.serialize_f64(*v),
            other => serializer.collect_str(other),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    /// Reads JSON scalars back. Types that are written as strings come back as [`Value::Text`]; see [`Value::typed`].
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Value;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON scalar")
            }
            fn visit_unit<E>(self) -> Result<Value, E> {
                Ok(Value::Null)
            }
            fn visit_none<E>(self) -> Result<Value, E> {
                Ok(Value::Null)
            }
            fn visit_bool<E>(self, v: bool) -> Result<Value, E> {
                Ok(Value::Bool(v))
            }
            fn visit_i64<E>(self, v: i64) -> Result<Value, E> {
                Ok(Value::Int(v))
            }
            fn visit_u64<E>(self, v: u64) -> Result<Value, E> {
                Ok(i64::try_from(v).map_or_else(|_| Value::Decimal(v.to_string()), Value::Int))
            }
            fn visit_f64<E>(self, v: f64) -> Result<Value, E> {
                Ok(Value::Float(v))
            }
            fn visit_str<E>(self, v: &str) -> Result<Value, E> {
                Ok(Value::Text(v.to_owned()))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl utoipa::PartialSchema for Value {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::schema::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::SchemaType::AnyValue)
            .description(Some(
                "null, boolean, number or string (dates ISO 8601, decimals and non-finite numbers as strings)",
            ))
            .into()
    }
}

impl utoipa::ToSchema for Value {}
