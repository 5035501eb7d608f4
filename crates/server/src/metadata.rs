//! Which metadata store a process works with, and the key that seals what is secret in it.

use crate::config::{ApiKey, MetadataConfig};
use datafyme_domain::ErrorKind;
use datafyme_store::{MetadataStore, PostgresMetadata, SqliteMetadata, StoreError, Vault};
use std::{path::Path, sync::Arc};

/// Opens the store that is configured; SQLite's file in `data_dir` when none is.
///
/// # Errors
/// Whatever the store says; a key or a password that cannot be read.
pub async fn open(config: &MetadataConfig, data_dir: &Path) -> Result<Arc<dyn MetadataStore>, StoreError> {
    let vault = vault(config, data_dir)?;
    let Some(url) = &config.url else {
        return Ok(Arc::new(SqliteMetadata::open(data_dir, vault).await?));
    };
    let password = password(config)?;
    Ok(Arc::new(PostgresMetadata::open(url, password.as_deref(), vault).await?))
}

/// The vault with the configured key; that of the data directory when none is.
///
/// # Errors
/// `Unavailable`, `InvalidInput`, `Corrupt`: there is no such key.
pub fn vault(config: &MetadataConfig, data_dir: &Path) -> Result<Vault, StoreError> {
    match (&config.key, &config.key_file) {
        (Some(key), _) => Vault::with_base64(key.expose()),
        (None, Some(file)) => Vault::with_key_file(file),
        (None, None) => Vault::open(data_dir),
    }
}

/// Where the key is that secrets are sealed with, in words.
#[must_use]
pub fn key_place(config: &MetadataConfig, data_dir: &Path) -> String {
    match (&config.key, &config.key_file) {
        (Some(_), _) => "the key (DATAFYME_METADATA__KEY)".to_owned(),
        (None, Some(file)) => format!("the key file {}", file.display()),
        (None, None) => format!("the key file {}", data_dir.join("secret.key").display()),
    }
}

/// The configured password.
///
/// # Errors
/// `Unavailable` when its file cannot be read.
pub fn password(config: &MetadataConfig) -> Result<Option<String>, StoreError> {
    secret("metadata.password_file", config.password.as_ref(), config.password_file.as_deref())
}

/// A secret as given, else what `file` holds; `key` is the setting that names the file.
///
/// # Errors
/// `Unavailable` when the file cannot be read.
pub fn secret(key: &str, given: Option<&ApiKey>, file: Option<&Path>) -> Result<Option<String>, StoreError> {
    match (given, file) {
        (Some(secret), _) => Ok(Some(secret.expose().to_owned())),
        (None, Some(file)) => {
            let text = std::fs::read_to_string(file).map_err(|error| {
                StoreError::new(ErrorKind::Unavailable, format!("cannot read {key} {}: {error}", file.display()))
            })?;
            Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
        }
        (None, None) => Ok(None),
    }
}
