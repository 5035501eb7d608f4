use super::describe;
use crate::analyst::{DraftColumn, DraftColumnRole as Role, Opinion, QueryDraft, ResultView};
use datafyme_domain::{ColumnType, RowSet, RowSetColumn, Value};

fn say(explanation: &str, columns: &[(&str, ColumnType, Role)], rows: Vec<Vec<Value>>) -> String {
    let draft = QueryDraft {
        explanation: explanation.to_owned(),
        columns: columns
            .iter()
            .map(|(label, _, role)| DraftColumn { label: (*label).to_owned(), role: *role, period: None })
            .collect(),
        ..QueryDraft::default()
    };
    let rows = RowSet {
        columns: columns
            .iter()
            .map(|(label, column_type, _)| RowSetColumn { name: (*label).to_owned(), column_type: *column_type })
            .collect(),
        rows,
        truncated: false,
    };
    match describe(&ResultView { draft: &draft, rows: &rows }) {
        Opinion::Given(description) => description.text,
        Opinion::Abstained(_) => panic!("abstained"),
    }
}

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

#[test]
fn a_single_figure_is_a_sentence() {
    let columns = [("number of orders", ColumnType::Integer, Role::Measure)];
    let said = say("Number of orders where quantity is above 50", &columns, vec![vec![Value::Int(1_512)]]);
    assert_eq!(said, "Number of orders where quantity is above 50: 1,512.");
}

#[test]
fn shares_of_one_are_told_in_per_cent() {
    let columns = [("status", ColumnType::Text, Role::Dimension), ("share", ColumnType::Float, Role::Share)];
    let rows = vec![vec![text("closed"), Value::Float(0.95)], vec![text("open"), Value::Float(0.05)]];
    assert_eq!(say("", &columns, rows), "2 rows. Share: highest closed with 95 %; lowest open with 5 %.");
}

#[test]
fn the_one_with_the_most_is_named_with_what_it_leads_in() {
    let columns = [("product name", ColumnType::Text, Role::Dimension)];
    let said = say("Product name of products, the one with the highest price", &columns, vec![vec![text("lamp")]]);
    assert_eq!(said, "The product name with the highest price is lamp.");
}

#[test]
fn nothing_is_said_to_be_nothing() {
    let columns = [("name", ColumnType::Text, Role::Dimension)];
    assert_eq!(
        say("Name of products where price is above 900", &columns, vec![]),
        "No rows: nothing in the data matches (name of products where price is above 900)."
    );
    let columns = [("average price", ColumnType::Float, Role::Measure)];
    assert_eq!(
        say("Average price of products", &columns, vec![vec![Value::Null]]),
        "There is no value: no row fits (average price of products)."
    );
}

#[test]
fn a_ranking_names_its_ends_its_total_and_the_share_of_the_first() {
    let columns =
        [("company", ColumnType::Text, Role::Dimension), ("number of orders", ColumnType::Integer, Role::Measure)];
    let rows = vec![
        vec![text("Acme"), Value::Int(500)],
        vec![text("Beta"), Value::Int(300)],
        vec![text("Gamma"), Value::Int(200)],
    ];
    assert_eq!(
        say("Number of orders, per company", &columns, rows),
        "3 rows. Number of orders: highest Acme with 500; lowest Gamma with 200. Together 1,000; Acme makes up 50 %."
    );
}

#[test]
fn averages_are_never_added_up() {
    let columns = [("company", ColumnType::Text, Role::Dimension), ("average price", ColumnType::Float, Role::Measure)];
    let rows = vec![
        vec![text("Acme"), Value::Float(1.5)],
        vec![text("Beta"), Value::Float(1.5)],
        vec![text("Gamma"), Value::Float(4.25)],
    ];
    assert_eq!(
        say("", &columns, rows),
        "3 rows. Average price: highest Gamma with 4.25; lowest Acme and one other with 1.5."
    );
}

#[test]
fn a_series_has_its_ends_and_a_trend_only_where_there_is_one() {
    let columns = [("month", ColumnType::Text, Role::Time), ("total quantity", ColumnType::Integer, Role::Measure)];
    let months = |figures: &[i64]| {
        let rows = figures.iter().zip(1..).map(|(n, m)| vec![text(&format!("2024-{m:02}")), Value::Int(*n)]);
        say("", &columns, rows.collect())
    };
    assert_eq!(
        months(&[10, 20, 30, 40, 50]),
        "Total quantity from 2024-01 to 2024-05: highest in 2024-05 with 50, lowest in 2024-01 with 10. On the \
         whole it rises, by about 10 from one row to the next. Together 150."
    );
    assert!(months(&[1_000, 1_001, 1_002, 1_003, 1_004]).contains("It hardly changes on the whole."));
    assert!(months(&[10, 50, 11, 49, 10]).contains("There is no steady trend."));
    assert!(!months(&[10, 50, 11]).contains("trend"));
}

#[test]
fn a_short_list_is_spelled_out_and_a_row_told_field_by_field() {
    let columns = [("name", ColumnType::Text, Role::Dimension)];
    assert_eq!(say("", &columns, vec![vec![text("a")], vec![text("b")]]), "2 rows: a and b.");
    let columns = [
        ("product_name", ColumnType::Text, Role::Dimension),
        ("price", ColumnType::Integer, Role::Measure),
        ("release_year", ColumnType::Integer, Role::Identifier),
    ];
    assert_eq!(
        say("", &columns, vec![vec![text("iPhone"), Value::Int(1_195), Value::Int(2_023)]]),
        "Product name iPhone, price 1,195, release year 2023."
    );
}
