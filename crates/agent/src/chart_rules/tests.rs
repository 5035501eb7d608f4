use super::*;
use crate::analyst::DraftColumnRole;
use ChartKind::{Bar, Bubble, Histogram, Line, Mixed, Pie, Scatter, StackedBar};
use datafyme_domain::chart::{Mark, NumberFormat};
use datafyme_domain::{ColumnType, RowSetColumn, Value};

trait IntoValue {
    fn value(self) -> Value;
}
impl IntoValue for &str {
    fn value(self) -> Value {
        Value::Text(self.to_owned())
    }
}
impl IntoValue for i64 {
    fn value(self) -> Value {
        Value::Int(self)
    }
}
impl IntoValue for f64 {
    fn value(self) -> Value {
        Value::Float(self)
    }
}

macro_rules! row {
    ($($value:expr),+) => { vec![$($value.value()),+] };
}

fn rows(names: &[&str], rows: Vec<Vec<Value>>) -> RowSet {
    let columns = names.iter().enumerate().map(|(i, name)| {
        let column_type = match rows.first().map(|r| &r[i]) {
            Some(Value::Int(_)) => ColumnType::Integer,
            Some(Value::Float(_)) => ColumnType::Float,
            _ => ColumnType::Text,
        };
        RowSetColumn { name: (*name).to_owned(), column_type }
    });
    RowSet { columns: columns.collect(), rows, truncated: false }
}

fn asked(question: &str, rows: &RowSet) -> Representation {
    let hint = ChartHint { question, ..ChartHint::default() };
    let choice = choose(rows, &hint);
    if let Representation::Chart(spec) = &choice.representation {
        assert_eq!(validate(spec, rows), Ok(()), "{question}");
    }
    choice.representation
}

fn kind(question: &str, rows: &RowSet) -> Option<ChartKind> {
    match asked(question, rows) {
        Representation::Chart(spec) => Some(spec.kind),
        _ => None,
    }
}

fn spec(question: &str, rows: &RowSet) -> ChartSpec {
    match asked(question, rows) {
        Representation::Chart(spec) => *spec,
        other => panic!("{question}: {other:?}"),
    }
}

fn months() -> RowSet {
    rows(&["month", "order_count"], vec![row!["2024-01", 54], row!["2024-02", 51], row!["2024-04", 90]])
}

fn companies() -> RowSet {
    rows(&["company_name", "total"], vec![row!["Brightwell", 23_751], row!["Fenwick", 12_496], row!["Dunmore", 10_730]])
}

fn numbered(count: i64) -> RowSet {
    rows(&["title", "rating"], (0..count).map(|i| row![format!("Film {i}").as_str(), 3.0 + i as f64]).collect())
}

#[test]
fn a_single_figure_is_a_sentence() {
    let one = rows(&["count"], vec![row![42]]);
    assert_eq!(asked("How many orders are there?", &one), Representation::Text);
    let named = rows(&["company_name", "total"], vec![row!["Brightwell", 23_751]]);
    assert_eq!(asked("Who ordered most?", &named), Representation::Text);
}

#[test]
fn no_rows_are_a_sentence_and_one_wide_row_is_a_table() {
    let none = rows(&["count"], vec![]);
    assert_eq!(asked("How many?", &none), Representation::Text);
    let wide = rows(&["id", "name", "price", "size"], vec![row![1, "Kestrel", 149.9, 58]]);
    assert_eq!(asked("Show product 1", &wide), Representation::Table);
}

#[test]
fn a_measure_over_time_is_a_line() {
    let spec = spec("How many orders were placed each month?", &months());
    assert_eq!((spec.kind, spec.x, spec.y), (Line, 0, vec![1]));
    assert_eq!(spec.date_format.as_deref(), Some("%b %Y"));
    assert_eq!((spec.x_title.as_str(), spec.y_title.as_str()), ("Month", "Order count"));
    assert_eq!(spec.title, "How many orders were placed each month");
}

#[test]
fn two_points_in_time_are_compared_by_bars() {
    let years = rows(&["year", "orders"], vec![row![2024, 1064], row![2025, 1336]]);
    assert_eq!(kind("Orders per year?", &years), Some(Bar));
}

