//! Customers' databases: opening them, reading their structure and statistics, and running checked queries.
//!
//! Owns: the [`Connector`] seam with one file per kind of database, and the [`guard`], the only maker of
//! [`ReadOnlySql`].
//! Refuses: writing anything to a customer's database, deciding what to ask, remembering anything.
//! Start at [`open`] and [`Connector`]; read [`guard::check`] for what may run and why. A new kind of database is
//! one file, one line in `registry.rs`, and a run of [`conformance`] over it.

#[doc(hidden)]
pub mod conformance;
pub mod connector;
pub mod error;
pub mod guard;
pub mod limits;
mod postgres;
mod profiling;
mod registry;
pub mod row_stream;
pub mod source_url;
mod sqlite;
mod stop;

pub use connector::{Capabilities, Connector, QueryId, QueryPlan, Scope, ServerInfo};
pub use error::ConnectError;
pub use guard::{AllowedTables, ReadOnlySql};
pub use limits::{ProfileBudget, QueryLimits};
pub use postgres::catalog_queries;
pub use registry::open;
pub use row_stream::{RowItem, RowStream};
pub use source_url::SourceUrl;
