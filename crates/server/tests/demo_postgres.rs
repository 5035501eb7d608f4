//! The demo on a real PostgreSQL server: the same rows, the same answers, and clear refusals.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use datafyme_connect::conformance::postgres_server;
use datafyme_domain::ErrorKind;
use datafyme_server::demo;
use serde_json::Value as Json;
use sqlx::{AssertSqlSafe, Column, Connection, PgConnection, Row, TypeInfo, postgres::PgRow, raw_sql};
use std::path::Path;
use tokio::sync::{Mutex, MutexGuard};

/// The databases have fixed names: one test at a time.
static SERVER: Mutex<()> = Mutex::const_new(());

/// A server without the demo's databases.
async fn fresh_server(test: &str) -> Option<(String, MutexGuard<'static, ()>)> {
    let url = postgres_server(test)?.to_owned();
    let guard = SERVER.lock().await;
    for name in ["fulfillment", "cinema"] {
        run(&url, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
    }
    Some((url, guard))
}

async fn run(url: &str, sql: &str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap_or_else(|e| panic!("{e}: {sql}"));
    connection.close().await.unwrap();
}

async fn rows(connection: &mut PgConnection, sql: &str) -> Vec<Vec<String>> {
    let rows = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(connection).await;
    rows.unwrap_or_else(|e| panic!("{e}: {sql}")).iter().map(cells).collect()
}

/// Cells as text; numbers to nine digits, so that two databases may sum up in another order.
fn cells(row: &PgRow) -> Vec<String> {
    let number = |n: f64| format!("{n:.8e}");
    let cell = |i: usize| match row.column(i).type_info().name() {
        "INT4" => number(f64::from(row.get::<i32, _>(i))),
        "INT8" => number(row.get::<i64, _>(i) as f64),
        "FLOAT8" => number(row.get(i)),
        "NUMERIC" => number(row.try_get_raw(i).map(|raw| decimal(raw)).unwrap()),
        "DATE" => row.get::<chrono::NaiveDate, _>(i).to_string(),
        _ => row.get::<String, _>(i),
    };
    (0..row.len()).map(cell).collect()
}

/// PostgreSQL's binary numeric: count of base-10000 digits, weight of the first, sign, scale, digits.
fn decimal(raw: sqlx::postgres::PgValueRef<'_>) -> f64 {
    let bytes = raw.as_bytes().unwrap();
    let word = |i: usize| i16::from_be_bytes([bytes[2 * i], bytes[2 * i + 1]]);
    let (count, weight, sign) = (word(0), word(1), word(2));
    let digits = (0..count).map(|i| f64::from(word(4 + i as usize)) * 10_000_f64.powi(i32::from(weight - i)));
    digits.sum::<f64>() * if sign == 0 { 1.0 } else { -1.0 }
}

fn on_sqlite(connection: &rusqlite::Connection, sql: &str) -> Vec<Vec<String>> {
    use rusqlite::types::ValueRef;
    let mut statement = connection.prepare(sql).unwrap();
    let width = statement.column_count();
    let cell = |value: ValueRef<'_>| match value {
        ValueRef::Integer(n) => format!("{:.8e}", n as f64),
        ValueRef::Real(n) => format!("{n:.8e}"),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        other => panic!("{other:?}"),
    };
    let rows = statement.query_map([], |row| (0..width).map(|i| row.get_ref(i).map(cell)).collect()).unwrap();
    rows.map(Result::unwrap).collect()
}

#[tokio::test]
async fn postgres_answers_every_gold_as_sqlite_does() {
    let Some((url, _guard)) = fresh_server("postgres_answers_every_gold_as_sqlite_does").await else {
        return;
    };
    let loaded = demo::load_postgres(&url, false).await.unwrap();
    let dir = tempfile::tempdir().unwrap();
    let files = demo::write_sqlite(dir.path()).unwrap();
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../evals/demo.jsonl")).unwrap();
    let items: Vec<Json> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    for (database, file) in loaded.iter().zip(&files) {
        assert_eq!(database.name, file.name);
        let mut postgres = PgConnection::connect(&database.url).await.unwrap();
        let sqlite = rusqlite::Connection::open(&file.path).unwrap();
        for item in items.iter().filter(|i| i["db"] == database.name) {
            let gold = item["gold_sql"].as_str().unwrap();
            let there = item.get("gold_sql_postgres").map_or(gold, |g| g.as_str().unwrap());
            let (mut here, mut there) = (on_sqlite(&sqlite, gold), rows(&mut postgres, there).await);
            if !gold.contains(" ORDER BY ") {
                here.sort();
                there.sort();
            }
            assert_eq!(here, there, "{}", item["id"]);
        }
    }
}

