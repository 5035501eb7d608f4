//! Running one checked query, and telling its plan.

use super::{
    authorizer, errors, introspect,
    pool::{Lease, Pool, watch},
};
use crate::{
    ConnectError, QueryLimits, QueryPlan, ReadOnlySql, RowItem, RowStream,
    stop::{EndMark, Running, Stop},
};
use datafyme_domain::{ColumnType, ErrorKind, RowSetColumn, Value};
use futures::{StreamExt, stream};
use rusqlite::{Connection, OptionalExtension, Row, Statement, types::ValueRef};
use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::{mpsc, oneshot};
use tokio_stream::wrappers::ReceiverStream;

/// Rows that are handed over at once: waking the reader for each costs more than most rows.
const BATCH: usize = 64;
/// Batches that may wait for their reader.
const BUFFERED_BATCHES: usize = 4;
/// A row that has waited this long goes with the next one.
const LINGER: Duration = Duration::from_millis(10);

type Items = mpsc::Sender<Vec<Result<RowItem, ConnectError>>>;
type Columns = oneshot::Sender<Result<Vec<RowSetColumn>, ConnectError>>;

pub(super) async fn start(
    pool: &Arc<Pool>,
    running: &Arc<Running>,
    sql: &ReadOnlySql,
    limits: &QueryLimits,
) -> Result<RowStream, ConnectError> {
    let stop = Stop::after(limits.timeout);
    let registration = running.add(limits.id, &stop);
    let lease = pool.lease(&stop).await?;
    let (items, received) = mpsc::channel(BUFFERED_BATCHES);
    let (columns_sender, columns) = oneshot::channel();
    let (sql, limits) = (sql.clone(), limits.clone());
    let worker = tokio::task::spawn_blocking(move || {
        let _end = EndMark(Arc::clone(&stop));
        run(&lease, &sql, &limits, &stop, columns_sender, &items);
    });
    let columns = match columns.await {
        Ok(columns) => columns?,
        Err(_) => return Err(worker.await.err().map_or_else(lost, errors::lost_thread)),
    };
    // The registration lives as long as the stream: dropping the stream ends the query.
    let stream = ReceiverStream::new(received).flat_map(stream::iter).inspect(move |_| {
        let _ = &registration;
    });
    Ok(RowStream::new(columns, stream.boxed()))
}

fn lost() -> ConnectError {
    ConnectError::new(ErrorKind::Internal, "a SQLite query ended without an answer")
}

fn run(lease: &Lease, sql: &ReadOnlySql, limits: &QueryLimits, stop: &Arc<Stop>, columns: Columns, items: &Items) {
    let prepared = lease.connection().and_then(|connection| {
        watch(stop, connection);
        authorizer::compile(connection, sql, sql.as_str()).map_err(|e| errors::from_sqlite(e, stop))
    });
    let mut statement = match prepared {
        Ok(statement) => statement,
        Err(error) => {
            // Nobody to tell when the caller is gone.
            let _ = columns.send(Err(error));
            return;
        }
    };
    if !statement.readonly() {
        let error = ConnectError::new(ErrorKind::UnsafeSql, "the query writes, which is not allowed");
        let _ = columns.send(Err(error));
        return;
    }
    if columns.send(Ok(columns_of(&statement))).is_err() {
        return;
    }
    let mut batch = Batch { items, rows: Vec::new(), since: Instant::now() };
    if let Err(error) = send_rows(&mut statement, limits, stop, &mut batch) {
        batch.rows.push(Err(error));
    }
    batch.send();
}

/// Rows on their way to the reader.
struct Batch<'a> {
    items: &'a Items,
    rows: Vec<Result<RowItem, ConnectError>>,
    /// When the first of them came.
    since: Instant,
}

impl Batch<'_> {
    /// Takes in an item; false when the reader is gone.
    fn push(&mut self, item: RowItem) -> bool {
        if self.rows.is_empty() {
            self.since = Instant::now();
        }
        self.rows.push(Ok(item));
        let is_due = self.rows.len() >= BATCH || self.since.elapsed() >= LINGER;
        !is_due || self.send()
    }

    fn send(&mut self) -> bool {
        self.rows.is_empty() || self.items.blocking_send(std::mem::take(&mut self.rows)).is_ok()
    }
}

fn send_rows(
    statement: &mut Statement<'_>,
    limits: &QueryLimits,
    stop: &Stop,
    batch: &mut Batch<'_>,
) -> Result<(), ConnectError> {
    let failed = |e| errors::from_sqlite(e, stop);
    let width = statement.column_count();
    let mut rows = statement.query([]).map_err(failed)?;
    let (mut count, mut bytes) = (0_u64, 0_u64);
    while let Some(row) = rows.next().map_err(failed)? {
        if stop.is_over() {
            return Err(stop.error());
        }
        let values = values_of(row, width).map_err(failed)?;
        count += 1;
        bytes += values.iter().map(|v| v.size() as u64).sum::<u64>();
        let over = count > limits.rows || bytes > limits.bytes;
        let item = if over { RowItem::Truncated } else { RowItem::Row(values) };
        if !batch.push(item) || over {
            return Ok(());
        }
    }
    Ok(())
}

pub(super) fn values_of(row: &Row<'_>, width: usize) -> rusqlite::Result<Vec<Value>> {
    (0..width).map(|i| row.get_ref(i).map(value_of)).collect()
}

/// By storage class: SQLite's declared types bind nobody. Text that is not UTF-8 is kept as far as it is.
pub(super) fn value_of(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(v) => Value::Int(v),
        ValueRef::Real(v) => Value::Float(v),
        ValueRef::Text(v) => Value::Text(String::from_utf8_lossy(v).into_owned()),
        ValueRef::Blob(v) => Value::Bytes(v.to_vec()),
    }
}

fn columns_of(statement: &Statement<'_>) -> Vec<RowSetColumn> {
    statement
        .columns()
        .iter()
        .map(|column| RowSetColumn {
            name: column.name().to_owned(),
            // Only a plain column has a declared type; the rest takes its type from the values.
            column_type: column.decl_type().map_or(ColumnType::Other, introspect::logical_type),
        })
        .collect()
}

pub(super) fn explain(connection: &Connection, sql: &ReadOnlySql) -> rusqlite::Result<QueryPlan> {
    // A plan is made from the structure that this connection last saw, and nothing of it runs that would notice a table
    // that is gone since: reading something does.
    connection.query_row("SELECT 1 FROM sqlite_schema LIMIT 1", [], |_| Ok(())).optional()?;
    let mut statement = authorizer::compile(connection, sql, &format!("EXPLAIN QUERY PLAN {}", sql.as_str()))?;
    let mut rows = statement.query([])?;
    let mut depths: HashMap<i64, usize> = HashMap::new();
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, parent): (i64, i64) = (row.get(0)?, row.get(1)?);
        let depth = depths.get(&parent).map_or(0, |d| d + 1);
        depths.insert(id, depth);
        lines.push(format!("{}{}", "  ".repeat(depth), row.get::<_, String>(3)?));
    }
    Ok(QueryPlan { text: lines.join("\n"), estimated_rows: None, cost: None })
}
