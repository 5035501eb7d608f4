//! Dates in SQL: periods, and text dates in other formats than ISO 8601.

use crate::plan::{ColumnUse, Grain};
use datafyme_domain::{ColumnType, Dialect};

/// `column` cut to a period, as text: `2024`, `2024-Q1`, `2024-03`, `2024-W09` (ISO week), `2024-03-09`.
pub(super) fn period(dialect: Dialect, grain: Grain, of: &ColumnUse, column: &str) -> String {
    if of.column_type.is_numeric() {
        return column.to_owned();
    }
    let is_date_type = of.column_type.is_temporal() && of.date_format.is_none();
    if dialect == Dialect::Postgres && is_date_type {
        return match grain {
            Grain::Day => format!("to_char({column}, 'YYYY-MM-DD')"),
            Grain::Week => format!("to_char({column}, 'IYYY-\"W\"IW')"),
            Grain::Month => format!("to_char({column}, 'YYYY-MM')"),
            Grain::Quarter => format!("to_char({column}, 'YYYY-\"Q\"Q')"),
            Grain::Year => format!("to_char({column}, 'YYYY')"),
        };
    }
    let iso = iso_text(of).map_or_else(|| column.to_owned(), |pattern| pattern.replace("{}", column));
    match grain {
        Grain::Day => format!("substr({iso}, 1, 10)"),
        Grain::Month => format!("substr({iso}, 1, 7)"),
        Grain::Year => format!("substr({iso}, 1, 4)"),
        Grain::Quarter => {
            format!("substr({iso}, 1, 4) || '-Q' || ((CAST(substr({iso}, 6, 2) AS integer) + 2) / 3)")
        }
        Grain::Week => match dialect {
            Dialect::Sqlite => format!("strftime('%G-W%V', substr({iso}, 1, 10))"),
            Dialect::Postgres => {
                format!("to_char(to_date(substr({iso}, 1, 10), 'YYYY-MM-DD'), 'IYYY-\"W\"IW')")
            }
        },
    }
}

/// `column` in a form that sorts and compares with ISO dates.
pub(super) fn comparable(of: &ColumnUse, column: String) -> String {
    match iso_text(of) {
        Some(pattern) => pattern.replace("{}", &column),
        None => column,
    }
}

/// For text dates that are not ISO: an expression over `{}` that is. Only patterns of fixed width.
fn iso_text(of: &ColumnUse) -> Option<String> {
    if of.column_type != ColumnType::Text && of.column_type != ColumnType::Other {
        return None;
    }
    let format = of.date_format.as_deref()?;
    if format.starts_with("%Y-%m-%d") {
        return None;
    }
    let mut position = 1;
    let (mut year, mut month, mut day) = (None, None, None);
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            position += 1;
            continue;
        }
        match chars.next()? {
            'Y' => {
                year = Some(position);
                position += 4;
            }
            'm' => {
                month = Some(position);
                position += 2;
            }
            'd' => {
                day = Some(position);
                position += 2;
            }
            'H' | 'M' | 'S' => position += 2,
            _ => return None,
        }
    }
    let (year, month, day) = (year?, month?, day?);
    Some(format!("(substr({{}}, {year}, 4) || '-' || substr({{}}, {month}, 2) || '-' || substr({{}}, {day}, 2))"))
}