#[tokio::test]
async fn tables_keys_comments_and_schemas_arrive() {
    let Some((url, _guard)) = fresh_server("tables_keys_comments_and_schemas_arrive").await else {
        return;
    };
    let loaded = demo::load_postgres(&url, false).await.unwrap();
    for (database, dataset) in loaded.iter().zip(demo::datasets()) {
        let mut connection = PgConnection::connect(&database.url).await.unwrap();
        for table in &dataset.tables {
            let count = rows(&mut connection, &format!("SELECT COUNT(*) FROM {}", table.name)).await;
            assert_eq!(count[0][0], format!("{:.8e}", table.rows.len() as f64), "{}", table.name);
        }
        let constraints = "SELECT contype::text, COUNT(*) FROM pg_constraint JOIN pg_namespace n ON n.oid = connamespace \
                           WHERE nspname NOT LIKE 'pg%' AND nspname <> 'information_schema' AND contype IN ('p', 'f') \
                           GROUP BY 1 ORDER BY 1";
        let expected = if database.name == "cinema" { [1.0, 1.0] } else { [3.0, 4.0] };
        let found: Vec<_> = rows(&mut connection, constraints).await.into_iter().map(|r| r[1].clone()).collect();
        assert_eq!(found, expected.map(|n: f64| format!("{n:.8e}")), "foreign and primary keys");
        let comments = rows(
            &mut connection,
            "SELECT COUNT(*) FROM pg_description WHERE classoid = 'pg_class'::regclass AND objoid > 16383",
        )
        .await;
        assert_ne!(comments[0][0], format!("{:.8e}", 0.0));
    }
}

#[tokio::test]
async fn a_finished_demo_is_kept_and_force_makes_it_anew() {
    let Some((url, _guard)) = fresh_server("a_finished_demo_is_kept_and_force_makes_it_anew").await else {
        return;
    };
    let loaded = demo::load_postgres(&url, false).await.unwrap();
    run(&loaded[0].url, "DELETE FROM roles").await;
    demo::load_postgres(&url, false).await.unwrap();
    let mut connection = PgConnection::connect(&loaded[0].url).await.unwrap();
    assert_eq!(rows(&mut connection, "SELECT role_name FROM roles").await.len(), 0, "left alone");
    drop(connection);
    demo::load_postgres(&url, true).await.unwrap();
    let mut connection = PgConnection::connect(&loaded[0].url).await.unwrap();
    assert_eq!(rows(&mut connection, "SELECT role_name FROM roles").await.len(), 15);
}

#[tokio::test]
async fn a_database_of_somebody_else_is_not_touched() {
    let Some((url, _guard)) = fresh_server("a_database_of_somebody_else_is_not_touched").await else {
        return;
    };
    run(&url, "CREATE DATABASE fulfillment").await;
    let mut theirs = url::Url::parse(&url).unwrap();
    theirs.set_path("fulfillment");
    let theirs = theirs.to_string();
    run(&theirs, "CREATE TABLE invoices (id int)").await;
    let error = demo::load_postgres(&url, false).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(error.to_string().contains("fulfillment exists already and has 1 tables"), "{error}");
    demo::load_postgres(&url, true).await.unwrap();
    let mut connection = PgConnection::connect(&theirs).await.unwrap();
    assert!(rows(&mut connection, "SELECT id FROM public.invoices").await.is_empty(), "still there");
}

#[tokio::test]
async fn refusals_say_what_to_do_and_no_password() {
    let Some((url, _guard)) = fresh_server("refusals_say_what_to_do_and_no_password").await else {
        return;
    };
    run(&url, "DROP ROLE IF EXISTS demo_reader; CREATE ROLE demo_reader LOGIN PASSWORD 'geheim' NOCREATEDB").await;
    let mut as_reader = url::Url::parse(&url).unwrap();
    as_reader.set_username("demo_reader").unwrap();
    as_reader.set_password(Some("geheim")).unwrap();
    let error = demo::load_postgres(as_reader.as_str(), false).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden);
    assert!(error.to_string().contains("ALTER ROLE demo_reader CREATEDB"), "{error}");

    as_reader.set_password(Some("wrong-secret")).unwrap();
    let error = demo::load_postgres(as_reader.as_str(), false).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthenticated);
    assert!(!error.to_string().contains("wrong-secret"), "{error}");
    run(&url, "DROP ROLE demo_reader").await;
}

#[tokio::test]
async fn urls_that_cannot_be_used_are_refused() {
    for (url, kind) in [
        ("mysql://a:b@localhost/x", ErrorKind::InvalidInput),
        ("no url", ErrorKind::InvalidInput),
        ("postgres://a:secret@127.0.0.1:1/postgres", ErrorKind::Unavailable),
    ] {
        let error = demo::load_postgres(url, false).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}
