//! The SQLite connector: the conformance suite, and what only files have.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use async_trait::async_trait;
use datafyme_connect::{
    Connector, ProfileBudget, Scope, SourceUrl,
    conformance::{Fixture, limits, opened, rows, table},
    connector_conformance, open,
};
use datafyme_domain::{ColumnType, ErrorKind, Value};
use rusqlite::Connection;
use std::path::{Path, PathBuf};

struct SqliteFixture {
    directory: tempfile::TempDir,
}

impl SqliteFixture {
    fn named(_: &str) -> Option<Self> {
        Some(Self { directory: tempfile::tempdir().unwrap() })
    }

    fn file(&self) -> PathBuf {
        self.directory.path().join("data 100% ü?.db")
    }
}

#[async_trait]
impl Fixture for SqliteFixture {
    async fn database(&self, setup: &str) -> SourceUrl {
        let connection = Connection::open(self.file()).unwrap();
        connection.execute_batch(setup).unwrap();
        // An empty database is a file all the same.
        connection.execute_batch("PRAGMA user_version = 1").unwrap();
        SourceUrl::parse(self.file().to_str().unwrap()).unwrap()
    }

    async fn execute(&self, _: &SourceUrl, sql: &str) {
        Connection::open(self.file()).unwrap().execute_batch(sql).unwrap();
    }
}

connector_conformance!(SqliteFixture::named);

fn connector_for(path: &Path) -> std::sync::Arc<dyn Connector> {
    open(&SourceUrl::parse(path.to_str().unwrap()).unwrap()).unwrap()
}

async fn error_of(path: &Path) -> (ErrorKind, String) {
    let error = connector_for(path).ping().await.expect_err("it is no database");
    (error.kind(), error.to_string())
}

#[tokio::test]
async fn what_is_no_database_says_so_and_no_file_is_made() {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("missing.db");
    let (kind, message) = error_of(&missing).await;
    assert_eq!(kind, ErrorKind::NotFound);
    assert!(message.contains("there is no file") && message.contains("missing.db"), "{message}");
    assert!(!missing.exists());

    let (kind, message) = error_of(directory.path()).await;
    assert_eq!(kind, ErrorKind::InvalidInput);
    assert!(message.contains("is a directory"), "{message}");

    let text = directory.path().join("notes.txt");
    std::fs::write(&text, "these are notes, not a database ".repeat(100)).unwrap();
    let (kind, message) = error_of(&text).await;
    assert_eq!(kind, ErrorKind::InvalidInput);
    assert!(message.contains("is not a SQLite database"), "{message}");
}

#[tokio::test]
async fn a_locked_file_is_unavailable_not_wrong() {
    let fixture = SqliteFixture::named("").unwrap();
    let url = fixture.database("CREATE TABLE t (a integer)").await;
    let writer = Connection::open(fixture.file()).unwrap();
    writer.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let error = open(&url).unwrap().ping().await.expect_err("it is locked");
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    assert!(error.is_retryable() && error.to_string().contains("locked"), "{error}");
    writer.execute_batch("COMMIT").unwrap();
    open(&url).unwrap().ping().await.unwrap();
}

#[tokio::test]
async fn a_write_ahead_log_is_read_and_the_file_stays_as_it_is() {
    let fixture = SqliteFixture::named("").unwrap();
    let setup = "PRAGMA journal_mode = WAL; CREATE TABLE t (a integer); INSERT INTO t VALUES (1), (2)";
    let (_, connector, catalog) = opened(&fixture, setup).await;
    let writer = Connection::open(fixture.file()).unwrap();
    writer.execute_batch("INSERT INTO t VALUES (3)").unwrap();
    let before = std::fs::read(fixture.file()).unwrap();
    let set = rows(&*connector, &catalog, "SELECT count(*) FROM t", &limits()).await.unwrap();
    assert_eq!(set.rows, [[Value::Int(3)]]);
    connector.profile(table(&catalog, "t"), &ProfileBudget::default()).await.unwrap();
    assert_eq!(std::fs::read(fixture.file()).unwrap(), before);
}

