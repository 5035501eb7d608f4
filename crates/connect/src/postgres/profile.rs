//! Statistics of one table: its rows are read once, or a sample of them.

use super::{
    session::{Session, Sessions, text},
    values,
};
use crate::{ConnectError, ProfileBudget, profiling::ColumnStatistics, stop::Stop};
use datafyme_domain::{Column, ColumnType, Dialect, ErrorKind, Table, TableKind, TableProfile};
use futures::TryStreamExt;
use sqlx::{AssertSqlSafe, raw_sql};
use std::sync::Arc;

pub(super) async fn table(
    sessions: &Arc<Sessions>,
    table: &Table,
    budget: &ProfileBudget,
    stop: &Stop,
) -> Result<TableProfile, ConnectError> {
    let source = table.name.to_sql(Dialect::Postgres);
    let row_count = count_rows(sessions, &source, stop).await?;
    let rows = row_count.or(table.row_estimate);
    let sample = sample_clause(table.kind, rows, budget.full_scan_rows);
    let all: Vec<&Column> = table.columns.iter().collect();
    let read = |columns: Vec<&Column>| {
        let list: Vec<String> = columns.iter().map(|c| expression(c)).collect();
        let sql = format!("SELECT {} FROM {source} AS t{sample} LIMIT {}", list.join(", "), budget.full_scan_rows);
        let statistics = columns.iter().map(|c| ColumnStatistics::new(&c.name, c.column_type)).collect();
        read(sessions, sql, statistics, stop)
    };
    let (seen, columns) = match read(all.clone()).await {
        Ok(read) => (read.rows, read.statistics),
        // One column may be the cause: each is tried on its own, and those that fail are left out.
        Err(error) if matches!(error.kind(), ErrorKind::QueryFailed | ErrorKind::Forbidden) && all.len() > 1 => {
            let (mut seen, mut columns) = (0, Vec::new());
            for column in all {
                if let Ok(read) = read(vec![column]).await {
                    seen = read.rows;
                    columns.extend(read.statistics);
                }
            }
            if columns.is_empty() {
                return Err(error);
            }
            (seen, columns)
        }
        Err(error) => return Err(error),
    };
    Ok(TableProfile {
        row_count: row_count
            .or_else(|| (sample.is_empty() && seen < budget.full_scan_rows && !stop.is_over()).then_some(seen)),
        sampled_rows: (row_count != Some(seen)).then_some(seen),
        columns: columns.into_iter().map(|s| s.finish(budget)).collect(),
        profiled_at: None,
    })
}

/// What of a column is looked at: documents and long texts by their beginning, the rest whole.
fn expression(column: &Column) -> String {
    let name = format!("t.{}", Dialect::Postgres.quote(&column.name));
    match column.column_type {
        ColumnType::Text => format!("pg_catalog.left({name}::text, 1000)"),
        ColumnType::Json | ColumnType::Other => format!("pg_catalog.left({name}::text, 200)"),
        ColumnType::Binary => format!("pg_catalog.substring({name}, 1, 64)"),
        _ => name,
    }
}

/// Blocks from all over a table that is too large; a view has none.
fn sample_clause(kind: TableKind, rows: Option<u64>, most: u64) -> String {
    let sampled = matches!(kind, TableKind::Table | TableKind::PartitionedTable | TableKind::MaterializedView);
    match rows {
        Some(rows) if rows > most && sampled => {
            let percent = (100.0 * most as f64 / rows as f64).clamp(0.001, 100.0);
            format!(" TABLESAMPLE SYSTEM ({percent}) REPEATABLE (0)")
        }
        _ => String::new(),
    }
}

/// The exact number of rows; `None` when counting took half of the time there is.
async fn count_rows(sessions: &Arc<Sessions>, source: &str, stop: &Stop) -> Result<Option<u64>, ConnectError> {
    let part = Stop::after(stop.remaining() / 2);
    let mut session = sessions.begin(&part, &[]).await?;
    let counted = session.rows(&format!("SELECT count(*) FROM {source}"), &part).await;
    session.end().await;
    match counted {
        Ok(rows) => Ok(rows.first().and_then(|r| text(r, 0)).and_then(|t| t.parse().ok())),
        Err(error) if error.kind() == ErrorKind::Timeout => Ok(None),
        Err(error) => Err(error),
    }
}

struct Read {
    rows: u64,
    statistics: Vec<ColumnStatistics>,
}

async fn read(
    sessions: &Arc<Sessions>,
    sql: String,
    statistics: Vec<ColumnStatistics>,
    stop: &Stop,
) -> Result<Read, ConnectError> {
    let mut read = Read { rows: 0, statistics };
    if read.statistics.is_empty() {
        return Ok(read);
    }
    let mut session = sessions.begin(stop, &[]).await?;
    let (handle, process) = session.handle();
    // A cursor only makes the server hand the rows out as they come; the simple protocol does the same.
    let mut rows = raw_sql(AssertSqlSafe(sql)).fetch(&mut session.connection);
    let mut oids = Vec::new();
    let outcome = loop {
        match Session::guarded(&handle, process, stop, rows.try_next()).await {
            Ok(Some(row)) => {
                if oids.is_empty() {
                    oids = values::columns_of(&row).1;
                }
                for (statistics, value) in read.statistics.iter_mut().zip(values::values_of(&row, &oids)) {
                    statistics.add(value);
                }
                read.rows += 1;
            }
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    drop(rows);
    session.end().await;
    match outcome {
        // What was read until then is a sample too.
        Err(error) if error.kind() != ErrorKind::Timeout || read.rows == 0 => Err(error),
        _ => Ok(read),
    }
}
