//! A few connections to one server, and the read-only transactions that everything runs in.
//!
//! Not a pool of the driver's: a query that must end needs its connection's process id, and a connection whose
//! server does not answer must be closed, not returned.

use super::{errors, options::Target};
use crate::{ConnectError, stop::Stop};
use datafyme_domain::{Dialect, ErrorKind, TableRef};
use futures::TryStreamExt;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, Row, ValueRef, postgres::PgRow, raw_sql};
use std::{
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Most connections at a time.
const CONNECTIONS: usize = 6;
/// How long an unused connection is kept.
const IDLE: Duration = Duration::from_secs(20);
/// How long a table that another session holds is waited for.
const LOCK_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a server may take to answer beyond the limit that it was given.
pub(super) const GRACE: Duration = Duration::from_millis(1_500);
/// How long a server may take to end a transaction or to take a cancellation.
const FAREWELL: Duration = Duration::from_secs(3);

#[derive(Debug)]
pub(super) struct Sessions {
    pub(super) target: Target,
    idle: Mutex<Vec<Idle>>,
    permits: Arc<Semaphore>,
    sweeping: AtomicBool,
}

#[derive(Debug)]
struct Idle {
    connection: PgConnection,
    since: Instant,
}

impl Sessions {
    pub(super) fn new(target: Target) -> Self {
        Self {
            target,
            idle: Mutex::default(),
            permits: Arc::new(Semaphore::new(CONNECTIONS)),
            sweeping: AtomicBool::new(false),
        }
    }

    /// A session in a fresh read-only transaction in which each of `bare` names leads to its table.
    pub(super) async fn begin(self: &Arc<Self>, stop: &Stop, bare: &[TableRef]) -> Result<Session, ConnectError> {
        let begin = async {
            let permit = Arc::clone(&self.permits).acquire_owned().await.ok();
            let mut permit = Some(permit);
            loop {
                let (connection, reused) = match self.take_idle() {
                    Some(connection) => (connection, true),
                    None => (self.connect().await?, false),
                };
                let mut session = Session { sessions: Arc::clone(self), connection, process: 0, _permit: None };
                match session.open_transaction(stop.remaining(), bare).await {
                    Ok(()) => {
                        session._permit = permit.take().flatten();
                        return Ok(session);
                    }
                    Err(Opening::Driver(error)) if reused && errors::is_stale(&error) => {}
                    Err(Opening::Driver(error)) => return Err(errors::from_sqlx(&error, &self.target, Some(stop))),
                    Err(Opening::Refused(error)) => return Err(error),
                }
            }
        };
        tokio::select! {
            session = begin => session,
            () = stop.stopped(GRACE) => Err(stop.error()),
        }
    }

    async fn connect(&self) -> Result<PgConnection, ConnectError> {
        let options = self.target.options.clone().disable_statement_logging();
        match tokio::time::timeout(self.target.connect_timeout, PgConnection::connect_with(&options)).await {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(error)) => Err(errors::from_sqlx(&error, &self.target, None)),
            Err(_) => Err(errors::silent(&self.target)),
        }
    }

    fn take_idle(&self) -> Option<PgConnection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|i| i.since.elapsed() < IDLE);
        idle.pop().map(|i| i.connection)
    }

    fn keep(self: &Arc<Self>, connection: PgConnection) {
        let since = Instant::now();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(Idle { connection, since });
        if !self.sweeping.swap(true, Ordering::SeqCst) {
            tokio::spawn(sweep(Arc::downgrade(self)));
        }
    }

    /// Has the server end what `process` is doing. Nothing else can run there: the caller waits for its end.
    async fn cancel_process(&self, process: i32) -> Result<(), ConnectError> {
        let mut connection = self.connect().await?;
        let cancel = format!("SELECT pg_cancel_backend({process})");
        let cancelled = raw_sql(AssertSqlSafe(cancel)).execute(&mut connection).await;
        cancelled.map_err(|e| errors::from_sqlx(&e, &self.target, None))?;
        // It is closed either way.
        let _ = connection.close().await;
        Ok(())
    }
}

/// Closes connections that nobody used for a while.
async fn sweep(sessions: Weak<Sessions>) {
    loop {
        tokio::time::sleep(IDLE).await;
        let Some(sessions) = sessions.upgrade() else { return };
        let mut idle = sessions.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|i| i.since.elapsed() < IDLE);
        if idle.is_empty() {
            sessions.sweeping.store(false, Ordering::SeqCst);
            return;
        }
    }
}

/// A connection inside a read-only transaction. Dropped without [`Session::end`] it is closed.
#[derive(Debug)]
pub(super) struct Session {
    sessions: Arc<Sessions>,
    pub(super) connection: PgConnection,
    process: i32,
    _permit: Option<OwnedSemaphorePermit>,
}

enum Opening {
    Driver(sqlx::Error),
    Refused(ConnectError),
}

