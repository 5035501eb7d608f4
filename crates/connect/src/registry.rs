//! The kinds of database that this build opens: one file (and folder) and one line here per kind.

use crate::{ConnectError, Connector, SourceUrl, postgres::PostgresConnector, sqlite::SqliteConnector};
use datafyme_domain::Dialect;
use std::sync::Arc;

/// For messages: how the URLs of this build look.
pub(crate) const SCHEMES: &str =
    "postgres://user:password@host:5432/database, sqlite:///path/to/file or just the path of a SQLite file";

type Open = fn(&SourceUrl) -> Result<Arc<dyn Connector>, ConnectError>;

const CONNECTORS: &[(Dialect, Open)] = &[
    (Dialect::Sqlite, |url| Ok(Arc::new(SqliteConnector::new(url)?))),
    (Dialect::Postgres, |url| Ok(Arc::new(PostgresConnector::new(url)?))),
];

/// Opens the connector for `url`. Does not connect yet: use [`Connector::ping`].
///
/// # Errors
/// `Unsupported` for a dialect that this build does not know, `InvalidInput` for a location that does not parse.
pub fn open(url: &SourceUrl) -> Result<Arc<dyn Connector>, ConnectError> {
    let (_, open) = CONNECTORS
        .iter()
        .find(|(dialect, _)| *dialect == url.dialect)
        .ok_or_else(|| ConnectError::unsupported(format!("this build opens {SCHEMES}")))?;
    open(url)
}
