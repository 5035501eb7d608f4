//! Queries, their limits and their ends.

use super::{
    ENDLESS, Fixture, limits, opened, rows, start,
    structure::{AWKWARD, AWKWARD_TABLE},
};
use crate::{AllowedTables, Connector, QueryId, QueryLimits, RowItem, guard};
use datafyme_domain::{Catalog, ColumnType, Dialect, ErrorKind, Value};
use futures::StreamExt;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// 1,000 rows of a number and a text of 100 characters.
const THOUSAND: &str = "\
    CREATE TABLE big (i integer, filler text);\
    INSERT INTO big WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) \
    SELECT i, substr('xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', \
    1, 100) FROM n;";

pub async fn awkward_names_can_be_queried(fixture: &dyn Fixture) {
    let (_, connector, catalog) = opened(fixture, AWKWARD).await;
    let quote = |name: &str| connector.dialect().quote(name);
    let sql = format!(
        "SELECT {}, t.{}, {} AS \"Új név\" FROM {} t JOIN {} u ON u.{} = t.{}",
        quote("naïve 名前"),
        quote("a.b"),
        quote(" x "),
        quote(AWKWARD_TABLE),
        quote("ügyfél"),
        quote("Ref"),
        quote("From"),
    );
    let set = rows(&*connector, &catalog, &sql, &limits()).await.expect("it runs");
    assert_eq!(set.rows, [[Value::Text("四".into()), Value::Int(2), Value::Int(5)]]);
    let names: Vec<&str> = set.columns.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["naïve 名前", "a.b", "Új név"]);
}

pub async fn duplicate_column_names_are_preserved(fixture: &dyn Fixture) {
    let (_, connector, catalog) = opened(fixture, "CREATE TABLE t (a integer); INSERT INTO t VALUES (1)").await;
    for (sql, count) in [("SELECT a, a + 1 AS a, 'x' AS a FROM t", 1), ("SELECT a, a AS a, a FROM t WHERE a > 5", 0)] {
        let set = rows(&*connector, &catalog, sql, &limits()).await.expect("it runs");
        assert!(set.columns.iter().all(|c| c.name == "a") && set.columns.len() == 3, "{:?}", set.columns);
        assert_eq!(set.rows.len(), count);
    }
}

pub async fn a_row_cap_truncates_and_says_so(fixture: &dyn Fixture) {
    let (_, connector, catalog) = opened(fixture, THOUSAND).await;
    for (cap, expected, truncated) in [(999, 999, true), (1_000, 1_000, false), (1, 1, true), (0, 0, true)] {
        let limits = QueryLimits::new(Duration::from_secs(20), cap, u64::MAX);
        let set = rows(&*connector, &catalog, "SELECT i FROM big ORDER BY i", &limits).await.expect("it runs");
        assert_eq!((set.rows.len(), set.truncated), (expected, truncated), "cap {cap}");
        assert_eq!(set.columns.len(), 1, "cap {cap}");
        assert!(set.rows.iter().zip(1..).all(|(row, i)| row[0] == Value::Int(i)), "cap {cap}");
    }
}

pub async fn a_byte_cap_truncates_and_says_so(fixture: &dyn Fixture) {
    let (_, connector, catalog) = opened(fixture, THOUSAND).await;
    let limits = QueryLimits::new(Duration::from_secs(20), u64::MAX, 10_000);
    let set = rows(&*connector, &catalog, "SELECT filler FROM big", &limits).await.expect("it runs");
    let bytes: usize = set.rows.iter().flatten().map(Value::size).sum();
    assert!(set.truncated && bytes <= 10_000 && bytes > 9_000, "{bytes}");
}

pub async fn the_caps_leave_the_limits_of_the_query_alone(fixture: &dyn Fixture) {
    let (_, connector, catalog) = opened(fixture, THOUSAND).await;
    let limits = QueryLimits::new(Duration::from_secs(20), 10, u64::MAX);
    for (sql, first, count, truncated) in [
        ("SELECT i FROM big ORDER BY i DESC LIMIT 3", 1_000, 3, false),
        ("SELECT count(*) FROM (SELECT i FROM big LIMIT 500) t", 500, 1, false),
        ("SELECT i FROM big WHERE i > 990 ORDER BY i", 991, 10, false),
        ("SELECT i FROM big WHERE i > 989 ORDER BY i", 990, 10, true),
        ("SELECT i FROM big WHERE i < 3 UNION ALL SELECT i FROM big WHERE i > 998 ORDER BY 1", 1, 4, false),
    ] {
        let set = rows(&*connector, &catalog, sql, &limits).await.expect(sql);
        assert_eq!((set.rows.len(), set.truncated), (count, truncated), "{sql}");
        assert_eq!(set.rows[0][0], Value::Int(first), "{sql}");
    }
}

