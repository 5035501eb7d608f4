//! What a chart shows, before anybody draws it: labels and series, points, or bins.

mod bins;
mod categories;
mod points;

use crate::RenderError;
use datafyme_domain::chart::Mark;
use datafyme_domain::{ChartKind, ChartSpec, RowSet, Value};

pub use bins::Bins;
pub use categories::{Categories, Series};
pub use points::{Point, Points};

/// Longest label on an axis or in a legend, in characters.
const MAX_LABEL: usize = 60;
/// What stands for NULL and for empty text among categories.
pub const NO_CATEGORY: &str = "(none)";

/// The content of a chart.
#[derive(Debug, Clone, PartialEq)]
pub enum Plot {
    /// Values over categories or periods: bar, stacked bar, line, pie, mixed.
    Categories(Categories),
    /// A cloud of points: scatter, bubble.
    Points(Points),
    /// Frequencies: histogram.
    Bins(Bins),
}

/// Reads the chart's content from the rows. Values that are not finite numbers are gaps.
///
/// # Errors
/// When the spec names columns that are not there, or too few of them.
pub fn plot(spec: &ChartSpec, rows: &RowSet) -> Result<Plot, RenderError> {
    check(spec, rows)?;
    Ok(match spec.kind {
        ChartKind::Histogram => Plot::Bins(Bins::of(rows.column_values(spec.x).filter_map(finite).collect())),
        ChartKind::Scatter | ChartKind::Bubble => Plot::Points(points::read(spec, rows)),
        _ => Plot::Categories(categories::read(spec, rows)),
    })
}

fn check(spec: &ChartSpec, rows: &RowSet) -> Result<(), RenderError> {
    let used = [spec.x].into_iter().chain(spec.y.iter().copied()).chain(spec.series).chain(spec.size);
    for position in used {
        if position >= rows.columns.len() {
            return Err(RenderError::NoSuchColumn { position, columns: rows.columns.len() });
        }
    }
    let missing = match spec.kind {
        ChartKind::Histogram => None,
        _ if spec.y.is_empty() => Some("a value column"),
        ChartKind::StackedBar if spec.series.is_none() => Some("a series column"),
        ChartKind::Bubble if spec.size.is_none() => Some("a size column"),
        _ => None,
    };
    match missing {
        Some(missing) => Err(RenderError::Incomplete { kind: spec.kind.code(), missing }),
        None => Ok(()),
    }
}

/// How a series is drawn, for kinds with one way of it.
const fn mark_of(kind: ChartKind) -> Mark {
    match kind {
        ChartKind::Line => Mark::Line,
        ChartKind::Scatter | ChartKind::Bubble => Mark::Point,
        _ => Mark::Bar,
    }
}

fn finite(value: &Value) -> Option<f64> {
    value.as_f64().filter(|v| v.is_finite())
}

/// A category as a label: printable, short, never empty.
fn label(value: Option<&Value>) -> String {
    let text = value.map(|v| crate::format::printable(&v.to_string())).unwrap_or_default();
    if text.trim().is_empty() { NO_CATEGORY.to_owned() } else { crate::format::shortened(&text, MAX_LABEL) }
}