#[test]
fn a_category_and_a_measure_are_bars_up_to_thirty() {
    assert_eq!(kind("Which companies ordered most?", &companies()), Some(Bar));
    assert_eq!(kind("Ratings of the films", &numbered(30)), Some(Bar));
    assert_eq!(kind("Ratings of the films", &numbered(31)), None);
}

#[test]
fn many_or_long_names_lie_down() {
    assert!(!spec("Which companies ordered most?", &companies()).horizontal);
    assert!(spec("Ratings of the films", &numbered(9)).horizontal);
    let long = rows(&["title", "n"], vec![row!["The Reluctant Astronaut's Wife", 3], row!["Silt", 2]]);
    assert!(spec("Films by n", &long).horizontal);
}

#[test]
fn shares_are_a_pie_only_when_few_and_asked_for_or_whole() {
    let shares = rows(&["age_limit", "percentage"], vec![row!["PG", 40.0], row!["R", 35.0], row!["G", 25.0]]);
    assert_eq!(kind("age limits", &shares), Some(Pie));
    assert_eq!(kind("What share does each company have?", &companies()), Some(Pie));
    assert_eq!(kind("What share does each film have?", &numbered(7)), Some(Bar), "too many slices");
    let part = rows(&["genre", "percentage"], vec![row!["Drama", 12.0], row!["Crime", 9.0]]);
    assert_eq!(kind("Genres", &part), Some(Bar), "21 per cent are no whole");
    let negative = rows(&["place", "change"], vec![row!["North", -3], row!["South", 9]]);
    assert_eq!(kind("What share of the change has each place?", &negative), Some(Bar));
}

#[test]
fn two_measures_are_points_when_they_go_together_or_are_asked_to() {
    let together = rows(
        &["title", "attendance", "box_office"],
        (1..=12).map(|i| row![format!("Film {i}").as_str(), i * 100, i * 800 + (i % 3) * 40]).collect(),
    );
    assert_eq!(kind("Attendance and box office per film", &together), Some(Scatter));
    let apart = rows(
        &["title", "wage", "minutes"],
        (1..=12).map(|i| row![format!("Film {i}").as_str(), i, (i * 7) % 5]).collect(),
    );
    assert_eq!(kind("Wage and minutes per film", &apart), Some(Mixed));
    assert_eq!(kind("How do wage and minutes of the films correlate?", &apart), Some(Scatter));
    let bare = rows(&["wage", "minutes"], (1..=12).map(|i| row![i, (i * 7) % 5]).collect());
    assert_eq!(kind("Wage and minutes", &bare), Some(Scatter));
}

#[test]
fn two_measures_per_category_share_an_axis_only_at_one_scale() {
    let same = rows(&["region", "orders", "deliveries"], vec![row!["North", 10, 12], row!["South", 20, 18]]);
    let same = spec("Orders and deliveries per region", &same);
    assert_eq!((same.kind, same.marks, same.y2_title), (Mixed, vec![Mark::Bar, Mark::Bar], None));
    let apart = rows(&["region", "orders", "revenue"], vec![row!["North", 10, 120_000], row!["South", 20, 180_000]]);
    let apart = spec("Orders and revenue per region", &apart);
    assert_eq!(apart.marks, [Mark::Bar, Mark::Line]);
    assert_eq!(apart.y2_title.as_deref(), Some("Revenue"));
    assert_eq!(apart.number_format, NumberFormat::Plain);
}

#[test]
fn three_measures_are_bubbles_when_a_relation_is_asked_for() {
    let three = rows(
        &["title", "budget", "takings", "rating"],
        (1..=6).map(|i| row![format!("Film {i}").as_str(), i * 3, i * 5, i]).collect(),
    );
    let bubble = spec("Relationship between budget, takings and rating of the films", &three);
    assert_eq!((bubble.kind, bubble.x, bubble.y, bubble.size), (Bubble, 1, vec![2], Some(3)));
    assert_eq!(kind("Budget, takings and rating of the films", &three), None);
}

