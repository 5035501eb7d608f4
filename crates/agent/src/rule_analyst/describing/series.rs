//! Extremes, totals and trends of a measure over its rows.

use super::column::{Reading, cell, figure};
use crate::wording::{count, number, percent};
use datafyme_domain::{RowSet, Value};

/// Share of the variance that a straight line must explain before it is called a trend (R²).
const TREND_FIT: f64 = 0.5;
/// Change over the whole series, as a share of its mean, from which a trend is worth a word.
const TREND_SIZE: f64 = 0.1;
/// Points from which a trend can be told.
const TREND_POINTS: usize = 5;

/// A row's label and figure.
struct Point<'a> {
    label: &'a Value,
    figure: f64,
}

fn points<'a>(rows: &'a RowSet, label: &Reading, measure: &Reading) -> Vec<Point<'a>> {
    rows.rows
        .iter()
        .filter_map(|row| Some(Point { label: row.get(label.position)?, figure: figure(row.get(measure.position)?)? }))
        .collect()
}

fn show(value: f64, measure: &Reading) -> String {
    cell(&Value::Float(value), measure)
}

fn extremes<'a, 'b>(points: &'b [Point<'a>]) -> Option<(&'b Point<'a>, &'b Point<'a>)> {
    let highest = points.iter().reduce(|a, b| if b.figure > a.figure { b } else { a })?;
    let lowest = points.iter().reduce(|a, b| if b.figure < a.figure { b } else { a })?;
    Some((highest, lowest))
}

/// One measure per category.
pub(super) fn per_category(rows: &RowSet, category: &Reading, measure: &Reading) -> String {
    let points = points(rows, category, measure);
    let Some((highest, lowest)) = extremes(&points) else {
        return format!("{} rows, none with a value for {}.", count(rows.rows.len() as f64), measure.label);
    };
    let n = count(rows.rows.len() as f64);
    if highest.figure == lowest.figure {
        return format!("{n} rows, all with {} {}.", measure.label, show(highest.figure, measure));
    }
    let with = |point: &Point<'_>| {
        let ties = points.iter().filter(|p| p.figure == point.figure).count();
        let others = match ties {
            1 => String::new(),
            2 => " and one other".to_owned(),
            n => format!(" and {} others", n - 1),
        };
        format!("{}{others} with {}", cell(point.label, category), show(point.figure, measure))
    };
    let mut text = format!(
        "{n} rows. {}: highest {}; lowest {}.",
        super::capitalized(&measure.label),
        with(highest),
        with(lowest)
    );
    if measure.additive && !rows.truncated {
        text.push(' ');
        text.push_str(&total(&points, highest, category, measure));
    }
    text
}

