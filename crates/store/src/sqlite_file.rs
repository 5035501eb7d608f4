//! A SQLite file of ours: how it is opened and written, and what its failures mean. Shared by the metadata store and
//! the derived stores.

mod failure;
mod readers;
mod statements;
mod writer;

pub(crate) use failure::{Failure, fail, fail_because};
pub(crate) use statements::Statements;
pub(crate) use writer::WriteError;

use crate::StoreError;
use readers::Readers;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, Sqlite, SqliteConnection, Transaction};
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use writer::Writer;

/// How long a statement waits for another process's write.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections that read at the same time.
const READERS: u32 = 4;

/// An open file: readers go on while one writer writes (WAL). Writers of this process queue for their turn, those of
/// other processes for SQLite's lock. Cheap to clone.
///
/// There are two ways in. The pooled connections ([`Self::readers`], [`Self::write`]) have a thread each, to which every
/// statement is handed over. What a question does many times goes [`Self::read_here`] and [`Self::write_together`]: a
/// whole piece of work at a time, with one hand-over or none.
#[derive(Debug, Clone)]
pub(crate) struct SqliteFile {
    path: Arc<PathBuf>,
    readers: SqlitePool,
    writer: SqlitePool,
    /// Held by whoever of this process writes.
    turn: Arc<Semaphore>,
    here: Arc<Readers>,
    together: Arc<Writer>,
}

/// A transaction that writes, while it is this process's turn.
#[derive(Debug)]
pub(crate) struct WriteTransaction {
    /// Before the turn: it ends first.
    transaction: Transaction<'static, Sqlite>,
    _turn: OwnedSemaphorePermit,
}

impl Deref for WriteTransaction {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.transaction
    }
}

impl DerefMut for WriteTransaction {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.transaction
    }
}

impl SqliteFile {
    /// Opens or creates it.
    ///
    /// # Errors
    /// `Unavailable` (missing or read-only directory, locked), `Corrupt` (no database), `ResourceExhausted` (disk full).
    pub(crate) async fn open(path: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .busy_timeout(BUSY_TIMEOUT)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(true);
        let pool = |connections| {
            SqlitePoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(BUSY_TIMEOUT * 3)
                .idle_timeout(Duration::from_secs(60))
                .test_before_acquire(false)
                .after_release(|connection, _| Box::pin(is_sound(connection)))
        };
        let writer = Self::first_connection(path, pool(1).min_connections(1), &options).await?;
        let (path, turn) = (Arc::new(path.to_owned()), Arc::new(Semaphore::new(1)));
        Ok(Self {
            readers: pool(READERS).connect_lazy_with(options),
            writer,
            here: Arc::new(Readers::new(path.as_ref().clone())),
            together: Arc::new(Writer::new(Arc::clone(&path), Arc::clone(&turn))),
            path,
            turn,
        })
    }

    /// Switching to WAL needs the file for itself for a moment and does not wait for it, so racing openers retry.
    async fn first_connection(
        path: &Path,
        pool: SqlitePoolOptions,
        options: &SqliteConnectOptions,
    ) -> Result<SqlitePool, StoreError> {
        let begun = Instant::now();
        loop {
            match pool.clone().connect_with(options.clone()).await {
                Ok(writer) => return Ok(writer),
                Err(error) if Failure::of(&error) == Failure::Locked && begun.elapsed() < BUSY_TIMEOUT => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                Err(error) => return Err(fail("open", path, error)),
            }
        }
    }

    /// The connections to read with.
    pub(crate) fn readers(&self) -> &SqlitePool {
        &self.readers
    }

    /// Begins a transaction that may write: it holds the write lock from the start, so that it never has to give up
    /// half-way because somebody else wrote after its first read.
    ///
    /// # Errors
    /// `Unavailable` when it stays locked.
    pub(crate) async fn write(&self) -> Result<WriteTransaction, StoreError> {
        let turn = tokio::time::timeout(BUSY_TIMEOUT * 3, Arc::clone(&self.turn).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(self.fail("write to", sqlx::Error::PoolTimedOut)) };
        let begun = self.writer.begin_with("BEGIN IMMEDIATE").await;
        Ok(WriteTransaction { transaction: begun.map_err(|error| self.fail("write to", error))?, _turn: turn })
    }

    /// Commits what [`Self::write`] began.
    ///
    /// # Errors
    /// `ResourceExhausted` (disk full), `Unavailable`.
    pub(crate) async fn commit(&self, tx: WriteTransaction) -> Result<(), StoreError> {
        tx.transaction.commit().await.map_err(|error| self.fail("write to", error))
    }

    /// What `read` finds, on this very thread: for a few rows by their keys.
    ///
    /// # Errors
    /// `Unavailable`, `Corrupt`.
    pub(crate) fn read_here<T>(
        &self,
        read: impl FnOnce(&rusqlite::Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        self.here.read(read).map_err(|error| fail_because("read", &self.path, Failure::of_sqlite(&error), &error))
    }

    /// Does `work` on the writing thread, in one transaction with what others hand over meanwhile, but by itself whole
    /// or not at all. It is done even when its caller goes away.
    ///
    /// # Errors
    /// Those of `work`; `ResourceExhausted` (disk full), `Unavailable`.
    pub(crate) async fn write_together<T: Send + 'static>(
        &self,
        work: impl FnOnce(&rusqlite::Connection) -> Result<T, WriteError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.together.write(work).await
    }

    /// What a failure of this file means.
    pub(crate) fn fail(&self, action: &str, error: sqlx::Error) -> StoreError {
        fail(action, &self.path, error)
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Waits until all its connections are closed.
    pub(crate) async fn close(&self) {
        self.here.close();
        self.together.close().await;
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// Whether a connection may be used again. On a full disk SQLite ends the transaction by itself, and sqlx, whose own
/// rollback finds none then, would refuse to begin another on that connection for ever.
async fn is_sound(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    connection.ping().await?; // after the rollback that dropping a transaction leaves in the queue
    Ok(!connection.is_in_transaction())
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafyme_domain::ErrorKind;

    #[tokio::test]
    async fn a_full_disk_says_what_to_do_and_loses_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let file = SqliteFile::open(&dir.path().join("full.db")).await.unwrap();
        sqlx::raw_sql("CREATE TABLE t (x BLOB); INSERT INTO t VALUES (x'01'); PRAGMA max_page_count = 4")
            .execute(&file.writer)
            .await
            .unwrap();
        let mut tx = file.write().await.unwrap();
        let error = sqlx::query("INSERT INTO t VALUES (zeroblob(100000))")
            .execute(&mut *tx)
            .await
            .map_err(|error| file.fail("write to", error))
            .unwrap_err();
        drop(tx);
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::ResourceExhausted, true));
        let expected = format!("no space left in the data directory {}: free some and try again", dir.path().display());
        assert_eq!(error.to_string(), expected);
        let mut tx = file.write().await.unwrap();
        let rows: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM t").fetch_one(&mut *tx).await.unwrap();
        assert_eq!(rows, 1);
    }
}
