//! Introspection.

use super::{Fixture, opened, table};
use crate::{Scope, open};
use datafyme_domain::{Catalog, ColumnType, Dialect, TableKind};
use std::time::Instant;

/// A table and columns whose names need quotes, with a key to it.
pub const AWKWARD: &str = "\
    CREATE TABLE \"Order \"\"Details\"\".v2\" (\"From\" integer PRIMARY KEY, \"két szó\" text, \"a.b\" integer, \
    \"SELECT\" text, \"naïve 名前\" text, \" x \" integer);\
    INSERT INTO \"Order \"\"Details\"\".v2\" VALUES (1, 'egy', 2, 'three', '四', 5);\
    CREATE TABLE \"ügyfél\" (id integer PRIMARY KEY, \"Ref\" integer REFERENCES \"Order \"\"Details\"\".v2\" (\"From\"));\
    INSERT INTO \"ügyfél\" VALUES (7, 1);";
pub const AWKWARD_TABLE: &str = "Order \"Details\".v2";

pub async fn awkward_names_are_read_as_they_are(fixture: &dyn Fixture) {
    let (_, _, catalog) = opened(fixture, AWKWARD).await;
    let columns: Vec<&str> = table(&catalog, AWKWARD_TABLE).columns.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(columns, ["From", "két szó", "a.b", "SELECT", "naïve 名前", " x "]);
    assert_eq!(table(&catalog, AWKWARD_TABLE).primary_key, ["From"]);
    let key = &table(&catalog, "ügyfél").foreign_keys[0];
    assert_eq!((key.columns.as_slice(), key.to_columns.as_slice()), (&["Ref".into()][..], &["From".into()][..]));
    assert_eq!(key.to_table.table, AWKWARD_TABLE);
}

pub async fn composite_keys_come_in_key_order(fixture: &dyn Fixture) {
    let (_, _, catalog) = opened(
        fixture,
        "CREATE TABLE parent (a integer, b integer, c text, PRIMARY KEY (b, a));\
         CREATE TABLE child (x integer, y integer, z integer, FOREIGN KEY (y, x) REFERENCES parent (b, a), \
         FOREIGN KEY (z, x) REFERENCES parent (b, a));",
    )
    .await;
    assert_eq!(table(&catalog, "parent").primary_key, ["b", "a"]);
    let mut keys: Vec<(String, String)> =
        table(&catalog, "child").foreign_keys.iter().map(|k| (k.columns.join(","), k.to_columns.join(","))).collect();
    keys.sort();
    assert_eq!(keys, [("y,x".into(), "b,a".into()), ("z,x".into(), "b,a".into())]);
}

pub async fn views_are_listed_with_their_columns(fixture: &dyn Fixture) {
    let (_, _, catalog) = opened(
        fixture,
        "CREATE TABLE t (id integer PRIMARY KEY, name varchar(20));\
         CREATE VIEW v AS SELECT id, name, id + 1 AS next FROM t;",
    )
    .await;
    let view = table(&catalog, "v");
    assert_eq!(view.kind, TableKind::View);
    let columns: Vec<&str> = view.columns.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(columns, ["id", "name", "next"]);
    assert_eq!(view.columns[1].column_type, ColumnType::Text);
    assert_eq!(table(&catalog, "t").kind, TableKind::Table);
}

pub async fn unique_keys_and_nullability_are_known(fixture: &dyn Fixture) {
    let (_, _, catalog) = opened(
        fixture,
        "CREATE TABLE t (id integer PRIMARY KEY, email text NOT NULL UNIQUE, a integer DEFAULT 7, b integer, \
         UNIQUE (b, a));\
         CREATE UNIQUE INDEX by_hand ON t (a, email);\
         CREATE UNIQUE INDEX partly ON t (b) WHERE b > 0;\
         CREATE UNIQUE INDEX computed ON t (lower(email));\
         CREATE INDEX ordinary ON t (b);",
    )
    .await;
    let table = table(&catalog, "t");
    let mut unique: Vec<String> = table.unique_keys.iter().map(|k| k.join(",")).collect();
    unique.sort();
    assert_eq!(unique, ["a,email", "b,a", "email"]);
    let nullable: Vec<bool> = table.columns.iter().map(|c| c.nullable).collect();
    assert_eq!(nullable, [false, false, true, true]);
    assert_eq!(table.columns[2].default.as_deref(), Some("7"));
}

pub async fn an_empty_database_has_an_empty_catalog(fixture: &dyn Fixture) {
    let (_, connector, catalog) = opened(fixture, "").await;
    assert_eq!(catalog.tables, []);
    assert_eq!(catalog.dialect, connector.dialect());
}

pub async fn many_tables_are_introspected_in_a_blink(fixture: &dyn Fixture) {
    let setup: String = (0..300)
        .map(|i| format!("CREATE TABLE t{i} (id integer PRIMARY KEY, a text, b integer, c integer);"))
        .collect();
    let url = fixture.database(&setup).await;
    let connector = open(&url).expect("opens");
    connector.ping().await.expect("answers");
    let started = Instant::now();
    let catalog: Catalog = connector.introspect(&Scope::default()).await.expect("is introspected");
    assert_eq!(catalog.tables.len(), 300);
    assert!(catalog.tables.iter().all(|t| t.columns.len() == 4 && t.primary_key == ["id"]));
    assert!(started.elapsed().as_secs() < 3, "{:?}", started.elapsed());
}

pub async fn a_ping_tells_the_version(fixture: &dyn Fixture) {
    let url = fixture.database("").await;
    let connector = open(&url).expect("opens");
    let info = connector.ping().await.expect("answers");
    let product = match connector.dialect() {
        Dialect::Sqlite => "SQLite 3.",
        Dialect::Postgres => "PostgreSQL 1",
    };
    assert!(info.version.starts_with(product), "{}", info.version);
    assert!(!info.latency.is_zero());
}