impl Session {
    async fn open_transaction(&mut self, limit: Duration, bare: &[TableRef]) -> Result<(), Opening> {
        let setup = transaction_setup(limit, bare);
        let rows: Vec<PgRow> =
            raw_sql(AssertSqlSafe(setup)).fetch_all(&mut self.connection).await.map_err(Opening::Driver)?;
        // The last statement's row: process id, then whether each bare name leads to its table.
        let row = rows.last();
        let cell = |i| row.and_then(|r| text(r, i)).unwrap_or_default();
        self.process = cell(0).parse().unwrap_or_default();
        for (index, table) in bare.iter().enumerate() {
            if cell(index + 1) != "true" {
                let other = Dialect::Postgres.quote_if_needed(&table.table);
                return Err(Opening::Refused(ConnectError::new(
                    ErrorKind::UnsafeSql,
                    format!(
                        "{other} without its schema does not lead to {table} on the server; write {}",
                        table.to_sql(Dialect::Postgres)
                    ),
                )));
            }
        }
        Ok(())
    }

    /// Waits for `work` on this session's connection; when `stop` says so, has the server end it and waits for that.
    pub(super) async fn guarded<T>(
        sessions: &Arc<Sessions>,
        process: i32,
        stop: &Stop,
        work: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, ConnectError> {
        tokio::pin!(work);
        tokio::select! {
            done = &mut work => return done.map_err(|e| errors::from_sqlx(&e, &sessions.target, Some(stop))),
            () = stop.stopped(GRACE) => {}
        }
        let farewell = async {
            if sessions.cancel_process(process).await.is_ok() {
                // However it ends: the statement is over then.
                let _ = work.await;
            }
        };
        // A server that does not even take a cancellation is left alone: its connection is closed.
        let _ = tokio::time::timeout(FAREWELL, farewell).await;
        Err(stop.error())
    }

    /// All rows of a query of ours.
    pub(super) async fn rows(&mut self, sql: &str, stop: &Stop) -> Result<Vec<PgRow>, ConnectError> {
        let (sessions, process) = (Arc::clone(&self.sessions), self.process);
        let rows = raw_sql(AssertSqlSafe(sql)).fetch(&mut self.connection).try_collect();
        Self::guarded(&sessions, process, stop, rows).await
    }

    pub(super) fn handle(&self) -> (Arc<Sessions>, i32) {
        (Arc::clone(&self.sessions), self.process)
    }

    /// Ends the transaction and gives the connection back; one that does not answer is closed.
    pub(super) async fn end(self) {
        let Self { sessions, mut connection, .. } = self;
        let rollback = raw_sql("ROLLBACK").execute(&mut connection);
        if let Ok(Ok(_)) = tokio::time::timeout(FAREWELL, rollback).await {
            sessions.keep(connection);
        }
    }
}

/// A read-only transaction with bounded time, settings that make values print the same everywhere, and a search path
/// on which bare names of tables come first after `pg_catalog`, and temporary tables last. The rest of the session's
/// own path stays, for types and operators of extensions.
fn transaction_setup(limit: Duration, bare: &[TableRef]) -> String {
    let quote = |name: &str| Dialect::Postgres.quote(name);
    let literal = |text: &str| Dialect::Postgres.literal(text);
    let milliseconds = limit.as_millis().clamp(1, 86_400_000);
    let lock = limit.min(LOCK_TIMEOUT).as_millis().max(1);
    let mut schemas: Vec<&str> = Vec::new();
    for schema in bare.iter().filter_map(|t| t.schema.as_deref()) {
        if !schemas.contains(&schema) {
            schemas.push(schema);
        }
    }
    let first: Vec<String> = schemas.iter().map(|s| literal(&quote(s)) + ", ").collect();
    let checks: Vec<String> = bare
        .iter()
        .map(|t| {
            let qualified = format!("{}.{}", quote(t.schema.as_deref().unwrap_or_default()), quote(&t.table));
            format!(
                ", (to_regclass({}) IS NOT DISTINCT FROM to_regclass({}))::text",
                literal(&quote(&t.table)),
                literal(&qualified)
            )
        })
        .collect();
    format!(
        "BEGIN READ ONLY; \
         SET LOCAL standard_conforming_strings = on; \
         SET LOCAL statement_timeout = {milliseconds}; \
         SET LOCAL lock_timeout = {lock}; \
         SET LOCAL idle_in_transaction_session_timeout = 3600000; \
         SET LOCAL TimeZone = 'UTC'; \
         SET LOCAL DateStyle = 'ISO, YMD'; \
         SET LOCAL IntervalStyle = 'postgres'; \
         SET LOCAL extra_float_digits = 3; \
         SET LOCAL bytea_output = 'hex'; \
         SET LOCAL cursor_tuple_fraction = 1.0; \
         SELECT pg_catalog.set_config('search_path', pg_catalog.concat_ws(', ', 'pg_catalog', {} \
         nullif(pg_catalog.current_setting('search_path'), ''), 'pg_temp'), true); \
         SELECT pg_catalog.pg_backend_pid()::text{}",
        first.concat(),
        checks.concat()
    )
}

/// A cell in text format; `None` for NULL and for a column that is not there.
pub(super) fn text(row: &PgRow, index: usize) -> Option<String> {
    bytes(row, index).map(|b| String::from_utf8_lossy(b).into_owned())
}

pub(super) fn bytes(row: &PgRow, index: usize) -> Option<&[u8]> {
    let value = row.try_get_raw(index).ok()?;
    if value.is_null() { None } else { value.as_bytes().ok() }
}
