//! Metadata in one SQLite file, `datafyme.db`: the default. Start at [`SqliteMetadata::open`].
//!
//! One file per aggregate, each with its statements. The statements use `$1` placeholders and only what SQLite and
//! PostgreSQL share. Each writing method is one transaction that holds the write lock from its start; what a question
//! writes (conversations, runs, their steps and calls) shares its transaction with that of other questions.

mod business_terms;
mod column;
mod conversations;
mod data_sources;
mod documentation;
mod documentation_edits;
mod jobs;
mod language_models;
mod migration;
mod model_calls;
mod relations;
mod row;
mod runs;
mod verified_queries;

use super::MetadataStore;
use crate::sqlite_file::{SqliteFile, Statements, WriteTransaction};
use crate::{StoreError, Vault};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use datafyme_domain::{Caller, DataSourceId, ErrorKind, UserId};
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;
use std::path::Path;

/// Its file in the data directory.
pub(crate) const FILE_NAME: &str = "datafyme.db";

const FIND_SEALED: &str = "
    SELECT id, sealed FROM (
        SELECT id, sealed_password AS sealed FROM data_sources
        UNION ALL SELECT id, sealed_key FROM language_models
    ) AS secrets
    WHERE sealed IS NOT NULL ORDER BY id LIMIT 1";

const CREATE_USER: &str = "INSERT INTO users (id, name, created_at) VALUES ($1, $2, $3)";

const OWNS_SOURCE: &str = "SELECT 1 FROM data_sources WHERE id = $1 AND owner_id = $2";

const RAISE_KNOWLEDGE: &str = "UPDATE data_sources SET knowledge_version = knowledge_version + 1 WHERE id = $1";

const PUT_PROBE: &str = "
    INSERT INTO probes (id, owner_id, seen) VALUES ('check', $1, 1)
    ON CONFLICT (id) DO UPDATE SET seen = probes.seen + 1
    RETURNING seen";

const GET_PROBE: &str = "SELECT seen FROM probes WHERE id = 'check'";

/// The metadata store over SQLite. Cheap to clone; any number of processes may open the same data directory.
#[derive(Debug, Clone)]
pub struct SqliteMetadata {
    file: SqliteFile,
    vault: Vault,
}

impl SqliteMetadata {
    /// Opens `datafyme.db` in a data directory, makes it where it is missing, and brings it up to date. Open the
    /// vault of the same directory first.
    ///
    /// # Errors
    /// `Unavailable` (missing or read-only directory, locked), `ResourceExhausted` (disk full), `Unsupported` (written
    /// by a newer version), `Corrupt` (no database; or the key file is missing or wrong although passwords are sealed).
    pub async fn open(data_dir: &Path, vault: Vault) -> Result<Self, StoreError> {
        let file = SqliteFile::open(&data_dir.join(FILE_NAME)).await?;
        migration::run(&file).await?;
        let sealed: Option<(String, String)> = sqlx::query_as(FIND_SEALED)
            .fetch_optional(file.readers())
            .await
            .map_err(|error| file.fail("read", error))?;
        let vault = vault.settle(sealed.as_ref().map(|(row, value)| (row.as_str(), value.as_str())))?;
        Ok(Self { file, vault })
    }

    /// Adds an owner of rows besides the local user.
    ///
    /// # Errors
    /// `Conflict` when the id or the name is taken.
    pub async fn create_user(&self, id: UserId, name: &str, at: DateTime<Utc>) -> Result<(), StoreError> {
        let mut tx = self.file.write().await?;
        sqlx::query(CREATE_USER)
            .bind(id.to_string())
            .bind(name)
            .bind(column::micros(at))
            .execute(&mut *tx)
            .await
            .map_err(|error| self.failed("create the user in", error))?;
        self.file.commit(tx).await
    }

    /// Waits until all connections are closed; for an orderly shutdown.
    pub async fn close(&self) {
        self.file.close().await;
    }

    fn failed(&self, action: &str, error: sqlx::Error) -> StoreError {
        self.file.fail(action, error)
    }

    /// Every row through `read`.
    fn read_rows<T>(
        &self,
        rows: Result<Vec<SqliteRow>, sqlx::Error>,
        read: fn(&SqliteRow) -> Result<T, sqlx::Error>,
    ) -> Result<Vec<T>, StoreError> {
        rows.and_then(|rows| rows.iter().map(read).collect()).map_err(|error| self.failed("read", error))
    }

    /// The row through `read`, if there is one.
    fn read_row<T>(
        &self,
        row: Result<Option<SqliteRow>, sqlx::Error>,
        read: fn(&SqliteRow) -> Result<T, sqlx::Error>,
    ) -> Result<Option<T>, StoreError> {
        row.and_then(|row| row.as_ref().map(read).transpose()).map_err(|error| self.failed("read", error))
    }

    /// Begins a transaction on what hangs on a data source of the caller's.
    async fn write_to_source(&self, caller: Caller, source: DataSourceId) -> Result<WriteTransaction, StoreError> {
        let mut tx = self.file.write().await?;
        if self.owns_source(&mut tx, caller.user_id, source).await? { Ok(tx) } else { Err(no_source(source)) }
    }

    /// Notes that a person changed what is known of a data source.
    async fn raise_knowledge(&self, connection: &mut SqliteConnection, source: &str) -> Result<(), StoreError> {
        sqlx::query(RAISE_KNOWLEDGE)
            .bind(source)
            .execute(connection)
            .await
            .map_err(|error| self.failed("write to", error))?;
        Ok(())
    }

    async fn owns_source(
        &self,
        connection: &mut SqliteConnection,
        owner: UserId,
        source: DataSourceId,
    ) -> Result<bool, StoreError> {
        let found: Option<i64> = sqlx::query_scalar(OWNS_SOURCE)
            .bind(source.to_string())
            .bind(owner.to_string())
            .fetch_optional(connection)
            .await
            .map_err(|error| self.failed("read", error))?;
        Ok(found.is_some())
    }
}

#[async_trait]
impl MetadataStore for SqliteMetadata {
    async fn check(&self) -> Result<(), StoreError> {
        let write = |connection: &rusqlite::Connection| {
            Ok(connection.row(PUT_PROBE, &[&UserId::LOCAL.to_string()], |row| row.get::<_, i64>("seen"))?)
        };
        let seen = self.file.write_together(write).await?.unwrap_or_default();
        let read = self.file.read_here(|connection| connection.row(GET_PROBE, &[], |row| row.get::<_, i64>("seen")))?;
        if read < Some(seen) {
            return Err(StoreError::new(
                ErrorKind::Corrupt,
                format!("{} loses what was written to it: check the disk", self.file.path().display()),
            ));
        }
        Ok(())
    }
}

fn no_source(source: DataSourceId) -> StoreError {
    StoreError::new(ErrorKind::NotFound, format!("there is no data source {source}: it may have been removed"))
}