pub async fn an_empty_result_has_its_columns(fixture: &dyn Fixture) {
    let (_, connector, catalog) = opened(fixture, "CREATE TABLE t (a integer, b text)").await;
    let sql = "WITH x AS (SELECT a, b FROM t) SELECT a AS first, b FROM x ORDER BY a -- nothing in it";
    let set = rows(&*connector, &catalog, sql, &limits()).await.expect("it runs");
    let columns: Vec<(&str, ColumnType)> = set.columns.iter().map(|c| (c.name.as_str(), c.column_type)).collect();
    assert_eq!(columns, [("first", ColumnType::Integer), ("b", ColumnType::Text)]);
    assert!(set.is_empty() && !set.truncated);
}

pub async fn nulls_and_texts_come_as_they_are(fixture: &dyn Fixture) {
    let text = "tab\tnewline\nquote' \"double\" \\backslash ünï©ode 🎉 --";
    let setup = format!(
        "CREATE TABLE t (a integer, b text, c text); INSERT INTO t VALUES (NULL, '', '{}')",
        text.replace('\'', "''")
    );
    let (_, connector, catalog) = opened(fixture, &setup).await;
    let set = rows(&*connector, &catalog, "SELECT a, b, c, NULL FROM t", &limits()).await.expect("it runs");
    assert_eq!(set.rows, [[Value::Null, Value::Text(String::new()), Value::Text(text.into()), Value::Null]]);
}

pub async fn comments_and_semicolons_at_the_end_do_no_harm(fixture: &dyn Fixture) {
    let (_, connector, catalog) = opened(fixture, "CREATE TABLE t (a integer); INSERT INTO t VALUES (1)").await;
    for sql in [
        "SELECT a FROM t;",
        "SELECT a FROM t -- done",
        "SELECT a FROM t /* done */ ; ",
        "-- first\nSELECT a -- why not\nFROM t\n;\n-- last",
        "SELECT a FROM t WHERE 'x;--' <> '' ;",
    ] {
        let set = rows(&*connector, &catalog, sql, &limits()).await.expect(sql);
        assert_eq!(set.rows, [[Value::Int(1)]], "{sql}");
    }
}

pub async fn a_query_over_its_timeout_ends_in_time(fixture: &dyn Fixture) {
    let (_, connector, catalog) = opened(fixture, "").await;
    let limits = QueryLimits::new(Duration::from_millis(400), 10, 1_000);
    let started = Instant::now();
    let error = rows(&*connector, &catalog, ENDLESS, &limits).await.expect_err("it never ends");
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    let took = started.elapsed();
    assert!(took >= Duration::from_millis(350) && took < Duration::from_secs(3), "{took:?}");
    still_works(&*connector, &catalog).await;
}

pub async fn a_running_query_can_be_cancelled(fixture: &dyn Fixture) {
    let (_, connector, catalog) = opened(fixture, "").await;
    let limits = limits();
    let query = limits.id;
    let running = tokio::spawn({
        let (connector, catalog) = (Arc::clone(&connector), catalog.clone());
        async move { rows(&*connector, &catalog, ENDLESS, &limits).await }
    });
    // Cancelling may come before the query has begun: once it is known, the cancellation holds.
    let started = Instant::now();
    while !running.is_finished() && started.elapsed() < Duration::from_secs(10) {
        connector.cancel(query).await.expect("cancelling works");
        // Leaves the query a core to run on.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let error = running.await.expect("no panic").expect_err("it was cancelled");
    assert_eq!(error.kind(), ErrorKind::Cancelled, "{error}");
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
    still_works(&*connector, &catalog).await;
}

pub async fn cancelling_what_does_not_run_does_nothing(fixture: &dyn Fixture) {
    let (_, connector, catalog) = opened(fixture, "").await;
    connector.cancel(QueryId::next()).await.expect("nothing to do");
    let limits = limits();
    rows(&*connector, &catalog, "SELECT 1", &limits).await.expect("it runs");
    connector.cancel(limits.id).await.expect("it has ended");
    still_works(&*connector, &catalog).await;
}

pub async fn dropping_the_stream_ends_the_query(fixture: &dyn Fixture) {
    let (_, connector, catalog) = opened(fixture, "").await;
    let endless_rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i % 1000 + 1 FROM n) SELECT i FROM n";
    let limits = || QueryLimits::new(Duration::from_secs(60), u64::MAX, u64::MAX);
    // More than there are connections: each must come free again.
    for _ in 0..20 {
        let mut stream = start(&*connector, &catalog, endless_rows, &limits()).await.expect("it starts");
        let first = stream.next().await.expect("a row").expect("no error");
        assert_eq!(first, RowItem::Row(vec![Value::Int(1)]));
    }
    still_works(&*connector, &catalog).await;
}