fn total(points: &[Point<'_>], highest: &Point<'_>, category: &Reading, measure: &Reading) -> String {
    let total: f64 = points.iter().map(|p| p.figure).sum();
    let whole = points.iter().all(|p| p.figure >= 0.0) && total > 0.0;
    if whole && points.len() > 2 {
        let share = percent(highest.figure / total);
        return format!("Together {}; {} makes up {share}.", show(total, measure), cell(highest.label, category));
    }
    format!("Together {}.", show(total, measure))
}

/// One measure over time.
pub(super) fn over_time(rows: &RowSet, time: &Reading, measure: &Reading) -> String {
    let mut points = points(rows, time, measure);
    // Periods are written so that their text order is their order in time.
    points.sort_by_cached_key(|p| p.label.to_string());
    let (Some((highest, lowest)), Some(first), Some(last)) = (extremes(&points), points.first(), points.last()) else {
        return format!("{} rows, none with a value for {}.", count(rows.rows.len() as f64), measure.label);
    };
    let mut text = format!(
        "{} from {} to {}: ",
        super::capitalized(&measure.label),
        cell(first.label, time),
        cell(last.label, time)
    );
    if highest.figure == lowest.figure {
        text.push_str(&format!("always {}.", show(highest.figure, measure)));
        return text;
    }
    text.push_str(&format!(
        "highest in {} with {}, lowest in {} with {}.",
        cell(highest.label, time),
        show(highest.figure, measure),
        cell(lowest.label, time),
        show(lowest.figure, measure)
    ));
    if let Some(trend) = trend(&points, time, measure) {
        text.push(' ');
        text.push_str(&trend);
    }
    if measure.additive && !rows.truncated {
        let total: f64 = points.iter().map(|p| p.figure).sum();
        text.push_str(&format!(" Together {}.", show(total, measure)));
    }
    text
}

/// Least-squares line through the points; called a trend only where it explains most of the variance.
fn trend(points: &[Point<'_>], time: &Reading, measure: &Reading) -> Option<String> {
    if points.len() < TREND_POINTS {
        return None;
    }
    let n = points.len() as f64;
    let mean_x = (n - 1.0) / 2.0;
    let mean_y = points.iter().map(|p| p.figure).sum::<f64>() / n;
    let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
    for (i, point) in points.iter().enumerate() {
        let (dx, dy) = (i as f64 - mean_x, point.figure - mean_y);
        xy += dx * dy;
        xx += dx * dx;
        yy += dy * dy;
    }
    if xx == 0.0 || yy == 0.0 {
        return None;
    }
    if xy * xy / (xx * yy) < TREND_FIT {
        return Some("There is no steady trend.".to_owned());
    }
    let slope = xy / xx;
    if (slope * (n - 1.0)).abs() < TREND_SIZE * mean_y.abs() {
        return Some("It hardly changes on the whole.".to_owned());
    }
    let way = if slope > 0.0 { "rises" } else { "falls" };
    let step = time.period.as_deref().map_or_else(|| "from one row to the next".to_owned(), |p| format!("per {p}"));
    Some(format!("On the whole it {way}, by about {} {step}.", show(rounded(slope.abs()), measure)))
}

/// Two significant digits: a trend is no exact figure.
fn rounded(value: f64) -> f64 {
    let unit = 10_f64.powf(value.abs().log10().floor() - 1.0);
    if unit.is_finite() && unit > 0.0 { (value / unit).round() * unit } else { value }
}

/// One measure without anything that names its rows.
pub(super) fn alone(rows: &RowSet, measure: &Reading) -> String {
    let mut figures: Vec<f64> = rows.column_values(measure.position).filter_map(figure).collect();
    figures.sort_by(f64::total_cmp);
    let (Some(low), Some(high)) = (figures.first(), figures.last()) else {
        return format!("{} rows, none with a value.", count(rows.rows.len() as f64));
    };
    let mean = figures.iter().sum::<f64>() / figures.len() as f64;
    format!(
        "{} rows. {}: from {} to {}, {} on average.",
        count(rows.rows.len() as f64),
        super::capitalized(&measure.label),
        show(*low, measure),
        show(*high, measure),
        number(mean)
    )
}

/// Where a measure is highest and lowest, naming rows by all their labels.
pub(super) fn extremes_by(rows: &RowSet, label: &Reading, measure: &Reading, columns: &[Reading]) -> String {
    let points = points(rows, label, measure);
    let Some((highest, lowest)) = extremes(&points) else {
        return format!("No row has a value for {}.", measure.label);
    };
    let name = |wanted: f64| {
        let row = rows.rows.iter().find(|r| r.get(measure.position).and_then(figure) == Some(wanted));
        let labels: Vec<String> = columns
            .iter()
            .filter(|c| !c.measure)
            .filter_map(|c| Some(cell(row?.get(c.position)?, c)))
            .take(2)
            .collect();
        labels.join(", ")
    };
    if highest.figure == lowest.figure {
        return format!("{} is {} throughout.", super::capitalized(&measure.label), show(highest.figure, measure));
    }
    format!(
        "{}: highest {} ({}), lowest {} ({}).",
        super::capitalized(&measure.label),
        show(highest.figure, measure),
        name(highest.figure),
        show(lowest.figure, measure),
        name(lowest.figure)
    )
}
