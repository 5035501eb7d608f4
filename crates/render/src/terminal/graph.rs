//! Lines and clouds of points between two axes.

use super::canvas::Canvas;
use super::paint::Paint;
use crate::format;
use crate::plot::{Categories, Points};
use console::measure_text_width;
use datafyme_domain::chart::NumberFormat;
use datafyme_domain::{ChartKind, ChartSpec};

/// Lines of the drawing.
const HEIGHT: usize = 13;

/// A range of values and its place between 0 and 1.
#[derive(Debug, Clone, Copy)]
struct Scale {
    low: f64,
    high: f64,
}

impl Scale {
    /// From round number to round number around the values; from zero where that is near.
    fn of(values: impl Iterator<Item = f64>) -> Option<Self> {
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        if !low.is_finite() || !high.is_finite() {
            return None;
        }
        let (mut low, mut high) = (low, high);
        if low > 0.0 && low < (high - low) * 2.0 {
            low = 0.0;
        }
        if low == high {
            let margin = if low == 0.0 { 1.0 } else { low.abs() / 2.0 };
            (low, high) = (low - margin, high + margin);
        }
        // Four steps of a round size, from a multiple of it on: the edges read well, and so does what lies between.
        let power = 10_f64.powf(((high - low) / 4.0).log10().floor());
        let round = [1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 20.0, 25.0].into_iter().find_map(|factor| {
            let step = factor * power;
            let from = (low / step).floor() * step;
            (from + 4.0 * step >= high).then_some(Self { low: from, high: from + 4.0 * step })
        });
        // Ranges at the end of what a float holds cannot be rounded.
        let usable = round.filter(|r| r.low.is_finite() && r.high.is_finite() && r.high > r.low);
        Some(usable.unwrap_or(Self { low, high }))
    }

    fn place(self, value: f64) -> f64 {
        // Halves keep the range finite.
        let range = self.high / 2.0 - self.low / 2.0;
        if range > 0.0 { (value / 2.0 - self.low / 2.0) / range } else { 0.5 }
    }

    fn at(self, share: f64) -> f64 {
        self.low * (1.0 - share) + self.high * share
    }
}

/// Text to the left of each line of the canvas: values at the top, the bottom and between.
fn value_labels(scale: Scale, number_format: NumberFormat) -> Vec<String> {
    (0..HEIGHT)
        .map(|row| {
            let marked = row % 3 == 0;
            let share = 1.0 - row as f64 / (HEIGHT - 1) as f64;
            if marked { format::number(rounded(scale.at(share), scale), number_format) } else { String::new() }
        })
        .collect()
}

/// To three digits of the range: the line of text is no more exact.
fn rounded(value: f64, scale: Scale) -> f64 {
    let unit = 10_f64.powf((scale.high - scale.low).abs().log10().floor() - 2.0);
    let rounded = (value / unit).round() * unit;
    if rounded.is_finite() { rounded } else { value }
}

pub(super) fn lines(spec: &ChartSpec, content: &Categories, paint: &Paint) -> Vec<String> {
    let Some(scale) = Scale::of(content.series.iter().flat_map(|s| s.values.iter().flatten().copied())) else {
        return Vec::new();
    };
    let labels = value_labels(scale, spec.number_format);
    let margin = labels.iter().map(|l| measure_text_width(l)).max().unwrap_or(0);
    let width = paint.width().saturating_sub(margin + 3).max(8);
    let several = content.series.len() > 1;
    // Braille tells lines apart by colour alone.
    let braille = paint.options.unicode && (paint.options.colour || !several);
    let mut canvas = Canvas::new(width, HEIGHT, braille);
    let last = content.labels.len().saturating_sub(1).max(1) as f64;
    for (i, series) in content.series.iter().enumerate() {
        let mut before: Option<(f64, f64)> = None;
        for (step, value) in series.values.iter().enumerate() {
            let here = value.map(|v| (step as f64 / last, scale.place(v)));
            match (before, here) {
                (Some(from), Some(to)) => canvas.line(from, to, i, paint.mark(i)),
                (None, Some((x, y))) => canvas.point(x, y, i, paint.mark(i)),
                _ => {}
            }
            before = here;
        }
    }
    let mut drawn = framed(&canvas, &labels, margin, paint);
    drawn.push(format!("{}  {}", " ".repeat(margin), axis_labels(&content.labels, width, paint)));
    drawn.push(axis_titles(spec, paint));
    if several {
        let sign = |i| if braille { '━' } else { paint.mark(i) };
        let names: Vec<(char, &str)> =
            content.series.iter().enumerate().map(|(i, s)| (sign(i), s.name.as_str())).collect();
        drawn.extend(paint.legend(&names));
    }
    if content.dropped > 0 {
        drawn.push(paint.dim(&format!("and {} more", format::group(&content.dropped.to_string()))));
    }
    drawn
}

