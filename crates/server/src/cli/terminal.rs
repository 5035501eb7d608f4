//! What standard output and error are: a terminal or not, coloured or not.

use super::ColorWhen;
use crate::config::Environment;
use comfy_table::{Attribute, Cell, ContentArrangement, Table};
use console::Term;

/// Width assumed where nobody says.
const DEFAULT_WIDTH: u16 = 100;
const MAX_WIDTH: u16 = 160;

/// The terminal of this process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terminal {
    /// Columns to draw in.
    pub(crate) width: u16,
    /// Whether standard output takes colours.
    pub(crate) color: bool,
    /// Whether somebody watches standard error: progress is drawn there.
    pub(crate) watched: bool,
    /// Whether somebody types into standard input: questions are asked there.
    pub(crate) asked: bool,
}

impl Terminal {
    /// Looks, and tells the libraries that colour on their own.
    pub(crate) fn detect(when: ColorWhen, environment: &Environment) -> Self {
        let (out, err) = (Term::stdout(), Term::stderr());
        let colors = |term: &Term| match when {
            ColorWhen::Always => true,
            ColorWhen::Never => false,
            ColorWhen::Auto => term.is_term() && !environment.no_color,
        };
        console::set_colors_enabled(colors(&out));
        console::set_colors_enabled_stderr(colors(&err));
        Self {
            width: out.size_checked().map_or(DEFAULT_WIDTH, |(_, columns)| columns.clamp(40, MAX_WIDTH)),
            color: colors(&out),
            watched: err.is_term(),
            asked: std::io::IsTerminal::is_terminal(&std::io::stdin()),
        }
    }
}

/// `1 table`, `2 tables`.
pub(crate) fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Millionths of the operator's currency as a figure of it.
pub(crate) fn money(micros: u64) -> String {
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

/// A table for lists of ours: a bold header, a rule under it, no frame.
pub(crate) fn plain_table(terminal: Terminal, header: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(comfy_table::presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(terminal.width)
        .set_header(header.iter().map(|name| {
            let cell = Cell::new(name);
            if terminal.color { cell.add_attribute(Attribute::Bold) } else { cell }
        }));
    table
}
