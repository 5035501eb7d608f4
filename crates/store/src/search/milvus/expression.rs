//! Filters. Whatever stands in one is a UUID or a hash: no name of anybody's reaches an expression.

use super::collections::{KEY, SOURCE, TABLE};
use crate::StoreError;
use datafyme_domain::{DataSourceId, ErrorKind, TableRef};
use sha2::{Digest, Sha256};

/// What tells a table from the others of its data source.
pub(super) fn table_key(table: &TableRef) -> Result<String, StoreError> {
    let text = serde_json::to_string(table)
        .map_err(|error| StoreError::new(ErrorKind::Internal, format!("cannot write a document: {error}")))?;
    Ok(hash(&text))
}

/// What tells a document from all others.
pub(super) fn document_key(source: DataSourceId, id: &str) -> String {
    format!("{source}-{}", hash(id))
}

fn hash(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Documents of some data sources.
pub(super) fn of_sources(sources: &[DataSourceId]) -> String {
    format!("{SOURCE} in {}", list(sources))
}

/// Documents of some tables of a data source.
pub(super) fn of_tables(source: DataSourceId, tables: &[String]) -> String {
    format!("{SOURCE} == \"{source}\" and {TABLE} in {}", list(tables))
}

/// Documents of a data source that are of none of some tables.
pub(super) fn of_other_tables(source: DataSourceId, tables: &[String]) -> String {
    format!("{SOURCE} == \"{source}\" and {TABLE} not in {}", list(tables))
}

/// As `filter`, without some documents.
pub(super) fn but(filter: &str, documents: &[String]) -> String {
    if documents.is_empty() { filter.to_owned() } else { format!("{filter} and {KEY} not in {}", list(documents)) }
}

fn list(values: &[impl ToString]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| format!("\"{}\"", value.to_string())).collect();
    format!("[{}]", quoted.join(", "))
}
