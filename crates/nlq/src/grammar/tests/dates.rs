use super::{assert_doubtful, assert_read};

#[test]
fn days_months_quarters_and_years_are_half_open_spans() {
    assert_read(&[
        (
            "How many orders were placed in 2025?",
            r#"SELECT count(*) AS "number of orders" FROM orders WHERE order_date >= '2025-01-01' AND order_date < '2026-01-01'"#,
        ),
        (
            "How many orders were placed in March 2025?",
            r#"SELECT count(*) AS "number of orders" FROM orders WHERE order_date >= '2025-03-01' AND order_date < '2025-04-01'"#,
        ),
        (
            "How many orders were placed in the first quarter of 2025?",
            r#"SELECT count(*) AS "number of orders" FROM orders WHERE order_date >= '2025-01-01' AND order_date < '2025-04-01'"#,
        ),
        (
            "How many orders were placed in Q2 2025?",
            r#"SELECT count(*) AS "number of orders" FROM orders WHERE order_date >= '2025-04-01' AND order_date < '2025-07-01'"#,
        ),
        (
            "How many orders were placed on 2025-03-04?",
            r#"SELECT count(*) AS "number of orders" FROM orders WHERE order_date = '2025-03-04'"#,
        ),
        (
            "How many orders were placed on 4 March 2025?",
            r#"SELECT count(*) AS "number of orders" FROM orders WHERE order_date = '2025-03-04'"#,
        ),
    ]);
}

#[test]
fn open_ends_are_before_after_and_since() {
    assert_read(&[
        (
            "How many orders were placed before 2024?",
            r#"SELECT count(*) AS "number of orders" FROM orders WHERE order_date < '2024-01-01'"#,
        ),
        (
            "How many orders were placed after June 2025?",
            r#"SELECT count(*) AS "number of orders" FROM orders WHERE order_date >= '2025-07-01'"#,
        ),
        (
            "How many orders were placed since 2025?",
            r#"SELECT count(*) AS "number of orders" FROM orders WHERE order_date >= '2025-01-01'"#,
        ),
    ]);
}

#[test]
fn two_ends_are_both_included() {
    assert_read(&[
        (
            "How many orders were placed between 2024-01-01 and 2024-06-30?",
            r#"SELECT count(*) AS "number of orders" FROM orders WHERE order_date >= '2024-01-01' AND order_date <= '2024-06-30'"#,
        ),
        (
            "How many orders were placed between January and March 2025?",
            r#"SELECT count(*) AS "number of orders" FROM orders WHERE order_date >= '2025-01-01' AND order_date < '2025-04-01'"#,
        ),
        (
            "How many orders were placed from 2023 to 2024?",
            r#"SELECT count(*) AS "number of orders" FROM orders WHERE order_date >= '2023-01-01' AND order_date < '2025-01-01'"#,
        ),
    ]);
}

#[test]
fn relative_periods_count_from_today() {
    assert_read(&[
        (
            "How many orders were placed today?",
            r#"SELECT count(*) AS "number of orders" FROM orders WHERE order_date = '2026-11-22'"#,
        ),
        (
            "How many orders were placed yesterday?",
            r#"SELECT count(*) AS "number of orders" FROM orders WHERE order_date = '2026-11-21'"#,
        ),
        (
            "How many orders were placed last week?",
            r#"SELECT count(*) AS "number of orders" FROM orders WHERE order_date >= '2026-11-09' AND order_date < '2026-11-16'"#,
        ),
        (
            "How many orders were placed this month?",
            r#"SELECT count(*) AS "number of orders" FROM orders WHERE order_date >= '2026-11-01' AND order_date < '2026-12-01'"#,
        ),
        (
            "How many orders were placed last month?",
            r#"SELECT count(*) AS "number of orders" FROM orders WHERE order_date >= '2026-10-01' AND order_date < '2026-11-01'"#,
        ),
        (
            "How many orders were placed last quarter?",
            r#"SELECT count(*) AS "number of orders" FROM orders WHERE order_date >= '2026-07-01' AND order_date < '2026-10-01'"#,
        ),
        (
            "How many orders were placed this year?",
            r#"SELECT count(*) AS "number of orders" FROM orders WHERE order_date >= '2026-01-01' AND order_date < '2027-01-01'"#,
        ),
        (
            "How many orders were placed last year?",
            r#"SELECT count(*) AS "number of orders" FROM orders WHERE order_date >= '2025-01-01' AND order_date < '2026-01-01'"#,
        ),
        (
            "How many orders were placed in the last 30 days?",
            r#"SELECT count(*) AS "number of orders" FROM orders WHERE order_date >= '2026-10-24' AND order_date <= '2026-11-22'"#,
        ),
        (
            "How many orders were placed in the last 3 months?",
            r#"SELECT count(*) AS "number of orders" FROM orders WHERE order_date >= '2026-08-23' AND order_date <= '2026-11-22'"#,
        ),
    ]);
}

