//! Metadata in PostgreSQL, shared by any number of processes on any number of machines. Start at
//! [`PostgresMetadata::open`].
//!
//! Most aggregates are the files of `sql/`, which are compiled for each back end (ADR 0016); what locks rows or must be
//! quick is written here. Each writing method is one transaction. Where two that write at once must see each other, they
//! first lock a row that both need: the data source of its knowledge, the conversation of its messages, then the run.

mod conversations;
mod copy;
mod failure;
mod migration;
mod runs;
mod secret;

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

use super::{MetadataStore, Pool, columns, no_source};
use crate::{StoreError, Vault};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use datafyme_domain::{Caller, DataSourceId, ErrorKind, UserId};
use failure::is_duplicate;
use futures::{StreamExt, stream::BoxStream};
use sqlx::postgres::{PgConnectOptions, PgListener, PgPool, PgPoolOptions, PgRow};
use sqlx::{PgConnection, Postgres, Transaction};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

/// How long a statement waits for a connection: to a server that restarts too.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(15);
/// Connections of one process.
const CONNECTIONS: u32 = 16;

/// What is read next is all of one moment.
const ONE_MOMENT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

const CREATE_USER: &str = "INSERT INTO users (id, name, created_at) VALUES ($1, $2, $3)";

/// Locks the data source: what hangs on it changes one writer at a time.
const LOCK_SOURCE: &str = "SELECT id FROM data_sources WHERE id = $1 AND owner_id = $2 FOR NO KEY UPDATE";

const RAISE_KNOWLEDGE: &str = "UPDATE data_sources SET knowledge_version = knowledge_version + 1 WHERE id = $1";

const CLAIM_NEXT_JOB: &str = "
    UPDATE jobs SET status = 'running', worker = $1, lease_until = $3, attempts = attempts + 1,
                    started_at = COALESCE(started_at, $2)
    WHERE id = (SELECT id FROM jobs
                WHERE status IN ('queued', 'running') AND (lease_until IS NULL OR lease_until <= $2)
                ORDER BY created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING *";

const LOCK_JOB_OWNER: &str = "SELECT owner_id FROM jobs WHERE id = $1 FOR NO KEY UPDATE";

/// Where processes tell each other what happens.
const CHANNEL: &str = "datafyme";

const TELL: &str = "SELECT pg_notify($1, $2)";

const PUT_PROBE: &str = "
    INSERT INTO probes (id, owner_id, seen) VALUES ('check', $1, 1)
    ON CONFLICT (id) DO UPDATE SET seen = probes.seen + 1";

/// What the shared files call it.
type Metadata = PostgresMetadata;
type DbConnection = PgConnection;
type DbRow = PgRow;
type ReadRow<T> = fn(&PgRow) -> Result<T, sqlx::Error>;
type WriteTransaction = Transaction<'static, Postgres>;

/// The metadata store over PostgreSQL. Cheap to clone.
#[derive(Debug, Clone)]
pub struct PostgresMetadata {
    pool: PgPool,
    vault: Vault,
    /// Server and database, for messages: no user, no password.
    place: Arc<str>,
}

impl PostgresMetadata {
    /// Connects to `url` (`postgres://user@host:port/database?sslmode=…`) and brings the database up to date; processes
    /// that do so at once wait for each other. `password` goes before one in the URL.
    ///
    /// # Errors
    /// `InvalidInput` (no such URL), `Unavailable`, `Unauthenticated`, `Unsupported` (written by a newer version),
    /// `Corrupt` (the vault's key is not the one that this database was begun with).
    pub async fn open(url: &str, password: Option<&str>, vault: Vault) -> Result<Self, StoreError> {
        let options = connect_options(url, password)?;
        let place: Arc<str> = Arc::from(place_of(&options));
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .idle_timeout(Duration::from_secs(300))
            .connect_with(options)
            .await
            .map_err(|error| failure::fail("connect to", &place, &error))?;
        let store = Self { pool, vault, place };
        migration::run(&store.pool, &store.place).await?;
        store.settle_vault().await?;
        Ok(store)
    }

    /// Adds an owner of rows besides the local user.
    ///
    /// # Errors
    /// `Conflict` when the id or the name is taken.
    pub async fn create_user(&self, id: UserId, name: &str, at: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query(CREATE_USER)
            .bind(id.to_string())
            .bind(name)
            .bind(columns::micros(at))
            .execute(&self.pool)
            .await
            .map_err(|error| self.failed("create the user in", error))?;
        Ok(())
    }

    /// Waits until all connections are closed; for an orderly shutdown.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    fn readers(&self) -> &PgPool {
        &self.pool
    }

    async fn write(&self) -> Result<WriteTransaction, StoreError> {
        // A task of its own: whoever stops waiting between BEGIN and its answer would leave a connection in the pool whose
        // transaction nobody ends, and what is written through it next would be lost.
        let pool = self.pool.clone();
        match tokio::spawn(async move { pool.begin().await }).await {
            Ok(begun) => begun.map_err(|error| self.failed("write to", error)),
            Err(_) => Err(StoreError::new(ErrorKind::Internal, "a transaction could not be begun")),
        }
    }

    async fn commit(&self, tx: WriteTransaction) -> Result<(), StoreError> {
        tx.commit().await.map_err(|error| self.failed("write to", error))
    }

    /// The row of those keys.
    async fn row<T>(&self, sql: &'static str, keys: &[&str], read: ReadRow<T>) -> Result<Option<T>, StoreError> {
        Ok(self.rows(sql, keys, read).await?.into_iter().next())
    }

    /// The rows of those keys.
    async fn rows<T>(&self, sql: &'static str, keys: &[&str], read: ReadRow<T>) -> Result<Vec<T>, StoreError> {
        let query = keys.iter().fold(sqlx::query(sql), |query, key| query.bind(*key));
        self.read_rows(query.fetch_all(&self.pool).await, read)
    }

    // By value, as `map_err` gives it.
    #[allow(clippy::needless_pass_by_value)]
    fn failed(&self, action: &str, error: sqlx::Error) -> StoreError {
        failure::fail(action, &self.place, &error)
    }

    /// Every row through `read`.
    fn read_rows<T>(
        &self,
        rows: Result<Vec<PgRow>, sqlx::Error>,
        read: fn(&PgRow) -> Result<T, sqlx::Error>,
    ) -> Result<Vec<T>, StoreError> {
        rows.and_then(|rows| rows.iter().map(read).collect()).map_err(|error| self.failed("read", error))
    }

    /// The row through `read`, if there is one.
    fn read_row<T>(
        &self,
        row: Result<Option<PgRow>, sqlx::Error>,
        read: fn(&PgRow) -> Result<T, sqlx::Error>,
    ) -> Result<Option<T>, StoreError> {
        row.and_then(|row| row.as_ref().map(read).transpose()).map_err(|error| self.failed("read", error))
    }

    /// Begins a transaction on what hangs on a data source of the caller's.
    async fn write_to_source(&self, caller: Caller, source: DataSourceId) -> Result<WriteTransaction, StoreError> {
        let mut tx = self.write().await?;
        if self.owns_source(&mut tx, caller.user_id, source).await? { Ok(tx) } else { Err(no_source(source)) }
    }

    /// Notes that a person changed what is known of a data source.
    async fn raise_knowledge(&self, connection: &mut PgConnection, source: &str) -> Result<(), StoreError> {
        sqlx::query(RAISE_KNOWLEDGE)
            .bind(source)
            .execute(connection)
            .await
            .map_err(|error| self.failed("write to", error))?;
        Ok(())
    }

    /// Whether it is that user's; it is locked then until the transaction ends.
    async fn owns_source(
        &self,
        connection: &mut PgConnection,
        owner: UserId,
        source: DataSourceId,
    ) -> Result<bool, StoreError> {
        let found = sqlx::query(LOCK_SOURCE)
            .bind(source.to_string())
            .bind(owner.to_string())
            .fetch_optional(connection)
            .await
            .map_err(|error| self.failed("read", error))?;
        Ok(found.is_some())
    }
}

