//! The layers behind the guard, and the guard without the layers behind it.

use super::*;
use crate::{
    QueryLimits, SourceUrl,
    conformance::{Fixture, PostgresFixture},
    open,
};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, raw_sql};
use std::time::Duration;

/// Writes, as if the guard had let them through.
const WRITES: &[&str] = &[
    "INSERT INTO canary VALUES (2)",
    "UPDATE canary SET a = 2",
    "DELETE FROM canary",
    "DROP TABLE canary",
    "CREATE TABLE other (a int)",
    "CREATE TEMP TABLE other (a int)",
    "SELECT 1; DELETE FROM canary",
    "SELECT 1; COMMIT; DROP TABLE canary",
    "COMMIT; DROP TABLE canary",
    "SELECT 1 -- \n; DROP TABLE canary",
    "SELECT 1) q; DROP TABLE canary; SELECT (1",
    "WITH x AS (DELETE FROM canary RETURNING *) SELECT * FROM x",
    "WITH x AS (SELECT 1) DELETE FROM canary",
    "SELECT * INTO other FROM canary",
    "SELECT nextval('counter')",
    "SELECT * FROM canary FOR UPDATE",
    "PRAGMA user_version = 7",
    "PRAGMA query_only = OFF",
    "PRAGMA writable_schema = ON",
    "ATTACH DATABASE 'other.db' AS other",
    "VACUUM",
    "TRUNCATE canary",
    "ALTER TABLE canary RENAME TO gone",
    "EXPLAIN ANALYZE DELETE FROM canary",
    "SET default_transaction_read_only = off",
    "BEGIN; DELETE FROM canary; COMMIT",
    "ROLLBACK; DELETE FROM canary",
];

fn hand_made(sql: &str, dialect: Dialect) -> ReadOnlySql {
    let table = match dialect {
        Dialect::Sqlite => TableRef::bare("canary"),
        Dialect::Postgres => TableRef::new("public", "canary"),
    };
    ReadOnlySql { sql: sql.to_owned(), dialect, tables: vec![table], bare: Vec::new(), ctes: Vec::new() }
}

/// Runs and explains each write and demands that every one fails.
async fn try_writes(url: &SourceUrl) {
    let connector = open(url).unwrap();
    for write in WRITES {
        let sql = hand_made(write, url.dialect);
        let limits = QueryLimits::new(Duration::from_secs(5), 10, 10_000);
        let outcome = match connector.query(&sql, &limits).await {
            Ok(stream) => stream.collect().await.map(drop),
            Err(error) => Err(error),
        };
        assert!(outcome.is_err(), "{}: {write}", url.dialect);
        let explained = connector.explain(&sql).await;
        assert!(explained.is_err() || !write.contains(';'), "{}: {write}", url.dialect);
    }
    let limits = QueryLimits::new(Duration::from_secs(5), 10, 10_000);
    let canary = hand_made("SELECT a FROM canary", url.dialect);
    let set = connector.query(&canary, &limits).await.unwrap().collect().await.unwrap();
    assert_eq!(set.rows, [[datafyme_domain::Value::Int(1)]], "{}", url.dialect);
}

#[tokio::test]
async fn a_hand_made_write_changes_nothing_in_sqlite() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("canary.db");
    let connection = rusqlite::Connection::open(&file).unwrap();
    connection.execute_batch("CREATE TABLE canary (a int); INSERT INTO canary VALUES (1)").unwrap();
    drop(connection);
    let before = std::fs::read(&file).unwrap();
    try_writes(&SourceUrl::parse(file.to_str().unwrap()).unwrap()).await;
    assert_eq!(std::fs::read(&file).unwrap(), before);
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_hand_made_write_changes_nothing_in_postgres() {
    let Some(fixture) = PostgresFixture::named("a_hand_made_write_changes_nothing_in_postgres") else {
        return;
    };
    let setup = "CREATE TABLE canary (a int); INSERT INTO canary VALUES (1); CREATE SEQUENCE counter";
    let url = fixture.database(setup).await;
    try_writes(&url).await;
    let mut connection = PgConnection::connect(&fixture.url()).await.unwrap();
    let state = raw_sql(
        "SELECT (SELECT string_agg(relname, ',' ORDER BY relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace), \
         (SELECT is_called::text FROM counter)",
    );
    let row = state.fetch_one(&mut connection).await.unwrap();
    assert_eq!(row.get::<String, _>(0), "canary,counter");
    assert_eq!(row.get::<String, _>(1), "false");
}

/// Everything that the guard lets through: the legitimate queries, mutations of them, and salads of SQL words.
fn accepted(dialect: Dialect) -> Vec<String> {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let mut draw = |from: &[&str], most: usize| -> Vec<String> {
        let words: Vec<String> = from.iter().map(|w| (*w).to_owned()).collect();
        let strategy = prop::collection::vec(prop::sample::select(words), 1..most);
        strategy.new_tree(&mut runner).unwrap().current()
    };
    let legitimate: Vec<&str> = legitimate::of(dialect).collect();
    let mut all: Vec<String> =
        legitimate.iter().chain(&attacks::of(dialect).collect::<Vec<_>>()).map(|s| (*s).to_owned()).collect();
    let salad: Vec<&str> = SALAD.iter().chain(STRANGE).copied().collect();
    for round in 0..MUTATIONS {
        all.push(format!("SELECT {}", draw(&salad, 10).join(" ")));
        // Words put into, over or out of a legitimate query, at places that the round decides.
        let mut words: Vec<String> = legitimate[round % legitimate.len()].split(' ').map(str::to_owned).collect();
        for (step, word) in draw(&salad, 4).into_iter().enumerate() {
            let at = (round / legitimate.len() * 7 + step * 3) % (words.len() + 1);
            match (round + step) % 3 {
                0 if at < words.len() => words[at] = word,
                1 if words.len() > 3 && at < words.len() => drop(words.remove(at)),
                _ => words.insert(at, word),
            }
        }
        all.push(words.join(" "));
    }
    let checked: Vec<String> =
        all.into_iter().filter_map(|sql| Some(verdict(&sql, dialect).ok()?.as_str().to_owned())).collect();
    assert!(checked.len() > 300, "{}", checked.len());
    checked
}

