use super::*;
use proptest::prelude::*;

mod attacks;
mod canary;
mod legitimate;

fn allowed(dialect: Dialect) -> AllowedTables {
    AllowedTables::only(match dialect {
        Dialect::Sqlite => vec![
            TableRef::bare("orders"),
            TableRef::bare("Order Items"),
            TableRef::bare("customers"),
            TableRef::bare("café"),
        ],
        Dialect::Postgres => vec![
            TableRef::new("public", "orders"),
            TableRef::new("public", "Order Items"),
            TableRef::new("sales", "customers"),
            TableRef::new("sales", "both"),
            TableRef::new("hr", "both"),
            TableRef::new("public", "café"),
        ],
    })
}

fn verdict(sql: &str, dialect: Dialect) -> Result<ReadOnlySql, ConnectError> {
    check(sql, dialect, &allowed(dialect))
}

#[test]
fn a_statement_is_kept_from_its_first_to_its_last_token() {
    for (given, kept) in [
        ("SELECT 1 ;", "SELECT 1"),
        ("  -- why\n SELECT 1 ; ; -- done", "SELECT 1"),
        ("/* a */ SELECT 1 -- inner\n, 2 /* z */", "SELECT 1 -- inner\n, 2"),
        ("SELECT 'ő;--', 2\r\n;", "SELECT 'ő;--', 2"),
        ("SELECT \"ő\" FROM (SELECT 1 AS \"ő\") t", "SELECT \"ő\" FROM (SELECT 1 AS \"ő\") t"),
    ] {
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            assert_eq!(verdict(given, dialect).unwrap().as_str(), kept, "{dialect}");
        }
    }
}

#[test]
fn tables_come_back_once_as_the_catalog_spells_them() {
    let sql = "SELECT * FROM ORDERS o JOIN main.\"order items\" i ON 1 JOIN orders p ON (SELECT 1 FROM [Customers])";
    let tables = verdict(sql, Dialect::Sqlite).unwrap().tables().to_vec();
    assert_eq!(tables.iter().map(|t| t.table.as_str()).collect::<Vec<_>>(), ["orders", "Order Items", "customers"]);

    let sql = "SELECT * FROM Orders, sales.customers, Customers, public.\"Order Items\"";
    let checked = verdict(sql, Dialect::Postgres).unwrap();
    assert_eq!(
        checked.tables(),
        [
            TableRef::new("public", "orders"),
            TableRef::new("sales", "customers"),
            TableRef::new("public", "Order Items")
        ]
    );
    assert_eq!(checked.bare_names(), [TableRef::new("public", "orders"), TableRef::new("sales", "customers")]);
}

#[test]
fn every_refusal_names_the_offending_part() {
    for (sql, dialect, part) in [
        ("SELECT pg_sleep(9)", Dialect::Postgres, "pg_sleep"),
        ("SELECT * FROM secret", Dialect::Postgres, "secret"),
        ("SELECT * FROM both", Dialect::Postgres, "sales.both, hr.both"),
        ("SELECT * FROM \"ORDERS\"", Dialect::Postgres, "did you mean public.orders?"),
        ("SELECT * FROM order_items", Dialect::Sqlite, "order_items"),
        ("DROP TABLE orders", Dialect::Sqlite, "DROP"),
        ("SELECT 1; SELECT 2", Dialect::Sqlite, "more than one statement"),
        ("SELECT * FROM orders FOR UPDATE", Dialect::Postgres, "FOR UPDATE"),
        ("SELECT 'x'::regclass", Dialect::Postgres, "REGCLASS"),
        ("SELECT load_extension('x')", Dialect::Sqlite, "load_extension"),
    ] {
        let error = verdict(sql, dialect).expect_err(sql);
        assert_eq!(error.kind(), ErrorKind::UnsafeSql, "{sql}");
        assert!(error.to_string().contains(part), "{sql}: {error}");
    }
}

#[test]
fn a_syntax_error_is_no_safety_matter_and_has_a_position() {
    for sql in ["SELECT FROM WHERE", "SELEC 1", "SELECT (1", "SELECT 'open"] {
        let error = verdict(sql, Dialect::Sqlite).expect_err(sql);
        assert_eq!(error.kind(), ErrorKind::QueryFailed, "{sql}: {error}");
        assert!(error.to_string().starts_with("the query does not parse: "), "{error}");
    }
    let error = verdict("SELECT 1 FROM orders WHERE", Dialect::Postgres).expect_err("unfinished");
    assert!(error.to_string().contains("EOF") || error.to_string().contains("Line"), "{error}");
}

