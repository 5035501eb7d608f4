use super::TerminalOptions;
use crate::format::NULL;
use console::{measure_text_width, truncate_str};

/// ANSI colours of the series: told apart on dark and light grounds.
const COLOURS: [u8; 8] = [36, 33, 35, 32, 34, 31, 96, 95];

/// Glyphs and colours as far as the terminal has them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint {
    pub(super) options: TerminalOptions,
}

impl Paint {
    pub(super) const fn new(options: TerminalOptions) -> Self {
        Self { options }
    }

    /// Room for drawing; very narrow terminals wrap instead of getting nothing.
    pub(super) fn width(&self) -> usize {
        self.options.width.clamp(24, 200)
    }

    fn escape(&self, code: u8, text: &str) -> String {
        if self.options.colour && !text.is_empty() { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    pub(super) fn bold(&self, text: &str) -> String {
        self.escape(1, text)
    }

    pub(super) fn dim(&self, text: &str) -> String {
        self.escape(2, text)
    }

    /// In the colour of a series.
    pub(super) fn series(&self, series: usize, text: &str) -> String {
        self.escape(COLOURS.get(series % COLOURS.len()).copied().unwrap_or(36), text)
    }

    /// `text` cut to `width` terminal cells.
    pub(super) fn fit(&self, text: &str, width: usize) -> String {
        let cut = truncate_str(text, width, "…");
        if self.options.unicode {
            cut.into_owned()
        } else {
            // The signs that we put in ourselves.
            cut.replace('…', "~").replace(NULL, "-")
        }
    }

    /// `text` cut or padded on the right to `width` cells.
    pub(super) fn left(&self, text: &str, width: usize) -> String {
        let text = self.fit(text, width);
        let pad = width.saturating_sub(measure_text_width(&text));
        format!("{text}{}", " ".repeat(pad))
    }

    /// `text` cut or padded on the left to `width` cells.
    pub(super) fn right(&self, text: &str, width: usize) -> String {
        let text = self.fit(text, width);
        let pad = width.saturating_sub(measure_text_width(&text));
        format!("{}{text}", " ".repeat(pad))
    }

    /// The line between labels and bars.
    pub(super) const fn rule(&self) -> &'static str {
        if self.options.unicode { "│" } else { "|" }
    }

    /// Fill of the bars of a series where colour does not tell them apart.
    pub(super) fn fill(&self, series: usize) -> char {
        let fills = match (self.options.unicode, self.options.colour) {
            (true, true) => ['█'; 6],
            (true, false) => ['█', '▒', '▓', '░', '▚', '▞'],
            (false, _) => ['#', '=', '+', '-', 'o', '%'],
        };
        fills.get(series % fills.len()).copied().unwrap_or('#')
    }

    /// Mark of the points of a series where colour does not tell them apart.
    pub(super) fn mark(&self, series: usize) -> char {
        let marks = if self.options.unicode {
            ['●', '▲', '■', '◆', '○', '△', '□', '◇']
        } else {
            ['*', '+', 'o', 'x', '#', '@', '%', '=']
        };
        marks.get(series % marks.len()).copied().unwrap_or('*')
    }

    /// A bar of `share` (0 to 1) of `width` cells, in eighths of a cell where there are glyphs for them.
    pub(super) fn bar(&self, share: f64, width: usize) -> String {
        const EIGHTHS: [char; 8] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
        let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
        if !self.options.unicode {
            let cells = (share * width as f64).round() as usize;
            return "#".repeat(cells.max(usize::from(share > 0.0)));
        }
        let eighths = ((share * width as f64 * 8.0).round() as usize).max(usize::from(share > 0.0));
        let mut bar = "█".repeat(eighths / 8);
        if !eighths.is_multiple_of(8) {
            bar.push(EIGHTHS.get(eighths % 8).copied().unwrap_or(' '));
        }
        bar
    }

    /// Names of the series with their colour or sign, over as many lines as needed.
    pub(super) fn legend(&self, names: &[(char, &str)]) -> Vec<String> {
        const MAX_ENTRIES: usize = 24;
        let mut lines = vec![String::new()];
        let mut used = 0;
        for (i, (sign, name)) in names.iter().enumerate().take(MAX_ENTRIES) {
            let name = self.fit(name, self.width().min(40) - 4);
            let entry = format!("{} {name}", self.series(i, &sign.to_string()));
            let width = measure_text_width(&entry) + 2;
            if used > 0 && used + width > self.width() {
                lines.push(String::new());
                used = 0;
            }
            if let Some(line) = lines.last_mut() {
                line.push_str(&entry);
                line.push_str("  ");
                used += width;
            }
        }
        let mut lines: Vec<String> = lines.iter().map(|l| l.trim_end().to_owned()).collect();
        if names.len() > MAX_ENTRIES {
            lines.push(self.dim(&format!("and {} more series", names.len() - MAX_ENTRIES)));
        }
        lines
    }
}
