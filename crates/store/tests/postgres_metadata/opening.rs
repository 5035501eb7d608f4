//! Opening a database: by several processes at once, with a wrong key, from a newer version, with a bad URL.

use crate::server::{Schema, server};
use datafyme_domain::ErrorKind;
use datafyme_store::{MetadataStore, PostgresMetadata, Vault};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_start_at_once_make_one_schema() {
    let (schema, vault) = (Schema::fresh().await, Vault::generate());
    let opened = (0..4).map(|_| {
        let (url, vault) = (schema.url(), vault.clone());
        tokio::spawn(async move { PostgresMetadata::open(&url, None, vault).await.map(drop) })
    });
    for one in futures::future::join_all(opened).await {
        one.unwrap().unwrap();
    }
    let store = PostgresMetadata::open(&schema.url(), None, vault).await.unwrap();
    store.check().await.unwrap();
}

#[tokio::test]
async fn another_key_is_refused_with_what_to_do() {
    let schema = Schema::fresh().await;
    PostgresMetadata::open(&schema.url(), None, Vault::generate()).await.unwrap();
    let error = PostgresMetadata::open(&schema.url(), None, Vault::generate()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    assert!(error.to_string().contains("give every replica the same key"), "{error}");
}

#[tokio::test]
async fn a_newer_form_is_refused() {
    let (schema, vault) = (Schema::fresh().await, Vault::generate());
    PostgresMetadata::open(&schema.url(), None, vault.clone()).await.unwrap();
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (9999, 'later', true, '\\x00', 0)";
    schema.sql(newer).await;
    let error = PostgresMetadata::open(&schema.url(), None, vault).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("newer datafyme"), "{error}");
}

#[tokio::test]
async fn a_wrong_password_is_told_without_showing_any() {
    let error = PostgresMetadata::open(server(), Some("wrong-horse"), Vault::generate()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthenticated);
    assert!(error.to_string().contains("check the user and the password"), "{error}");
    assert!(!error.to_string().contains("wrong-horse"), "{error}");
}

#[tokio::test]
async fn what_is_no_url_is_refused_without_repeating_it() {
    for bad in ["mysql://me:horse@db/x", "postgres://me:horse@db:notaport/x"] {
        let error = PostgresMetadata::open(bad, None, Vault::generate()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(!error.to_string().contains("horse"), "{error}");
    }
}
