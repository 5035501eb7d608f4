//! Running one checked query through a cursor, and telling its plan.
//!
//! `DECLARE` goes through the extended protocol, which takes one statement only: whatever a query's text holds, no
//! second statement can ride on it. The rows are then fetched by the simple protocol, in which all types arrive as
//! text, in batches that end where the limits do; the query itself is never rewritten.

use super::{
    session::{Session, Sessions, text},
    values,
};
use crate::{
    ConnectError, QueryLimits, QueryPlan, ReadOnlySql, RowItem, RowStream,
    stop::{EndMark, Running, Stop},
};
use datafyme_domain::{ErrorKind, RowSetColumn};
use futures::{StreamExt, TryStreamExt};
use sqlx::{AssertSqlSafe, Row, postgres::PgRow, raw_sql};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};
use tokio_stream::wrappers::ReceiverStream;

/// Rows that may wait for their reader.
const BUFFERED_ROWS: usize = 256;
/// Rows of the first and of the largest fetch.
const FIRST_FETCH: u64 = 100;
const LARGEST_FETCH: u64 = 5_000;
/// Fetches grow as long as they stay below these bytes.
const FETCH_BYTES: u64 = 1 << 20;

type Items = mpsc::Sender<Result<RowItem, ConnectError>>;
type Columns = oneshot::Sender<Result<Vec<RowSetColumn>, ConnectError>>;

pub(super) async fn start(
    sessions: &Arc<Sessions>,
    running: &Arc<Running>,
    sql: &ReadOnlySql,
    limits: &QueryLimits,
) -> Result<RowStream, ConnectError> {
    let stop = Stop::after(limits.timeout);
    let registration = running.add(limits.id, &stop);
    let (items, received) = mpsc::channel(BUFFERED_ROWS);
    let (columns_sender, columns) = oneshot::channel();
    let job = Job { sql: sql.clone(), limits: limits.clone(), stop, columns: Some(columns_sender), items };
    tokio::spawn(job.run(Arc::clone(sessions)));
    let columns = columns
        .await
        .map_err(|_| ConnectError::new(ErrorKind::Internal, "a PostgreSQL query ended without an answer"))??;
    // The registration lives as long as the stream: dropping the stream ends the query.
    let stream = ReceiverStream::new(received).inspect(move |_| {
        let _ = &registration;
    });
    Ok(RowStream::new(columns, stream.boxed()))
}

/// One query on its way, with the ends of the channels to its reader.
struct Job {
    sql: ReadOnlySql,
    limits: QueryLimits,
    stop: Arc<Stop>,
    columns: Option<Columns>,
    items: Items,
}

impl Job {
    async fn run(mut self, sessions: Arc<Sessions>) {
        let _end = EndMark(Arc::clone(&self.stop));
        let outcome = match sessions.begin(&self.stop, self.sql.bare_names()).await {
            Ok(mut session) => {
                let outcome = self.work(&mut session).await;
                session.end().await;
                outcome
            }
            Err(error) => Err(error),
        };
        let Err(error) = outcome else { return };
        // A reader that is gone needs no error.
        if let Some(columns) = self.columns.take() {
            let _ = columns.send(Err(error));
        } else {
            let _ = self.items.send(Err(error)).await;
        }
    }

