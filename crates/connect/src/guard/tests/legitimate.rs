//! What people and models write, and must pass.

use super::*;

/// Legitimate in both dialects.
const EVERYWHERE: &[&str] = &[
    "SELECT 1",
    "SELECT * FROM orders",
    "select count(*) from ORDERS",
    "SELECT o.* FROM orders o",
    "SELECT * FROM \"Order Items\"",
    "SELECT * FROM café",
    "SELECT DISTINCT a FROM orders ORDER BY a DESC LIMIT 10 OFFSET 5",
    "SELECT a, count(*) AS n FROM orders GROUP BY a HAVING count(*) > 1 ORDER BY n DESC, a",
    "SELECT a, count(*) FROM orders GROUP BY 1 ORDER BY 2 DESC NULLS LAST",
    "SELECT * FROM orders o JOIN customers c ON o.customer_id = c.id",
    "SELECT * FROM orders o LEFT JOIN customers c USING (customer_id)",
    "SELECT * FROM orders CROSS JOIN customers",
    "SELECT * FROM orders NATURAL JOIN customers",
    "SELECT * FROM orders FULL OUTER JOIN customers ON orders.a = customers.a",
    "SELECT * FROM orders, customers WHERE orders.a = customers.a",
    "SELECT * FROM (SELECT a, sum(b) AS s FROM orders GROUP BY a) t WHERE s > 10",
    "SELECT * FROM (orders o JOIN customers c ON o.a = c.a)",
    "SELECT a FROM orders WHERE a IN (SELECT a FROM customers)",
    "SELECT a FROM orders WHERE NOT EXISTS (SELECT 1 FROM customers c WHERE c.a = orders.a)",
    "SELECT a, (SELECT max(b) FROM customers c WHERE c.a = o.a) FROM orders o",
    "WITH t AS (SELECT a FROM orders) SELECT * FROM t",
    "WITH t AS (SELECT a FROM orders), u AS (SELECT a FROM t) SELECT * FROM t JOIN u ON t.a = u.a",
    "WITH T AS (SELECT 1 AS a) SELECT * FROM t",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT * FROM n",
    "WITH secret AS (SELECT 1 AS a) SELECT * FROM secret",
    "WITH orders AS (SELECT 1 AS a) SELECT * FROM orders",
    "SELECT * FROM (WITH t AS (SELECT 1 AS a) SELECT * FROM t) x",
    "WITH t AS (VALUES (1, 'a'), (2, 'b')) SELECT * FROM t",
    "SELECT a FROM orders UNION SELECT a FROM customers",
    "SELECT a FROM orders UNION ALL SELECT a FROM customers ORDER BY 1",
    "SELECT a FROM orders INTERSECT SELECT a FROM customers",
    "SELECT a FROM orders EXCEPT SELECT a FROM customers",
    "SELECT CASE WHEN a > 1 THEN 'big' WHEN a = 1 THEN 'one' ELSE 'small' END FROM orders",
    "SELECT coalesce(a, 0), nullif(a, 0) FROM orders",
    "SELECT round(avg(a), 2), min(a), max(a), sum(a), count(DISTINCT a) FROM orders",
    "SELECT sum(a) OVER (PARTITION BY b ORDER BY c ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) FROM orders",
    "SELECT row_number() OVER w, rank() OVER w FROM orders WINDOW w AS (ORDER BY a)",
    "SELECT lag(a) OVER (ORDER BY b), lead(a, 1, 0) OVER (ORDER BY b) FROM orders",
    "SELECT ntile(4) OVER (ORDER BY a), percent_rank() OVER (ORDER BY a) FROM orders",
    "SELECT count(*) FILTER (WHERE a > 1) FROM orders",
    "SELECT upper(a) || '-' || lower(b) FROM orders",
    "SELECT a FROM orders WHERE a LIKE '%x%' AND b NOT LIKE 'y!_%' ESCAPE '!'",
    "SELECT a FROM orders WHERE a BETWEEN 1 AND 2 OR a IS NULL OR b IS NOT NULL",
    "SELECT CAST(a AS INTEGER), CAST(b AS TEXT), CAST(c AS numeric(10, 2)) FROM orders",
    "SELECT substr(a, 1, 4), replace(a, 'x', 'y'), trim(a), length(a) FROM orders",
    "SELECT 'it''s; DROP TABLE orders' AS text",
    "SELECT '-- no comment', '/* none */'",
    "SELECT 1 -- a comment; with semicolon\nFROM orders",
    "SELECT /* a comment */ 1",
    "SELECT a AS \"Total, in €\" FROM orders",
    "SELECT \"from\" FROM orders",
    "SELECT current_date, current_timestamp",
    "SELECT 100.0 * sum(a) / (SELECT sum(a) FROM orders) FROM orders",
    "SELECT abs(-1), 5 % 3, -a, +a, NOT a = 1 FROM orders",
    "SELECT a FROM orders WHERE (a, b) IN ((1, 2), (3, 4))",
    "SELECT a FROM orders WHERE a IN (1, 2, 3) AND b <> 'x' AND c != 'y'",
    "SELECT a FROM orders ORDER BY CASE WHEN a = 1 THEN 0 ELSE 1 END",
    "SELECT 1;",
    "SELECT o.\"weird \"\"name\" FROM orders o",
    "SELECT sqrt(power(a, 2)), exp(1), ln(2), floor(1.5), ceil(1.5) FROM orders",
    "SELECT 1e5, .5, 1.5e-3, 0",
];

