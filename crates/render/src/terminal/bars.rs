//! Everything made of bars: one line per category.

use super::Paint;
use crate::echarts::interval;
use crate::format;
use crate::plot::{Bins, Categories, Series};
use console::measure_text_width;
use datafyme_domain::ChartSpec;
use datafyme_domain::chart::NumberFormat;

/// Lines of a chart, at most; the rest is counted below.
const MAX_LINES: usize = 40;

/// Bars for each series side by side: one series for a bar chart, several for a mixed one.
pub(super) fn panels(spec: &ChartSpec, content: &Categories, paint: &Paint) -> Vec<String> {
    if !content.series.iter().any(|s| s.values.iter().any(Option::is_some)) {
        return Vec::new();
    }
    let shown = content.labels.len().min(MAX_LINES);
    let label_width = label_width(&content.labels, shown, paint);
    let count = content.series.len().clamp(1, 3);
    let room = paint.width().saturating_sub(label_width + 1) / count;
    let mut lines: Vec<String> = content.labels.iter().take(shown).map(|l| paint.right(l, label_width)).collect();
    for (i, series) in content.series.iter().take(count).enumerate() {
        let number_format = if series.right { NumberFormat::Plain } else { spec.number_format };
        let panel = Panel::of(series, shown, room, number_format);
        for (line, value) in lines.iter_mut().zip(&series.values) {
            line.push_str(&panel.line(*value, i, i + 1 < count, paint));
        }
    }
    let mut drawn: Vec<String> = lines.iter().map(|l| l.trim_end().to_owned()).collect();
    if content.series.len() > 1 {
        drawn.push(panel_names(&content.series, label_width, room, count, paint));
    }
    drawn.extend(more(content.labels.len() - shown, content.dropped, paint));
    drawn
}

/// The bars of one series: where zero is, and how much a cell is worth.
struct Panel {
    bars: usize,
    left: usize,
    largest: f64,
    least: f64,
    number_format: NumberFormat,
    room: usize,
}

impl Panel {
    fn of(series: &Series, shown: usize, room: usize, number_format: NumberFormat) -> Self {
        let values = || series.values.iter().take(shown).flatten().copied();
        let texts = values().map(|v| measure_text_width(&format::number(v, number_format)));
        let text_width = texts.max().unwrap_or(1);
        let largest = values().fold(0.0_f64, f64::max);
        let least = values().fold(0.0_f64, f64::min);
        let bars = room.saturating_sub(text_width + 4).clamp(4, 60);
        let span = largest - least;
        let left = if least < 0.0 && span > 0.0 {
            ((-least / span * bars as f64).round() as usize).clamp(1, bars - 1)
        } else {
            0
        };
        Self { bars, left, largest, least, number_format, room }
    }

    fn line(&self, value: Option<f64>, series: usize, pad: bool, paint: &Paint) -> String {
        let right_cells = self.bars - self.left;
        let (below, above) = match value {
            Some(v) if v < 0.0 => (paint.bar(v / self.least, self.left).chars().count(), String::new()),
            Some(v) if self.largest > 0.0 => (0, paint.bar(v / self.largest, right_cells)),
            _ => (0, String::new()),
        };
        let fill = paint.fill(0).to_string().repeat(below);
        let text = value.map_or_else(String::new, |v| format::number(v, self.number_format));
        let mut line = String::from(" ");
        line.push_str(&" ".repeat(self.left - below.min(self.left)));
        line.push_str(&paint.series(series, &fill));
        line.push_str(paint.rule());
        line.push_str(&paint.series(series, &above));
        line.push(' ');
        line.push_str(&text);
        let used = measure_text_width(&line);
        if pad {
            line.push_str(&" ".repeat(self.room.saturating_sub(used)));
        }
        line
    }
}

fn panel_names(series: &[Series], label_width: usize, room: usize, count: usize, paint: &Paint) -> String {
    let mut line = " ".repeat(label_width + 1);
    for (i, one) in series.iter().take(count).enumerate() {
        let name = paint.left(&one.name, room.saturating_sub(2));
        line.push(' ');
        line.push_str(&paint.series(i, &name));
        line.push(' ');
    }
    if series.len() > count {
        line.push_str(&format!("+{}", series.len() - count));
    }
    line.trim_end().to_owned()
}

