//! Pie charts.

use super::{figure, object};
use crate::format;
use crate::plot::Categories;
use datafyme_domain::ChartSpec;
use serde_json::{Map, Value as Json, json};

/// Slices named in the drawing, at most; the legend names the others.
const NAMED_SLICES: usize = 12;

pub(super) fn parts(spec: &ChartSpec, content: &Categories) -> Map<String, Json> {
    let values = content.series.first().map_or(&[][..], |s| s.values.as_slice());
    // A slice cannot be negative: what is not part of the whole is left out.
    let whole: f64 = values.iter().flatten().filter(|v| **v > 0.0).sum();
    let data: Vec<Json> = content
        .labels
        .iter()
        .zip(values)
        .filter_map(|(label, value)| {
            let value = value.filter(|v| *v >= 0.0)?;
            let share = if whole > 0.0 { value / whole * 100.0 } else { 0.0 };
            // Braces would be read as a template.
            let name = label.replace('{', "(").replace('}', ")");
            let text = format!("{name}  {}%", format::plain(share, 1));
            Some(json!({ "name": label, "value": figure(value), "label": { "formatter": text } }))
        })
        .collect();
    let named = data.len() <= NAMED_SLICES;
    object(json!({
        "tooltip": { "trigger": "item" },
        "legend": { "type": "scroll", "bottom": 0 },
        "series": [{
            "name": spec.y_title,
            "type": "pie",
            "radius": ["34%", "60%"],
            "center": ["50%", "52%"],
            "data": data,
            "label": { "show": named, "overflow": "break" },
            "labelLine": { "show": named },
            "emphasis": { "focus": "self" },
            // Without a value in any slice ECharts would draw equal ones.
            "stillShowZeroSum": false,
        }],
    }))
}
