use super::{assert_doubtful, assert_read};

#[test]
fn counts_are_of_rows_of_different_things_or_of_pieces() {
    assert_read(&[
        ("How many orders are there?", r#"SELECT count(*) AS "number of orders" FROM orders"#),
        ("What is the number of customers?", r#"SELECT count(*) AS "number of customers" FROM customers"#),
        (
            "How many different countries are there?",
            r#"SELECT count(DISTINCT country) AS "different country" FROM customers"#,
        ),
        (
            "How many different products were ordered?",
            r#"SELECT count(DISTINCT product_id) AS "different product id" FROM orders"#,
        ),
        ("How many units were ordered?", r#"SELECT sum(quantity) AS "total quantity" FROM orders"#),
    ]);
}

#[test]
fn aggregates_are_figures() {
    assert_read(&[
        ("What is the average price?", r#"SELECT avg(price) AS "average price" FROM products"#),
        ("What is the highest price?", r#"SELECT max(price) AS "highest price" FROM products"#),
        (
            "What are the lowest and the highest price?",
            r#"SELECT min(price) AS "lowest price", max(price) AS "highest price" FROM products"#,
        ),
        ("What is the total quantity?", r#"SELECT sum(quantity) AS "total quantity" FROM orders"#),
        (
            "What are the average and the total quantity?",
            r#"SELECT avg(quantity) AS "average quantity", sum(quantity) AS "total quantity" FROM orders"#,
        ),
        (
            "What is the total revenue?",
            r#"SELECT sum(o.quantity * p.price) AS "total quantity times price" FROM orders AS o JOIN products AS p ON o.product_id = p.product_id"#,
        ),
    ]);
}

#[test]
fn first_and_last_days_are_asked_by_when() {
    assert_read(&[
        ("When was the first order placed?", r#"SELECT min(order_date) AS "lowest order date" FROM orders"#),
        ("When was the most recent order?", r#"SELECT max(order_date) AS "highest order date" FROM orders"#),
    ]);
}

#[test]
fn shares_and_ratios_divide() {
    assert_read(&[
        (
            "What percentage of orders are open?",
            r#"SELECT 100.0 * sum(CASE WHEN status = 'open' THEN 1 ELSE 0 END) / NULLIF(count(*), 0) AS percentage FROM orders"#,
        ),
        (
            "What share of customers are from Germany?",
            r#"SELECT 100.0 * sum(CASE WHEN country = 'Germany' THEN 1 ELSE 0 END) / NULLIF(count(*), 0) AS percentage FROM customers"#,
        ),
        (
            "What is the ratio of orders to customers?",
            r#"SELECT 1.0 * count(*) / NULLIF((SELECT count(*) AS "number of customers" FROM customers), 0) AS share FROM orders"#,
        ),
    ]);
}

#[test]
fn lists_show_what_is_named_and_names_else() {
    assert_read(&[
        ("List the names of all customers.", r#"SELECT customer_name AS "customer name" FROM customers"#),
        ("Show the name and price of every product.", r#"SELECT product_name AS "product name", price FROM products"#),
        (
            "Which customers are from Germany?",
            r#"SELECT customer_name AS "customer name" FROM customers WHERE country = 'Germany'"#,
        ),
    ]);
}

#[test]
fn rows_are_shown_whole_where_that_is_asked_or_nothing_names_them() {
    assert_read(&[
        ("Show all information about customers.", r#"SELECT * FROM customers"#),
        ("Show all columns of orders.", r#"SELECT * FROM orders"#),
        ("List all flights.", r#"SELECT * FROM flights"#),
    ]);
}

#[test]
fn cells_restrict_also_as_alternatives_and_negated() {
    assert_read(&[
        ("How many orders are open?", r#"SELECT count(*) AS "number of orders" FROM orders WHERE status = 'open'"#),
        (
            "Which customers are from Germany or France?",
            r#"SELECT customer_name AS "customer name" FROM customers WHERE country = 'Germany' OR country = 'France'"#,
        ),
        (
            "Which customers are not from Germany?",
            r#"SELECT customer_name AS "customer name" FROM customers WHERE country <> 'Germany'"#,
        ),
        (
            "Show the customers whose country is not Germany.",
            r#"SELECT customer_name AS "customer name" FROM customers WHERE country <> 'Germany'"#,
        ),
        (
            "How many orders were placed by customers from Germany?",
            r#"SELECT count(*) AS "number of orders" FROM orders AS o JOIN customers AS c ON o.customer_id = c.customer_id WHERE c.country = 'Germany'"#,
        ),
        (
            "How many units of the Novaro 5 and of the Kelt were ordered?",
            r#"SELECT p.product_name AS "product name", sum(o.quantity) AS "total quantity" FROM orders AS o JOIN products AS p ON o.product_id = p.product_id WHERE p.product_name = 'Novaro 5' OR p.product_name = 'Kelt' GROUP BY p.product_name"#,
        ),
    ]);
}

#[test]
fn numbers_compare_with_the_column_that_is_named_or_meant() {
    assert_read(&[
        (
            "Which products cost more than 500?",
            r#"SELECT product_name AS "product name" FROM products WHERE price > 500"#,
        ),
        (
            "Which products cost at least 500?",
            r#"SELECT product_name AS "product name" FROM products WHERE price >= 500"#,
        ),
        (
            "Which products have a price below 100?",
            r#"SELECT product_name AS "product name" FROM products WHERE price < 100"#,
        ),
        (
            "Which products have a price of exactly 20?",
            r#"SELECT product_name AS "product name" FROM products WHERE price = 20"#,
        ),
        (
            "Which products have a price between 100 and 200?",
            r#"SELECT product_name AS "product name" FROM products WHERE price BETWEEN 100 AND 200"#,
        ),
        (
            "Which products cost more than the average?",
            r#"SELECT product_name AS "product name" FROM products WHERE price > (SELECT avg(price) AS "average price" FROM products)"#,
        ),
    ]);
}

#[test]
fn absence_is_a_missing_value_or_a_missing_row() {
    assert_read(&[
        (
            "Which customers have no email?",
            r#"SELECT customer_name AS "customer name" FROM customers WHERE email IS NULL"#,
        ),
        (
            "How many customers do not have an email?",
            r#"SELECT count(*) AS "number of customers" FROM customers WHERE email IS NULL"#,
        ),
        (
            "Which products have never been ordered?",
            r#"SELECT p.product_name AS "product name" FROM products AS p WHERE NOT EXISTS (SELECT 1 FROM orders AS o WHERE o.product_id = p.product_id)"#,
        ),
        (
            "Which customers have not placed any orders?",
            r#"SELECT c.customer_name AS "customer name" FROM customers AS c WHERE NOT EXISTS (SELECT 1 FROM orders AS o WHERE o.customer_id = c.customer_id)"#,
        ),
    ]);
}

#[test]
fn groups_are_entities_and_columns() {
    assert_read(&[
        (
            "How many orders are there per customer?",
            r#"SELECT c.customer_name AS "customer name", count(*) AS "number of orders" FROM orders AS o JOIN customers AS c ON o.customer_id = c.customer_id GROUP BY c.customer_name"#,
        ),
        (
            "How many orders does each country have?",
            r#"SELECT c.country, count(*) AS "number of orders" FROM orders AS o JOIN customers AS c ON o.customer_id = c.customer_id GROUP BY c.country"#,
        ),
        (
            "Average price by category",
            r#"SELECT category, avg(price) AS "average price" FROM products GROUP BY category"#,
        ),
        (
            "How many orders did each customer place in 2025?",
            r#"SELECT c.customer_name AS "customer name", count(*) AS "number of orders" FROM orders AS o JOIN customers AS c ON o.customer_id = c.customer_id WHERE o.order_date >= '2025-01-01' AND o.order_date < '2026-01-01' GROUP BY c.customer_name"#,
        ),
    ]);
}

#[test]
fn ranks_are_by_properties_and_by_numbers_of_rows() {
    assert_read(&[
        (
            "What are the top 3 products by price?",
            r#"SELECT product_name AS "product name" FROM products ORDER BY price DESC LIMIT 3"#,
        ),
        (
            "List the bottom 2 products by price.",
            r#"SELECT product_name AS "product name" FROM products ORDER BY price LIMIT 2"#,
        ),
        (
            "What is the most expensive product?",
            r#"SELECT product_name AS "product name" FROM products ORDER BY price DESC LIMIT 1"#,
        ),
        (
            "What are the three cheapest tablets?",
            r#"SELECT product_name AS "product name" FROM products WHERE category = 'tablet' ORDER BY price LIMIT 3"#,
        ),
        (
            "Which customer placed the most orders?",
            r#"SELECT c.customer_name AS "customer name" FROM orders AS o JOIN customers AS c ON o.customer_id = c.customer_id GROUP BY c.customer_name ORDER BY count(*) DESC LIMIT 1"#,
        ),
        (
            "Which customer placed the fewest orders?",
            r#"SELECT c.customer_name AS "customer name" FROM orders AS o JOIN customers AS c ON o.customer_id = c.customer_id GROUP BY c.customer_name ORDER BY count(*) LIMIT 1"#,
        ),
        (
            "Who placed the most orders?",
            r#"SELECT c.customer_name AS "customer name" FROM orders AS o JOIN customers AS c ON o.customer_id = c.customer_id GROUP BY c.customer_name ORDER BY count(*) DESC LIMIT 1"#,
        ),
        (
            "Which 2 customers placed the most orders in total?",
            r#"SELECT c.customer_name AS "customer name" FROM orders AS o JOIN customers AS c ON o.customer_id = c.customer_id GROUP BY c.customer_name ORDER BY count(*) DESC LIMIT 2"#,
        ),
        (
            "Which product sold the most units?",
            r#"SELECT p.product_name AS "product name" FROM orders AS o JOIN products AS p ON o.product_id = p.product_id GROUP BY p.product_name ORDER BY sum(o.quantity) DESC LIMIT 1"#,
        ),
    ]);
}

#[test]
fn groups_are_kept_by_their_number_of_rows() {
    assert_read(&[
        (
            "Which customers have more than 5 orders?",
            r#"SELECT c.customer_name AS "customer name" FROM orders AS o JOIN customers AS c ON o.customer_id = c.customer_id GROUP BY c.customer_name HAVING count(*) > 5"#,
        ),
        (
            "Which customers have at least 3 orders?",
            r#"SELECT c.customer_name AS "customer name" FROM orders AS o JOIN customers AS c ON o.customer_id = c.customer_id GROUP BY c.customer_name HAVING count(*) >= 3"#,
        ),
    ]);
}

#[test]
fn orders_name_a_column_or_an_end() {
    assert_read(&[
        (
            "Show the products sorted by price from high to low.",
            r#"SELECT product_name AS "product name" FROM products ORDER BY price DESC"#,
        ),
        (
            "List the products in ascending order of product name.",
            r#"SELECT product_name AS "product name" FROM products ORDER BY product_name"#,
        ),
    ]);
}

#[test]
fn two_references_to_one_table_are_told_apart() {
    assert_read(&[
        (
            "How many flights went from Ostvik to Calder Bay?",
            r#"SELECT count(*) AS "number of flights" FROM flights AS f WHERE EXISTS (SELECT 1 FROM airports AS a WHERE a.airport_name = 'Ostvik' AND a.airport_id = f.origin_id) AND EXISTS (SELECT 1 FROM airports AS a2 WHERE a2.airport_name = 'Calder Bay' AND a2.airport_id = f.destination_id)"#,
        ),
        (
            "List the flights from Ostvik to Calder Bay.",
            r#"SELECT * FROM flights AS f WHERE EXISTS (SELECT 1 FROM airports AS a WHERE a.airport_name = 'Ostvik' AND a.airport_id = f.origin_id) AND EXISTS (SELECT 1 FROM airports AS a2 WHERE a2.airport_name = 'Calder Bay' AND a2.airport_id = f.destination_id)"#,
        ),
    ]);
}

#[test]
fn words_that_no_rule_explains_make_a_reading_doubtful() {
    assert_doubtful(&[
        "Which products are neither phones nor tablets?",
        "Which categories have more than 5 products?",
        "How many purple orders are there?",
        "What is the median price?",
        "How many orders are there excluding refunds?",
    ]);
}
