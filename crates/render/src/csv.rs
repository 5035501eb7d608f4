//! Comma-separated values (RFC 4180): comma, CRLF, quotes doubled, UTF-8, a header line.

use crate::RenderError;
use datafyme_domain::{RowSet, Value};
use std::io::Write;

/// How the file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CsvOptions {
    /// Whether the first line names the columns.
    pub header: bool,
    /// Whether text that a spreadsheet would run as a formula (`=`, `+`, `-`, `@`, tab or carriage return first) gets an
    /// apostrophe in front (OWASP, CSV injection). Numbers never do.
    pub defuse_formulas: bool,
    /// Whether a byte-order mark comes first, by which Excel knows UTF-8.
    pub byte_order_mark: bool,
}

impl Default for CsvOptions {
    fn default() -> Self {
        Self { header: true, defuse_formulas: true, byte_order_mark: false }
    }
}

/// Writes all rows. NULL is an empty field, empty text a quoted one.
///
/// # Errors
/// When the writer fails.
pub fn write(rows: &RowSet, mut to: impl Write, options: CsvOptions) -> Result<(), RenderError> {
    if options.byte_order_mark {
        to.write_all("\u{feff}".as_bytes())?;
    }
    if options.header {
        let names = rows.columns.iter().map(|c| quoted(&defused(&c.name, options)));
        line(&mut to, names)?;
    }
    for row in &rows.rows {
        line(&mut to, row.iter().map(|value| field(value, options)))?;
    }
    to.flush()?;
    Ok(())
}

fn line(to: &mut impl Write, fields: impl Iterator<Item = String>) -> std::io::Result<()> {
    for (i, field) in fields.enumerate() {
        if i > 0 {
            to.write_all(b",")?;
        }
        to.write_all(field.as_bytes())?;
    }
    to.write_all(b"\r\n")
}

fn field(value: &Value, options: CsvOptions) -> String {
    match value {
        Value::Null => String::new(),
        Value::Text(text) if text.is_empty() => "\"\"".to_owned(),
        Value::Text(text) => quoted(&defused(text, options)),
        other => quoted(&other.to_string()),
    }
}

fn defused(text: &str, options: CsvOptions) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if options.defuse_formulas && formula { format!("'{text}") } else { text.to_owned() }
}

fn quoted(text: &str) -> String {
    let needed = text.contains(['"', ',', '\n', '\r']) || text.starts_with(' ') || text.ends_with(' ');
    if needed { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafyme_domain::{ColumnType, RowSetColumn};

    fn written(values: Vec<Vec<Value>>, options: CsvOptions) -> String {
        let width = values.first().map_or(1, Vec::len);
        let rows = RowSet {
            columns: (0..width)
                .map(|_| RowSetColumn { name: "na,me".to_owned(), column_type: ColumnType::Text })
                .collect(),
            rows: values,
            truncated: false,
        };
        let mut out = Vec::new();
        write(&rows, &mut out, options).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn fields_are_quoted_where_the_standard_says() {
        let text = |t: &str| Value::Text(t.to_owned());
        let rows = vec![
            vec![text("plain"), text("say \"hi\"")],
            vec![text("two\nlines"), Value::Null],
            vec![text(""), Value::Float(1.5)],
        ];
        assert_eq!(
            written(rows, CsvOptions::default()),
            "\"na,me\",\"na,me\"\r\nplain,\"say \"\"hi\"\"\"\r\n\"two\nlines\",\r\n\"\",1.5\r\n"
        );
    }

    #[test]
    fn formulas_are_defused_and_negative_numbers_are_not() {
        let rows = || {
            vec![
                vec![Value::Text("=HYPERLINK(1)".to_owned())],
                vec![Value::Int(-5)],
                vec![Value::Decimal("-5.50".to_owned())],
            ]
        };
        let safe = CsvOptions { header: false, ..CsvOptions::default() };
        assert_eq!(written(rows(), safe), "'=HYPERLINK(1)\r\n-5\r\n-5.50\r\n");
        let exact = CsvOptions { defuse_formulas: false, ..safe };
        assert_eq!(written(rows(), exact), "=HYPERLINK(1)\r\n-5\r\n-5.50\r\n");
    }
}
