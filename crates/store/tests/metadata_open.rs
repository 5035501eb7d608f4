//! Opening a data directory: fresh, again, by several processes at once, and in every broken state.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use datafyme_domain::{Caller, DataSource, DataSourceId, Dialect, Effort, ErrorKind, SourceStatus, UserId};
use datafyme_store::metadata::{DataSources, KeyChange, LanguageModels, NewDataSource, Runs};
use datafyme_store::{MetadataStore, SqliteMetadata, StoreError, Vault};
use std::path::Path;
use tempfile::TempDir;

async fn open(dir: &Path) -> Result<SqliteMetadata, StoreError> {
    SqliteMetadata::open(dir, Vault::open(dir)?).await
}

fn source(name: &str, password: Option<&str>) -> NewDataSource {
    NewDataSource {
        source: DataSource {
            id: DataSourceId::generate(),
            owner_id: UserId::LOCAL,
            name: name.to_owned(),
            dialect: Dialect::Postgres,
            location: "postgres://reader@db.example:5432/sales".to_owned(),
            status: SourceStatus::Loading,
            status_detail: None,
            table_count: 0,
            created_at: chrono::DateTime::from_timestamp_micros(1_700_000_000_123_456).unwrap(),
            learned_at: None,
            resync_seconds: None,
            knowledge_version: 0,
        },
        password: password.map(str::to_owned),
    }
}

async fn sql(dir: &Path, statement: &'static str) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(dir.join("datafyme.db"));
    let pool = sqlx::sqlite::SqlitePoolOptions::new().connect_with(options).await.unwrap();
    sqlx::raw_sql(statement).execute(&pool).await.unwrap();
    pool.close().await;
}

#[tokio::test]
async fn a_fresh_directory_opens_and_passes_its_check() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path()).await.unwrap();
    store.check().await.unwrap();
    store.check().await.unwrap();
}

#[tokio::test]
async fn a_password_is_nowhere_in_the_files() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path()).await.unwrap();
    let new = source("sales", Some("correct-horse-battery"));
    store.create_source(&new).await.unwrap();
    store.close().await;
    for entry in std::fs::read_dir(dir.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(21).any(|w| w == b"correct-horse-battery"));
    }
    let again = open(dir.path()).await.unwrap();
    let password = again.source_password(Caller::local(), new.source.id).await.unwrap();
    assert_eq!(password.as_deref(), Some("correct-horse-battery"));
}

#[tokio::test]
async fn a_models_key_is_nowhere_in_the_files_even_when_replaced_or_removed() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path()).await.unwrap();
    let model = datafyme_store::conformance::sample::model(Caller::local(), "big");
    store.create_model(&model, Some("sk-battery-staple-1")).await.unwrap();
    store.update_model(Caller::local(), &model, KeyChange::Set("sk-battery-staple-2")).await.unwrap();
    let key = store.model_key(Caller::local(), model.id).await.unwrap();
    assert_eq!(key.as_deref(), Some("sk-battery-staple-2"));
    store.close().await;
    for entry in std::fs::read_dir(dir.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(17).any(|w| w == b"sk-battery-staple"));
    }
}

#[tokio::test]
async fn a_lost_key_file_is_named_when_only_a_models_key_is_sealed_with_it() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path()).await.unwrap();
    let model = datafyme_store::conformance::sample::model(Caller::local(), "big");
    store.create_model(&model, Some("sk-1")).await.unwrap();
    store.close().await;
    std::fs::remove_file(dir.path().join("secret.key")).unwrap();
    let error = open(dir.path()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    assert!(error.to_string().contains("secret.key is missing"), "{error}");
}

