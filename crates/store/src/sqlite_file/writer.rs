//! One thread that writes. What its callers hand over while it is busy becomes one transaction (group commit): each
//! piece of work in a savepoint of its own, so that it is done whole or not at all, and told of when all is committed.
//! Work that was handed over is done, whether its caller still waits or not.

use super::{BUSY_TIMEOUT, Failure, fail_because};
use crate::StoreError;
use datafyme_domain::ErrorKind;
use rusqlite::{Connection, OpenFlags};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, oneshot};

/// Pieces of work in one transaction.
const LARGEST_GROUP: usize = 64;
/// A transaction that has lasted this long takes in no more: other processes want to write too.
const LONGEST_GROUP: Duration = Duration::from_millis(20);
/// Prepared statements that are kept.
const STATEMENTS: usize = 64;

/// Why work on a connection failed.
#[derive(Debug)]
pub(crate) enum WriteError {
    /// SQLite's.
    Sqlite(rusqlite::Error),
    /// Ours.
    Store(StoreError),
}

impl From<rusqlite::Error> for WriteError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<StoreError> for WriteError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Work as the thread takes it: done on a connection, or told why there is none; gives the report to make.
type Work = Box<dyn FnOnce(Result<&Connection, StoreError>) -> Report + Send>;
/// Tells the caller, once it is known what became of the transaction.
type Report = Box<dyn FnOnce(&Result<(), StoreError>) + Send>;

/// The writing thread of one file; it is started by the first work.
pub(super) struct Writer {
    path: Arc<PathBuf>,
    /// Held by whoever of this process writes to the file.
    turn: Arc<Semaphore>,
    thread: Mutex<State>,
}

enum State {
    Idle,
    Running { work: Sender<Work>, thread: JoinHandle<()> },
    Closed,
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Writer {
    pub(super) const fn new(path: Arc<PathBuf>, turn: Arc<Semaphore>) -> Self {
        Self { path, turn, thread: Mutex::new(State::Idle) }
    }

    /// Does `work` in a transaction, with what others hand over meanwhile; returns once it is committed.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, WriteError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (tell, told) = oneshot::channel();
        let path = Arc::clone(&self.path);
        self.hand_over(Box::new(move |connection| {
            let done = connection
                .and_then(|connection| within_savepoint(connection, work).map_err(|error| store_error(&path, error)));
            // Nobody may be waiting any more.
            Box::new(move |committed| drop(tell.send(done.and_then(|value| committed.clone().map(|()| value)))))
        }))?;
        told.await.unwrap_or_else(|_| Err(self.gone()))
    }

    /// Ends the thread after the work that it has; none is taken any more.
    pub(super) async fn close(&self) {
        let ended = std::mem::replace(&mut *self.state(), State::Closed);
        if let State::Running { work, thread } = ended {
            drop(work);
            // It ends by itself: waiting for it must not keep the runtime's threads.
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }

    fn hand_over(&self, piece: Work) -> Result<(), StoreError> {
        let mut state = self.state();
        if matches!(*state, State::Idle) {
            *state = self.start()?;
        }
        match &*state {
            State::Running { work, .. } => work.send(piece).map_err(|_| self.gone()),
            State::Idle | State::Closed => Err(self.gone()),
        }
    }

    fn start(&self) -> Result<State, StoreError> {
        let (work, received) = channel();
        let (path, turn) = (Arc::clone(&self.path), Arc::clone(&self.turn));
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || serve(&path, &turn, &received))
            .map_err(|error| {
                let text = format!("cannot start the thread that writes {}: {error}", self.path.display());
                StoreError::new(ErrorKind::ResourceExhausted, text)
            })?;
        Ok(State::Running { work, thread })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.thread.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn gone(&self) -> StoreError {
        StoreError::new(ErrorKind::Unavailable, format!("cannot write to {}: it was closed", self.path.display()))
    }
}

/// The thread: takes work until nobody can hand over any.
fn serve(path: &Path, turn: &Semaphore, work: &Receiver<Work>) {
    let mut opened: Option<Connection> = None;
    while let Ok(first) = work.recv() {
        let connection = match opened.take().map_or_else(|| open(path), Ok) {
            Ok(connection) => connection,
            Err(error) => {
                let error = fail_because("open", path, Failure::of_sqlite(&error), &error);
                first(Err(error.clone()))(&Err(error));
                continue;
            }
        };
        // Closed never happens: nobody closes it.
        let permit = futures::executor::block_on(turn.acquire());
        let (committed, reports) = group(path, &connection, first, work);
        drop(permit);
        for report in reports {
            report(&committed);
        }
        // A connection that is still within a transaction cannot be used again.
        opened = Some(connection).filter(Connection::is_autocommit);
    }
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.execute_batch("PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON")?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

/// One transaction: the first piece of work and what is waiting behind it.
fn group(
    path: &Path,
    connection: &Connection,
    first: Work,
    waiting: &Receiver<Work>,
) -> (Result<(), StoreError>, Vec<Report>) {
    let failed = |error: rusqlite::Error| fail_because("write to", path, Failure::of_sqlite(&error), &error);
    // It holds the write lock from the start, so that it never has to give up half-way.
    if let Err(error) = statement(connection, "BEGIN IMMEDIATE") {
        let error = failed(error);
        return (Err(error.clone()), vec![first(Err(error))]);
    }
    let until = Instant::now() + LONGEST_GROUP;
    let mut reports = Vec::new();
    let mut next = Some(first);
    while let Some(work) = next {
        reports.push(work(Ok(connection)));
        // On a full disk, SQLite ends the transaction by itself.
        let goes_on = !connection.is_autocommit() && reports.len() < LARGEST_GROUP && Instant::now() < until;
        next = if goes_on { waiting.try_recv().ok() } else { None };
    }
    if connection.is_autocommit() {
        let text = format!("{} took back a write together with another one that failed: try again", path.display());
        return (Err(StoreError::new(ErrorKind::Unavailable, text)), reports);
    }
    let committed = statement(connection, "COMMIT").map_err(failed);
    if committed.is_err() && !connection.is_autocommit() {
        // Fails only where SQLite has rolled back already.
        let _ = statement(connection, "ROLLBACK");
    }
    (committed, reports)
}

/// The work as a whole or not at all, within the transaction.
fn within_savepoint<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, WriteError>,
) -> Result<T, WriteError> {
    statement(connection, "SAVEPOINT work")?;
    let done = catch_unwind(AssertUnwindSafe(|| work(connection))).unwrap_or_else(|_| {
        tracing::error!("store.write_panicked");
        Err(StoreError::new(ErrorKind::Internal, "a defect stopped a write: the log has the details").into())
    });
    if done.is_err() && !connection.is_autocommit() {
        statement(connection, "ROLLBACK TO work")?;
    }
    if !connection.is_autocommit() {
        statement(connection, "RELEASE work")?;
    }
    done
}

fn statement(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(drop)
}

fn store_error(path: &Path, error: WriteError) -> StoreError {
    match error {
        WriteError::Store(error) => error,
        WriteError::Sqlite(error) => fail_because("write to", path, Failure::of_sqlite(&error), &error),
    }
}