pub async fn more_queries_than_connections_all_get_their_turn(fixture: &dyn Fixture) {
    let (_, connector, catalog) = opened(fixture, THOUSAND).await;
    let one = || async {
        let set = rows(&*connector, &catalog, "SELECT sum(i) FROM big", &limits()).await.expect("it runs");
        set.rows[0][0].clone()
    };
    let answers = futures::future::join_all((0..40).map(|_| one())).await;
    assert!(answers.iter().all(|a| a.as_f64() == Some(500_500.0)), "{answers:?}");
}

pub async fn a_dropped_table_fails_with_the_databases_words(fixture: &dyn Fixture) {
    let (url, connector, catalog) = opened(fixture, "CREATE TABLE t (a integer)").await;
    fixture.execute(&url, "DROP TABLE t").await;
    let error = rows(&*connector, &catalog, "SELECT a FROM t", &limits()).await.expect_err("it is gone");
    assert_eq!(error.kind(), ErrorKind::QueryFailed, "{error}");
    assert!(error.to_string().contains('t'), "{error}");
    still_works(&*connector, &catalog).await;
}

pub async fn an_unknown_column_fails_with_the_databases_words(fixture: &dyn Fixture) {
    let (_, connector, catalog) = opened(fixture, "CREATE TABLE t (a integer)").await;
    let error = rows(&*connector, &catalog, "SELECT nosuch FROM t", &limits()).await.expect_err("no such column");
    assert_eq!(error.kind(), ErrorKind::QueryFailed, "{error}");
    assert!(error.to_string().contains("nosuch"), "{error}");
}

pub async fn an_error_among_the_rows_ends_the_stream_with_it(fixture: &dyn Fixture) {
    let (_, connector, catalog) = opened(fixture, THOUSAND).await;
    let sql = match connector.dialect() {
        Dialect::Sqlite => "SELECT i, json_extract(CASE WHEN i < 900 THEN '{}' ELSE 'broken' END, '$.x') FROM big",
        Dialect::Postgres => "SELECT i, 1 / (i - 900) FROM big",
    };
    let error = rows(&*connector, &catalog, sql, &limits()).await.expect_err("row 900 fails");
    assert_eq!(error.kind(), ErrorKind::QueryFailed, "{error}");
    still_works(&*connector, &catalog).await;
}

pub async fn a_plan_proves_that_a_query_compiles(fixture: &dyn Fixture) {
    let (url, connector, catalog) = opened(fixture, THOUSAND).await;
    let allowed = AllowedTables::of_catalog(&catalog);
    let check = |sql: &str| guard::check(sql, connector.dialect(), &allowed).expect("it is safe");
    let plan = connector.explain(&check("SELECT i FROM big WHERE i > 3")).await.expect("it compiles");
    assert!(plan.text.contains("big"), "{}", plan.text);
    if connector.dialect() == Dialect::Postgres {
        assert!(plan.cost.is_some_and(|c| c > 0.0) && plan.estimated_rows.is_some(), "{plan:?}");
    }
    let error = connector.explain(&check("SELECT nosuch FROM big")).await.expect_err("no such column");
    assert_eq!(error.kind(), ErrorKind::QueryFailed, "{error}");
    // The connection that is asked has seen the table before.
    fixture.execute(&url, "DROP TABLE big").await;
    let error = connector.explain(&check("SELECT i FROM big")).await.expect_err("no such table any more");
    assert_eq!(error.kind(), ErrorKind::QueryFailed, "{error}");
}

async fn still_works(connector: &dyn Connector, catalog: &Catalog) {
    let started = Instant::now();
    let set = rows(connector, catalog, "SELECT 1 AS one", &limits()).await.expect("the connector still works");
    assert_eq!(set.rows, [[Value::Int(1)]]);
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}
