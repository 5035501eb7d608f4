//! What the search proposes, whatever the ranker makes of it: each of these is among the candidates.

use super::shop;
use crate::{
    CatalogIndex, Question, Trial, TrialOutcome,
    development::{Model, Weights, examine},
};
use chrono::NaiveDate;
use datafyme_domain::{ColumnType, RowSet, RowSetColumn, Value};

struct OneRow;

impl Trial for OneRow {
    fn run(&self, sql: &str) -> TrialOutcome {
        let columns = vec![RowSetColumn { name: "n".to_owned(), column_type: ColumnType::Integer }];
        let cell = Value::Int(i64::try_from(sql.len()).unwrap());
        TrialOutcome::Rows(RowSet { columns, rows: vec![vec![cell]], truncated: false })
    }
}

/// The candidates of a question, one line each.
fn candidates(text: &str) -> Vec<String> {
    candidates_of(&shop::index(), text)
}

fn candidates_of(index: &CatalogIndex, text: &str) -> Vec<String> {
    let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
    let question = Question { text, today, context: None };
    let examined = examine(index, &question, &OneRow, Weights::trained(), Model::trained());
    let line = |sql: &str| sql.split_whitespace().collect::<Vec<_>>().join(" ");
    examined.candidates.iter().map(|c| line(&c.sql)).collect()
}

fn assert_reached(text: &str, parts: &[&str]) {
    let all = candidates(text);
    assert!(
        all.iter().any(|sql| parts.iter().all(|p| sql.contains(p))),
        "{text}: none of {} has {parts:?}\n{}",
        all.len(),
        all.join("\n")
    );
}

#[test]
fn a_join_may_run_along_either_of_two_references() {
    for column in ["f.origin_id = ", "f.destination_id = "] {
        let all = candidates("Show the distance of flights with airport name Ostvik");
        let turned = format!("= {}", column.trim_end_matches(" = "));
        assert!(all.iter().any(|sql| sql.contains(column) || sql.contains(&turned)), "{column}\n{}", all.join("\n"));
    }
}

#[test]
fn bounds_take_the_words_around_them() {
    assert_reached("Which products have a price larger than or equal to 80?", &["price >= 80"]);
    assert_reached("Which products have a price between $60 and $120?", &["price BETWEEN 60 AND 120"]);
    assert_reached(
        "Which products have a price greater than 200 or less than 90?",
        &["price > 200", " OR ", "price < 90"],
    );
    assert_reached("Which categories have an average price above 300?", &["HAVING avg(", "> 300", "GROUP BY"]);
}

#[test]
fn letters_are_patterns() {
    assert_reached("Which products have a name that ends with the letter m?", &["product_name LIKE '%m'"]);
    assert_reached("Find customers whose name has the letter a", &["customer_name LIKE '%a%'"]);
    assert_reached("Find customers whose name contains a ’T’", &["customer_name LIKE '%T%'"]);
}

#[test]
fn a_day_with_its_time_is_one_bound() {
    assert_reached(
        "Which orders have an order date before 2025-03-17 07:13:53?",
        &["order_date < '2025-03-17 07:13:53'"],
    );
}

#[test]
fn rows_are_compared_with_one_row_and_with_figures_that_have_another_name() {
    assert_reached("Which products cost more than the Kelt?", &["price > (SELECT", "'Kelt'"]);
    assert_reached("Which product costs the most?", &["ORDER BY", "price DESC"]);
}

#[test]
fn the_foremost_of_each_group_is_a_row() {
    assert_reached(
        "Show the name of the most expensive product in each category",
        &["(category, price) IN (SELECT category, max(price)", "GROUP BY category"],
    );
}

#[test]
fn bundles_of_conditions_stay_together() {
    let text = "Which products have category phone and price 100 but not category tablet and price 200?";
    assert_reached(text, &["'phone'", "EXCEPT SELECT", "'tablet'"]);
}

#[test]
fn both_of_two_is_asked_of_the_rows_in_between() {
    assert_reached(
        "Which customers have orders of both the Kelt and the Novaro 5?",
        &["'Kelt'", ") AND EXISTS (SELECT 1 FROM orders", "'Novaro 5'"],
    );
}

#[test]
fn rows_are_told_by_some_partner_or_by_none() {
    let text = "Which customers have orders with status open?";
    assert_reached(text, &["FROM customers AS c WHERE EXISTS (SELECT 1 FROM orders", "'open'"]);
    let text = "Which customers have no orders with status open?";
    assert_reached(text, &["FROM customers EXCEPT SELECT", "JOIN orders AS o ON", "'open'"]);
}

#[test]
fn partners_taken_together_keep_a_bound() {
    assert_reached(
        "Which customers from Germany have an average quantity above 5?",
        &["country = 'Germany'", "FROM orders GROUP BY customer_id HAVING avg(quantity) > 5)"],
    );
}

#[test]
fn the_other_end_of_two_references_is_reached() {
    assert_reached(
        "Which airports have flights from Calder Bay?",
        &["IN (SELECT destination_id", "FROM flights WHERE origin_id IN (SELECT airport_id", "'Calder Bay'"],
    );
}

#[test]
fn a_number_of_rows_may_lie_between_two() {
    assert_reached(
        "Which customers have between 2 and 4 orders?",
        &["GROUP BY", "HAVING count(*) >= 2 AND count(*) <= 4"],
    );
}

#[test]
fn columns_are_compared_with_columns() {
    assert_reached("Which readings have a voltage higher than the current level?", &["WHERE voltage > current_level"]);
    assert_reached("Show flights with the same origin and destination", &["WHERE origin_id = destination_id"]);
}

#[test]
fn a_number_may_be_the_key() {
    assert_reached(
        "What is the status of the order with number 99?",
        &["SELECT status FROM orders WHERE order_id = 99"],
    );
}

#[test]
fn tables_join_by_name_where_no_relation_is_known() {
    let index = shop::trips();
    for column in ["start_station_id", "end_station_id"] {
        let all = candidates_of(&index, "Show the duration of trips with station name Ferry Building");
        assert!(all.iter().any(|sql| sql.contains(column)), "{column}\n{}", all.join("\n"));
    }
    let all = candidates_of(&index, "Show the duration of trips whose crew has the leader Ada");
    assert!(all.iter().any(|sql| sql.contains("t.rota = c.rota")), "{}", all.join("\n"));
}

#[test]
fn misspelt_names_are_read() {
    assert_reached("Show the quantiy of orders with staus open", &["quantity", "status = 'open'"]);
    assert_reached("What is the average price per catgry?", &["avg(price)", "GROUP BY category"]);
}