#[tokio::test]
async fn a_directory_of_the_first_release_is_brought_up_to_date_with_what_it_holds() {
    let dir = TempDir::new().unwrap();
    let migrations = TempDir::new().unwrap();
    let first = "0001_first.sql";
    let stands = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite").join(first);
    std::fs::copy(stands, migrations.path().join(first)).unwrap();
    let options =
        sqlx::sqlite::SqliteConnectOptions::new().filename(dir.path().join("datafyme.db")).create_if_missing(true);
    let pool = sqlx::sqlite::SqlitePoolOptions::new().connect_with(options).await.unwrap();
    sqlx::migrate::Migrator::new(migrations.path()).await.unwrap().run(&pool).await.unwrap();
    pool.close().await;
    sql(
        dir.path(),
        "INSERT INTO data_sources SELECT '01900000-0000-7000-8000-000000000001', id, 'sales', 'postgres', 'x', NULL,
             'ready', NULL, 0, 0, NULL FROM users;
         INSERT INTO conversations SELECT '01900000-0000-7000-8000-000000000002', owner_id, id, 't', 0, 0
             FROM data_sources;
         INSERT INTO messages SELECT '01900000-0000-7000-8000-000000000003', owner_id, id, 0, 'user', '?',
             '01900000-0000-7000-8000-000000000004', 0 FROM conversations;
         INSERT INTO runs SELECT run_id, owner_id, conversation_id, id, '01900000-0000-7000-8000-000000000001', '?',
             'running', NULL, 0, NULL, NULL, 0, NULL FROM messages",
    )
    .await;
    let store = open(dir.path()).await.unwrap();
    let run = store.run(Caller::local(), "01900000-0000-7000-8000-000000000004".parse().unwrap()).await.unwrap();
    assert_eq!(run.unwrap().effort, Effort::Low);
    assert_eq!(store.list_models(Caller::local()).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn openers_that_race_on_a_fresh_directory_all_succeed() {
    let dir = TempDir::new().unwrap();
    let racers: Vec<_> = (0..8)
        .map(|_| {
            let dir = dir.path().to_owned();
            tokio::spawn(async move { open(&dir).await.unwrap().check().await.unwrap() })
        })
        .collect();
    for racer in racers {
        racer.await.unwrap();
    }
}

#[tokio::test]
async fn a_lost_key_file_is_named_when_passwords_are_sealed_with_it() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path()).await.unwrap();
    store.create_source(&source("sales", Some("secret"))).await.unwrap();
    store.close().await;
    std::fs::remove_file(dir.path().join("secret.key")).unwrap();
    for _ in 0..2 {
        let error = open(dir.path()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt);
        assert!(error.to_string().contains("secret.key is missing"), "{error}");
    }
}

#[tokio::test]
async fn a_lost_key_file_is_made_anew_when_nothing_is_sealed() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path()).await.unwrap();
    store.create_source(&source("files", None)).await.unwrap();
    store.close().await;
    std::fs::remove_file(dir.path().join("secret.key")).unwrap();
    let store = open(dir.path()).await.unwrap();
    let new = source("sales", Some("secret"));
    store.create_source(&new).await.unwrap();
    store.close().await;
    let again = open(dir.path()).await.unwrap();
    let password = again.source_password(Caller::local(), new.source.id).await.unwrap();
    assert_eq!(password.as_deref(), Some("secret"));
}

#[tokio::test]
async fn a_wrong_key_file_is_refused_at_opening() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path()).await.unwrap();
    store.create_source(&source("sales", Some("secret"))).await.unwrap();
    store.close().await;
    std::fs::write(dir.path().join("secret.key"), [7_u8; 32]).unwrap();
    let error = open(dir.path()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    assert!(error.to_string().contains("secret.key"), "{error}");
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_with_words() {
    let dir = TempDir::new().unwrap();
    open(dir.path()).await.unwrap().close().await;
    sql(
        dir.path(),
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'from the future', 1, x'00', 0)",
    )
    .await;
    let error = open(dir.path()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("newer datafyme"), "{error}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_with_words() {
    let dir = TempDir::new().unwrap();
    std::fs::write(dir.path().join("datafyme.db"), "a shopping list, not a database".repeat(99)).unwrap();
    let error = open(dir.path()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    assert!(error.to_string().contains("not a SQLite database"), "{error}");
}

#[tokio::test]
async fn a_missing_directory_is_named() {
    let dir = TempDir::new().unwrap();
    let missing = dir.path().join("nowhere");
    let error = SqliteMetadata::open(&missing, Vault::generate()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.to_string().contains("nowhere"), "{error}");
}

#[tokio::test]
async fn a_locked_database_says_so_and_may_be_tried_again() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path()).await.unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(dir.path().join("datafyme.db"));
    let pool = sqlx::sqlite::SqlitePoolOptions::new().connect_with(options).await.unwrap();
    let hog = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let error = store.check().await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Unavailable, true));
    assert!(error.to_string().contains("locked"), "{error}");
    drop(hog);
    pool.close().await;
    store.check().await.unwrap();
}
