//! How numbers, dates and cells read. The browser follows the same rules.

use chrono::NaiveDate;
use chrono::format::{Item, StrftimeItems};
use datafyme_domain::chart::NumberFormat;
use datafyme_domain::{RowSet, Value, names};

/// What stands for NULL in a table.
pub const NULL: &str = "–";

/// A number for people. Not finite: `n/a`.
#[must_use]
pub fn number(value: f64, format: NumberFormat) -> String {
    if !value.is_finite() {
        return "n/a".to_owned();
    }
    match format {
        NumberFormat::Plain => plain(value, decimals(value)),
        NumberFormat::Compact => compact(value),
        NumberFormat::Percent => {
            format!("{}%", plain(value * 100.0, usize::from((value * 100.0).fract().abs() > 0.05)))
        }
        NumberFormat::Raw => shortest(value),
    }
}

/// Grouped, with exactly so many decimals.
#[must_use]
pub fn plain(value: f64, decimals: usize) -> String {
    if value.abs() >= 1e15 {
        return format!("{value:.3e}");
    }
    // Zero has no sign.
    let value = value + 0.0;
    group(&format!("{value:.decimals$}"))
}

/// Decimals that a number is shown with: none when whole, two else, more for small ones (three digits).
fn decimals(value: f64) -> usize {
    let size = value.abs();
    if size.fract() < 1e-9 || size.fract() > 1.0 - 1e-9 {
        0
    } else if size >= 0.1 {
        2
    } else {
        // 0.00345 → two zeros after the point, then three digits.
        (2.0 - size.log10().floor()).clamp(2.0, 12.0) as usize
    }
}

fn compact(value: f64) -> String {
    if value.abs() >= 1e15 {
        return format!("{value:.1e}");
    }
    let steps = [(1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")];
    // 999,950 would round to 1000.0k: the next step takes over a little early.
    let step = steps.iter().find(|(size, _)| value.abs() >= size * 0.99995);
    match step {
        Some((size, unit)) => {
            let text = format!("{:.1}", value / size);
            format!("{}{unit}", text.strip_suffix(".0").unwrap_or(&text))
        }
        None => plain(value, decimals(value)),
    }
}

fn shortest(value: f64) -> String {
    if value.abs() >= 1e15 { format!("{value:e}") } else { value.to_string() }
}

/// `-1234567.50` → `-1,234,567.50`. Text that is no plain number stays as it is.
#[must_use]
pub fn group(number: &str) -> String {
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, f)| (w, Some(f)));
    if whole.is_empty() || !whole.bytes().all(|b| b.is_ascii_digit()) {
        return number.to_owned();
    }
    let mut grouped = String::with_capacity(number.len() + whole.len() / 3);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    match fraction {
        Some(fraction) => format!("{sign}{grouped}.{fraction}"),
        None => format!("{sign}{grouped}"),
    }
}

/// How the numbers of one column of a table read: grouped unless they are years or codes, and all with as many
/// decimals, so that they align.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnFormat {
    grouped: bool,
    decimals: usize,
}

impl ColumnFormat {
    /// Reads the column.
    #[must_use]
    pub fn of(rows: &RowSet, position: usize) -> Self {
        const CODES: [&str; 10] = ["id", "year", "code", "number", "no", "zip", "postcode", "phone", "key", "nr"];
        let name = rows.columns.get(position).map_or("", |c| c.name.as_str());
        let words = names::identifier_words(name);
        let year = |value: &Value| matches!(value, Value::Null | Value::Int(1900..=2100));
        let coded = words.last().is_some_and(|w| CODES.contains(&w.as_str())) || rows.column_values(position).all(year);
        let numbers = rows.column_values(position).filter_map(|value| match value {
            Value::Float(v) if v.is_finite() => Some(decimals(*v)),
            _ => None,
        });
        Self { grouped: !coded, decimals: numbers.max().unwrap_or(0).min(6) }
    }

    /// One cell as text: no control characters, NULL as [`NULL`].
    #[must_use]
    pub fn cell(&self, value: &Value) -> String {
        match value {
            Value::Null => NULL.to_owned(),
            Value::Int(v) if self.grouped => group(&v.to_string()),
            Value::Decimal(v) if self.grouped => exact(v),
            Value::Float(v) if !v.is_finite() => v.to_string(),
            Value::Float(v) if self.grouped => plain(*v, self.decimals),
            Value::Timestamp(v) => v.format("%Y-%m-%d %H:%M:%S").to_string(),
            Value::TimestampTz(v) => v.format("%Y-%m-%d %H:%M:%SZ").to_string(),
            other => printable(&other.to_string()),
        }
    }
}

/// Longest fraction that a decimal was plausibly declared with; a longer one comes from a division.
const DECLARED_FRACTION: usize = 6;

/// A decimal, grouped: as it stands, or with the usual decimals where a division gave it a long tail.
fn exact(text: &str) -> String {
    let fraction = text.split_once('.').map_or(0, |(_, f)| f.len());
    match text.parse::<f64>() {
        Ok(value) if fraction > DECLARED_FRACTION && value.abs() < 1e15 => plain(value, decimals(value)),
        _ => group(text),
    }
}

