//! Figures in a model's words: each must stand in the rows, or follow from them. A figure from a model's memory is
//! none.

use crate::analyst::{Asking, ResultView};
use datafyme_domain::Value;
use std::collections::HashSet;

/// Rows of which every pair is compared.
const PAIRED: usize = 12;
/// Objections named at once.
const NAMED: usize = 3;

/// What figures there are.
#[derive(Debug, Default)]
pub(super) struct Known {
    numbers: Vec<f64>,
    /// Cells with digits that are no numbers: dates, codes, names.
    texts: HashSet<String>,
}

impl Known {
    /// Of a result: its cells, what the question and the query say, counts, sums, averages, shares and changes.
    pub(super) fn of_result(asking: &Asking, result: &ResultView<'_>) -> Self {
        let mut known = Self::of_words(asking);
        known.add_words(&result.draft.sql);
        known.add_words(&result.draft.explanation);
        known.add_rows(&result.rows.rows);
        for column in &result.rows.columns {
            known.add_words(&column.name);
        }
        known
    }

    /// Of everything that the conversation holds.
    pub(super) fn of_history(asking: &Asking) -> Self {
        let mut known = Self::of_words(asking);
        for turn in asking.history.iter() {
            known.add_words(&turn.question);
            known.add_words(&turn.answer.text);
            known.add_words(turn.answer.sql.as_deref().unwrap_or_default());
            known.add_rows(&turn.answer.rows);
        }
        known.numbers.extend((1..=asking.history.len()).map(|n| n as f64));
        known
    }

    fn of_words(asking: &Asking) -> Self {
        let mut known = Self::default();
        known.add_words(&asking.question);
        known.add_words(&asking.today.to_string());
        known
    }

    fn add_words(&mut self, text: &str) {
        for figure in figures(text) {
            self.numbers.extend(figure.readings.iter().map(|r| r.value));
            self.numbers.extend(figure.parts.iter().filter_map(|p| p.parse::<f64>().ok()));
        }
    }

    fn add_rows(&mut self, rows: &[Vec<Value>]) {
        self.numbers.push(rows.len() as f64);
        let width = rows.iter().map(Vec::len).max().unwrap_or(0);
        for position in 0..width {
            let cells = rows.iter().filter_map(|row| row.get(position));
            let mut column = Vec::new();
            for cell in cells {
                match cell.as_f64().filter(|n| n.is_finite() && !matches!(cell, Value::Bool(_))) {
                    Some(number) => column.push(number),
                    None => self.add_text(&cell.to_string()),
                }
            }
            self.add_column(&column);
        }
    }

    fn add_text(&mut self, text: &str) {
        if text.chars().any(|c| c.is_ascii_digit()) {
            self.add_words(text);
            // Digits alone are a number like others; cut out of a text they would tear larger ones apart.
            if text.chars().any(|c| c.is_alphabetic() || matches!(c, '-' | ':' | '/')) {
                self.texts.insert(text.to_owned());
            }
        }
    }

    /// A column of numbers, with what people say of one.
    fn add_column(&mut self, column: &[f64]) {
        let (Some(first), Some(last)) = (column.first(), column.last()) else { return };
        let sum: f64 = column.iter().sum();
        let lowest = column.iter().copied().fold(f64::INFINITY, f64::min);
        let highest = column.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        self.numbers.extend(column);
        self.numbers.extend([sum, sum / column.len() as f64, column.len() as f64]);
        if sum != 0.0 {
            self.numbers.extend(column.iter().map(|n| n / sum * 100.0));
        }
        let mut sorted = column.to_vec();
        sorted.sort_by(f64::total_cmp);
        let middle = (sorted.get((sorted.len() - 1) / 2), sorted.get(sorted.len() / 2));
        if let (Some(low), Some(high)) = middle {
            self.numbers.push(f64::midpoint(*low, *high));
        }
        let paired: Vec<f64> =
            if column.len() <= PAIRED { column.to_vec() } else { vec![*first, *last, lowest, highest] };
        for a in &paired {
            for b in &paired {
                self.numbers.push(a - b);
                if *b != 0.0 {
                    self.numbers.extend([a / b, (a - b) / b * 100.0]);
                }
            }
        }
    }

    /// Whether every figure of `text` is known.
    ///
    /// # Errors
    /// What to say to the model: the figures that are not.
    pub(super) fn check(&self, text: &str) -> Result<(), String> {
        let mut rest = text.to_owned();
        let mut known: Vec<&String> = self.texts.iter().filter(|t| t.chars().count() >= 2).collect();
        known.sort_by_key(|t| std::cmp::Reverse(t.len()));
        for cell in known {
            if rest.contains(cell.as_str()) {
                rest = rest.replace(cell.as_str(), " ");
            }
        }
        let unknown: Vec<String> =
            figures(&rest).into_iter().filter(|f| !self.has(f)).map(|f| f.text).take(NAMED).collect();
        if unknown.is_empty() {
            return Ok(());
        }
        Err(format!(
            "the figure {} neither stands in the rows nor follows from them: write only figures that do, exactly as they \
             stand there",
            unknown.join(", ")
        ))
    }

    fn has(&self, figure: &Figure) -> bool {
        figure.readings.iter().any(|r| self.has_reading(r))
            || (figure.parts.len() > 1
                && figure.parts.iter().all(|part| {
                    part.parse().is_ok_and(|value| self.has_reading(&FigureReading { value, decimals: 0, unit: 1.0 }))
                }))
    }

