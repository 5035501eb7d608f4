//! What people wrote over generated documentation.

use super::documentation::schema_of;
use super::{DbConnection, DbRow, Metadata};
use crate::StoreError;
use crate::metadata::columns::{bigint, get_count, get_json, get_optional_time, json, micros};
use chrono::{DateTime, Utc};
use datafyme_domain::{Caller, DataSourceId, TableEdits, TableRef};
use sqlx::Row;

const LIST: &str = "
    SELECT e.document, e.version, e.edited_at, COALESCE(u.name, '') AS editor
    FROM documentation_edits e LEFT JOIN users u ON u.id = e.editor_id
    WHERE e.source_id = $1 AND e.owner_id = $2
    ORDER BY e.table_schema, e.table_name";

const CREATE: &str = "
    INSERT INTO documentation_edits
        (source_id, table_schema, table_name, owner_id, version, editor_id, edited_at, document)
    VALUES ($1, $2, $3, $4, 1, $4, $5, $6)
    ON CONFLICT (source_id, table_schema, table_name) DO NOTHING";

const UPDATE: &str = "
    UPDATE documentation_edits SET version = version + 1, editor_id = $4, edited_at = $5, document = $6
    WHERE source_id = $1 AND table_schema = $2 AND table_name = $3 AND version = $7";

fn read(row: &DbRow) -> Result<TableEdits, sqlx::Error> {
    let written: TableEdits = get_json(row, "document")?;
    Ok(TableEdits {
        version: get_count(row, "version")?,
        editor: row.try_get("editor")?,
        edited_at: get_optional_time(row, "edited_at")?,
        ..written
    })
}

impl Metadata {
    pub(super) async fn read_edits(&self, caller: Caller, source: DataSourceId) -> Result<Vec<TableEdits>, StoreError> {
        let rows =
            sqlx::query(LIST).bind(source.to_string()).bind(caller.user_id.to_string()).fetch_all(self.readers()).await;
        self.read_rows(rows, read)
    }

    pub(super) async fn write_edits(
        &self,
        caller: Caller,
        source: DataSourceId,
        edits: &[TableEdits],
        at: DateTime<Utc>,
    ) -> Result<Option<TableRef>, StoreError> {
        let mut tx = self.write_to_source(caller, source).await?;
        for one in edits {
            let written =
                write(&mut tx, caller, source, one, at).await.map_err(|error| self.failed("write to", error))?;
            if !written {
                return Ok(Some(one.table.clone()));
            }
        }
        self.raise_knowledge(&mut tx, &source.to_string()).await?;
        self.commit(tx).await?;
        Ok(None)
    }
}

/// Whether the stored version was the one that the edits rest on.
async fn write(
    connection: &mut DbConnection,
    caller: Caller,
    source: DataSourceId,
    edits: &TableEdits,
    at: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let query = sqlx::query(if edits.version == 0 { CREATE } else { UPDATE })
        .bind(source.to_string())
        .bind(schema_of(&edits.table))
        .bind(&edits.table.table)
        .bind(caller.user_id.to_string())
        .bind(micros(at))
        .bind(json(edits)?);
    let query = if edits.version == 0 { query } else { query.bind(bigint(edits.version)) };
    Ok(query.execute(connection).await?.rows_affected() > 0)
}