#[tokio::test]
async fn every_kind_of_table_is_read() {
    let fixture = SqliteFixture::named("").unwrap();
    let setup = "\
        CREATE TABLE strict_one (id INTEGER PRIMARY KEY, v ANY) STRICT;\
        CREATE TABLE keyed (k TEXT PRIMARY KEY, n INT) WITHOUT ROWID;\
        CREATE TABLE made (a INT, twice INT GENERATED ALWAYS AS (a * 2), kept INT AS (a * 3) STORED);\
        CREATE TABLE untyped (a, b);\
        CREATE VIRTUAL TABLE notes USING fts5(title, body);\
        CREATE VIRTUAL TABLE boxes USING rtree(id, x0, x1);\
        CREATE VIEW broken AS SELECT * FROM nowhere;\
        CREATE TABLE implicit (p TEXT REFERENCES keyed, q INT REFERENCES nowhere (x), r INT REFERENCES KEYED (N));\
        CREATE TEMP TABLE passing (a);\
        INSERT INTO made (a) VALUES (1); INSERT INTO notes VALUES ('t', 'b'); INSERT INTO untyped VALUES (1, 'x'); ANALYZE;";
    let (_, connector, catalog) = opened(&fixture, setup).await;
    let names: Vec<&str> = catalog.tables.iter().map(|t| t.name.table.as_str()).collect();
    assert_eq!(names, ["strict_one", "keyed", "made", "untyped", "notes", "boxes", "broken", "implicit"]);
    let columns =
        |name: &str| -> Vec<String> { table(&catalog, name).columns.iter().map(|c| c.name.clone()).collect() };
    assert_eq!(columns("made"), ["a", "twice", "kept"]);
    assert_eq!(columns("notes"), ["title", "body"]);
    assert_eq!(columns("broken"), [""; 0]);
    assert_eq!(table(&catalog, "untyped").columns[0].column_type, ColumnType::Other);
    assert_eq!(table(&catalog, "made").row_estimate, Some(1));
    let keys = &table(&catalog, "implicit").foreign_keys;
    let mut to: Vec<String> = keys.iter().map(|k| format!("{} {}", k.to_table, k.to_columns.join())).collect();
    to.sort();
    assert_eq!(to, ["keyed k", "keyed n"], "the key that leads nowhere is dropped");
    for table in catalog.tables.iter().filter(|t| t.name.table != "broken") {
        let profile = connector.profile(table, &ProfileBudget::default()).await;
        assert_eq!(profile.unwrap().columns.len(), table.columns.len(), "{}", table.name);
    }
    let error = connector.profile(table(&catalog, "broken"), &ProfileBudget::default()).await;
    assert!(error.unwrap_err().to_string().contains("nowhere"));
    let set = rows(&*connector, &catalog, "SELECT * FROM notes WHERE notes MATCH 'b'", &limits()).await.unwrap();
    assert_eq!(set.rows.len(), 1);
}

trait Joined {
    fn join(&self) -> String;
}

impl Joined for Vec<String> {
    fn join(&self) -> String {
        self.as_slice().join(",")
    }
}

#[tokio::test]
async fn values_come_by_storage_class_whatever_is_declared() {
    let fixture = SqliteFixture::named("").unwrap();
    let setup = "CREATE TABLE t (n INTEGER, d DATE, x BLOB, u TEXT);\
        INSERT INTO t VALUES (1, '2024-01-31', x'00ff', CAST(x'61ff62' AS TEXT));\
        INSERT INTO t VALUES ('many', 20240131, 1.5, 9e999);";
    let (_, connector, catalog) = opened(&fixture, setup).await;
    let set = rows(&*connector, &catalog, "SELECT *, n + 1 FROM t", &limits()).await.unwrap();
    assert_eq!(
        set.rows[0],
        [
            Value::Int(1),
            Value::Text("2024-01-31".into()),
            Value::Bytes(vec![0, 255]),
            Value::Text("a\u{fffd}b".into()),
            Value::Int(2)
        ]
    );
    assert_eq!(set.rows[1][0], Value::Text("many".into()));
    assert_eq!(set.columns[1].column_type, ColumnType::Date);
    assert_eq!(set.columns[4].column_type, ColumnType::Integer, "taken from the values");
    connector.profile(table(&catalog, "t"), &ProfileBudget::default()).await.unwrap();
}

#[tokio::test]
async fn a_schema_that_cannot_be_is_refused() {
    let fixture = SqliteFixture::named("").unwrap();
    let url = fixture.database("").await;
    let scope = Scope { schemas: vec!["sales".into()] };
    let error = open(&url).unwrap().introspect(&scope).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}
