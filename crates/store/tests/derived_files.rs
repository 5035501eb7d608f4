//! The derived files in every broken state: recreated empty, never in the way.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use datafyme_domain::{DataSourceId, ErrorKind, TableRef};
use datafyme_store::conformance::sample;
use datafyme_store::{
    EmbeddedRelationGraph, EmbeddedSearchIndex, HybridQuery, RelationGraph, SearchDocument, SearchIndex,
};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use tempfile::TempDir;

fn documents(source: DataSourceId) -> Vec<SearchDocument> {
    (0..200)
        .map(|n| SearchDocument {
            id: format!("t{n}"),
            source_id: source,
            table: TableRef::bare(format!("t{n}")),
            column: None,
            text: "orders of customers".to_owned(),
            vector: vec![0.5; 64],
        })
        .collect()
}

async fn close(index: EmbeddedSearchIndex, path: &Path) {
    drop(index);
    // Folds the write-ahead log into the file, so that what is done to the file next is what SQLite finds.
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
    let pool = sqlx::sqlite::SqlitePoolOptions::new().connect_with(options).await.unwrap();
    sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)").execute(&pool).await.unwrap();
    pool.close().await;
}

async fn works(index: &EmbeddedSearchIndex, source: DataSourceId) {
    index.upsert(&documents(source)).await.unwrap();
    let query = HybridQuery { sources: vec![source], text: "order".to_owned(), vector: Vec::new(), limit: 3 };
    assert_eq!(index.search(&query).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_recreated_empty() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("index.db");
    std::fs::write(&path, "not a database at all".repeat(500)).unwrap();
    let index = EmbeddedSearchIndex::open(&path).await.unwrap();
    let source = DataSourceId::generate();
    assert_eq!(index.count(source).await.unwrap(), 0);
    works(&index, source).await;

    let path = dir.path().join("graph.db");
    std::fs::write(&path, [0xff; 9_000]).unwrap();
    let graph = EmbeddedRelationGraph::open(&path).await.unwrap();
    let relation = sample::relation(source, "a.x", "b.id", 1.0);
    graph.replace(source, std::slice::from_ref(&relation)).await.unwrap();
    assert_eq!(graph.relations(source).await.unwrap(), [relation]);
}

#[tokio::test]
async fn a_file_with_damaged_pages_is_recreated_empty() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("index.db");
    let source = DataSourceId::generate();
    let index = EmbeddedSearchIndex::open(&path).await.unwrap();
    index.upsert(&documents(source)).await.unwrap();
    close(index, &path).await;
    let mut file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    assert!(file.metadata().unwrap().len() > 16_384, "the damage lies inside the file");
    file.seek(SeekFrom::Start(8_192)).unwrap();
    file.write_all(&[0xa5; 8_192]).unwrap();
    drop(file);
    let index = EmbeddedSearchIndex::open(&path).await.unwrap();
    assert_eq!(index.count(source).await.unwrap(), 0);
    works(&index, source).await;
}

#[tokio::test]
async fn a_removed_file_is_recreated_empty() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("index.db");
    let source = DataSourceId::generate();
    let index = EmbeddedSearchIndex::open(&path).await.unwrap();
    index.upsert(&documents(source)).await.unwrap();
    close(index, &path).await;
    std::fs::remove_file(&path).unwrap();
    let index = EmbeddedSearchIndex::open(&path).await.unwrap();
    assert_eq!(index.count(source).await.unwrap(), 0);
    works(&index, source).await;
}

#[tokio::test]
async fn a_file_of_another_version_is_emptied() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("index.db");
    let source = DataSourceId::generate();
    let index = EmbeddedSearchIndex::open(&path).await.unwrap();
    index.upsert(&documents(source)).await.unwrap();
    close(index, &path).await;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path);
    let pool = sqlx::sqlite::SqlitePoolOptions::new().connect_with(options).await.unwrap();
    sqlx::raw_sql("CREATE TABLE \"odd \"\" name\" (x); PRAGMA user_version = 99").execute(&pool).await.unwrap();
    pool.close().await;
    let index = EmbeddedSearchIndex::open(&path).await.unwrap();
    assert_eq!(index.count(source).await.unwrap(), 0);
    works(&index, source).await;
}

#[tokio::test]
async fn a_missing_directory_is_named() {
    let dir = TempDir::new().unwrap();
    let error = EmbeddedSearchIndex::open(&dir.path().join("nowhere/index.db")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.to_string().contains("nowhere"), "{error}");
}