const SQLITE: &[&str] = &[
    "SELECT strftime('%Y-%m', created) AS month, count(*) FROM orders GROUP BY month",
    "SELECT date(created, 'start of month', '+1 month'), datetime('now'), julianday(a) FROM orders",
    "SELECT * FROM main.orders",
    "SELECT * FROM [Order Items]",
    "SELECT * FROM `Order Items`",
    "SELECT * FROM \"ORDER ITEMS\"",
    "SELECT ifnull(a, 0), iif(a > 1, 'x', 'y'), typeof(a), printf('%.2f', a) FROM orders",
    "SELECT group_concat(a, ', ') FROM orders",
    "SELECT json_extract(a, '$.x'), a -> 'x', a ->> '$.y' FROM orders",
    "SELECT value FROM orders, json_each(orders.a)",
    "SELECT a FROM orders WHERE a GLOB 'x*'",
    "SELECT a FROM orders WHERE a = 'x' COLLATE NOCASE",
    "SELECT a FROM orders LIMIT 5, 10",
    "SELECT a FROM orders WHERE a == 1",
    "SELECT a FROM orders WHERE name = \"text in double quotes\"",
    "SELECT instr(a, 'x'), unicode(a), char(65), hex(a), total(a) FROM orders",
    "SELECT CAST(strftime('%Y', a) AS INTEGER) FROM orders",
    "SELECT T1.a FROM orders AS T1 JOIN customers AS T2 ON T1.a = T2.a",
    "WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 5) SELECT i FROM n",
    "SELECT max(a, b) FROM orders",
    "SELECT a FROM orders WHERE a NOT NULL",
    "SELECT rowid, * FROM orders",
];

