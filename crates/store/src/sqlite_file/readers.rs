//! Connections that read on the calling thread. A row by its key takes some ten microseconds, which is less than a
//! hand-over to another thread; what reads more belongs on the pooled connections of [`super::SqliteFile::readers`].

use super::BUSY_TIMEOUT;
use rusqlite::{Connection, OpenFlags};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Idle connections that are kept.
const KEPT: usize = 8;
/// Prepared statements that each keeps.
const STATEMENTS: usize = 32;

/// Read-only connections to one file, opened when they are needed.
#[derive(Debug)]
pub(crate) struct Readers {
    path: PathBuf,
    /// `None` once closed.
    idle: Mutex<Option<Vec<Connection>>>,
}

impl Readers {
    pub(super) const fn new(path: PathBuf) -> Self {
        Self { path, idle: Mutex::new(Some(Vec::new())) }
    }

    /// What `read` finds.
    ///
    /// # Errors
    /// SQLite's.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> rusqlite::Result<T> {
        let idle = self.idle().as_mut().and_then(Vec::pop);
        let connection = idle.map_or_else(|| self.open(), Ok)?;
        let found = read(&connection);
        if let Some(idle) = self.idle().as_mut().filter(|idle| idle.len() < KEPT && connection.is_autocommit()) {
            idle.push(connection);
        }
        found
    }

    /// Closes what is idle, and what is in use when it is given back.
    pub(super) fn close(&self) {
        *self.idle() = None;
    }

    fn open(&self) -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.execute_batch("PRAGMA query_only = ON")?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        Ok(connection)
    }

    fn idle(&self) -> MutexGuard<'_, Option<Vec<Connection>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
