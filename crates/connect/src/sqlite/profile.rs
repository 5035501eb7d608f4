//! Statistics of one table: its rows are read once, or a sample of them spread over the table.

use super::{
    errors,
    pool::watch,
    query::{value_of, values_of},
};
use crate::{ConnectError, ProfileBudget, profiling::ColumnStatistics, stop::Stop};
use datafyme_domain::{Column, Dialect, ErrorKind, Table, TableKind, TableProfile};
use rusqlite::Connection;
use std::sync::Arc;

/// Places in a large table from which a sample takes consecutive rows.
const SAMPLE_PLACES: u64 = 64;

pub(super) fn table(
    connection: &Connection,
    table: &Table,
    budget: &ProfileBudget,
    stop: &Arc<Stop>,
) -> Result<TableProfile, ConnectError> {
    let source = Dialect::Sqlite.quote(&table.name.table);
    let columns = readable(connection, &source, table, stop)?;
    let row_count = count_rows(connection, &source, stop)?;
    let rows = row_count.or(table.row_estimate).unwrap_or(u64::MAX);
    let mut reader = Reader {
        connection,
        source,
        list: columns.iter().map(|c| format!("t.{}", Dialect::Sqlite.quote(&c.name))).collect::<Vec<_>>().join(", "),
        statistics: columns.iter().map(|c| ColumnStatistics::new(&c.name, c.column_type)).collect(),
        seen: 0,
        stop,
    };
    if !columns.is_empty() {
        match reader.read(rows, budget.full_scan_rows, table.kind) {
            // What was read until then is a sample too.
            Err(error) if error.kind() == ErrorKind::Timeout && reader.seen > 0 => {}
            other => other?,
        }
    }
    let seen = if columns.is_empty() { rows } else { reader.seen };
    Ok(TableProfile {
        row_count: row_count.or_else(|| (rows == u64::MAX && reader.complete(budget)).then_some(seen)),
        sampled_rows: (row_count != Some(seen)).then_some(seen),
        columns: reader.statistics.into_iter().map(|s| s.finish(budget)).collect(),
        ..TableProfile::default()
    })
}

/// The columns that can be read; one that cannot (a generated column whose function is missing, say) is left out.
fn readable<'t>(
    connection: &Connection,
    source: &str,
    table: &'t Table,
    stop: &Stop,
) -> Result<Vec<&'t Column>, ConnectError> {
    let compiles = |list: &str| connection.prepare(&format!("SELECT {list} FROM {source} t")).map(drop);
    let name = |c: &Column| format!("t.{}", Dialect::Sqlite.quote(&c.name));
    compiles("1").map_err(|e| errors::from_sqlite(e, stop))?;
    let all: Vec<String> = table.columns.iter().map(name).collect();
    if all.is_empty() || compiles(&all.join(", ")).is_ok() {
        return Ok(table.columns.iter().collect());
    }
    Ok(table.columns.iter().filter(|c| compiles(&name(c)).is_ok()).collect())
}

/// The exact number of rows; `None` when counting took half of the time there is.
fn count_rows(connection: &Connection, source: &str, stop: &Arc<Stop>) -> Result<Option<u64>, ConnectError> {
    let part = Stop::after(stop.remaining() / 2);
    watch(&part, connection);
    let counted = connection.query_row(&format!("SELECT count(*) FROM {source}"), [], |row| row.get::<_, i64>(0));
    watch(stop, connection);
    match counted.map_err(|e| errors::from_sqlite(e, &part)) {
        Ok(rows) => Ok(u64::try_from(rows).ok()),
        Err(error) if error.kind() == ErrorKind::Timeout => Ok(None),
        Err(error) => Err(error),
    }
}

struct Reader<'c> {
    connection: &'c Connection,
    source: String,
    list: String,
    statistics: Vec<ColumnStatistics>,
    seen: u64,
    stop: &'c Arc<Stop>,
}

impl Reader<'_> {
    /// Whether a table of unknown size turned out to be read whole.
    fn complete(&self, budget: &ProfileBudget) -> bool {
        self.seen < budget.full_scan_rows && !self.stop.is_over()
    }

    fn read(&mut self, rows: u64, most: u64, kind: TableKind) -> Result<(), ConnectError> {
        if rows > most
            && kind == TableKind::Table
            && let Some((first, last)) = self.row_ids()
        {
            return self.read_spread(first, last, most);
        }
        let sql = format!("SELECT {} FROM {} t LIMIT {}", self.list, self.source, as_limit(most));
        self.read_rows(&sql, []).map(drop)
    }

    /// First and last row id; `None` for tables without one.
    fn row_ids(&self) -> Option<(i64, i64)> {
        let sql = |which: &str| format!("SELECT {which}(t.rowid) FROM {} t", self.source);
        let one = |which| self.connection.query_row(&sql(which), [], |row| row.get::<_, Option<i64>>(0));
        Some((one("min").ok()??, one("max").ok()??))
    }

    /// Runs of consecutive rows from places spread evenly over the row ids, no row twice.
    fn read_spread(&mut self, first: i64, last: i64, most: u64) -> Result<(), ConnectError> {
        let run = (most / SAMPLE_PLACES).max(1);
        let step = i128::from(last) - i128::from(first);
        let sql = format!(
            "SELECT {}, t.rowid FROM {} t WHERE t.rowid >= ?1 ORDER BY t.rowid LIMIT {}",
            self.list,
            self.source,
            as_limit(run)
        );
        let mut next = first;
        for place in 0..i128::from(SAMPLE_PLACES) {
            let start = i128::from(first) + step * place / i128::from(SAMPLE_PLACES);
            let start = i64::try_from(start).unwrap_or(last).max(next);
            match self.read_rows(&sql, [start])? {
                Some(reached) => next = reached.saturating_add(1),
                None => break,
            }
        }
        Ok(())
    }

    /// Adds the rows of a query; the row id behind the last column of its last row, where there is one.
    fn read_rows(&mut self, sql: &str, parameters: impl rusqlite::Params) -> Result<Option<i64>, ConnectError> {
        let failed = |e| errors::from_sqlite(e, self.stop);
        let width = self.statistics.len();
        let mut statement = self.connection.prepare_cached(sql).map_err(failed)?;
        let has_row_id = statement.column_count() > width;
        let mut rows = statement.query(parameters).map_err(failed)?;
        let mut last = None;
        while let Some(row) = rows.next().map_err(failed)? {
            if has_row_id {
                last = row.get_ref(width).map(value_of).ok().and_then(|v| match v {
                    datafyme_domain::Value::Int(id) => Some(id),
                    _ => None,
                });
            }
            let values = values_of(row, width).map_err(failed)?;
            for (statistics, value) in self.statistics.iter_mut().zip(values) {
                statistics.add(value);
            }
            self.seen += 1;
        }
        Ok(last)
    }
}

fn as_limit(rows: u64) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