#[test]
fn bombs_are_refused_quickly_and_without_overflow() {
    let bombs = [
        format!("SELECT {}1{}", "(".repeat(20_000), ")".repeat(20_000)),
        format!("SELECT * FROM {}orders{}", "(".repeat(20_000), ")".repeat(20_000)),
        format!("SELECT {}1{}", "(SELECT ".repeat(5_000), ")".repeat(5_000)),
        format!("SELECT {}1", "- ".repeat(40_000)),
        format!("SELECT {}1", "NOT ".repeat(20_000)),
        format!("SELECT 1{}", " + 1".repeat(20_000)),
        format!("SELECT 1{}", "::int".repeat(19_000)),
        format!("SELECT {}0{}", "CASE WHEN 1 THEN ".repeat(3_000), " END".repeat(3_000)),
        format!("SELECT 1{}", " UNION SELECT 1".repeat(6_000)),
        format!("{}SELECT 1{}", "WITH a AS (".repeat(5_000), ") SELECT 1".repeat(5_000)),
        format!("SELECT ARRAY{}1{}", "[".repeat(9_000), "]".repeat(9_000)),
        format!("SELECT a{} FROM orders", "[1]".repeat(20_000)),
        format!("SELECT '{}'", "x".repeat(200_000)),
    ];
    for bomb in bombs {
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            let started = std::time::Instant::now();
            assert!(verdict(&bomb, dialect).is_err(), "{}", &bomb[..60]);
            assert!(started.elapsed().as_secs() < 3, "{}", &bomb[..60]);
        }
    }
}

#[test]
fn nesting_up_to_the_limit_is_parsed_quickly() {
    for depth in [5, 12, 23] {
        for sql in [
            format!("SELECT {}1{}", "(".repeat(depth), ")".repeat(depth)),
            format!("SELECT * FROM {}orders{}", "(".repeat(depth), ")".repeat(depth)),
            format!("{}SELECT 1{}", "(".repeat(depth), ")".repeat(depth)),
            format!("SELECT {}1{}", "(SELECT ".repeat(depth), ")".repeat(depth)),
            format!("SELECT 1 WHERE 1 IN {}1{}", "(".repeat(depth), ")".repeat(depth)),
            format!("SELECT {}1{}", "abs(".repeat(depth), ")".repeat(depth)),
            format!("SELECT {}0{}", "CASE WHEN 1 = 1 THEN ".repeat(depth), " END".repeat(depth)),
            format!("SELECT {}0{}", "CASE 1 WHEN ".repeat(depth), " THEN 1 END".repeat(depth)),
            format!("SELECT {}0{}", "CAST(".repeat(depth), " AS int)".repeat(depth)),
            format!("SELECT 1 FROM {}1{}", "(SELECT 1 FROM ".repeat(depth), ") t".repeat(depth)),
        ] {
            for dialect in [Dialect::Sqlite, Dialect::Postgres] {
                let started = std::time::Instant::now();
                let _ = verdict(&sql, dialect);
                assert!(started.elapsed().as_secs() < 2, "{dialect}: {sql} {:?}", started.elapsed());
            }
        }
    }
}

#[test]
fn the_deepest_statement_that_is_let_through_fits_a_small_stack() {
    let long = format!("SELECT 1{}", " + 1".repeat(2_900));
    let thread = std::thread::Builder::new().stack_size(2 * 1024 * 1024);
    let worker = thread.spawn(move || verdict(&long, Dialect::Postgres).is_ok());
    assert!(worker.unwrap().join().unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_text_makes_the_guard_panic(text in "\\PC{0,200}") {
        let _ = verdict(&text, Dialect::Sqlite);
        let _ = verdict(&text, Dialect::Postgres);
    }

    #[test]
    fn no_salad_of_sql_words_makes_the_guard_panic_or_lets_a_table_through(
        words in prop::collection::vec(prop::sample::select(SALAD), 1..40)
    ) {
        let sql = words.join(" ");
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            if let Ok(checked) = verdict(&sql, dialect) {
                let known = allowed(dialect);
                prop_assert!(checked.tables().iter().all(|t| known.tables().contains(t)), "{}", sql);
            }
        }
    }
}

const SALAD: &[&str] = &[
    "SELECT",
    "*",
    "FROM",
    "orders",
    "secret",
    "WITH",
    "a",
    "AS",
    "(",
    ")",
    ",",
    "JOIN",
    "ON",
    "1",
    "=",
    "'x'",
    "\"b\"",
    "WHERE",
    "UNION",
    "ALL",
    "VALUES",
    "INSERT",
    "INTO",
    "DELETE",
    "UPDATE",
    "SET",
    "RETURNING",
    "--",
    "\n",
    "/*",
    "*/",
    ";",
    "count",
    "pg_sleep",
    "LIMIT",
    "ORDER",
    "BY",
    "RECURSIVE",
    "LATERAL",
    "E'\\''",
    "$$",
    "U&",
    "::",
    "regclass",
    "TABLE",
    "EXISTS",
    "IN",
    "NOT",
    "CASE",
    "WHEN",
    "THEN",
    "END",
    "FOR",
    "OVER",
    "[",
    "]",
    "`",
    ".",
    "main",
    "public",
];
