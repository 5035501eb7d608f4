//! Table documentation.

use super::SqliteMetadata;
use super::column::{get_json, json};
use crate::StoreError;
use crate::metadata::Documentation;
use async_trait::async_trait;
use datafyme_domain::{Caller, DataSourceId, JobId, ModelCall, TableDocumentation, TableRef};
use sqlx::{Row, SqliteConnection};
use std::collections::HashSet;

const PUT: &str = "
    INSERT INTO documentation (source_id, table_schema, table_name, owner_id, document) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (source_id, table_schema, table_name) DO UPDATE SET document = excluded.document";

const LIST: &str = "
    SELECT document FROM documentation WHERE source_id = $1 AND owner_id = $2 ORDER BY table_schema, table_name";

const LIST_NAMES: &str = "SELECT table_schema, table_name FROM documentation WHERE source_id = $1";

const DELETE: &str = "DELETE FROM documentation WHERE source_id = $1 AND table_schema = $2 AND table_name = $3";

/// No schema is kept as the empty text, which names none in any database: NULL would never equal itself in the key.
fn schema_of(table: &TableRef) -> &str {
    table.schema.as_deref().unwrap_or_default()
}

impl SqliteMetadata {
    async fn write_documentation(
        &self,
        connection: &mut SqliteConnection,
        caller: Caller,
        documentation: &TableDocumentation,
    ) -> Result<(), StoreError> {
        let document = json(documentation).map_err(|error| self.failed("write to", error))?;
        sqlx::query(PUT)
            .bind(documentation.source_id.to_string())
            .bind(schema_of(&documentation.table))
            .bind(&documentation.table.table)
            .bind(caller.user_id.to_string())
            .bind(document)
            .execute(connection)
            .await
            .map_err(|error| self.failed("write to", error))?;
        Ok(())
    }
}

#[async_trait]
impl Documentation for SqliteMetadata {
    async fn put_documentation(&self, caller: Caller, documentation: &TableDocumentation) -> Result<(), StoreError> {
        let mut tx = self.write_to_source(caller, documentation.source_id).await?;
        self.write_documentation(&mut tx, caller, documentation).await?;
        self.file.commit(tx).await
    }

    async fn put_job_documentation(
        &self,
        caller: Caller,
        job: JobId,
        documentation: &[TableDocumentation],
        calls: &[ModelCall],
    ) -> Result<(), StoreError> {
        let Some(first) = documentation.first() else {
            return Ok(());
        };
        let mut tx = self.write_to_source(caller, first.source_id).await?;
        for one in documentation.iter().filter(|d| d.source_id == first.source_id) {
            self.write_documentation(&mut tx, caller, one).await?;
        }
        self.add_job_calls(&mut tx, job, calls, first.generated_at).await?;
        self.file.commit(tx).await
    }

    async fn documentation(&self, caller: Caller, source: DataSourceId) -> Result<Vec<TableDocumentation>, StoreError> {
        let rows = sqlx::query(LIST)
            .bind(source.to_string())
            .bind(caller.user_id.to_string())
            .fetch_all(self.file.readers())
            .await;
        self.read_rows(rows, |row| get_json(row, "document"))
    }

    async fn prune_documentation(
        &self,
        caller: Caller,
        source: DataSourceId,
        keep: &[TableRef],
    ) -> Result<(), StoreError> {
        let mut tx = self.file.write().await?;
        if !self.owns_source(&mut tx, caller.user_id, source).await? {
            return Ok(());
        }
        let keep: HashSet<(&str, &str)> = keep.iter().map(|t| (schema_of(t), t.table.as_str())).collect();
        let rows = sqlx::query(LIST_NAMES).bind(source.to_string()).fetch_all(&mut *tx).await;
        let names: Vec<(String, String)> =
            self.read_rows(rows, |row| Ok((row.try_get("table_schema")?, row.try_get("table_name")?)))?;
        for (schema, table) in &names {
            if keep.contains(&(schema.as_str(), table.as_str())) {
                continue;
            }
            sqlx::query(DELETE)
                .bind(source.to_string())
                .bind(schema)
                .bind(table)
                .execute(&mut *tx)
                .await
                .map_err(|error| self.failed("write to", error))?;
        }
        self.file.commit(tx).await
    }
}