    async fn work(&mut self, session: &mut Session) -> Result<(), ConnectError> {
        let (sessions, process) = session.handle();
        let stop = Arc::clone(&self.stop);
        // The newline keeps a comment at the end of the first line from mattering.
        let declare = format!("DECLARE datafyme_rows NO SCROLL CURSOR FOR\n{}\n", self.sql.as_str());
        let declared = sqlx::query(AssertSqlSafe(declare)).persistent(false).execute(&mut session.connection);
        Session::guarded(&sessions, process, &stop, declared).await?;
        let mut progress = Progress::default();
        loop {
            let left = self.limits.rows.saturating_add(1).saturating_sub(progress.rows);
            let batch = progress.next_fetch.min(left);
            let before = (progress.rows, progress.bytes);
            let fetch = format!(
                "SET LOCAL statement_timeout = {}; FETCH FORWARD {batch} FROM datafyme_rows",
                stop.remaining().as_millis().clamp(1, 86_400_000)
            );
            let mut rows = raw_sql(AssertSqlSafe(fetch)).fetch(&mut session.connection);
            while let Some(row) = Session::guarded(&sessions, process, &stop, rows.try_next()).await? {
                if !self.pass_on(&row, &mut progress).await? {
                    return Ok(());
                }
            }
            drop(rows);
            if progress.rows - before.0 < batch {
                break;
            }
            if progress.bytes - before.1 < FETCH_BYTES {
                progress.next_fetch = (progress.next_fetch * 4).min(LARGEST_FETCH);
            }
        }
        if self.columns.is_some() {
            let columns = self.columns_of_nothing(session).await?;
            self.announce(columns);
        }
        Ok(())
    }

    /// Sends a row to the reader; `false` when that was the last one.
    async fn pass_on(&mut self, row: &PgRow, progress: &mut Progress) -> Result<bool, ConnectError> {
        if self.columns.is_some() {
            let (columns, oids) = values::columns_of(row);
            progress.oids = oids;
            self.announce(columns);
        }
        let values = values::values_of(row, &progress.oids);
        progress.rows += 1;
        progress.bytes += values.iter().map(|v| v.size() as u64).sum::<u64>();
        let over = progress.rows > self.limits.rows || progress.bytes > self.limits.bytes;
        let item = if over { RowItem::Truncated } else { RowItem::Row(values) };
        tokio::select! {
            sent = self.items.send(Ok(item)) => Ok(sent.is_ok() && !over),
            () = self.stop.stopped(std::time::Duration::ZERO) => Err(self.stop.error()),
        }
    }

    fn announce(&mut self, columns: Vec<RowSetColumn>) {
        if let Some(sender) = self.columns.take() {
            // A reader that is gone shows at the next row.
            let _ = sender.send(Ok(columns));
        }
    }

    /// The columns of a result without rows, of which the driver tells none: a join that nothing matches makes one
    /// row of NULLs from them, without running the query. `DECLARE` has proved the text to be one statement.
    async fn columns_of_nothing(&self, session: &mut Session) -> Result<Vec<RowSetColumn>, ConnectError> {
        let describe = format!("SELECT q.* FROM (SELECT 1) AS one LEFT JOIN (\n{}\n) AS q ON false", self.sql.as_str());
        let rows = session.rows(&describe, &self.stop).await?;
        Ok(rows.first().map(|row| values::columns_of(row).0).unwrap_or_default())
    }
}

struct Progress {
    rows: u64,
    bytes: u64,
    next_fetch: u64,
    oids: Vec<u32>,
}

impl Default for Progress {
    fn default() -> Self {
        Self { rows: 0, bytes: 0, next_fetch: FIRST_FETCH, oids: Vec::new() }
    }
}

pub(super) async fn explain(
    sessions: &Arc<Sessions>,
    sql: &ReadOnlySql,
    stop: &Stop,
) -> Result<QueryPlan, ConnectError> {
    let mut session = sessions.begin(stop, sql.bare_names()).await?;
    let (handle, process) = session.handle();
    let explain = format!("EXPLAIN {}", sql.as_str());
    let rows = sqlx::query(AssertSqlSafe(explain)).persistent(false).fetch_all(&mut session.connection);
    let rows = Session::guarded(&handle, process, stop, rows).await;
    session.end().await;
    let lines: Vec<String> = rows?.iter().filter_map(|row| if row.is_empty() { None } else { text(row, 0) }).collect();
    let first = lines.first().map(String::as_str).unwrap_or_default();
    Ok(QueryPlan { estimated_rows: figure(first, "rows="), cost: figure(first, ".."), text: lines.join("\n") })
}

/// The number behind `label` in `Seq Scan on t  (cost=0.00..35.50 rows=2550 width=4)`.
fn figure(line: &str, label: &str) -> Option<f64> {
    let (_, rest) = line.split_once(label)?;
    let digits: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    digits.parse().ok()
}
