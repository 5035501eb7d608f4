//! A few read-only connections to one file.

use super::errors;
use crate::{ConnectError, stop::Stop};
use datafyme_domain::ErrorKind;
use rusqlite::{Connection, OpenFlags, config::DbConfig, hooks::AuthContext, hooks::Authorization, limits::Limit};
use std::{
    cell::OnceCell,
    io::Read,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Most connections at a time.
const CONNECTIONS: usize = 4;
/// How long a writer of the file is waited for.
const BUSY_TIMEOUT: Duration = Duration::from_secs(3);
/// Virtual machine steps between two looks at the clock: some tens of microseconds.
const STEPS_BETWEEN_CHECKS: i32 = 2_000;
/// Longest value and row, in bytes.
const MAX_LENGTH: i32 = 256 * 1024 * 1024;

#[derive(Debug)]
pub(super) struct Pool {
    path: PathBuf,
    immutable: bool,
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

impl Pool {
    pub(super) fn new(path: PathBuf, immutable: bool) -> Self {
        Self { path, immutable, idle: Mutex::default(), permits: Arc::new(Semaphore::new(CONNECTIONS)) }
    }

    /// Waits for a free connection, not longer than `stop` allows.
    pub(super) async fn lease(self: &Arc<Self>, stop: &Stop) -> Result<Lease, ConnectError> {
        let permit = tokio::select! {
            permit = Arc::clone(&self.permits).acquire_owned() => permit.ok(),
            () = stop.stopped(Duration::ZERO) => return Err(stop.error()),
        };
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Ok(Lease {
            pool: Arc::clone(self),
            connection: idle.map_or_else(OnceCell::new, OnceCell::from),
            _permit: permit,
        })
    }

    /// When the file and its write-ahead log were last written, how long they are, and the file's own count of changes
    /// (<https://www.sqlite.org/fileformat.html>, section 1.3.7); absent where the file system does not say.
    pub(super) fn file_state(&self) -> Option<String> {
        let mut header = [0_u8; 28];
        std::fs::File::open(&self.path).and_then(|mut file| file.read_exact(&mut header)).ok()?;
        let changes = header.last_chunk().copied().map_or(0, u32::from_be_bytes);
        let of = |path: &Path| {
            let found = std::fs::metadata(path).ok()?;
            let written = found.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
            Some(format!("{}/{}", written.as_nanos(), found.len()))
        };
        // An empty log is the same as none: opening the file may make one.
        let log = wal_of(&self.path);
        let log = log.metadata().is_ok_and(|found| found.len() > 0).then(|| of(&log)).flatten();
        Some(format!("/{} {changes} {}", of(&self.path)?, log.unwrap_or_default()))
    }

    fn open(&self) -> Result<Connection, ConnectError> {
        check_file(&self.path)?;
        let first = self.connect(self.immutable);
        match first {
            // A write-ahead log cannot be opened in a directory that is not writable. Without a log file there is
            // nothing in it, so that the main file alone is the whole database.
            Err(error) if errors::cannot_open(&error) && !wal_of(&self.path).exists() => self.connect(true),
            other => other,
        }
        .map_err(|e| errors::at_open(&e, &self.path))
    }

    fn connect(&self, immutable: bool) -> rusqlite::Result<Connection> {
        let path = self.path.to_string_lossy();
        let escaped = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
        let uri = format!("file:{escaped}?mode=ro{}", if immutable { "&immutable=1" } else { "" });
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(uri, flags)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
        connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, MAX_LENGTH)?;
        connection.set_limit(Limit::SQLITE_LIMIT_SQL_LENGTH, 200_000)?;
        connection.set_limit(Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 10_000)?;
        connection.execute_batch("PRAGMA query_only = ON")?;
        // Reads the header: a file that is no database shows here, not at the first query.
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        Ok(connection)
    }
}

fn wal_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

fn check_file(path: &Path) -> Result<(), ConnectError> {
    let shown = path.display();
    let error = |kind, message: String| Err(ConnectError::new(kind, message));
    match std::fs::File::open(path).and_then(|file| file.metadata()) {
        Ok(data) if data.is_dir() => {
            error(ErrorKind::InvalidInput, format!("{shown} is a directory, not a SQLite file"))
        }
        Ok(data) if !data.is_file() => error(ErrorKind::InvalidInput, format!("{shown} is not a regular file")),
        Ok(_) => Ok(()),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            error(ErrorKind::NotFound, format!("there is no file {shown}"))
        }
        Err(e) if e.kind() == std::io::ErrorKind::PermissionDenied => {
            error(ErrorKind::Forbidden, format!("{shown} may not be read by this process: permission denied"))
        }
        Err(e) => error(ErrorKind::Unavailable, format!("{shown} cannot be opened ({e})")),
    }
}

/// A connection on loan; it goes back when dropped.
#[derive(Debug)]
pub(super) struct Lease {
    pool: Arc<Pool>,
    connection: OnceCell<Connection>,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Lease {
    /// The connection, opened at first use: opening blocks.
    pub(super) fn connection(&self) -> Result<&Connection, ConnectError> {
        if let Some(connection) = self.connection.get() {
            return Ok(connection);
        }
        let opened = self.pool.open()?;
        Ok(self.connection.get_or_init(|| opened))
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else {
            return;
        };
        connection.authorizer(None::<fn(AuthContext<'_>) -> Authorization>);
        connection.progress_handler(0, None::<fn() -> bool>);
        let mut idle = self.pool.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push(connection);
    }
}

/// Makes SQLite ask `stop` while it works on `connection`.
pub(super) fn watch(stop: &Arc<Stop>, connection: &Connection) {
    let stop = Arc::clone(stop);
    connection.progress_handler(STEPS_BETWEEN_CHECKS, Some(move || stop.is_over()));
}