/// One bar per category, cut by series; its total behind it.
pub(super) fn stacked(spec: &ChartSpec, content: &Categories, paint: &Paint) -> Vec<String> {
    let shown = content.labels.len().min(MAX_LINES);
    let positive = |series: &Series, step: usize| series.values.get(step).copied().flatten().unwrap_or(0.0).max(0.0);
    let totals: Vec<f64> = (0..shown).map(|step| content.series.iter().map(|s| positive(s, step)).sum()).collect();
    let largest = totals.iter().copied().fold(0.0_f64, f64::max);
    if largest <= 0.0 {
        return Vec::new();
    }
    let texts: Vec<String> = totals.iter().map(|t| format::number(*t, spec.number_format)).collect();
    let text_width = texts.iter().map(|t| measure_text_width(t)).max().unwrap_or(0);
    let label_width = label_width(&content.labels, shown, paint);
    let bars = paint.width().saturating_sub(label_width + text_width + 5).clamp(4, 80) as f64;
    let mut lines = Vec::with_capacity(shown + 2);
    for (step, (label, text)) in content.labels.iter().zip(&texts).enumerate() {
        let mut line = format!("{} {}", paint.right(label, label_width), paint.rule());
        let (mut sum, mut cells) = (0.0, 0);
        for (i, series) in content.series.iter().enumerate() {
            sum += positive(series, step);
            // Rounding the running sum keeps the bar as long as its total.
            let until = (sum / largest * bars).round() as usize;
            let segment = paint.fill(i).to_string().repeat(until - cells);
            line.push_str(&paint.series(i, &segment));
            cells = until;
        }
        lines.push(format!("{line} {text}"));
    }
    let names: Vec<(char, &str)> =
        content.series.iter().enumerate().map(|(i, s)| (paint.fill(i), s.name.as_str())).collect();
    lines.extend(paint.legend(&names));
    lines.extend(more(content.labels.len() - shown, content.dropped, paint));
    lines
}

/// A pie as bars of its shares: angles do not survive in text.
pub(super) fn shares(spec: &ChartSpec, content: &Categories, paint: &Paint) -> Vec<String> {
    let values = content.series.first().map_or(&[][..], |s| s.values.as_slice());
    let whole: f64 = values.iter().flatten().filter(|v| **v > 0.0).sum();
    if whole <= 0.0 {
        return Vec::new();
    }
    let shown = content.labels.len().min(MAX_LINES);
    let label_width = label_width(&content.labels, shown, paint);
    let text = |v: f64| format::number(v, spec.number_format);
    let text_width = values.iter().flatten().map(|v| measure_text_width(&text(*v))).max().unwrap_or(0);
    let bars = paint.width().saturating_sub(label_width + text_width + 12).clamp(4, 60);
    let line = |(i, (label, value)): (usize, (&String, &Option<f64>))| {
        let value = value.filter(|v| *v >= 0.0)?;
        let share = value / whole;
        Some(format!(
            "{} {}{} {} ({}%)",
            paint.right(label, label_width),
            paint.rule(),
            paint.series(i, &paint.bar(share, bars)),
            text(value),
            format::plain(share * 100.0, 1),
        ))
    };
    let mut lines: Vec<String> = content.labels.iter().zip(values).take(shown).enumerate().filter_map(line).collect();
    lines.extend(more(content.labels.len() - shown, content.dropped, paint));
    lines
}

pub(super) fn histogram(spec: &ChartSpec, bins: &Bins, paint: &Paint) -> Vec<String> {
    let last = bins.counts.len().saturating_sub(1);
    let labels: Vec<String> =
        bins.iter().enumerate().map(|(i, bin)| interval(bin, i == last, spec.number_format)).collect();
    let label_width = label_width(&labels, labels.len(), paint);
    let largest = bins.counts.iter().copied().max().unwrap_or(0).max(1) as f64;
    let text = |count: u64| format::group(&count.to_string());
    let text_width = bins.counts.iter().map(|c| text(*c).len()).max().unwrap_or(0);
    let bars = paint.width().saturating_sub(label_width + text_width + 4).clamp(4, 60);
    labels
        .iter()
        .zip(&bins.counts)
        .map(|(label, count)| {
            let bar = paint.series(0, &paint.bar(*count as f64 / largest, bars));
            format!("{} {}{bar} {}", paint.right(label, label_width), paint.rule(), text(*count))
        })
        .collect()
}

fn label_width(labels: &[String], shown: usize, paint: &Paint) -> usize {
    let widest = labels.iter().take(shown).map(|l| measure_text_width(l)).max().unwrap_or(0);
    widest.min(paint.width() * 2 / 5)
}

fn more(hidden: usize, dropped: usize, paint: &Paint) -> Option<String> {
    let hidden = hidden + dropped;
    (hidden > 0).then(|| paint.dim(&format!("and {} more", format::group(&hidden.to_string()))))
}
