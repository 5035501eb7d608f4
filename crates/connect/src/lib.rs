//! Customers' databases: opening them, reading their structure and statistics, and running checked queries.
//!
//! Owns: the [`Connector`] seam with one file per kind of database, and the [`guard`], the only maker of
//! [`ReadOnlySql`].
//! Refuses: writing anything to a customer's database, deciding what to ask, remembering anything.
//! Start at [`open`] and [`Connector`]; read [`guard::check`] for what may run and why.

pub mod connector;
pub mod error;
pub mod guard;
pub mod limits;
pub mod row_stream;
pub mod source_url;

pub use connector::{Capabilities, Connector, QueryId, QueryPlan, Scope, ServerInfo};
pub use error::ConnectError;
pub use guard::{AllowedTables, ReadOnlySql};
pub use limits::{ProfileBudget, QueryLimits};
pub use row_stream::RowStream;
pub use source_url::SourceUrl;

use std::sync::Arc;

/// Opens the connector for `url`. Does not connect yet: use [`Connector::ping`].
///
/// # Errors
/// `Unsupported` for a scheme that this build does not know.
pub fn open(url: &SourceUrl) -> Result<Arc<dyn Connector>, ConnectError> {
    let _ = url;
    Err(ConnectError::unsupported("no connector in this build"))
}