const MUTATIONS: usize = 3_000;

/// Words that other dialects give a meaning to.
const STRANGE: &[&str] = &[
    "FINAL",
    "SAMPLE",
    "PIVOT",
    "QUALIFY",
    "TOP",
    "EXCLUDE",
    "REPLACE",
    "STRAIGHT_JOIN",
    "PREWHERE",
    "USING",
    "VIEW",
    "ASOF",
    "CONNECT",
    "START",
    "SETTINGS",
    "FORMAT",
    "|>",
    "WINDOW",
    "CLUSTER",
    "PARTITION",
    "GLOBAL",
    "ANTI",
    "SEMI",
    "JSON_TABLE",
    "UNNEST",
    "FETCH",
    "OFFSET",
    "FIRST",
    "ONLY",
    "COLLATE",
    "AT",
    "TIME",
    "ZONE",
    "DATE",
    "INTERVAL",
    "EXTRACT",
    "CAST",
    "MATCH_RECOGNIZE",
    "IGNORE",
    "FORCE",
    "INDEX",
    "USE",
    "secret",
    "secret.a",
    "secret,",
    ", secret",
    "JOIN secret",
    "FROM secret",
    "(SELECT",
    "FROM secret)",
    "public.secret",
    "AS secret",
    "secret AS (",
    "BEGIN",
    "DISTINCT",
    "ROLLUP",
    "CUBE",
    "GROUPING",
    "SETS",
    "NATURAL",
    "LEFT",
    "OUTER",
    "APPLY",
    "CROSS",
    "TABLESAMPLE",
    "WITHIN",
    "GROUP",
    "FILTER",
    "OVER",
    "RANGE",
    "ROW",
    "ROWS",
    "PRECEDING",
    "VALUE",
    "STRUCT",
    "NULLS",
    "LAST",
];

const TABLES: &str = "\
    CREATE TABLE orders (a int, b int, c int, customer_id int, created timestamp, name text, d text);\
    CREATE TABLE \"Order Items\" (a int); CREATE TABLE café (a int); \
    INSERT INTO orders (a) VALUES (1);";

#[test]
fn what_the_guard_accepts_changes_nothing_where_sqlite_may_be_written() {
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    connection.execute_batch(TABLES).unwrap();
    connection.execute_batch("CREATE TABLE customers (a int, id int, customer_id int)").unwrap();
    let state = || {
        let sql =
            "SELECT (SELECT group_concat(sql) FROM sqlite_schema), (SELECT count(*) FROM orders), total_changes()";
        connection
            .query_row(sql, [], |r| Ok((r.get::<_, String>(0)?, r.get::<_, i64>(1)?, r.get::<_, i64>(2)?)))
            .unwrap()
    };
    let before = state();
    let mut ran = 0;
    for sql in accepted(Dialect::Sqlite) {
        let mut statement = match connection.prepare(&sql) {
            Ok(statement) => statement,
            // The guard took the name for a CTE where the database looks for a table.
            Err(error) if error.to_string().contains("no such table: secret") => panic!("{sql}"),
            Err(_) => continue,
        };
        assert!(statement.readonly(), "{sql}");
        let mut rows = statement.query([]).unwrap();
        for _ in 0..100 {
            if !matches!(rows.next(), Ok(Some(_))) {
                break;
            }
        }
        ran += 1;
    }
    assert!(ran > 60, "{ran}");
    assert_eq!(state(), before);
    assert!(connection.is_autocommit());
}

#[tokio::test]
async fn what_the_guard_accepts_changes_nothing_where_postgres_may_be_written() {
    let Some(fixture) = PostgresFixture::named("what_the_guard_accepts_changes_nothing") else {
        return;
    };
    let setup = format!(
        "{TABLES} CREATE SCHEMA sales; CREATE SCHEMA hr; CREATE TABLE sales.customers (a int, id int, customer_id int); \
         CREATE TABLE sales.both (a int); CREATE TABLE hr.both (a int);"
    );
    fixture.database(&setup).await;
    let mut connection = PgConnection::connect(&fixture.url()).await.unwrap();
    let state = "SELECT (SELECT count(*) FROM pg_class)::text || ' ' || (SELECT count(*) FROM pg_proc) || ' ' || \
                 (SELECT count(*) FROM orders) || ' ' || \
                 (SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables)";
    let before: String = raw_sql(state).fetch_one(&mut connection).await.unwrap().get(0);
    raw_sql("SET search_path = public, sales; SET statement_timeout = 2000").execute(&mut connection).await.unwrap();
    let mut ran = 0;
    for sql in accepted(Dialect::Postgres) {
        // The whole text at once, by the protocol that would take several statements.
        match raw_sql(AssertSqlSafe(sql.as_str())).fetch_all(&mut connection).await {
            Ok(rows) => ran += rows.len().min(1),
            // The guard must not have taken the name for a CTE where the database looks for a table.
            Err(error) => assert!(!error.to_string().contains("relation \"secret\""), "{sql}"),
        }
        let now: String = raw_sql(state).fetch_one(&mut connection).await.unwrap().get(0);
        assert_eq!(now, before, "{sql}");
    }
    assert!(ran > 30, "{ran}");
}
