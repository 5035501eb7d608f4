//! Bounded statistics.

use super::{
    Fixture, opened,
    structure::{AWKWARD, AWKWARD_TABLE},
    table,
};
use crate::ProfileBudget;
use datafyme_domain::{ColumnType, ErrorKind, Value};
use std::time::{Duration, Instant};

const PEOPLE: &str = "\
    CREATE TABLE people (id integer PRIMARY KEY, city text, born text, score real, empty text, code text);\
    INSERT INTO people VALUES (1, 'Paris', '2001-02-03', 1.5, NULL, '10'), (2, 'Paris', '1999-12-31', NULL, NULL, '2.5'),\
    (3, 'Oslo', '2010-01-01', -2, NULL, '7'), (4, NULL, '2000-02-29', 1.5, NULL, '-1');";

pub async fn statistics_are_exact_on_small_tables(fixture: &dyn Fixture) {
    let (_, connector, catalog) = opened(fixture, PEOPLE).await;
    let profile =
        connector.profile(table(&catalog, "people"), &ProfileBudget::default()).await.expect("it is profiled");
    assert_eq!((profile.row_count, profile.sampled_rows), (Some(4), None));
    let column = |name: &str| profile.column(name).unwrap_or_else(|| panic!("{name}"));
    assert!(column("id").is_unique());
    assert_eq!((&column("id").min, &column("id").max), (&Value::Int(1), &Value::Int(4)));
    let city = column("city");
    assert_eq!((city.non_null, city.distinct, city.max_length), (3, 2, Some(5)));
    assert!((city.null_share - 0.25).abs() < 1e-9);
    assert_eq!(city.values, ["Paris", "Oslo"]);
    assert_eq!((&city.top_values[0].value, city.top_values[0].count), (&Value::Text("Paris".into()), 2));
    assert_eq!(column("born").text_date_format.as_deref(), Some("%Y-%m-%d"));
    assert_eq!((&column("score").min, &column("score").max), (&Value::Float(-2.0), &Value::Float(1.5)));
    assert_eq!((column("empty").non_null, &column("empty").min), (0, &Value::Null));
    assert!(column("code").text_is_numeric && !city.text_is_numeric);
}

pub async fn an_empty_table_has_an_empty_profile(fixture: &dyn Fixture) {
    let (_, connector, catalog) = opened(fixture, "CREATE TABLE t (a integer, b text)").await;
    let profile = connector.profile(table(&catalog, "t"), &ProfileBudget::default()).await.expect("it is profiled");
    assert_eq!((profile.row_count, profile.sampled_rows, profile.columns.len()), (Some(0), None, 2));
    assert!(profile.columns.iter().all(|c| c.non_null == 0 && c.null_share == 0.0 && c.min.is_null()));
}

pub async fn a_large_table_is_sampled(fixture: &dyn Fixture) {
    let setup = "CREATE TABLE big (id integer PRIMARY KEY, kind text, filler text);\
        INSERT INTO big WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000) \
        SELECT i, 'kind ' || (i % 7), 'some text that takes some room in the row ' || i FROM n;";
    let (_, connector, catalog) = opened(fixture, setup).await;
    let budget = ProfileBudget { full_scan_rows: 5_000, ..ProfileBudget::default() };
    let profile = connector.profile(table(&catalog, "big"), &budget).await.expect("it is profiled");
    // A database may know the number without counting.
    assert!(profile.row_count.is_none_or(|rows| rows == 60_000), "{:?}", profile.row_count);
    let sampled = profile.sampled_rows.expect("it is a sample");
    assert!((3_000..=5_000).contains(&sampled), "{sampled}");
    let id = profile.column("id").expect("id");
    assert!(id.is_unique(), "{} of {}", id.distinct, id.non_null);
    assert!(id.non_null >= sampled, "{}", id.non_null);
    assert!(id.max.as_f64().is_some_and(|v| v > 40_000.0), "{:?}", id.max);
    assert_eq!(profile.column("kind").expect("kind").distinct, 7);

    let started = Instant::now();
    let whole = connector.profile(table(&catalog, "big"), &ProfileBudget::default()).await.expect("it is profiled");
    assert_eq!(whole.sampled_rows, None);
    assert_eq!(whole.column("filler").expect("filler").distinct, 60_000);
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}

pub async fn the_state_of_the_rows_changes_with_every_write_and_only_then(fixture: &dyn Fixture) {
    let (url, connector, catalog) = opened(fixture, PEOPLE).await;
    let at = catalog.tables.iter().position(|t| t.name.table == "people").expect("it is there");
    let state = async || connector.data_versions(&catalog).await.expect("they are told")[at].clone();
    let mut last = state().await.expect("a table has one");
    assert_eq!(state().await.as_ref(), Some(&last));
    for write in [
        "INSERT INTO people VALUES (5, 'Rome', NULL, NULL, NULL, NULL)",
        "UPDATE people SET city = 'Roma' WHERE id = 5",
        "DELETE FROM people WHERE id = 5",
    ] {
        fixture.execute(&url, write).await;
        // A server counts a session's writes when the session ends, or soon after.
        let asked = Instant::now();
        let now = loop {
            let now = state().await.expect("a table has one");
            if now != last || asked.elapsed() > Duration::from_secs(15) {
                break now;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        assert_ne!(now, last, "{write}");
        last = now;
    }
}

pub async fn awkward_names_are_profiled(fixture: &dyn Fixture) {
    let (_, connector, catalog) = opened(fixture, AWKWARD).await;
    let profile =
        connector.profile(table(&catalog, AWKWARD_TABLE), &ProfileBudget::default()).await.expect("it is profiled");
    assert_eq!(profile.column("naïve 名前").expect("its column").values, ["四"]);
    assert_eq!(profile.columns.len(), 6);
}

pub async fn a_view_is_profiled_like_a_table(fixture: &dyn Fixture) {
    let setup = format!("{PEOPLE} CREATE VIEW cities AS SELECT city, count(*) AS n FROM people GROUP BY city;");
    let (_, connector, catalog) = opened(fixture, &setup).await;
    let budget = ProfileBudget { full_scan_rows: 2, ..ProfileBudget::default() };
    let profile = connector.profile(table(&catalog, "cities"), &budget).await.expect("it is profiled");
    assert!(profile.row_count.is_none_or(|rows| rows == 3), "{:?}", profile.row_count);
    assert_eq!(profile.sampled_rows, Some(2));
    assert_eq!(table(&catalog, "cities").columns[0].column_type, ColumnType::Text);
}

pub async fn a_dropped_table_cannot_be_profiled(fixture: &dyn Fixture) {
    let (url, connector, catalog) = opened(fixture, "CREATE TABLE t (a integer, b integer)").await;
    fixture.execute(&url, "DROP TABLE t").await;
    let error = connector.profile(table(&catalog, "t"), &ProfileBudget::default()).await.expect_err("it is gone");
    assert_eq!(error.kind(), ErrorKind::QueryFailed, "{error}");
}

pub async fn a_profile_keeps_to_its_time(fixture: &dyn Fixture) {
    let setup = "CREATE VIEW endless AS \
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i % 1000 + 1 FROM n) SELECT count(*) AS c FROM n;";
    let (_, connector, catalog) = opened(fixture, setup).await;
    let budget = ProfileBudget { timeout: Duration::from_millis(600), ..ProfileBudget::default() };
    let started = Instant::now();
    let error = connector.profile(table(&catalog, "endless"), &budget).await.expect_err("it never ends");
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
}
