//! Search documents in the derived file.

use crate::derived_file::DerivedFile;
use crate::search::other_dimensions;
use crate::search::words::terms;
use crate::{SearchDocument, StoreError};
use datafyme_domain::{DataSourceId, TableRef};
use futures::{Stream, StreamExt};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

pub(super) const CREATE_TABLES: &str = "
    CREATE TABLE documents (
        source_id    TEXT NOT NULL,
        id           TEXT NOT NULL,
        table_schema TEXT NOT NULL,
        table_name   TEXT NOT NULL,
        column_name  TEXT,
        terms        TEXT NOT NULL,
        vector       BLOB NOT NULL,
        PRIMARY KEY (source_id, id)
    );
    CREATE INDEX documents_by_table ON documents (source_id, table_name, table_schema)";

const PUT: &str = "
    INSERT INTO documents (source_id, id, table_schema, table_name, column_name, terms, vector)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (source_id, id) DO UPDATE SET
        table_schema = excluded.table_schema, table_name = excluded.table_name, column_name = excluded.column_name,
        terms = excluded.terms, vector = excluded.vector";

const LIST: &str = "
    SELECT id, table_schema, table_name, column_name, terms, vector FROM documents WHERE source_id = $1 ORDER BY id";

const VECTOR_BYTES: &str = "SELECT length(vector) FROM documents WHERE source_id = $1 LIMIT 1";
const COUNT: &str = "SELECT COUNT(*) FROM documents WHERE source_id = $1";
const DELETE: &str = "DELETE FROM documents WHERE source_id = $1";
const DELETE_TABLE: &str = "DELETE FROM documents WHERE source_id = $1 AND table_name = $2 AND table_schema = $3";

/// A document as it is kept.
#[derive(Debug)]
pub(super) struct DocumentRow {
    pub(super) id: String,
    pub(super) table: TableRef,
    pub(super) column: Option<String>,
    /// As [`terms`] made them, a space between.
    pub(super) terms: String,
    /// Little-endian 32-bit floats.
    pub(super) vector: Vec<u8>,
}

/// Writes documents of one data source, in place of those of the same ids.
pub(super) async fn put(
    file: &DerivedFile,
    connection: &mut SqliteConnection,
    source: DataSourceId,
    documents: &[&SearchDocument],
) -> Result<(), StoreError> {
    let held: Option<i64> = sqlx::query_scalar(VECTOR_BYTES)
        .bind(source.to_string())
        .fetch_optional(&mut *connection)
        .await
        .map_err(|error| file.failed("read", error))?;
    let first = documents.first().map_or(0, |document| document.vector.len());
    let dimensions = held.and_then(|bytes| usize::try_from(bytes).ok()).map_or(first, |bytes| bytes / 4);
    for document in documents {
        if document.vector.len() != dimensions {
            return Err(other_dimensions(document.vector.len(), dimensions));
        }
        sqlx::query(PUT)
            .bind(source.to_string())
            .bind(&document.id)
            .bind(document.table.schema.as_deref().unwrap_or_default())
            .bind(&document.table.table)
            .bind(&document.column)
            .bind(terms(&document.text).join(" "))
            .bind(document.vector.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>())
            .execute(&mut *connection)
            .await
            .map_err(|error| file.failed("write to", error))?;
    }
    Ok(())
}

/// All documents of a data source, by id, one after the other: all at once they take hundreds of megabytes.
pub(super) fn list(
    connection: &mut SqliteConnection,
    source: DataSourceId,
) -> impl Stream<Item = Result<DocumentRow, sqlx::Error>> {
    sqlx::query(LIST).bind(source.to_string()).fetch(connection).map(|row| read(&row?))
}

fn read(row: &SqliteRow) -> Result<DocumentRow, sqlx::Error> {
    let schema: String = row.try_get("table_schema")?;
    Ok(DocumentRow {
        id: row.try_get("id")?,
        table: TableRef { schema: Some(schema).filter(|schema| !schema.is_empty()), table: row.try_get("table_name")? },
        column: row.try_get("column_name")?,
        terms: row.try_get("terms")?,
        vector: row.try_get("vector")?,
    })
}

/// Number of documents of a data source.
pub(super) async fn count(
    file: &DerivedFile,
    connection: &mut SqliteConnection,
    source: DataSourceId,
) -> Result<u64, StoreError> {
    let count: i64 = sqlx::query_scalar(COUNT)
        .bind(source.to_string())
        .fetch_one(connection)
        .await
        .map_err(|error| file.failed("read", error))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Removes the documents of a data source, or those of one of its tables.
pub(super) async fn delete(
    file: &DerivedFile,
    connection: &mut SqliteConnection,
    source: DataSourceId,
    table: Option<&TableRef>,
) -> Result<(), StoreError> {
    let statement = match table {
        None => sqlx::query(DELETE).bind(source.to_string()),
        Some(table) => sqlx::query(DELETE_TABLE)
            .bind(source.to_string())
            .bind(&table.table)
            .bind(table.schema.as_deref().unwrap_or_default()),
    };
    statement.execute(connection).await.map_err(|error| file.failed("write to", error))?;
    Ok(())
}
