use super::{Paint, TerminalOptions};
use crate::format::{self, ColumnFormat};
use comfy_table::presets::{ASCII_MARKDOWN, UTF8_FULL_CONDENSED};
use comfy_table::{Attribute, Cell, CellAlignment, ContentArrangement, Table};
use console::measure_text_width;
use datafyme_domain::{RowSet, Value};

/// A text column may shrink to this many cells before columns are left out.
const NARROWEST: usize = 14;
/// A text column takes no more than this unless there is room.
const COMFORTABLE: usize = 48;

/// A column that will be printed.
struct Printed {
    header: String,
    cells: Vec<String>,
    numeric: bool,
    width: usize,
}

pub(super) fn draw(rows: &RowSet, options: &TerminalOptions) -> String {
    let paint = Paint::new(*options);
    let shown = rows.rows.len().min(options.max_rows);
    let mut columns: Vec<Printed> = (0..rows.columns.len()).map(|c| read(rows, c, shown)).collect();
    let all = columns.len();
    fit(&mut columns, options.width.max(12));

    let mut table = Table::new();
    table.load_style(if options.unicode { UTF8_FULL_CONDENSED.with_rounded_corners() } else { ASCII_MARKDOWN });
    table.set_content_arrangement(ContentArrangement::Disabled);
    if options.colour {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    table.set_header(columns.iter().map(|column| {
        let cell = Cell::new(paint.fit(&column.header, column.width)).add_attribute(Attribute::Bold);
        cell.set_alignment(if column.numeric { CellAlignment::Right } else { CellAlignment::Left })
    }));
    for row in 0..shown {
        table.add_row(columns.iter().map(|column| {
            let text = column.cells.get(row).map_or("", String::as_str);
            let cell = Cell::new(paint.fit(text, column.width));
            let cell = if text == format::NULL { cell.add_attribute(Attribute::Dim) } else { cell };
            cell.set_alignment(if column.numeric { CellAlignment::Right } else { CellAlignment::Left })
        }));
    }
    let mut lines = vec![table.to_string()];
    lines.extend(notes(rows, shown, all - columns.len()).iter().map(|note| paint.dim(note)));
    lines.join("\n")
}

fn read(rows: &RowSet, position: usize, shown: usize) -> Printed {
    let column_format = ColumnFormat::of(rows, position);
    let header = rows.columns.get(position).map(|c| format::printable(&c.name)).unwrap_or_default();
    let cells: Vec<String> = rows
        .column_values(position)
        .take(shown)
        // What is far wider than any terminal need not be measured.
        .map(|value| format::shortened(&column_format.cell(value), 400))
        .collect();
    let is_number = |v: &Value| matches!(v, Value::Int(_) | Value::Float(_) | Value::Decimal(_));
    let mut known = rows.column_values(position).filter(|v| !v.is_null()).peekable();
    let numeric = known.peek().is_some() && known.all(is_number);
    let natural = cells.iter().map(|c| measure_text_width(c)).max().unwrap_or(0);
    let width = natural.max(measure_text_width(&header)).max(1);
    Printed { header, cells, numeric, width }
}

/// Shrinks text columns, the widest first, then drops columns from the right until the table fits.
fn fit(columns: &mut Vec<Printed>, width: usize) {
    let taken = |columns: &[Printed]| columns.iter().map(|c| c.width + 3).sum::<usize>() + 1;
    for column in columns.iter_mut().filter(|c| !c.numeric) {
        if column.width > COMFORTABLE.max(width / 2) {
            column.width = COMFORTABLE.max(width / 2);
        }
    }
    loop {
        let excess = taken(columns).saturating_sub(width);
        if excess == 0 {
            return;
        }
        let shrinkable = |c: &&mut Printed| !c.numeric && c.width > NARROWEST;
        if let Some(widest) = columns.iter_mut().filter(shrinkable).max_by_key(|c| c.width) {
            widest.width -= excess.min(4).min(widest.width - NARROWEST);
        } else if columns.len() > 1 {
            columns.pop();
        } else {
            if let Some(only) = columns.first_mut() {
                only.width = width.saturating_sub(4).max(1);
            }
            return;
        }
    }
}

fn notes(rows: &RowSet, shown: usize, columns: usize) -> Vec<String> {
    let count = |n: usize, what: &str| {
        let plural = if n == 1 { "" } else { "s" };
        format!("{} more {what}{plural}", format::group(&n.to_string()))
    };
    let mut notes = Vec::new();
    if rows.rows.is_empty() {
        notes.push("(no rows)".to_owned());
    }
    if rows.rows.len() > shown {
        notes.push(count(rows.rows.len() - shown, "row"));
    }
    if columns > 0 {
        notes.push(format!("{} not shown: the terminal is too narrow", count(columns, "column")));
    }
    if rows.truncated {
        let read = format::group(&rows.rows.len().to_string());
        notes.push(format!("the result has more rows than the {read} that were read"));
    }
    notes
}
