use super::{finite, label};
use datafyme_domain::{ChartKind, ChartSpec, ColumnType, RowSet};

/// More points than this are thinned out evenly.
const MAX_POINTS: usize = 5_000;

/// One dot.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Horizontal value.
    pub x: f64,
    /// Vertical value.
    pub y: f64,
    /// Size, for bubbles: not negative.
    pub size: Option<f64>,
    /// What it stands for, where a column says so.
    pub label: Option<String>,
}

/// A cloud of points.
#[derive(Debug, Clone, PartialEq)]
pub struct Points {
    /// The points.
    pub points: Vec<Point>,
    /// Rows left out: a value is missing, or there were too many.
    pub dropped: usize,
}

pub(super) fn read(spec: &ChartSpec, rows: &RowSet) -> Points {
    let used = [Some(spec.x), spec.y.first().copied(), spec.size, spec.series];
    let named = (0..rows.columns.len()).find(|position| {
        !used.contains(&Some(*position))
            && rows.columns.get(*position).is_some_and(|c| c.column_type == ColumnType::Text)
    });
    let named = spec.series.or(named);
    let all: Vec<Point> = rows
        .rows
        .iter()
        .filter_map(|row| {
            let size = spec.size.map(|s| row.get(s).and_then(finite).filter(|v| *v >= 0.0));
            if spec.kind == ChartKind::Bubble && size.flatten().is_none() {
                return None;
            }
            Some(Point {
                x: finite(row.get(spec.x)?)?,
                y: finite(row.get(*spec.y.first()?)?)?,
                size: size.flatten(),
                label: named.map(|n| label(row.get(n))),
            })
        })
        .collect();
    let points = if all.len() > MAX_POINTS {
        let step = all.len() as f64 / MAX_POINTS as f64;
        (0..MAX_POINTS).filter_map(|i| all.get((i as f64 * step) as usize).cloned()).collect()
    } else {
        all
    };
    let dropped = rows.rows.len() - points.len();
    Points { points, dropped }
}