#[async_trait]
impl MetadataStore for PostgresMetadata {
    async fn check(&self) -> Result<(), StoreError> {
        sqlx::query(PUT_PROBE)
            .bind(UserId::LOCAL.to_string())
            .execute(&self.pool)
            .await
            .map_err(|error| self.failed("write to", error))?;
        Ok(())
    }

    async fn tell(&self, note: &str) -> Result<(), StoreError> {
        let told = sqlx::query(TELL).bind(CHANNEL).bind(note).execute(&self.pool).await;
        told.map(drop).map_err(|error| self.failed("tell others through", error))
    }

    async fn listen(&self) -> Result<Option<BoxStream<'static, String>>, StoreError> {
        let failed = |error| self.failed("listen to", error);
        let mut listener = PgListener::connect_with(&self.pool).await.map_err(failed)?;
        listener.listen(CHANNEL).await.map_err(failed)?;
        let heard = futures::stream::unfold(listener, |mut listener| async move {
            // It would connect again by itself, but what was told meanwhile is lost: whoever listens must know.
            let note = listener.try_recv().await.ok().flatten()?;
            Some((note.payload().to_owned(), listener))
        });
        Ok(Some(heard.boxed()))
    }

    fn pool(&self) -> Pool {
        Pool {
            open: self.pool.size(),
            idle: u32::try_from(self.pool.num_idle()).unwrap_or(u32::MAX),
            most: CONNECTIONS,
        }
    }
}

fn connect_options(url: &str, password: Option<&str>) -> Result<PgConnectOptions, StoreError> {
    // What the parser says may repeat the URL, and with it the password.
    let bad = || {
        let text =
            "the URL of the metadata store is none: write postgres://user@host:5432/database, without the password";
        StoreError::new(ErrorKind::InvalidInput, text)
    };
    if !(url.starts_with("postgres://") || url.starts_with("postgresql://")) {
        return Err(bad());
    }
    let options = PgConnectOptions::from_str(url).map_err(|_| bad())?.application_name("datafyme");
    Ok(match password {
        Some(password) => options.password(password),
        None => options,
    })
}

fn place_of(options: &PgConnectOptions) -> String {
    let database = options.get_database().unwrap_or_else(|| options.get_username());
    format!("PostgreSQL at {}:{}/{database}", options.get_host(), options.get_port())
}