const POSTGRES: &[&str] = &[
    "SELECT date_trunc('month', created)::date AS month, count(*) FROM orders GROUP BY 1",
    "SELECT extract(year FROM created), date_part('month', created) FROM orders",
    "SELECT to_char(created, 'YYYY-MM'), age(created), now() - interval '1 day' FROM orders",
    "SELECT a::int, b::numeric(10,2), c::text[], d::timestamp with time zone FROM orders",
    "SELECT DISTINCT ON (a) a, b FROM orders ORDER BY a, b DESC",
    "SELECT string_agg(DISTINCT a, ', ' ORDER BY a) FROM orders",
    "SELECT array_agg(a ORDER BY b) FROM orders",
    "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a) FROM orders",
    "SELECT * FROM public.orders o JOIN sales.customers c ON o.a = c.a",
    "SELECT * FROM PUBLIC.ORDERS",
    "SELECT public.orders.a FROM public.orders",
    "SELECT * FROM generate_series(1, 10) AS g(i)",
    "SELECT d::date FROM generate_series('2024-01-01'::date, '2024-12-31'::date, interval '1 month') d",
    "SELECT * FROM orders, LATERAL (SELECT * FROM customers c WHERE c.a = orders.a LIMIT 1) t",
    "SELECT * FROM unnest(ARRAY[1, 2, 3]) WITH ORDINALITY AS u(x, n)",
    "SELECT a FROM orders WHERE a ILIKE '%x%' AND b ~* '^y'",
    "SELECT a -> 'x' ->> 'y', a #>> '{x,y}', a @> '{}', a ? 'k' FROM orders",
    "SELECT jsonb_array_elements(a) FROM orders",
    "SELECT * FROM jsonb_each((SELECT a FROM orders LIMIT 1)) e",
    "SELECT a FROM orders WHERE a = ANY(ARRAY[1, 2])",
    "SELECT a FROM orders WHERE created >= DATE '2024-01-01' AND created < TIMESTAMP '2025-01-01 00:00:00'",
    "SELECT created AT TIME ZONE 'Europe/Budapest' FROM orders",
    "SELECT a, sum(b) FROM orders GROUP BY ROLLUP (a)",
    "SELECT a, b, sum(c) FROM orders GROUP BY GROUPING SETS ((a), (b), ())",
    "SELECT * FROM orders FETCH FIRST 5 ROWS ONLY",
    "SELECT a FROM orders WHERE a IS DISTINCT FROM b",
    "SELECT pg_catalog.lower(a) FROM orders",
    "SELECT (ARRAY[1,2,3])[1], array_length(ARRAY[1], 1)",
    "SELECT split_part(a, '-', 1), regexp_replace(a, 'x', 'y', 'g'), concat_ws(' ', a, b) FROM orders",
    "SELECT stddev(a), variance(a), corr(a, b), mode() WITHIN GROUP (ORDER BY a) FROM orders",
    "SELECT E'line\\nbreak', 'back\\slash'",
    "SELECT overlay('abc' placing 'x' from 2 for 1), position('b' in 'abc'), substring('abc' from 2 for 1)",
    "SELECT count(*) FROM orders TABLESAMPLE SYSTEM (10)",
    "WITH t AS MATERIALIZED (SELECT 1 AS a) SELECT * FROM t",
    "WITH RECURSIVE t AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM t WHERE a < 3), u AS (SELECT * FROM t) SELECT * FROM u",
    "SELECT (created, created) OVERLAPS (created, created) FROM orders",
    "SELECT sum(a) FILTER (WHERE b > 0) OVER (ORDER BY c RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM orders",
    "SELECT make_date(2024, 1, 1), justify_days(interval '40 days'), to_date('2024', 'YYYY')",
    "SELECT greatest(a, b), least(a, b), width_bucket(a, 0, 10, 5) FROM orders",
    "(SELECT 1) UNION (SELECT 2)",
];

pub(super) fn of(dialect: Dialect) -> impl Iterator<Item = &'static str> {
    let own = match dialect {
        Dialect::Sqlite => SQLITE,
        Dialect::Postgres => POSTGRES,
    };
    EVERYWHERE.iter().chain(own).copied()
}

#[test]
fn every_legitimate_query_passes() {
    assert!(EVERYWHERE.len() + SQLITE.len().min(POSTGRES.len()) >= 60);
    let mut refused = Vec::new();
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        for sql in of(dialect) {
            if let Err(error) = verdict(sql, dialect) {
                refused.push(format!("{dialect}: {sql}\n    {error}"));
            }
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}
