//! What joins do to figures: counted, said, and put right where children of one parent are paired.

use crate::{house::House, script::Script};
use datafyme_domain::{Answer, Check, Value, run::CheckResult};

/// Orders of a product have nothing to do with its deliveries but the product.
const DELIVERIES: &str = "
    CREATE TABLE deliveries (delivery_id INTEGER PRIMARY KEY, product_id INTEGER NOT NULL, units INTEGER NOT NULL);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9)
    INSERT INTO deliveries SELECT i, 1 + i % 3, 10 FROM n;
";
const PAIRED: &str = "FROM products p JOIN orders o ON o.product_id = p.product_id \
     JOIN deliveries d ON d.product_id = p.product_id";

async fn answer(sql: &str) -> Answer {
    let house = House::new(Script::query(sql)).await;
    house.sql(DELIVERIES);
    let source = house.learned().await;
    let conversation = house.conversation(&source).await;
    let answer = house.ask(&conversation, "as scripted").await;
    let connection = rusqlite::Connection::open(house.shop()).unwrap();
    let mut statement = connection.prepare(answer.sql.as_deref().unwrap()).unwrap();
    assert!(statement.exists([]).unwrap(), "the SQL that is shown is the SQL that ran");
    answer
}

/// The rows that a query gives as it is written.
fn naive(sql: &str) -> Vec<(String, i64, i64)> {
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    connection.execute_batch(&format!("{}{DELIVERIES}", crate::house::SHOP)).unwrap();
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

fn figures(answer: &Answer) -> Vec<(String, i64, i64)> {
    let whole = |v: &Value| v.as_f64().unwrap() as i64;
    answer.rows.iter().map(|r| (r[0].to_string(), whole(&r[1]), whole(&r[2]))).collect()
}

fn expected(rows: &[(&str, i64, i64)]) -> Vec<(String, i64, i64)> {
    rows.iter().map(|(name, a, b)| ((*name).to_owned(), *a, *b)).collect()
}

fn checks<'a>(answer: &'a Answer, code: &str) -> Vec<&'a Check> {
    answer.checks.iter().filter(|c| c.code == code).collect()
}

#[tokio::test]
async fn orders_and_deliveries_of_a_product_are_added_up_apart() {
    let sql = format!(
        "SELECT p.product_name, sum(o.quantity) AS ordered, sum(d.units) AS delivered {PAIRED} \
         GROUP BY p.product_name ORDER BY p.product_name"
    );
    assert_eq!(naive(&sql), expected(&[("chair", 276, 240), ("lamp", 324, 240), ("table", 300, 240)]));
    let answer = answer(&sql).await;
    assert_eq!(figures(&answer), expected(&[("chair", 92, 30), ("lamp", 108, 30), ("table", 100, 30)]), "{answer:?}");
    let note = checks(&answer, "note");
    assert!(note.iter().any(|c| c.detail.starts_with("Added up apart, so that each row counts once:")), "{note:?}");
}

#[tokio::test]
async fn conditions_order_and_limit_survive_adding_up_apart() {
    let sql = format!(
        "SELECT p.product_name, avg(o.quantity) AS mean, count(d.delivery_id) AS n {PAIRED} \
         WHERE o.quantity > 12 AND d.units >= 10 GROUP BY p.product_name HAVING count(d.delivery_id) > 2 \
         ORDER BY avg(o.quantity) DESC LIMIT 2"
    );
    let answer = answer(&sql).await;
    assert_eq!(figures(&answer), expected(&[("lamp", 19, 3), ("table", 18, 3)]), "{answer:?}");
}

#[tokio::test]
async fn totals_without_groups_are_added_up_apart() {
    let sql = format!("SELECT 'all' AS what, sum(o.quantity) AS ordered, sum(d.units) AS delivered {PAIRED}");
    assert_eq!(naive(&sql), expected(&[("all", 900, 720)]));
    assert_eq!(figures(&answer(&sql).await), expected(&[("all", 300, 90)]));
}

#[tokio::test]
async fn products_without_deliveries_stay_where_the_join_keeps_them() {
    let sql = "SELECT p.product_name, sum(o.quantity) AS ordered, coalesce(sum(d.units), 0) AS delivered FROM products p \
               LEFT JOIN orders o ON o.product_id = p.product_id \
               LEFT JOIN deliveries d ON d.product_id = p.product_id AND d.delivery_id > 8 \
               GROUP BY p.product_name ORDER BY p.product_name";
    assert_eq!(figures(&answer(sql).await), expected(&[("chair", 92, 0), ("lamp", 108, 10), ("table", 100, 0)]));
}

#[tokio::test]
async fn rows_that_are_counted_as_pairs_are_warned_of() {
    let answer = answer(&format!("SELECT p.product_name, count(*) AS n {PAIRED} GROUP BY p.product_name")).await;
    let warned = checks(&answer, "fan_out");
    assert!(warned.iter().any(|c| c.result == CheckResult::Warning && c.detail.contains("every pair")), "{warned:?}");
}

#[tokio::test]
async fn a_parent_that_its_children_repeat_is_warned_of_with_figures() {
    let answer =
        answer("SELECT sum(p.price) AS total FROM products p JOIN orders o ON o.product_id = p.product_id").await;
    let warned = checks(&answer, "fan_out");
    assert_eq!(warned.len(), 1, "{warned:?}");
    assert_eq!(warned[0].result, CheckResult::Warning);
    assert!(
        warned[0]
            .detail
            .starts_with("Rows of products are counted more than once: 24 times in all, though there are 3.")
    );
}

#[tokio::test]
async fn each_join_tells_its_rows() {
    let answer = answer(
        "SELECT c.name, sum(o.quantity) AS n FROM orders o JOIN customers c ON c.customer_id = o.customer_id \
         JOIN products p ON p.product_id = o.product_id WHERE o.quantity > 4 GROUP BY c.name",
    )
    .await;
    let joins: Vec<_> = checks(&answer, "join").into_iter().map(|c| (c.result, c.join.clone().unwrap())).collect();
    let told: Vec<_> =
        joins.iter().map(|(r, j)| (*r, j.to.as_str(), j.rows_in, j.matched, j.dropped, j.repeated)).collect();
    assert_eq!(
        told,
        [(CheckResult::Warning, "customers", 20, 19, 1, 0), (CheckResult::Passed, "products", 19, 19, 0, 0)]
    );
    assert!(checks(&answer, "orphans").is_empty(), "what was counted is not told again from learning");
}

#[tokio::test]
async fn joins_inside_of_sub_queries_are_counted_too() {
    let answer = answer(
        "WITH per AS (SELECT o.product_id, count(*) AS n FROM orders o JOIN deliveries d ON d.product_id = o.product_id \
         GROUP BY o.product_id) SELECT p.product_name, per.n FROM per JOIN products p ON p.product_id = per.product_id",
    )
    .await;
    let joins: Vec<_> = checks(&answer, "join").into_iter().filter_map(|c| c.join.clone()).collect();
    let told: Vec<_> = joins.iter().map(|j| (j.from.as_str(), j.to.as_str(), j.rows_in, j.repeated)).collect();
    assert_eq!(told, [("per", "products", 3, 0), ("orders", "deliveries", 24, 48)]);
}
