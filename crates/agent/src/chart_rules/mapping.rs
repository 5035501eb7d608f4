//! A kind of chart onto the columns of a result.

use super::columns::{Column, Columns, Part};
use super::{ChartHint, ChartProblem, ChartProblems, MAX_SERIES, validate, wording};
use datafyme_domain::chart::{Mark, NumberFormat};
use datafyme_domain::{ChartKind, ChartSpec, RowSet};

/// Bars lie down beyond this many, or beyond this many characters in a name.
const UPRIGHT_BARS: usize = 8;
const UPRIGHT_NAME: usize = 14;

pub(super) fn map(
    kind: ChartKind,
    columns: &Columns,
    rows: &RowSet,
    hint: &ChartHint<'_>,
) -> Result<ChartSpec, ChartProblems> {
    let mapped = match kind {
        ChartKind::Bar | ChartKind::Pie => per_category(kind, columns),
        ChartKind::StackedBar => stacked(columns),
        ChartKind::Line => line(columns),
        ChartKind::Scatter | ChartKind::Bubble => points(kind, columns),
        ChartKind::Histogram => histogram(columns),
        ChartKind::Mixed => mixed(columns),
    };
    let mut spec = mapped.ok_or_else(|| ChartProblems::from(ChartProblem::MissingColumns(kind)))?;
    spec.title = wording::title(hint.question, &spec.title);
    validate(&spec, rows)?;
    Ok(spec)
}

fn blank(kind: ChartKind, x: &Column) -> ChartSpec {
    ChartSpec {
        kind,
        title: String::new(),
        x: x.position,
        y: Vec::new(),
        series: None,
        size: None,
        marks: Vec::new(),
        x_title: wording::readable(&x.label),
        y_title: String::new(),
        y2_title: None,
        number_format: NumberFormat::Plain,
        date_format: wording::date_format(x),
        horizontal: false,
    }
}

/// A measure over an axis, titled "measure by axis".
fn measured(kind: ChartKind, x: &Column, y: &Column) -> ChartSpec {
    let mut spec = blank(kind, x);
    spec.y = vec![y.position];
    spec.y_title = wording::readable(&y.label);
    spec.number_format = wording::number_format(y);
    spec.title = format!("{} by {}", spec.y_title, spec.x_title.to_lowercase());
    spec
}

/// What the rows are grouped by, time before anything else; `x` and what may split it into series.
fn axes(columns: &Columns) -> (Option<&Column>, Option<&Column>) {
    let times = columns.of(Part::Time);
    let groups = columns.categories();
    match times[..] {
        // A year beside a shorter period: compare the years along the period.
        [a, b] if a.distinct < b.distinct => (Some(b), Some(a)),
        [a, b, ..] => (Some(a), Some(b)),
        [time] => (Some(time), groups.first().copied()),
        [] => (groups.first().copied(), groups.get(1).copied()),
    }
}

fn per_category(kind: ChartKind, columns: &Columns) -> Option<ChartSpec> {
    let measures = columns.measures();
    let y = measures.first()?;
    let groups = columns.categories();
    let (axis, _) = axes(columns);
    let whole_axis = axis.filter(|a| a.part == Part::Time && a.distinct > 1);
    let x = whole_axis.or_else(|| groups.iter().copied().max_by_key(|c| c.distinct)).or(axis)?;
    let mut spec = measured(kind, x, y);
    let categorical = x.part != Part::Time;
    spec.horizontal = kind == ChartKind::Bar && categorical && (x.distinct > UPRIGHT_BARS || x.longest > UPRIGHT_NAME);
    Some(spec)
}

fn stacked(columns: &Columns) -> Option<ChartSpec> {
    let measures = columns.measures();
    let y = measures.first()?;
    let (x, series) = axes(columns);
    let (mut x, mut series) = (x?, series?);
    let two_categories = x.part != Part::Time && series.part != Part::Time;
    let fewer_colours = two_categories && series.distinct > MAX_SERIES && x.distinct < series.distinct;
    let two_periods = x.part == Part::Time && x.distinct < 3 && series.distinct > x.distinct;
    if fewer_colours || two_periods {
        std::mem::swap(&mut x, &mut series);
    }
    let mut spec = measured(ChartKind::StackedBar, x, y);
    spec.series = Some(series.position);
    spec.title = format!("{} and {}", spec.title, wording::readable(&series.label).to_lowercase());
    spec.horizontal = x.part != Part::Time && (x.distinct > UPRIGHT_BARS || x.longest > UPRIGHT_NAME);
    Some(spec)
}

fn line(columns: &Columns) -> Option<ChartSpec> {
    let measures = columns.measures();
    let y = measures.first()?;
    let (x, series) = axes(columns);
    let x = x.or_else(|| measures.get(1).copied())?;
    let mut spec = measured(ChartKind::Line, x, y);
    spec.series = series.filter(|s| s.distinct > 1 && s.position != x.position).map(|s| s.position);
    if spec.series.is_none() {
        spec.y = measures.iter().filter(|m| m.position != x.position).map(|m| m.position).collect();
    }
    if let [_, _, ..] = spec.y[..] {
        spec.y_title = String::new();
        let names: Vec<String> = measures.iter().map(|m| wording::readable(&m.label)).collect();
        spec.title = format!("{} by {}", names.join(" and "), spec.x_title.to_lowercase());
    }
    Some(spec)
}

fn points(kind: ChartKind, columns: &Columns) -> Option<ChartSpec> {
    let measures = columns.measures();
    let (x, y) = (measures.first()?, measures.get(1)?);
    let mut spec = measured(kind, x, y);
    spec.title = format!("{} against {}", spec.y_title, spec.x_title.to_lowercase());
    spec.date_format = None;
    if kind == ChartKind::Bubble {
        spec.size = Some(measures.get(2)?.position);
    }
    Some(spec)
}

fn histogram(columns: &Columns) -> Option<ChartSpec> {
    let measures = columns.measures();
    let x = measures.first()?;
    let mut spec = blank(ChartKind::Histogram, x);
    spec.y_title = "Frequency".to_owned();
    spec.title = format!("Distribution of {}", spec.x_title.to_lowercase());
    spec.number_format = wording::number_format(x);
    Some(spec)
}

fn mixed(columns: &Columns) -> Option<ChartSpec> {
    let measures = columns.measures();
    let (first, second) = (measures.first()?, measures.get(1)?);
    let x = axes(columns).0?;
    let mut spec = measured(ChartKind::Mixed, x, first);
    spec.y.push(second.position);
    let second_title = wording::readable(&second.label);
    spec.title = format!("{} and {} by {}", spec.y_title, second_title.to_lowercase(), spec.x_title.to_lowercase());
    if columns.scales_differ() || first.part != second.part || first.additive != second.additive {
        spec.marks = vec![Mark::Bar, Mark::Line];
        spec.y2_title = Some(second_title);
    } else {
        spec.marks = vec![Mark::Bar, Mark::Bar];
        spec.y_title = String::new();
    }
    Some(spec)
}
