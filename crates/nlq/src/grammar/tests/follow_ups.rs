use super::assert_read;

#[test]
fn a_period_replaces_a_period_and_narrows_else() {
    assert_read(&[
        (
            "How many orders are there? | Only for 2024",
            r#"SELECT count(*) AS "number of orders" FROM orders WHERE order_date >= '2024-01-01' AND order_date < '2025-01-01'"#,
        ),
        (
            "How many orders were placed in 2024? | And in 2025?",
            r#"SELECT count(*) AS "number of orders" FROM orders WHERE order_date >= '2025-01-01' AND order_date < '2026-01-01'"#,
        ),
    ]);
}

#[test]
fn groups_are_added_to_figures_and_replaced() {
    assert_read(&[
        (
            "How many orders are there? | and by month?",
            r#"SELECT substr(order_date, 1, 7) AS month, count(*) AS "number of orders" FROM orders GROUP BY substr(order_date, 1, 7) ORDER BY substr(order_date, 1, 7)"#,
        ),
        (
            "How many orders are there? | Only for 2024 | and by country?",
            r#"SELECT c.country, count(*) AS "number of orders" FROM orders AS o JOIN customers AS c ON o.customer_id = c.customer_id WHERE o.order_date >= '2024-01-01' AND o.order_date < '2025-01-01' GROUP BY c.country"#,
        ),
        (
            "How many orders are there per month? | by year instead",
            r#"SELECT substr(order_date, 1, 4) AS year, count(*) AS "number of orders" FROM orders GROUP BY substr(order_date, 1, 4) ORDER BY substr(order_date, 1, 4)"#,
        ),
    ]);
}

#[test]
fn cells_replace_cells_of_their_column_and_narrow_else() {
    assert_read(&[
        (
            "How many customers are from Germany? | What about France?",
            r#"SELECT count(*) AS "number of customers" FROM customers WHERE country = 'France'"#,
        ),
        (
            "How many customers are from Germany? | And from France or Hungary?",
            r#"SELECT count(*) AS "number of customers" FROM customers WHERE country = 'France' OR country = 'Hungary'"#,
        ),
        (
            "Which products cost more than 500? | only tablets",
            r#"SELECT product_name AS "product name" FROM products WHERE price > 500 AND category = 'tablet'"#,
        ),
        (
            "Which products cost more than 500? | exclude tablets",
            r#"SELECT product_name AS "product name" FROM products WHERE price > 500 AND category <> 'tablet'"#,
        ),
    ]);
}

#[test]
fn what_was_listed_is_counted() {
    assert_read(&[
        (
            "Which customers are from Germany? | How many are there?",
            r#"SELECT count(*) AS "number of customers" FROM customers WHERE country = 'Germany'"#,
        ),
        (
            "Which customers are from Germany? | How many of them have no email?",
            r#"SELECT count(*) AS "number of customers" FROM customers WHERE country = 'Germany' AND email IS NULL"#,
        ),
    ]);
}

#[test]
fn limits_and_ends_change() {
    assert_read(&[
        (
            "What are the top 5 products by price? | Make it 3",
            r#"SELECT product_name AS "product name" FROM products ORDER BY price DESC LIMIT 3"#,
        ),
        (
            "What are the top 5 products by price? | the 3 lowest",
            r#"SELECT product_name AS "product name" FROM products ORDER BY price LIMIT 3"#,
        ),
        (
            "Which customer placed the most orders? | And the fewest?",
            r#"SELECT c.customer_name AS "customer name" FROM orders AS o JOIN customers AS c ON o.customer_id = c.customer_id GROUP BY c.customer_name ORDER BY count(*) LIMIT 1"#,
        ),
    ]);
}

#[test]
fn bounds_change() {
    assert_read(&[(
        "Which products cost more than 500? | And below 100?",
        r#"SELECT product_name AS "product name" FROM products WHERE price < 100"#,
    )]);
}

#[test]
fn columns_are_added_to_the_names() {
    assert_read(&[(
        "Which products cost more than 500? | Show the category too",
        r#"SELECT product_name AS "product name", category FROM products WHERE price > 500"#,
    )]);
}

#[test]
fn the_order_is_given_afterwards() {
    assert_read(&[(
        "How many orders per category? | Sort it from high to low",
        r#"SELECT p.category, count(*) AS "number of orders" FROM orders AS o JOIN products AS p ON o.product_id = p.product_id GROUP BY p.category ORDER BY count(*) DESC"#,
    )]);
}

#[test]
fn the_measure_changes_and_the_groups_stay() {
    assert_read(&[(
        "Total quantity by category | the number of orders instead",
        r#"SELECT p.category, count(*) AS "number of orders" FROM orders AS o JOIN products AS p ON o.product_id = p.product_id GROUP BY p.category"#,
    )]);
}
