//! Statistics of one table: the planner's own for a large one and a sample to fill them up, the rows themselves for a
//! small one. No table is read beyond its budget, and none is counted.

use super::{
    session::{Session, Sessions},
    statistics::{self, PlannerStatistics},
    values,
};
use crate::{ConnectError, ProfileBudget, profiling::ColumnStatistics, stop::Stop};
use datafyme_domain::{Column, ColumnProfile, ColumnType, Dialect, ErrorKind, Table, TableKind, TableProfile};
use futures::TryStreamExt;
use sqlx::{AssertSqlSafe, raw_sql};
use std::{collections::HashMap, sync::Arc};

pub(super) async fn table(
    sessions: &Arc<Sessions>,
    table: &Table,
    budget: &ProfileBudget,
    stop: &Stop,
) -> Result<TableProfile, ConnectError> {
    let source = table.name.to_sql(Dialect::Postgres);
    let most = budget.full_scan_rows;
    let (rows, statistics) = known(sessions, table, most, stop).await?;
    let sample = sample_clause(table.kind, rows, most);
    let all: Vec<&Column> = table.columns.iter().collect();
    let read = |columns: Vec<&Column>| {
        let list: Vec<String> = columns.iter().map(|c| expression(c)).collect();
        // One row more, to tell whether the table ends there.
        let sql = format!("SELECT {} FROM {source} AS t{sample} LIMIT {}", list.join(", "), most.saturating_add(1));
        let statistics = columns.iter().map(|c| ColumnStatistics::new(&c.name, c.column_type)).collect();
        read(sessions, sql, statistics, most, stop)
    };
    let (seen, ended, columns) = match read(all.clone()).await {
        Ok(read) => (read.rows, read.ended, read.statistics),
        // One column may be the cause: each is tried on its own, and those that fail are left out.
        Err(error) if matches!(error.kind(), ErrorKind::QueryFailed | ErrorKind::Forbidden) && all.len() > 1 => {
            let (mut seen, mut ended, mut columns) = (0, false, Vec::new());
            for column in all {
                if let Ok(read) = read(vec![column]).await {
                    (seen, ended) = (read.rows, read.ended);
                    columns.extend(read.statistics);
                }
            }
            if columns.is_empty() {
                return Err(error);
            }
            (seen, ended, columns)
        }
        Err(error) => return Err(error),
    };
    let whole = ended && sample.is_empty() && !table.columns.is_empty();
    let mut columns: Vec<ColumnProfile> = columns.into_iter().map(|s| s.finish(budget)).collect();
    if let Some(rows) = rows.filter(|_| !whole) {
        for column in &mut columns {
            if let Some(statistics) = statistics.get(&column.column) {
                statistics.refine(column, rows, budget.top_values);
            }
        }
    }
    Ok(TableProfile {
        row_count: whole.then_some(seen),
        sampled_rows: (!whole && !table.columns.is_empty()).then_some(seen),
        columns,
        ..TableProfile::default()
    })
}

/// Rows that a table is expected to have and, when that is more than are read of it, the planner's statistics.
async fn known(
    sessions: &Arc<Sessions>,
    table: &Table,
    most: u64,
    stop: &Stop,
) -> Result<(Option<u64>, HashMap<String, PlannerStatistics>), ConnectError> {
    let is_small = table.row_estimate.is_some_and(|rows| rows <= most);
    let is_table = matches!(table.kind, TableKind::Table | TableKind::PartitionedTable | TableKind::MaterializedView);
    if is_small || !is_table {
        return Ok((table.row_estimate, HashMap::new()));
    }
    let mut session = sessions.begin(stop, &[]).await?;
    // Never analysed, or since grown: the plan goes by the size of the file.
    let expected = statistics::expected_rows(&mut session, table, stop).await;
    let rows = expected.max(table.row_estimate);
    let found = match rows {
        Some(rows) if rows > most => statistics::of_table(&mut session, table, stop).await,
        _ => Ok(HashMap::new()),
    };
    session.end().await;
    Ok((rows, found?))
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

struct Read {
    rows: u64,
    /// Whether there were no more.
    ended: bool,
    statistics: Vec<ColumnStatistics>,
}

async fn read(
    sessions: &Arc<Sessions>,
    sql: String,
    statistics: Vec<ColumnStatistics>,
    most: u64,
    stop: &Stop,
) -> Result<Read, ConnectError> {
    let mut read = Read { rows: 0, ended: false, statistics };
    if read.statistics.is_empty() {
        return Ok(read);
    }
    let mut session = sessions.begin(stop, &[]).await?;
    let (handle, process) = session.handle();
    // A cursor only makes the server hand the rows out as they come; the simple protocol does the same.
    let mut rows = raw_sql(AssertSqlSafe(sql)).fetch(&mut session.connection);
    let (mut oids, mut more) = (Vec::new(), false);
    let outcome = loop {
        match Session::guarded(&handle, process, stop, rows.try_next()).await {
            // The last one only told that there are more.
            Ok(Some(_)) if read.rows == most => more = true,
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
    read.ended = outcome.is_ok() && !more;
    match outcome {
        // What was read until then is a sample too.
        Err(error) if error.kind() != ErrorKind::Timeout || read.rows == 0 => Err(error),
        _ => Ok(read),
    }
}
