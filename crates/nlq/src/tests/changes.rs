//! Changes of the last question that are said in so many words, through the public interface.

use super::shop;
use crate::{Context, Interpretation, Question, Trial, TrialOutcome, answer, trail};
use chrono::NaiveDate;
use datafyme_domain::{ColumnType, RowSet, RowSetColumn, Value};

/// Every query gives one row that only depends on the query.
struct OneRow;

impl Trial for OneRow {
    fn run(&self, sql: &str) -> TrialOutcome {
        let columns = vec![RowSetColumn { name: "n".to_owned(), column_type: ColumnType::Integer }];
        let cell = Value::Int(i64::try_from(sql.len()).unwrap());
        TrialOutcome::Rows(RowSet { columns, rows: vec![vec![cell]], truncated: false })
    }
}

/// SQL of the last message on one line.
fn last(messages: &[&str]) -> String {
    let index = shop::index();
    let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
    let mut context: Option<Context> = None;
    for text in messages {
        let question = Question { text, today, context: context.as_ref() };
        match answer(&index, &question, &OneRow) {
            Interpretation::Understood { plan, .. } => {
                context = Some(Context { question: trail(context.as_ref(), text), plan });
            }
            Interpretation::Declined { reason, .. } => return format!("{text}: {reason}"),
        }
    }
    let sql = context.map(|c| c.plan.to_sql(index.dialect)).unwrap_or_default();
    sql.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn assert_last(cases: &[(&str, &str)]) {
    for (messages, expected) in cases {
        let messages: Vec<&str> = messages.split(" | ").collect();
        assert_eq!(last(&messages), *expected, "{messages:?}");
    }
}

#[test]
fn a_condition_is_dropped_by_the_name_of_its_column() {
    let all = r#"SELECT count(*) AS "number of customers" FROM customers"#;
    assert_last(&[
        ("How many customers are from Germany? | Without the filter on country.", all),
        ("How many customers are from Germany? | Remove the filter.", all),
        ("How many customers are from Germany? | For all countries.", all),
        ("How many customers are from Germany? | Regardless of the country.", all),
        ("Hány vevő németországi? | Szűrő nélkül.", all),
        (
            "How many open orders were placed in 2024? | Remove the year.",
            r#"SELECT count(*) AS "number of orders" FROM orders WHERE status = 'open'"#,
        ),
    ]);
}

#[test]
fn a_grouping_is_dropped() {
    assert_last(&[(
        "What is the average price in each category? | Overall?",
        r#"SELECT avg(price) AS "average price" FROM products"#,
    )]);
}

#[test]
fn another_place_of_a_ranking_is_shown() {
    assert_last(&[(
        "What are the top 5 products by price? | The second one?",
        r#"SELECT product_name AS "product name" FROM products ORDER BY price DESC LIMIT 1 OFFSET 1"#,
    )]);
}

#[test]
fn a_column_is_added_to_a_list() {
    let expected = r#"SELECT product_name AS "product name", category FROM products WHERE price > 500"#;
    assert_last(&[
        ("Which products cost more than 500? | Show the category too.", expected),
        ("Which products cost more than 500? | With their category.", expected),
        ("Which products cost more than 500? | Add the category.", expected),
    ]);
}

#[test]
fn a_new_topic_drops_what_was_asked_before() {
    assert_last(&[(
        "How many customers are from Germany? | How many products are there?",
        r#"SELECT count(*) AS "number of products" FROM products"#,
    )]);
}