    fn has_reading(&self, reading: &FigureReading) -> bool {
        let scale = 10_f64.powi(reading.decimals);
        self.numbers.iter().any(|number| {
            let shown = number.abs() / reading.unit * scale;
            let said = reading.value * scale;
            (shown.round() - said).abs() < 0.5e-6 * said.max(1.0)
                || (shown.trunc() - said).abs() < 0.5e-6 * said.max(1.0)
        })
    }
}

/// A figure as written, with the ways in which it can be read.
#[derive(Debug)]
struct Figure {
    text: String,
    readings: Vec<FigureReading>,
    /// Its groups of digits.
    parts: Vec<String>,
}

#[derive(Debug, Clone, Copy)]
struct FigureReading {
    value: f64,
    decimals: i32,
    /// What it stands for one of: thousands, millions; a hundredth for per cent of a share.
    unit: f64,
}

/// The figures of a text. Digits inside of a word (`Q1`) are none.
fn figures(text: &str) -> Vec<Figure> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = chars.get(at) {
        let before = at.checked_sub(1).and_then(|b| chars.get(b));
        if !c.is_ascii_digit() || before.is_some_and(|b| b.is_alphabetic() || *b == '_') {
            at += 1;
            continue;
        }
        let end = end_of(&chars, at);
        let written: String = chars.iter().skip(at).take(end - at).collect();
        let after: String = chars.iter().skip(end).take(12).collect();
        found.push(figure(&written, &after));
        at = end;
    }
    found
}

/// Where a run of digits with separators between them ends. A space parts groups of three only.
fn end_of(chars: &[char], start: usize) -> usize {
    let digit = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
    let mut end = start;
    while digit(end) {
        end += 1;
    }
    loop {
        let separator = chars.get(end).copied();
        let next = match separator {
            Some('.' | ',') if digit(end + 1) => end + 1,
            Some(' ' | '\u{a0}' | '\u{202f}' | '\'') if (1..=3).all(|n| digit(end + n)) && !digit(end + 4) => end + 1,
            _ => return end,
        };
        end = next;
        while digit(end) {
            end += 1;
        }
    }
}

fn figure(written: &str, after: &str) -> Figure {
    let parts: Vec<String> =
        written.split(|c: char| !c.is_ascii_digit()).filter(|p| !p.is_empty()).map(str::to_owned).collect();
    let mut readings = Vec::new();
    let units = units(after);
    let mut read = |digits: &str, decimals: usize| {
        if let Ok(value) = digits.parse::<f64>() {
            readings.extend(units.iter().map(|unit| FigureReading { value, decimals: decimals as i32, unit: *unit }));
        }
    };
    read(&parts.concat(), 0);
    if let [first @ .., last] = parts.as_slice()
        && !first.is_empty()
        && written.chars().rev().nth(last.len()).is_some_and(|c| matches!(c, '.' | ','))
    {
        read(&format!("{}.{last}", first.concat()), last.len());
    }
    Figure { text: written.to_owned(), readings, parts }
}

/// What the words after a figure multiply it by.
fn units(after: &str) -> Vec<f64> {
    let after = after.trim_start().to_lowercase();
    if after.starts_with('%')
        || after.starts_with("percent")
        || after.starts_with("per cent")
        || after.starts_with("százalék")
    {
        return vec![1.0, 0.01];
    }
    let word: String = after.chars().take_while(|c| c.is_alphabetic()).collect();
    match word.as_str() {
        "k" | "thousand" | "ezer" | "e" => vec![1.0, 1e3],
        "m" | "million" | "millions" | "mio" | "millió" => vec![1.0, 1e6],
        "b" | "bn" | "billion" | "milliárd" | "mrd" => vec![1.0, 1e9],
        _ => vec![1.0],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        let mut known = Known::default();
        let row = |name: &str, n: i64, x: f64| vec![Value::Text(name.to_owned()), Value::Int(n), Value::Float(x)];
        known.add_rows(&[row("Budapest 12", 1200, 0.125), row("Vienna", 800, 0.5), row("2024-03", 2_000_000, 0.375)]);
        known
    }

    #[test]
    fn figures_of_the_rows_pass_however_they_are_written() {
        let known = known();
        for text in [
            "Budapest has 1,200, Vienna 800.",
            "Budapest: 1 200, azaz 1.200; Vienna 800",
            "2 million in 2024-03, or 2,000,000, or 2.0 M",
            "3 rows; in March 2024 it was highest",
            "12.5 % against 50 %",
            "together 2,002,000",
            "400 more than Vienna, 1.5 times as many, 50% more",
            "Budapest 12 and Q1",
            "no figure at all",
        ] {
            assert_eq!(known.check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn a_code_of_digits_does_not_tear_a_figure_apart() {
        let mut known = Known::default();
        known.add_rows(&[vec![Value::Text("12".to_owned()), Value::Int(1200)]]);
        assert_eq!(known.check("Code 12 has 1200, or 1,200."), Ok(()));
    }

    #[test]
    fn figures_from_nowhere_are_named() {
        let known = known();
        for (text, figure) in [
            ("Budapest has 1,201.", "1,201"),
            ("About 17 million people live there.", "17"),
            ("It grew by 23.7 %.", "23.7"),
            ("1200 in 1999", "1999"),
            ("7 cities", "7"),
        ] {
            let objection = known.check(text).unwrap_err();
            assert!(objection.contains(figure), "{text}: {objection}");
        }
    }
}
