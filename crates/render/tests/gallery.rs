//! Every kind of chart as the browser and the terminal get it, from ordinary and from degenerate rows.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use datafyme_domain::chart::{Mark, NumberFormat};
use datafyme_domain::{ChartKind, ChartSpec, ColumnType, RowSet, RowSetColumn, Value};
use datafyme_render::terminal::{self, TerminalOptions};
use datafyme_render::{RenderError, echarts};
use serde_json::Value as Json;

const PLAIN: TerminalOptions = TerminalOptions { width: 72, colour: false, unicode: true, max_rows: 12 };

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

fn rows(columns: &[(&str, ColumnType)], rows: Vec<Vec<Value>>) -> RowSet {
    RowSet {
        columns: columns
            .iter()
            .map(|(name, column_type)| RowSetColumn { name: (*name).to_owned(), column_type: *column_type })
            .collect(),
        rows,
        truncated: false,
    }
}

fn spec(kind: ChartKind, x: usize, y: &[usize]) -> ChartSpec {
    ChartSpec {
        kind,
        title: format!("A {} chart", kind.code().replace('_', " ")),
        x,
        y: y.to_vec(),
        series: None,
        size: None,
        marks: Vec::new(),
        x_title: "Across".to_owned(),
        y_title: "Up".to_owned(),
        y2_title: None,
        number_format: NumberFormat::Plain,
        date_format: None,
        horizontal: false,
    }
}

fn regions() -> RowSet {
    let names = ["Harrowgate Quay", "Ostvik", "Calder Bay", "Mirefeld"];
    let units = [9_687, 8_378, 13_242, 3_291];
    rows(
        &[("location", ColumnType::Text), ("units", ColumnType::Integer)],
        names.iter().zip(units).map(|(n, u)| vec![text(n), Value::Int(u)]).collect(),
    )
}

fn months() -> RowSet {
    let orders = [54, 51, 78, 90, 100, 70, 76, 56, 87, 100, 129, 173];
    let mut rows = rows(
        &[("month", ColumnType::Text), ("orders", ColumnType::Integer)],
        orders.iter().enumerate().map(|(i, n)| vec![text(&format!("2024-{:02}", i + 1)), Value::Int(*n)]).collect(),
    );
    rows.rows.remove(6);
    rows.rows.reverse();
    rows
}

fn crossed() -> RowSet {
    let cell = |r: &str, c: &str, n: i64| vec![text(r), text(c), Value::Int(n)];
    rows(
        &[("region", ColumnType::Text), ("category", ColumnType::Text), ("units", ColumnType::Integer)],
        vec![
            cell("North", "phone", 30),
            cell("North", "tablet", 12),
            cell("South", "phone", 22),
            cell("South", "audio", 9),
            cell("West", "tablet", 17),
        ],
    )
}

fn cloud() -> RowSet {
    let film = |i: i64| {
        vec![
            text(&format!("Film {i}")),
            Value::Int(i * i * 40_000),
            Value::Float(i as f64 * 310_000.5),
            Value::Int(i % 5 * 10),
        ]
    };
    rows(
        &[
            ("title", ColumnType::Text),
            ("attendance", ColumnType::Integer),
            ("box_office", ColumnType::Float),
            ("theatres", ColumnType::Integer),
        ],
        (1..=14).map(film).collect(),
    )
}

fn minutes() -> RowSet {
    rows(&[("running_time", ColumnType::Integer)], (0..60).map(|i| vec![Value::Int(81 + (i * i) % 67)]).collect())
}

fn two_measures() -> RowSet {
    let cell = |r: &str, a: i64, b: f64| vec![text(r), Value::Int(a), Value::Float(b)];
    rows(
        &[("region", ColumnType::Text), ("orders", ColumnType::Integer), ("average_price", ColumnType::Float)],
        vec![cell("North", 120, 149.9), cell("South", 80, 162.25), cell("West", 45, 99.0)],
    )
}