#[test]
fn the_verb_names_the_date() {
    assert_read(&[(
        "How many customers were born after 1990?",
        r#"SELECT count(*) AS "number of customers" FROM customers WHERE birth_date >= '1991-01-01'"#,
    )]);
}

#[test]
fn periods_group_and_sort() {
    assert_read(&[
        (
            "How many orders are there per day?",
            r#"SELECT order_date AS "order date", count(*) AS "number of orders" FROM orders GROUP BY order_date ORDER BY order_date"#,
        ),
        (
            "How many orders are there per week?",
            r#"SELECT strftime('%G-W%V', substr(order_date, 1, 10)) AS week, count(*) AS "number of orders" FROM orders GROUP BY strftime('%G-W%V', substr(order_date, 1, 10)) ORDER BY strftime('%G-W%V', substr(order_date, 1, 10))"#,
        ),
        (
            "How many orders are there per month?",
            r#"SELECT substr(order_date, 1, 7) AS month, count(*) AS "number of orders" FROM orders GROUP BY substr(order_date, 1, 7) ORDER BY substr(order_date, 1, 7)"#,
        ),
        (
            "Orders per quarter in 2025",
            r#"SELECT substr(order_date, 1, 4) || '-Q' || ((CAST(substr(order_date, 6, 2) AS integer) + 2) / 3) AS quarter, count(*) AS "number of orders" FROM orders WHERE order_date >= '2025-01-01' AND order_date < '2026-01-01' GROUP BY substr(order_date, 1, 4) || '-Q' || ((CAST(substr(order_date, 6, 2) AS integer) + 2) / 3) ORDER BY substr(order_date, 1, 4) || '-Q' || ((CAST(substr(order_date, 6, 2) AS integer) + 2) / 3)"#,
        ),
        (
            "How many orders were there each year?",
            r#"SELECT substr(order_date, 1, 4) AS year, count(*) AS "number of orders" FROM orders GROUP BY substr(order_date, 1, 4) ORDER BY substr(order_date, 1, 4)"#,
        ),
        (
            "monthly revenue in 2025",
            r#"SELECT substr(o.order_date, 1, 7) AS month, sum(o.quantity * p.price) AS "total quantity times price" FROM orders AS o JOIN products AS p ON o.product_id = p.product_id WHERE o.order_date >= '2025-01-01' AND o.order_date < '2026-01-01' GROUP BY substr(o.order_date, 1, 7) ORDER BY substr(o.order_date, 1, 7)"#,
        ),
    ]);
}

#[test]
fn a_period_is_asked_for() {
    assert_read(&[(
        "Which month had the most orders?",
        r#"SELECT substr(order_date, 1, 7) AS month FROM orders GROUP BY substr(order_date, 1, 7) ORDER BY count(*) DESC LIMIT 1"#,
    )]);
}

#[test]
fn periods_that_are_not_known_make_a_reading_doubtful() {
    assert_doubtful(&[
        "How many orders were placed in the 2020s?",
        "How many orders were placed in the first half of 2025?",
    ]);
}
