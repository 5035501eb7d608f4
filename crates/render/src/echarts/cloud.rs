//! Scatter and bubble charts.

use super::{figure, grid, object};
use crate::plot::Points;
use datafyme_domain::{ChartKind, ChartSpec, RowSet};
use serde_json::{Map, Value as Json, json};

/// Diameter of the largest bubble, and of the smallest that can still be hit, in pixels.
const LARGEST: f64 = 56.0;
const SMALLEST: f64 = 5.0;
/// Points from which ECharts draws in its fast mode.
const LARGE: usize = 2_000;

pub(super) fn parts(spec: &ChartSpec, rows: &RowSet, content: &Points) -> Map<String, Json> {
    let top = content.points.iter().filter_map(|p| p.size).fold(0.0_f64, f64::max);
    let data: Vec<Json> = content
        .points
        .iter()
        .map(|point| {
            let mut value = vec![figure(point.x), figure(point.y)];
            value.extend(point.size.map(figure));
            let mut item = object(json!({ "value": value }));
            if let Some(label) = &point.label {
                item.insert("name".to_owned(), json!(label));
            }
            if let Some(size) = point.size {
                item.insert("symbolSize".to_owned(), json!(diameter(size, top)));
            }
            Json::Object(item)
        })
        .collect();
    let bubble = spec.kind == ChartKind::Bubble;
    let size_title = spec.size.and_then(|s| rows.columns.get(s)).map(|c| c.name.clone());
    let mut series = object(json!({
        "name": spec.y_title,
        "type": "scatter",
        "dimensions": [spec.x_title, spec.y_title],
        "data": data,
        "itemStyle": { "opacity": if bubble { 0.6 } else { 0.75 } },
        "emphasis": { "focus": "self" },
    }));
    if let Some(title) = size_title {
        series.insert("dimensions".to_owned(), json!([spec.x_title, spec.y_title, title]));
    }
    if !bubble {
        series.insert("symbolSize".to_owned(), json!(8));
        series.insert("large".to_owned(), json!(content.points.len() > LARGE));
    }
    object(json!({
        "tooltip": { "trigger": "item" },
        "grid": grid(false),
        "xAxis": { "type": "value", "name": spec.x_title, "nameLocation": "middle", "scale": true },
        "yAxis": { "type": "value", "name": spec.y_title, "nameLocation": "end", "scale": true },
        "series": [series],
    }))
}

/// Area, not radius, is in proportion to the size (Cleveland and McGill 1984: people read areas).
fn diameter(size: f64, top: f64) -> f64 {
    if top <= 0.0 {
        return SMALLEST;
    }
    let scaled = (size / top).sqrt() * LARGEST;
    (scaled.max(SMALLEST) * 10.0).round() / 10.0
}
