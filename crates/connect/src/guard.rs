//! The guard: what may be sent to a customer's database, and the proof that something may.
//!
//! Three layers hold without each other: this proof over the parsed statement, the read-only transaction (and, in
//! SQLite, the authorizer) of the connector, and the rights of the customer's database role. The guard is the layer
//! that knows which tables and functions *Datafyme* allows. It reads the statement as the database will: comments,
//! quoting, case folding and the scope of CTE names follow the dialect, and what the two could read differently
//! (unicode escapes, dollar quotes, lone carriage returns) is refused.

mod functions;
mod hidden;
mod lexical;
mod scope;
mod shape;
mod tables;
mod walk;

pub(crate) use functions::is_allowed as is_allowed_function;

use crate::ConnectError;
use datafyme_domain::{Catalog, Dialect, ErrorKind, TableRef};
use std::sync::Arc;

/// One SELECT that reads allowed tables with harmless functions. Only [`check`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadOnlySql {
    sql: String,
    dialect: Dialect,
    tables: Vec<TableRef>,
    bare: Vec<TableRef>,
    ctes: Vec<String>,
}

impl ReadOnlySql {
    /// The statement, without a trailing semicolon.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.sql
    }

    /// The flavour that it was checked for.
    #[must_use]
    pub const fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The tables that it reads, each once, as the catalog spells them.
    #[must_use]
    pub fn tables(&self) -> &[TableRef] {
        &self.tables
    }

    /// The tables with a schema that it names without that schema: the connector must make the server's search path
    /// lead from each bare name to exactly this table.
    pub(crate) fn bare_names(&self) -> &[TableRef] {
        &self.bare
    }

    /// The folded names of its CTEs.
    pub(crate) fn ctes(&self) -> &[String] {
        &self.ctes
    }
}

/// The tables that a query may read. Cheap to clone.
#[derive(Debug, Clone)]
pub struct AllowedTables {
    tables: Arc<[TableRef]>,
    /// Columns of them that may not be read.
    hidden: Arc<[(TableRef, String)]>,
}

impl AllowedTables {
    /// All tables of a catalog.
    #[must_use]
    pub fn of_catalog(catalog: &Catalog) -> Self {
        Self::only(catalog.tables.iter().map(|t| t.name.clone()).collect())
    }

    /// Just these.
    #[must_use]
    pub fn only(tables: Vec<TableRef>) -> Self {
        Self { tables: tables.into(), hidden: Arc::default() }
    }

    /// All but these columns.
    #[must_use]
    pub fn hiding(self, columns: Vec<(TableRef, String)>) -> Self {
        Self { hidden: columns.into(), ..self }
    }

    /// The allowed tables.
    #[must_use]
    pub fn tables(&self) -> &[TableRef] {
        &self.tables
    }
}

/// Proves that `sql` is one read of `allowed` tables.
///
/// # Errors
/// `UnsafeSql` with the reason, in words that name the offending part; `QueryFailed` where it does not parse.
pub fn check(sql: &str, dialect: Dialect, allowed: &AllowedTables) -> Result<ReadOnlySql, ConnectError> {
    let statement = lexical::statement(sql, dialect)?;
    let query = shape::parse(statement, dialect)?;
    let used = walk::tables_of(&query, dialect, allowed)?;
    hidden::check(&query, dialect, &used.tables, &allowed.hidden)?;
    Ok(ReadOnlySql { sql: statement.to_owned(), dialect, tables: used.tables, bare: used.bare, ctes: used.ctes })
}

fn refused(message: impl Into<String>) -> ConnectError {
    ConnectError::new(ErrorKind::UnsafeSql, message)
}

fn does_not_parse(message: impl std::fmt::Display) -> ConnectError {
    ConnectError::query_failed(format!("the query does not parse: {message}"))
}

#[cfg(test)]
mod tests;
