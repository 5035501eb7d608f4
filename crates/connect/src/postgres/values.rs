//! Values as PostgreSQL prints them, by type OID. What has no case of its own, or does not parse, stays text.

use super::session;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};
use datafyme_domain::{ColumnType, RowSetColumn, Value, value::Json};
use sqlx::{Column, Row, postgres::PgRow};

/// The logical type of a built-in type; the OIDs of `pg_type.dat` are the same in all versions.
pub(super) const fn logical_type(oid: u32) -> ColumnType {
    match oid {
        16 => ColumnType::Boolean,
        20 | 21 | 23 | 26 => ColumnType::Integer,
        700 | 701 => ColumnType::Float,
        1700 => ColumnType::Decimal,
        18 | 19 | 25 | 1042 | 1043 | 2950 => ColumnType::Text,
        1082 => ColumnType::Date,
        1083 | 1266 => ColumnType::Time,
        1114 | 1184 => ColumnType::Timestamp,
        1186 => ColumnType::Interval,
        114 | 3802 => ColumnType::Json,
        17 => ColumnType::Binary,
        _ => ColumnType::Other,
    }
}

/// The columns of a row, with the OIDs to read its values by.
pub(super) fn columns_of(row: &PgRow) -> (Vec<RowSetColumn>, Vec<u32>) {
    row.columns()
        .iter()
        .map(|column| {
            let oid = column.type_info().oid().map_or(0, |o| o.0);
            let column = RowSetColumn { name: column.name().to_owned(), column_type: logical_type(oid) };
            (column, oid)
        })
        .unzip()
}

pub(super) fn values_of(row: &PgRow, oids: &[u32]) -> Vec<Value> {
    oids.iter()
        .enumerate()
        .map(|(index, oid)| session::bytes(row, index).map_or(Value::Null, |bytes| value(bytes, *oid)))
        .collect()
}

fn value(bytes: &[u8], oid: u32) -> Value {
    from_text(&String::from_utf8_lossy(bytes), oid)
}

/// A value as the server prints it.
pub(super) fn from_text(text: &str, oid: u32) -> Value {
    parsed(text, oid).unwrap_or_else(|| Value::Text(text.to_owned()))
}

/// `None` where the text is no value of the case that the type has here: infinite dates, dates before Christ,
/// 24:00, times with zone.
fn parsed(text: &str, oid: u32) -> Option<Value> {
    match logical_type(oid) {
        ColumnType::Boolean => match text {
            "t" => Some(Value::Bool(true)),
            "f" => Some(Value::Bool(false)),
            _ => None,
        },
        ColumnType::Integer => text.parse().ok().map(Value::Int),
        ColumnType::Float => text.parse().ok().map(Value::Float),
        ColumnType::Decimal => Some(Value::Decimal(text.to_owned())),
        ColumnType::Date => NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(Value::Date),
        ColumnType::Time => NaiveTime::parse_from_str(text, "%H:%M:%S%.f").ok().map(Value::Time),
        ColumnType::Timestamp if oid == 1184 => DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%#z")
            .ok()
            .map(|moment| Value::TimestampTz(moment.to_utc())),
        ColumnType::Timestamp => NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").ok().map(Value::Timestamp),
        ColumnType::Json => Some(Value::Json(Json(text.to_owned()))),
        ColumnType::Binary => hexadecimal(text).map(Value::Bytes),
        // char(n) is padded with blanks that mean nothing.
        ColumnType::Text if oid == 1042 => Some(Value::Text(text.trim_end_matches(' ').to_owned())),
        _ => None,
    }
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("\\x")?.as_bytes();
    digits
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => {
                let digit = |b: &u8| char::from(*b).to_digit(16);
                u8::try_from(digit(high)? * 16 + digit(low)?).ok()
            }
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_awkward_text_is_a_value_and_none_is_lost() {
        let day = NaiveDate::from_ymd_opt(2024, 2, 29).unwrap();
        let noon = day.and_hms_milli_opt(12, 0, 0, 250).unwrap();
        for (text, oid, expected) in [
            ("t", 16, Value::Bool(true)),
            ("-9223372036854775808", 20, Value::Int(i64::MIN)),
            ("Infinity", 701, Value::Float(f64::INFINITY)),
            ("-Infinity", 700, Value::Float(f64::NEG_INFINITY)),
            ("12.50", 1700, Value::Decimal("12.50".into())),
            ("NaN", 1700, Value::Decimal("NaN".into())),
            ("2024-02-29", 1082, Value::Date(day)),
            ("infinity", 1082, Value::Text("infinity".into())),
            ("0044-03-15 BC", 1082, Value::Text("0044-03-15 BC".into())),
            ("24:00:00", 1083, Value::Text("24:00:00".into())),
            ("2024-02-29 12:00:00.25", 1114, Value::Timestamp(noon)),
            ("2024-02-29 12:00:00.25+00", 1184, Value::TimestampTz(noon.and_utc())),
            ("-infinity", 1184, Value::Text("-infinity".into())),
            ("1 year 2 mons", 1186, Value::Text("1 year 2 mons".into())),
            ("{\"a\": 1}", 3802, Value::Json(Json("{\"a\": 1}".into()))),
            ("\\x00ff", 17, Value::Bytes(vec![0, 255])),
            ("\\x0", 17, Value::Text("\\x0".into())),
            ("ab  ", 1042, Value::Text("ab".into())),
            ("{1,2}", 1007, Value::Text("{1,2}".into())),
            ("happy", 99_999, Value::Text("happy".into())),
        ] {
            assert_eq!(value(text.as_bytes(), oid), expected, "{text}");
        }
        assert!(matches!(value(b"NaN", 701), Value::Float(v) if v.is_nan()));
    }
}
