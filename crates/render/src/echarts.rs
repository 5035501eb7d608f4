//! The one ECharts 6 option of a chart: what the browser draws, and whoever makes a picture of it.
//!
//! It is plain JSON without functions, colours or fonts: the theme gives those. What ECharts can only do by a
//! function, formatting numbers, is stated under the key `datafyme` (ECharts ignores it) for the page to apply:
//! `{kind, number_format, date_format, value_axes, dropped}`, where `value_axes` lists the axes that carry values
//! (`x`, `y`, `y2`). Labels that stand in the drawing itself come formatted.

mod cartesian;
mod cloud;
mod round;

pub(crate) use cartesian::interval;

use crate::RenderError;
use crate::plot::{Plot, plot};
use datafyme_domain::{ChartKind, ChartSpec, RowSet};
use serde_json::{Map, Value as Json, json};

/// Steps of an axis beyond which it can be zoomed.
const ZOOM_FROM: usize = 80;

/// The option.
///
/// # Errors
/// When the spec does not fit the rows. Rows without a number to draw are no error: the chart is empty.
pub fn option(spec: &ChartSpec, rows: &RowSet) -> Result<Json, RenderError> {
    let plot = plot(spec, rows)?;
    let mut option = Map::new();
    option.insert(
        "title".to_owned(),
        json!({ "text": spec.title, "left": 8, "top": 4, "textStyle": { "overflow": "truncate" } }),
    );
    option.insert("aria".to_owned(), json!({ "enabled": true, "decal": { "show": false } }));
    let (parts, axes, dropped) = match &plot {
        Plot::Categories(content) if spec.kind == ChartKind::Pie => {
            (round::parts(spec, content), vec![], content.dropped)
        }
        Plot::Categories(content) => {
            (cartesian::parts(spec, content), cartesian::value_axes(spec, content), content.dropped)
        }
        Plot::Points(content) => (cloud::parts(spec, rows, content), vec!["x", "y"], content.dropped),
        Plot::Bins(content) => (cartesian::histogram(spec, content), vec!["y"], 0),
    };
    option.extend(parts);
    option.insert(
        "datafyme".to_owned(),
        json!({
            "kind": spec.kind,
            "number_format": spec.number_format,
            "date_format": spec.date_format,
            "value_axes": axes,
            "dropped": dropped,
        }),
    );
    Ok(Json::Object(option))
}

fn object(value: Json) -> Map<String, Json> {
    match value {
        Json::Object(map) => map,
        _ => Map::new(),
    }
}

/// A finite number as short as JSON allows: whole ones without a point.
fn figure(value: f64) -> Json {
    if value.fract() == 0.0 && value.abs() < 9e15 { json!(value as i64) } else { json!(value) }
}

/// Room around the axes, which keep clear of the title, and of the legend where there is one.
fn grid(legend: bool) -> Json {
    let top = if legend { 92 } else { 64 };
    json!({ "left": 16, "right": 24, "top": top, "bottom": 16, "outerBoundsMode": "same", "outerBoundsContain": "all" })
}