/// `text` on one line and without control characters: what a database holds must not drive the terminal.
#[must_use]
pub fn printable(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => line.push(' '),
            // Bidirectional overrides reorder what follows them, control sequences do anything.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            c if c.is_control() => {}
            c => line.push(c),
        }
    }
    line
}

/// At most `most` characters, the last an ellipsis where something was cut.
#[must_use]
pub fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
    short.push('…');
    short
}

/// `date` by a `strftime` pattern; ISO 8601 where the pattern is none.
#[must_use]
pub fn date(date: NaiveDate, pattern: &str) -> String {
    use std::fmt::Write;
    let items: Vec<Item<'_>> = StrftimeItems::new(pattern).collect();
    let mut text = String::new();
    // Fields that a date does not have (hours) fail on writing.
    let written = !items.contains(&Item::Error) && write!(text, "{}", date.format_with_items(items.iter())).is_ok();
    if written { text } else { date.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafyme_domain::{ColumnType, RowSetColumn};
    use proptest::prelude::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        use NumberFormat::{Compact, Percent, Plain, Raw};
        for (value, format, text) in [
            (1_234_567.0, Plain, "1,234,567"),
            (-1_234.5, Plain, "-1,234.50"),
            (0.0, Plain, "0"),
            (0.25, Plain, "0.25"),
            (0.003_456, Plain, "0.00346"),
            (999.0, Plain, "999"),
            (1e18, Plain, "1.000e18"),
            (f64::NAN, Plain, "n/a"),
            (f64::NEG_INFINITY, Compact, "n/a"),
            (999.0, Compact, "999"),
            (1_200.0, Compact, "1.2k"),
            (999_960.0, Compact, "1M"),
            (-3_400_000.0, Compact, "-3.4M"),
            (2e9, Compact, "2B"),
            (0.125, Percent, "12.5%"),
            (0.5, Percent, "50%"),
            (2024.0, Raw, "2024"),
            (1.5, Raw, "1.5"),
        ] {
            assert_eq!(number(value, format), text, "{value} {format:?}");
        }
    }

    fn column(name: &str, values: Vec<Value>) -> Vec<String> {
        let rows = RowSet {
            columns: vec![RowSetColumn { name: name.to_owned(), column_type: ColumnType::Other }],
            rows: values.into_iter().map(|v| vec![v]).collect(),
            truncated: false,
        };
        let format = ColumnFormat::of(&rows, 0);
        rows.column_values(0).map(|v| format.cell(v)).collect()
    }

    #[test]
    fn cells_of_a_column_have_the_same_decimals() {
        let prices =
            column("price", vec![Value::Float(1149.9), Value::Float(5.0), Value::Null, Value::Float(f64::NAN)]);
        assert_eq!(prices, ["1,149.90", "5.00", "–", "NaN"]);
        let exact = column("price", vec![Value::Decimal("12345678901234567890.10".to_owned())]);
        assert_eq!(exact, ["12,345,678,901,234,567,890.10"]);
        let divided = column(
            "average",
            vec![
                Value::Decimal("12000.0000000000000000".to_owned()),
                Value::Decimal("7280.3333333333333333".to_owned()),
            ],
        );
        assert_eq!(divided, ["12,000", "7,280.33"]);
    }

    #[test]
    fn years_and_codes_are_not_grouped() {
        assert_eq!(column("order_year", vec![Value::Int(2024)]), ["2024"]);
        assert_eq!(column("first_sold", vec![Value::Int(2024), Value::Null]), ["2024", NULL]);
        assert_eq!(column("id", vec![Value::Int(10_001)]), ["10001"]);
        assert_eq!(column("orders", vec![Value::Int(10_001)]), ["10,001"]);
    }

    #[test]
    fn terminal_control_never_gets_through() {
        assert_eq!(printable("a\u{1b}[31mred\u{7}\nb\u{202e}c"), "a[31mred bc");
        assert_eq!(column("x", vec![Value::Text("\u{1b}]0;title\u{7}".to_owned())]), ["]0;title"]);
    }

    #[test]
    fn impossible_date_patterns_fall_back_to_iso() {
        let day = NaiveDate::from_ymd_opt(2024, 3, 1).unwrap();
        assert_eq!(date(day, "%b %Y"), "Mar 2024");
        assert_eq!(date(day, "%Q%"), "2024-03-01");
        assert_eq!(date(day, "%H:%M"), "2024-03-01");
    }

    proptest! {
        #[test]
        fn grouping_only_adds_commas(value in any::<i64>()) {
            prop_assert_eq!(group(&value.to_string()).replace(',', ""), value.to_string());
        }

        #[test]
        fn every_number_has_a_text(value in any::<f64>()) {
            for format in [NumberFormat::Plain, NumberFormat::Compact, NumberFormat::Percent, NumberFormat::Raw] {
                prop_assert!(!number(value, format).is_empty());
            }
        }
    }
}
