//! Tables and charts as text. Everything fits the given width; without Unicode only ASCII is written (but for the
//! data's own letters), without colour no escape sequence.

mod bars;
mod canvas;
mod graph;
mod paint;
mod table;

use crate::RenderError;
use crate::plot::{Plot, plot};
use datafyme_domain::{ChartKind, ChartSpec, RowSet};
use paint::Paint;

/// What the terminal can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TerminalOptions {
    /// Columns.
    pub width: usize,
    /// Whether escape sequences for colours are understood.
    pub colour: bool,
    /// Whether box drawing, blocks and braille are shown.
    pub unicode: bool,
    /// Rows of a table that are printed, at most.
    pub max_rows: usize,
}

impl Default for TerminalOptions {
    fn default() -> Self {
        Self { width: 80, colour: false, unicode: true, max_rows: 20 }
    }
}

/// The rows as a table: numbers to the right, long text cut, columns that do not fit left out. What is left out is
/// said below.
#[must_use]
pub fn table(rows: &RowSet, options: &TerminalOptions) -> String {
    table::draw(rows, options)
}

/// The chart as lines of text, with its title.
///
/// # Errors
/// When the spec does not fit the rows.
pub fn chart(spec: &ChartSpec, rows: &RowSet, options: &TerminalOptions) -> Result<String, RenderError> {
    let paint = Paint::new(*options);
    let body = match plot(spec, rows)? {
        Plot::Categories(content) => match spec.kind {
            ChartKind::Line => graph::lines(spec, &content, &paint),
            ChartKind::StackedBar => bars::stacked(spec, &content, &paint),
            ChartKind::Pie => bars::shares(spec, &content, &paint),
            _ => bars::panels(spec, &content, &paint),
        },
        Plot::Points(content) => graph::points(spec, &content, &paint),
        Plot::Bins(content) => bars::histogram(spec, &content, &paint),
    };
    let title = crate::format::printable(&spec.title);
    let mut lines = vec![paint.bold(&paint.fit(&title, options.width))];
    if body.is_empty() {
        lines.push(paint.dim("(nothing to draw)"));
    }
    lines.extend(body);
    Ok(lines.join("\n"))
}
