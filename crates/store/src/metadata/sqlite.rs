//! Metadata in one SQLite file, `datafyme.db`: the default. Start at [`SqliteMetadata::open`].
//!
//! One file per aggregate, each with its statements; the files of `sql/` are compiled for each back end (ADR 0016). The statements use `$1` placeholders and only what SQLite and
//! PostgreSQL share. Each writing method is one transaction that holds the write lock from its start; what a question
//! writes (conversations, runs, their steps and calls) shares its transaction with that of other questions.

mod conversations;
mod migration;
mod runs;
mod steps;

#[path = "sql/business_terms.rs"]
mod business_terms;
#[path = "sql/data_sources.rs"]
mod data_sources;
#[path = "sql/documentation.rs"]
mod documentation;
#[path = "sql/documentation_edits.rs"]
mod documentation_edits;
#[path = "sql/jobs.rs"]
mod jobs;
#[path = "sql/language_models.rs"]
mod language_models;
#[path = "sql/model_calls.rs"]
mod model_calls;
#[path = "sql/relations.rs"]
mod relations;
#[path = "sql/verified_queries.rs"]
mod verified_queries;

use super::{MetadataStore, Pool, no_source};
use crate::metadata::columns;
use crate::sqlite_file::{Failure, SqliteFile, Statements, WriteTransaction};
use crate::{StoreError, Vault};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use datafyme_domain::{Caller, DataSourceId, ErrorKind, UserId};
use rusqlite::ToSql;
use serde::Serialize;
use sqlx::SqlitePool;
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

const CLAIM_NEXT_JOB: &str = "
    UPDATE jobs SET status = 'running', worker = $1, lease_until = $3, attempts = attempts + 1,
                    started_at = COALESCE(started_at, $2)
    WHERE id = (SELECT id FROM jobs
                WHERE status IN ('queued', 'running') AND (lease_until IS NULL OR lease_until <= $2)
                ORDER BY created_at, id LIMIT 1)
      AND status IN ('queued', 'running') AND (lease_until IS NULL OR lease_until <= $2)
    RETURNING *";

const LOCK_JOB_OWNER: &str = "SELECT owner_id FROM jobs WHERE id = $1";

const PUT_PROBE: &str = "
    INSERT INTO probes (id, owner_id, seen) VALUES ('check', $1, 1)
    ON CONFLICT (id) DO UPDATE SET seen = probes.seen + 1
    RETURNING seen";

const GET_PROBE: &str = "SELECT seen FROM probes WHERE id = 'check'";

/// What the shared files call it.
type Metadata = SqliteMetadata;
type ReadHere<T> = fn(&rusqlite::Row<'_>) -> rusqlite::Result<T>;
type DbConnection = sqlx::SqliteConnection;
type DbRow = sqlx::sqlite::SqliteRow;

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
            .bind(columns::micros(at))
            .execute(&mut *tx)
            .await
            .map_err(|error| self.failed("create the user in", error))?;
        self.file.commit(tx).await
    }

    /// Waits until all connections are closed; for an orderly shutdown.
    pub async fn close(&self) {
        self.file.close().await;
    }

    pub(super) fn readers(&self) -> &SqlitePool {
        self.file.readers()
    }

    pub(super) async fn write(&self) -> Result<WriteTransaction, StoreError> {
        self.file.write().await
    }

    pub(super) async fn commit(&self, tx: WriteTransaction) -> Result<(), StoreError> {
        self.file.commit(tx).await
    }

    /// The row of those keys, read on this very thread.
    async fn row<T>(&self, sql: &'static str, keys: &[&str], read: ReadHere<T>) -> Result<Option<T>, StoreError> {
        Ok(self.rows(sql, keys, read).await?.into_iter().next())
    }

    /// The rows of those keys, read on this very thread.
    async fn rows<T>(&self, sql: &'static str, keys: &[&str], read: ReadHere<T>) -> Result<Vec<T>, StoreError> {
        let keys: Vec<&dyn ToSql> = keys.iter().map(|key| key as &dyn ToSql).collect();
        self.file.read_here(|connection| connection.rows(sql, &keys, read))
    }

    pub(super) fn failed(&self, action: &str, error: sqlx::Error) -> StoreError {
        self.file.fail(action, error)
    }

    /// Every row through `read`.
    fn read_rows<T>(
        &self,
        rows: Result<Vec<DbRow>, sqlx::Error>,
        read: fn(&DbRow) -> Result<T, sqlx::Error>,
    ) -> Result<Vec<T>, StoreError> {
        rows.and_then(|rows| rows.iter().map(read).collect()).map_err(|error| self.failed("read", error))
    }

    /// The row through `read`, if there is one.
    fn read_row<T>(
        &self,
        row: Result<Option<DbRow>, sqlx::Error>,
        read: fn(&DbRow) -> Result<T, sqlx::Error>,
    ) -> Result<Option<T>, StoreError> {
        row.and_then(|row| row.as_ref().map(read).transpose()).map_err(|error| self.failed("read", error))
    }

    /// Begins a transaction on what hangs on a data source of the caller's.
    async fn write_to_source(&self, caller: Caller, source: DataSourceId) -> Result<WriteTransaction, StoreError> {
        let mut tx = self.file.write().await?;
        if self.owns_source(&mut tx, caller.user_id, source).await? { Ok(tx) } else { Err(no_source(source)) }
    }

    /// Notes that a person changed what is known of a data source.
    async fn raise_knowledge(&self, connection: &mut DbConnection, source: &str) -> Result<(), StoreError> {
        sqlx::query(RAISE_KNOWLEDGE)
            .bind(source)
            .execute(connection)
            .await
            .map_err(|error| self.failed("write to", error))?;
        Ok(())
    }

    async fn owns_source(
        &self,
        connection: &mut DbConnection,
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

    fn pool(&self) -> Pool {
        let readers = self.file.readers();
        Pool {
            open: readers.size(),
            idle: u32::try_from(readers.num_idle()).unwrap_or(u32::MAX),
            most: readers.options().get_max_connections(),
        }
    }
}

fn is_duplicate(error: &sqlx::Error) -> bool {
    Failure::of(error) == Failure::Duplicate
}

/// A fieldless enum's code, for a connection that is used directly.
fn rusqlite_code<T: Serialize>(value: &T) -> rusqlite::Result<String> {
    columns::code(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}