/// Each kind with rows that suit it.
fn gallery() -> Vec<(ChartSpec, RowSet)> {
    let mut lying = spec(ChartKind::Bar, 0, &[1]);
    lying.horizontal = true;
    let mut stacked = spec(ChartKind::StackedBar, 0, &[2]);
    stacked.series = Some(1);
    let mut line = spec(ChartKind::Line, 0, &[1]);
    line.date_format = Some("%b %Y".to_owned());
    let mut scatter = spec(ChartKind::Scatter, 1, &[2]);
    scatter.number_format = NumberFormat::Compact;
    let mut bubble = spec(ChartKind::Bubble, 1, &[2]);
    bubble.size = Some(3);
    bubble.number_format = NumberFormat::Compact;
    let mut mixed = spec(ChartKind::Mixed, 0, &[1, 2]);
    mixed.marks = vec![Mark::Bar, Mark::Line];
    mixed.y2_title = Some("Average price".to_owned());
    vec![
        (lying, regions()),
        (spec(ChartKind::Bar, 0, &[1]), months()),
        (stacked, crossed()),
        (line, months()),
        (spec(ChartKind::Pie, 0, &[1]), regions()),
        (scatter, cloud()),
        (bubble, cloud()),
        (spec(ChartKind::Histogram, 0, &[]), minutes()),
        (mixed, two_measures()),
    ]
}

#[test]
fn echarts_options_are_as_reviewed() {
    for (i, (spec, rows)) in gallery().iter().enumerate() {
        let option = echarts::option(spec, rows).unwrap();
        insta::assert_json_snapshot!(format!("echarts_{i}_{}", spec.kind.code()), option);
    }
}

#[test]
fn terminal_charts_are_as_reviewed() {
    for (i, (spec, rows)) in gallery().iter().enumerate() {
        let unicode = terminal::chart(spec, rows, &PLAIN).unwrap();
        let ascii = TerminalOptions { unicode: false, ..PLAIN };
        let ascii = terminal::chart(spec, rows, &ascii).unwrap();
        insta::assert_snapshot!(format!("terminal_{i}_{}", spec.kind.code()), format!("{unicode}\n\n{ascii}"));
    }
}

#[test]
fn a_line_has_a_gap_where_a_month_is_missing_and_runs_forward() {
    let (spec, rows) = &gallery()[3];
    let option = echarts::option(spec, rows).unwrap();
    let labels = option["xAxis"]["data"].as_array().unwrap();
    let data = option["series"][0]["data"].as_array().unwrap();
    assert_eq!((labels.len(), data.len()), (12, 12));
    assert_eq!((labels[0].as_str(), labels[11].as_str()), (Some("Jan 2024"), Some("Dec 2024")));
    assert_eq!((&data[6], &data[11]), (&Json::Null, &Json::from(173)));
}

