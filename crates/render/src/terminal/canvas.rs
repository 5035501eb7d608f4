//! A grid of terminal cells to draw lines and points on.

use super::Paint;

/// Bits of a braille character, by column and row of its 2 × 4 dots (Unicode block U+2800).
const DOTS: [[u32; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];

/// A drawing surface. Positions run from 0 to 1, to the right and upwards.
#[derive(Debug)]
pub(super) struct Canvas {
    width: usize,
    height: usize,
    braille: bool,
    cells: Vec<Cell>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    dots: u32,
    glyph: Option<char>,
    series: usize,
}

impl Canvas {
    pub(super) fn new(width: usize, height: usize, braille: bool) -> Self {
        Self { width, height, braille, cells: vec![Cell::default(); width * height] }
    }

    /// Dots across and upwards: eight per cell in braille, else one.
    fn dots(&self) -> (usize, usize) {
        if self.braille { (self.width * 2, self.height * 4) } else { (self.width, self.height) }
    }

    fn position(&self, x: f64, y: f64) -> (usize, usize) {
        let (across, up) = self.dots();
        let at = |v: f64, n: usize| (v.clamp(0.0, 1.0) * (n - 1) as f64).round() as usize;
        (at(x, across), up - 1 - at(y, up))
    }

    /// A point; `glyph` stands in the cell where there is no braille.
    pub(super) fn point(&mut self, x: f64, y: f64, series: usize, glyph: char) {
        let (column, row) = self.position(x, y);
        self.set(column, row, series, glyph);
    }

    /// A glyph that fills its cell, braille or not.
    pub(super) fn stamp(&mut self, x: f64, y: f64, series: usize, glyph: char) {
        let (column, row) = self.position(x, y);
        let (column, row) = if self.braille { (column / 2, row / 4) } else { (column, row) };
        if let Some(cell) = self.cells.get_mut(row * self.width + column) {
            cell.glyph = Some(glyph);
            cell.series = series;
        }
    }

    /// A straight line (Bresenham 1965).
    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), series: usize, glyph: char) {
        let (x0, y0) = self.position(from.0, from.1);
        let (x1, y1) = self.position(to.0, to.1);
        let (mut x, mut y) = (x0 as i64, y0 as i64);
        let (x1, y1) = (x1 as i64, y1 as i64);
        let (dx, dy) = ((x1 - x).abs(), -(y1 - y).abs());
        let (sx, sy) = ((x1 - x).signum(), (y1 - y).signum());
        let mut error = dx + dy;
        loop {
            self.set(x as usize, y as usize, series, glyph);
            if x == x1 && y == y1 {
                return;
            }
            let twice = 2 * error;
            if twice >= dy {
                error += dy;
                x += sx;
            }
            if twice <= dx {
                error += dx;
                y += sy;
            }
        }
    }

    fn set(&mut self, column: usize, row: usize, series: usize, glyph: char) {
        let (cell_column, cell_row) = if self.braille { (column / 2, row / 4) } else { (column, row) };
        let Some(cell) = self.cells.get_mut(cell_row * self.width + cell_column) else {
            return;
        };
        cell.series = series;
        if self.braille {
            cell.dots |= DOTS.get(column % 2).and_then(|d| d.get(row % 4)).copied().unwrap_or(0);
        } else {
            cell.glyph = Some(glyph);
        }
    }

    /// The lines from top to bottom.
    pub(super) fn rows(&self, paint: &Paint) -> Vec<String> {
        self.cells
            .chunks(self.width.max(1))
            .map(|cells| {
                let mut line = String::new();
                for cell in cells {
                    let glyph = cell.glyph.or_else(|| char::from_u32(0x2800 + cell.dots).filter(|_| cell.dots > 0));
                    match glyph {
                        Some(glyph) => line.push_str(&paint.series(cell.series, &glyph.to_string())),
                        None => line.push(' '),
                    }
                }
                line
            })
            .collect()
    }
}