#[test]
fn crossing_categories_are_stacked_and_attributes_are_a_table() {
    let crossed = rows(
        &["region", "category", "units"],
        vec![row!["North", "phone", 3], row!["North", "tablet", 5], row!["South", "phone", 4]],
    );
    let stacked = spec("Units by region and category", &crossed);
    assert_eq!((stacked.kind, stacked.x, stacked.series), (StackedBar, 0, Some(1)));
    let entities = rows(
        &["product_name", "category", "price"],
        vec![row!["Kestrel", "phone", 149.9], row!["Marlin", "tablet", 159.0], row!["Lumen", "phone", 119.9]],
    );
    assert_eq!(kind("Products with category and price", &entities), None);
    let averages = rows(
        &["region", "category", "average_price"],
        vec![row!["North", "phone", 3], row!["North", "tablet", 5], row!["South", "phone", 4]],
    );
    assert_eq!(kind("Average price by region and category", &averages), None, "averages do not stack");
}

#[test]
fn a_measure_over_time_by_group_is_one_line_each() {
    let grouped = rows(
        &["month", "product_name", "orders"],
        ["2024-01", "2024-02", "2024-03"]
            .iter()
            .flat_map(|m| [row![*m, "Kestrel", 3], row![*m, "Marlin", 5]])
            .collect(),
    );
    let line = spec("Orders by month and product", &grouped);
    assert_eq!((line.kind, line.x, line.series), (Line, 0, Some(1)));
    let single = rows(
        &["product_name", "month", "orders"],
        vec![row!["Kestrel", "2024-01", 3], row!["Kestrel", "2024-02", 5], row!["Kestrel", "2024-03", 4]],
    );
    let single = spec("Kestrel orders by month", &single);
    assert_eq!((single.kind, single.x, single.series), (Line, 1, None), "a constant column is no series");
}

#[test]
fn a_year_beside_a_month_becomes_the_series() {
    let both = rows(
        &["year", "month", "orders"],
        (1..=12).flat_map(|m| [row![2024, m, 10 + m], row![2025, m, 20 + m]]).collect(),
    );
    let line = spec("Orders per month, 2024 and 2025 compared", &both);
    assert_eq!((line.kind, line.x, line.series), (Line, 1, Some(0)));
}

#[test]
fn rows_that_are_entities_stay_a_table() {
    let orders = rows(
        &["order_id", "order_date", "quantity"],
        (1..=5).map(|i| row![format!("order-{i}").as_str(), format!("2024-01-0{i}").as_str(), i]).collect(),
    );
    assert_eq!(kind("Orders of January", &orders), None);
    let names = rows(&["name"], vec![row!["a"], row!["b"]]);
    assert_eq!(kind("Names", &names), None);
    assert_eq!(kind("List the companies and their totals", &companies()), None);
}

#[test]
fn a_cut_off_result_is_never_drawn_unasked() {
    let mut cut = months();
    cut.truncated = true;
    assert_eq!(kind("How many orders were placed each month?", &cut), None);
}

#[test]
fn the_spread_of_a_measure_is_a_histogram() {
    let values = rows(&["running_time"], (0..40).map(|i| row![80 + (i * 7) % 60]).collect());
    assert_eq!(kind("Distribution of running times", &values), Some(Histogram));
    assert_eq!(kind("What is the distribution of ratings?", &numbered(60)), Some(Histogram));
    assert_eq!(kind("Running times", &values), None);
}

#[test]
fn a_wish_is_followed_where_it_can_be_drawn() {
    let wish = |kind, rows: &RowSet| {
        let hint = ChartHint { question: "as a chart", wish: Some(kind), ..ChartHint::default() };
        choose(rows, &hint)
    };
    for kind in [Bar, Pie, Line] {
        let chosen = wish(kind, &companies());
        assert!(matches!(chosen.representation, Representation::Chart(s) if s.kind == kind), "{kind:?}");
    }
    let refused = wish(Scatter, &companies());
    assert!(matches!(refused.representation, Representation::Chart(s) if s.kind == Bar));
    assert!(refused.why.starts_with("no scatter chart: it needs two numbers"), "{}", refused.why);
}

#[test]
fn roles_that_are_told_win_over_names_and_types() {
    let coded = rows(&["code", "n"], vec![row![7, 3], row![8, 5], row![9, 4]]);
    let column = |label: &str, role| DraftColumn { label: label.to_owned(), role, period: None };
    let columns = [column("Route", DraftColumnRole::Dimension), column("Trips", DraftColumnRole::Measure)];
    let hint = ChartHint { question: "and?", columns: &columns, wish: None };
    let Representation::Chart(spec) = choose(&coded, &hint).representation else {
        panic!("a chart");
    };
    assert_eq!((spec.kind, spec.x_title.as_str(), spec.title.as_str()), (Bar, "Route", "Trips by route"));
}

