//! Bars and lines over categories or periods.

use super::{ZOOM_FROM, figure, grid, object};
use crate::format;
use crate::plot::{Bins, Categories, Series};
use datafyme_domain::chart::{Mark, NumberFormat};
use datafyme_domain::{ChartKind, ChartSpec};
use serde_json::{Map, Value as Json, json};

/// Bars that carry their value as a label, at most.
const LABELLED_BARS: usize = 12;
/// Steps of a line with a dot on each, at most.
const DOTTED_STEPS: usize = 40;

pub(super) fn parts(spec: &ChartSpec, content: &Categories) -> Map<String, Json> {
    let lying = spec.horizontal && matches!(spec.kind, ChartKind::Bar | ChartKind::StackedBar);
    let has_bars = content.series.iter().any(|s| s.mark == Mark::Bar);
    let labels: Vec<&str> = content.labels.iter().map(String::as_str).collect();
    let mut categories = json!({
        "type": "category",
        "name": spec.x_title,
        "nameLocation": "middle",
        "boundaryGap": has_bars || content.labels.len() < 2,
        "data": labels,
        "axisLabel": { "hideOverlap": true },
        "axisTick": { "alignWithLabel": true },
    });
    if lying {
        // ECharts counts lying categories from below: the first row belongs on top.
        merge(&mut categories, json!({ "inverse": true }));
    }
    let values = value_axis(spec, content);
    let (x, y) = if lying { (values, categories) } else { (categories, values) };
    let series: Vec<Json> = content.series.iter().map(|s| one_series(spec, content, s)).collect();
    let mut parts = object(json!({
        "tooltip": { "trigger": "axis", "axisPointer": { "type": if has_bars { "shadow" } else { "line" } } },
        "grid": grid(content.series.len() > 1),
        "xAxis": x,
        "yAxis": y,
        "series": series,
    }));
    if content.series.len() > 1 {
        parts.insert("legend".to_owned(), json!({ "type": "scroll", "top": 36, "left": 8 }));
    }
    if content.labels.len() > ZOOM_FROM {
        let axis = if lying { "yAxisIndex" } else { "xAxisIndex" };
        parts.insert("dataZoom".to_owned(), json!([{ "type": "inside", axis: 0 }, { "type": "slider", axis: 0 }]));
    }
    parts
}

/// Names of the axes that carry values.
pub(super) fn value_axes(spec: &ChartSpec, content: &Categories) -> Vec<&'static str> {
    if spec.horizontal && matches!(spec.kind, ChartKind::Bar | ChartKind::StackedBar) {
        vec!["x"]
    } else if content.series.iter().any(|s| s.right) {
        vec!["y", "y2"]
    } else {
        vec!["y"]
    }
}

fn value_axis(spec: &ChartSpec, content: &Categories) -> Json {
    let lying = spec.horizontal && spec.kind != ChartKind::Line && spec.kind != ChartKind::Mixed;
    let place = if lying { "middle" } else { "end" };
    let left = json!({ "type": "value", "name": spec.y_title, "nameLocation": place });
    // A line may start above zero, a bar's length would lie.
    let left = if content.series.iter().all(|s| s.mark != Mark::Bar) {
        let mut left = left;
        merge(&mut left, json!({ "scale": starts_high(content) }));
        left
    } else {
        left
    };
    match &spec.y2_title {
        Some(title) if content.series.iter().any(|s| s.right) => {
            // One set of grid lines is enough.
            let right =
                json!({ "type": "value", "name": title, "nameLocation": "end", "splitLine": { "show": false } });
            json!([left, right])
        }
        _ => left,
    }
}

/// Whether all values lie far from zero compared with their range: only then is zero left out.
fn starts_high(content: &Categories) -> bool {
    let values = content.series.iter().flat_map(|s| s.values.iter().flatten());
    let (low, high) = values.fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(*v), h.max(*v)));
    low > 0.0 && (high - low) < low * 0.5
}

fn one_series(spec: &ChartSpec, content: &Categories, series: &Series) -> Json {
    let labelled = content.series.len() == 1 && content.labels.len() <= LABELLED_BARS && series.mark == Mark::Bar;
    let data: Vec<Json> = series
        .values
        .iter()
        .map(|value| match value {
            None => Json::Null,
            Some(v) if labelled => json!({
                "value": figure(*v),
                "label": { "formatter": format::number(*v, spec.number_format) },
            }),
            Some(v) => figure(*v),
        })
        .collect();
    let mut one = json!({ "name": series.name, "type": kind_of(series.mark), "data": data });
    if labelled {
        let position = if spec.horizontal { "right" } else { "top" };
        merge(&mut one, json!({ "label": { "show": true, "position": position } }));
    }
    match series.mark {
        Mark::Line => merge(
            &mut one,
            json!({ "connectNulls": false, "showSymbol": content.labels.len() <= DOTTED_STEPS, "symbolSize": 6 }),
        ),
        Mark::Bar => merge(&mut one, json!({ "barMaxWidth": 48 })),
        Mark::Point => merge(&mut one, json!({ "symbolSize": 9 })),
    }
    if spec.kind == ChartKind::StackedBar {
        merge(&mut one, json!({ "stack": "total", "emphasis": { "focus": "series" } }));
    }
    if series.right {
        merge(&mut one, json!({ "yAxisIndex": 1 }));
    }
    one
}

const fn kind_of(mark: Mark) -> &'static str {
    match mark {
        Mark::Bar => "bar",
        Mark::Line => "line",
        Mark::Point => "scatter",
    }
}

fn merge(into: &mut Json, from: Json) {
    if let (Json::Object(into), Json::Object(from)) = (into, from) {
        into.extend(from);
    }
}

/// Touching bars, one per bin. Edges are half-open but for the last: `[80, 90)`.
pub(super) fn histogram(spec: &ChartSpec, bins: &Bins) -> Map<String, Json> {
    let last = bins.counts.len().saturating_sub(1);
    let labels: Vec<String> =
        bins.iter().enumerate().map(|(i, bin)| interval(bin, i == last, spec.number_format)).collect();
    let counts: Vec<u64> = bins.counts.clone();
    object(json!({
        "tooltip": { "trigger": "axis", "axisPointer": { "type": "shadow" } },
        "grid": grid(false),
        "xAxis": {
            "type": "category",
            "name": spec.x_title,
            "nameLocation": "middle",
            "data": labels,
            "axisLabel": { "hideOverlap": true },
            "axisTick": { "alignWithLabel": true },
        },
        "yAxis": { "type": "value", "name": spec.y_title, "nameLocation": "end", "minInterval": 1 },
        "series": [{ "name": spec.y_title, "type": "bar", "barCategoryGap": "2%", "data": counts }],
    }))
}

/// `[80, 90)`; a single value stands alone.
pub(crate) fn interval((low, high, _): (f64, f64, u64), last: bool, number_format: NumberFormat) -> String {
    let edge = |value| format::number(value, number_format);
    if low == high { edge(low) } else { format!("[{}, {}{}", edge(low), edge(high), if last { "]" } else { ")" }) }
}
