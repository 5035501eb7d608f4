//! Statements on a connection of the calling thread. Placeholders are `$1`, `$2`, … as everywhere in the store.

use rusqlite::{CachedStatement, Connection, Row, ToSql};

/// As many as the longest statement has.
const PLACEHOLDERS: [&str; 16] =
    ["$1", "$2", "$3", "$4", "$5", "$6", "$7", "$8", "$9", "$10", "$11", "$12", "$13", "$14", "$15", "$16"];

/// Reads one row.
pub(crate) type ReadRow<T> = fn(&Row<'_>) -> rusqlite::Result<T>;

/// What a connection is asked; every statement is prepared once.
pub(crate) trait Statements {
    /// Runs a statement; returns how many rows it changed.
    fn run(&self, sql: &str, values: &[&dyn ToSql]) -> rusqlite::Result<usize>;
    /// The first row, if there is one. The statement runs to its end, so that it writes all that it is to write.
    fn row<T>(&self, sql: &str, values: &[&dyn ToSql], read: ReadRow<T>) -> rusqlite::Result<Option<T>>;
    /// Every row.
    fn rows<T>(&self, sql: &str, values: &[&dyn ToSql], read: ReadRow<T>) -> rusqlite::Result<Vec<T>>;
}

impl Statements for Connection {
    fn run(&self, sql: &str, values: &[&dyn ToSql]) -> rusqlite::Result<usize> {
        bound(self, sql, values)?.raw_execute()
    }

    fn row<T>(&self, sql: &str, values: &[&dyn ToSql], read: ReadRow<T>) -> rusqlite::Result<Option<T>> {
        self.rows(sql, values, read).map(|rows| rows.into_iter().next())
    }

    fn rows<T>(&self, sql: &str, values: &[&dyn ToSql], read: ReadRow<T>) -> rusqlite::Result<Vec<T>> {
        let mut statement = bound(self, sql, values)?;
        let mut rows = statement.raw_query();
        let mut read_rows = Vec::new();
        while let Some(row) = rows.next()? {
            read_rows.push(read(row)?);
        }
        Ok(read_rows)
    }
}

/// The statement with its values, told to whoever counts statements. SQLite numbers `$N` by appearance, so they are bound by name.
fn bound<'c>(connection: &'c Connection, sql: &str, values: &[&dyn ToSql]) -> rusqlite::Result<CachedStatement<'c>> {
    tracing::trace!(target: "datafyme_store::statement", sql);
    let mut statement = connection.prepare_cached(sql)?;
    for (name, value) in PLACEHOLDERS.iter().zip(values) {
        statement.raw_bind_parameter(*name, value)?;
    }
    Ok(statement)
}