#[test]
fn values_that_cannot_be_drawn_never_reach_a_chart() {
    let strange = [Value::Float(f64::NAN), Value::Float(f64::INFINITY), Value::Null];
    let odd = rows(&["name", "n"], strange.iter().map(|v| vec!["a".value(), v.clone()]).collect());
    assert_eq!(kind("Figures", &odd), None);
    let twins = rows(&["n", "n"], vec![row!["a", 1], row!["b", 2]]);
    assert_eq!(spec("Figures", &twins).y, [1], "labels may repeat");
    let one_bad = rows(&["name", "n"], vec![row!["a", 1.0], row!["b", f64::NAN], vec!["c".value(), Value::Null]]);
    assert_eq!(kind("Figures", &one_bad), Some(Bar));
}

#[test]
fn validate_names_every_fault_of_the_encodings() {
    let rows = companies();
    let good = spec("Which companies ordered most?", &rows);
    let faults = |change: fn(&mut ChartSpec)| {
        let mut spec = good.clone();
        change(&mut spec);
        validate(&spec, &rows).expect_err("a fault").to_string()
    };
    assert_eq!(faults(|s| s.x = 9), "there is no column 9, only 0 to 1");
    assert_eq!(faults(|s| s.y.clear()), "a bar chart needs one value column");
    assert_eq!(faults(|s| s.y = vec![0]), "column company_name does not hold numbers");
    assert_eq!(faults(|s| s.kind = StackedBar), "a stacked bar chart needs a series column");
    assert_eq!(faults(|s| s.kind = Bubble), "a bubble chart needs a size column");
    assert_eq!(faults(|s| s.kind = Scatter), "column company_name does not hold numbers");
    let mixed = "a mixed chart needs two value columns at least; a mixed chart needs one mark for each value column";
    assert_eq!(faults(|s| s.kind = Mixed), mixed);
    assert_eq!(faults(|s| s.kind = Histogram), "a histogram needs its measured column as x alone");
}

#[test]
fn validate_looks_at_the_values() {
    let chart = |kind, rows: &RowSet| {
        let mut spec = spec("Which companies ordered most?", &companies());
        spec.kind = kind;
        validate(&spec, rows).map_err(|p| p.to_string())
    };
    let twice = rows(&["name", "n"], vec![row!["a", 1], row!["a", 2]]);
    assert_eq!(chart(Bar, &twice), Err("values of name occur more than once".to_owned()));
    let empty = rows(&["name", "n"], vec![vec!["a".value(), Value::Null]]);
    assert_eq!(chart(Bar, &empty), Err("there is no number to draw".to_owned()));
    assert_eq!(chart(Pie, &numbered(31)), Err("31 categories are too many to read, 30 at most".to_owned()));
    let minus = rows(&["name", "n"], vec![row!["a", -1], row!["b", 2]]);
    assert!(chart(Pie, &minus).is_err());
    assert_eq!(chart(Bar, &minus), Ok(()));
}

#[test]
fn titles_come_from_the_question_when_it_says_enough() {
    let title = |question: &str| wording::title(question, "drawn");
    assert_eq!(title("Please show me the number of orders per month."), "Number of orders per month");
    assert_eq!(title("and by month?"), "drawn");
    assert_eq!(title("Only for 2024"), "drawn");
    assert_eq!(title("monthly?"), "drawn");
    assert_eq!(title("What is the average price of each category?"), "Average price of each category");
    assert_eq!(title(&"very ".repeat(60)), "drawn");
    assert_eq!(title("Wie viele Bestellungen gab es im Mai?"), "Wie viele Bestellungen gab es im Mai");
}

#[test]
fn labels_read_as_words() {
    for (label, words) in [
        ("order_count", "Order count"),
        ("COUNT(*)", "Count"),
        ("SUM(o.quantity)", "Sum of quantity"),
        ("avg(\"imdb_rating\")", "Average imdb rating"),
        ("Total revenue", "Total revenue"),
        ("fő_utca", "Fő utca"),
        ("releaseDate", "Release date"),
        ("round(x, 2)", "round(x, 2)"),
        ("", ""),
    ] {
        assert_eq!(wording::readable(label), words);
    }
}