#[test]
fn stacked_series_are_aligned_and_missing_ones_are_zero() {
    let (spec, rows) = &gallery()[2];
    let option = echarts::option(spec, rows).unwrap();
    let series = option["series"].as_array().unwrap();
    let names: Vec<_> = series.iter().map(|s| s["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["phone", "tablet", "audio"], "in the order in which they occur");
    assert_eq!(series[0]["data"], serde_json::json!([30, 22, 0]));
    assert_eq!(series[1]["data"], serde_json::json!([12, 0, 17]));
    assert!(series.iter().all(|s| s["stack"] == "total"));
}

#[test]
fn a_bubble_of_four_times_the_size_is_twice_as_wide() {
    let (spec, rows) = &gallery()[6];
    let option = echarts::option(spec, rows).unwrap();
    let data = option["series"][0]["data"].as_array().unwrap();
    let diameter = |size: i64| {
        let hit = data.iter().find(|d| d["value"][2] == size).unwrap();
        hit["symbolSize"].as_f64().unwrap()
    };
    assert!((diameter(40) / diameter(10) - 2.0).abs() < 0.01);
    assert_eq!(diameter(0), 5.0, "nothing can still be seen");
}

#[test]
fn bins_hold_every_value_once() {
    let (spec, rows) = &gallery()[7];
    let option = echarts::option(spec, rows).unwrap();
    let counts = option["series"][0]["data"].as_array().unwrap();
    assert_eq!(counts.iter().map(|c| c.as_u64().unwrap()).sum::<u64>(), 60);
    assert!((5..=20).contains(&counts.len()), "{}", counts.len());
}

/// Rows that a chart may meet, beside those it is made for.
fn degenerate() -> Vec<(&'static str, RowSet)> {
    let columns =
        [("a", ColumnType::Text), ("a", ColumnType::Float), ("a", ColumnType::Float), ("a", ColumnType::Float)];
    let row = |t: Value, v: Value| vec![t, v.clone(), v.clone(), v];
    let huge = text(&"x\u{1b}[31m\n".repeat(20_000));
    let nan = Value::Float(f64::NAN);
    let many = (0..10_000).map(|i| row(text(&format!("c{i}")), Value::Float(f64::from(i).sin()))).collect();
    let odd = vec![
        row(text("NaN"), nan.clone()),
        row(Value::Null, Value::Float(f64::INFINITY)),
        row(text(""), Value::Float(-3.0)),
        row(text("big"), Value::Float(1.0e300)),
        row(text("small"), Value::Float(-1.0e300)),
        row(text("decimal"), Value::Decimal("12.50".to_owned())),
    ];
    let dates: Vec<Vec<Value>> =
        ["2024-01-01", "2024-06-30", "2199-01-01"].iter().map(|d| row(text(d), Value::Int(1))).collect();
    let all = vec![
        ("no rows", vec![]),
        ("one row", vec![row(text("only"), Value::Int(5))]),
        ("all NULL", vec![row(Value::Null, Value::Null), row(Value::Null, Value::Null)]),
        ("all NaN", vec![row(text("x"), nan.clone()), row(text("y"), nan)]),
        ("all zero", vec![row(text("x"), Value::Int(0)), row(text("y"), Value::Int(0))]),
        ("all negative", vec![row(text("x"), Value::Int(-2)), row(text("y"), Value::Int(-8))]),
        ("odd", odd),
        ("huge text", vec![row(huge.clone(), Value::Int(1)), row(huge, Value::Int(2))]),
        ("text for numbers", vec![row(text("x"), text("y")), row(text("z"), text("9"))]),
        ("far dates", dates),
        ("extremes", vec![row(text("x"), Value::Float(f64::MAX)), row(text("y"), Value::Float(f64::MIN))]),
        ("tiny", vec![row(text("x"), Value::Float(f64::MIN_POSITIVE)), row(text("y"), Value::Float(0.0))]),
        ("short rows", vec![vec![text("x")], vec![]]),
        ("ten thousand", many),
    ];
    all.into_iter().map(|(name, data)| (name, rows(&columns, data))).collect()
}

fn every_kind() -> Vec<ChartSpec> {
    ChartKind::ALL
        .iter()
        .map(|kind| {
            let mut spec = match kind {
                ChartKind::Histogram => spec(*kind, 1, &[]),
                ChartKind::Mixed => spec(*kind, 0, &[1, 2]),
                ChartKind::Scatter | ChartKind::Bubble => spec(*kind, 1, &[2]),
                _ => spec(*kind, 0, &[1]),
            };
            spec.series = (*kind == ChartKind::StackedBar).then_some(0);
            spec.size = (*kind == ChartKind::Bubble).then_some(3);
            spec.marks = if *kind == ChartKind::Mixed { vec![Mark::Bar, Mark::Line] } else { vec![] };
            spec
        })
        .collect()
}

#[test]
fn degenerate_rows_never_break_a_chart() {
    for spec in every_kind() {
        for (name, rows) in degenerate() {
            let option = echarts::option(&spec, &rows).unwrap();
            let text = serde_json::to_string(&option).unwrap();
            assert!(text.len() < 2_000_000, "{name} {:?}: {} bytes", spec.kind, text.len());
            for colour in [true, false] {
                for unicode in [true, false] {
                    for width in [1, 80] {
                        let options = TerminalOptions { width, colour, unicode, max_rows: 10 };
                        let drawn = terminal::chart(&spec, &rows, &options).unwrap();
                        let lines: Vec<_> = drawn.lines().collect();
                        assert!(lines.len() <= 60, "{name} {:?}: {} lines", spec.kind, lines.len());
                        let widest = lines.iter().map(|l| console::measure_text_width(l)).max().unwrap_or(0);
                        assert!(widest <= width.max(40), "{name} {:?} {width}: {widest}\n{drawn}", spec.kind);
                        if !colour {
                            assert!(!drawn.contains('\u{1b}'), "{name} {:?}", spec.kind);
                        }
                        if !unicode {
                            assert!(drawn.is_ascii(), "{name} {:?}:\n{drawn}", spec.kind);
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn charts_without_a_figure_say_so() {
    for spec in every_kind() {
        for (name, rows) in degenerate().iter().filter(|(n, _)| ["no rows", "all NULL", "all NaN"].contains(n)) {
            let drawn = terminal::chart(&spec, rows, &PLAIN).unwrap();
            assert!(drawn.contains("(nothing to draw)"), "{name} {:?}:\n{drawn}", spec.kind);
        }
    }
}

#[test]
fn a_spec_that_does_not_fit_is_refused_with_the_column() {
    let error = echarts::option(&spec(ChartKind::Bar, 7, &[1]), &regions()).unwrap_err();
    assert!(matches!(error, RenderError::NoSuchColumn { position: 7, columns: 2 }));
    let error = terminal::chart(&spec(ChartKind::StackedBar, 0, &[1]), &regions(), &PLAIN).unwrap_err();
    assert_eq!(error.to_string(), "the stacked_bar chart lacks a series column; choose the chart again");
}

#[test]
fn tables_are_as_reviewed() {
    let mut wide = rows(
        &[
            ("product_id", ColumnType::Text),
            ("product_name", ColumnType::Text),
            ("description", ColumnType::Text),
            ("price", ColumnType::Float),
            ("first_sold", ColumnType::Integer),
            ("stock", ColumnType::Integer),
            ("note", ColumnType::Text),
        ],
        (0..15)
            .map(|i| {
                vec![
                    text(&format!("product-{i}")),
                    text(["Kestrel Mini", "Őrség tábla", "小型電話"][i % 3]),
                    text("A phone that fits every pocket, however small it may be"),
                    Value::Float(149.9 + i as f64 * 1000.0),
                    Value::Int(2024),
                    if i % 4 == 1 { Value::Null } else { Value::Int(12_345 * i as i64) },
                    text("x"),
                ]
            })
            .collect(),
    );
    wide.truncated = true;
    insta::assert_snapshot!("table_72", terminal::table(&wide, &PLAIN));
    insta::assert_snapshot!("table_120", terminal::table(&wide, &TerminalOptions { width: 120, ..PLAIN }));
    let ascii = TerminalOptions { unicode: false, width: 40, ..PLAIN };
    insta::assert_snapshot!("table_40_ascii", terminal::table(&wide, &ascii));
    insta::assert_snapshot!("table_empty", terminal::table(&rows(&[("n", ColumnType::Integer)], vec![]), &PLAIN));
}

#[test]
fn tables_fit_and_survive_degenerate_rows() {
    for (name, rows) in degenerate() {
        for width in [1, 20, 60, 200] {
            for colour in [true, false] {
                let options = TerminalOptions { width, colour, ..PLAIN };
                let drawn = terminal::table(&rows, &options);
                let widest = drawn.lines().filter(|l| l.starts_with(['│', '╭'])).map(console::measure_text_width).max();
                assert!(widest.unwrap_or(0) <= width.max(30), "{name} {width}:\n{drawn}");
                assert!(colour || !drawn.contains('\u{1b}'), "{name}");
            }
        }
    }
}