pub(super) fn points(spec: &ChartSpec, content: &Points, paint: &Paint) -> Vec<String> {
    let xs = Scale::of(content.points.iter().map(|p| p.x));
    let ys = Scale::of(content.points.iter().map(|p| p.y));
    let (Some(xs), Some(ys)) = (xs, ys) else {
        return Vec::new();
    };
    let labels = value_labels(ys, spec.number_format);
    let margin = labels.iter().map(|l| measure_text_width(l)).max().unwrap_or(0);
    let width = paint.width().saturating_sub(margin + 3).max(8);
    let bubble = spec.kind == ChartKind::Bubble;
    let mut canvas = Canvas::new(width, HEIGHT, paint.options.unicode && !bubble);
    // Few points are seen better large.
    let few = content.points.len() <= 150;
    let dot = if paint.options.unicode { '•' } else { '*' };
    let top = content.points.iter().filter_map(|p| p.size).fold(0.0_f64, f64::max);
    let mut order: Vec<_> = content.points.iter().collect();
    // Larger ones first, so that small ones stay visible on them.
    order.sort_by(|a, b| b.size.unwrap_or(0.0).total_cmp(&a.size.unwrap_or(0.0)));
    for point in order {
        let (x, y) = (xs.place(point.x), ys.place(point.y));
        match point.size {
            Some(size) => canvas.stamp(x, y, 0, bubble_sign(size, top, paint)),
            None if few => canvas.stamp(x, y, 0, dot),
            None => canvas.point(x, y, 0, dot),
        }
    }
    let mut drawn = framed(&canvas, &labels, margin, paint);
    let tick = |share| format::number(rounded(xs.at(share), xs), NumberFormat::Compact);
    let (left, middle, right) = (tick(0.0), tick(0.5), tick(1.0));
    let gap =
        width.saturating_sub(measure_text_width(&left) + measure_text_width(&middle) + measure_text_width(&right));
    let spaces = |n: usize| " ".repeat(n.max(1));
    drawn.push(format!("{}  {left}{}{middle}{}{right}", " ".repeat(margin), spaces(gap / 2), spaces(gap - gap / 2)));
    drawn.push(axis_titles(spec, paint));
    if content.dropped > 0 {
        drawn.push(paint.dim(&format!("{} rows not shown", format::group(&content.dropped.to_string()))));
    }
    drawn
}

fn bubble_sign(size: f64, top: f64, paint: &Paint) -> char {
    let share = if top > 0.0 { size / top } else { 0.0 };
    let signs = if paint.options.unicode { ['·', '•', '●'] } else { ['.', 'o', 'O'] };
    // By area: equal steps of the size.
    signs.get((share * 3.0) as usize).or(signs.last()).copied().unwrap_or('o')
}

/// `↑ Orders   → Month`
fn axis_titles(spec: &ChartSpec, paint: &Paint) -> String {
    let arrows = if paint.options.unicode { ("↑", "→") } else { ("^", ">") };
    let titles = [(arrows.0, &spec.y_title), (arrows.1, &spec.x_title)];
    let named = titles.iter().filter(|(_, title)| !title.is_empty()).map(|(arrow, title)| format!("{arrow} {title}"));
    let line = format::printable(&named.collect::<Vec<_>>().join("   "));
    paint.dim(&paint.fit(&line, paint.width()))
}

/// The canvas with its values on the left and a line below.
fn framed(canvas: &Canvas, labels: &[String], margin: usize, paint: &Paint) -> Vec<String> {
    let (tick, corner, dash) = if paint.options.unicode { ("┤", "└", "─") } else { ("+", "+", "-") };
    let rows = canvas.rows(paint);
    let width = rows.first().map_or(0, |r| measure_text_width(r));
    let mut drawn: Vec<String> = labels
        .iter()
        .zip(rows)
        .map(|(label, row)| {
            let edge = if label.is_empty() { paint.rule() } else { tick };
            format!("{} {edge}{row}", paint.right(label, margin)).trim_end().to_owned()
        })
        .collect();
    drawn.push(format!("{} {corner}{}", " ".repeat(margin), dash.repeat(width)));
    drawn
}

/// As many labels as fit, each under its step.
fn axis_labels(labels: &[String], width: usize, paint: &Paint) -> String {
    let widest = labels.iter().map(|l| measure_text_width(l)).max().unwrap_or(1).min(20);
    let most = (width / (widest + 2)).clamp(2, 8);
    let last = labels.len().saturating_sub(1);
    let mut steps: Vec<usize> = if last < most {
        (0..=last).collect()
    } else {
        (0..most).map(|i| (i as f64 * last as f64 / (most - 1) as f64).round() as usize).collect()
    };
    steps.dedup();
    let mut line = String::new();
    for step in steps {
        let Some(label) = labels.get(step) else { continue };
        let text = paint.fit(label, widest);
        let size = measure_text_width(&text);
        let centre = step as f64 / last.max(1) as f64 * (width - 1) as f64;
        let from = (centre - size as f64 / 2.0).round().clamp(0.0, width.saturating_sub(size) as f64) as usize;
        let used = measure_text_width(&line);
        if from >= used + usize::from(used > 0) {
            line.push_str(&" ".repeat(from - used));
            line.push_str(&text);
        }
    }
    line
}
