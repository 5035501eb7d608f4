//! Table documentation.

use super::{DbConnection, Metadata};
use crate::StoreError;
use crate::metadata::Documentation;
use crate::metadata::columns::{get_json, json};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use datafyme_domain::{
    Caller, DataSourceId, JobId, ModelCall, TableDocumentation, TableEdits, TableRef, documentation::merge,
};
use sqlx::Row;
use std::collections::{HashMap, HashSet};

const PUT: &str = "
    INSERT INTO documentation (source_id, table_schema, table_name, owner_id, document) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (source_id, table_schema, table_name) DO UPDATE SET document = excluded.document";

const LIST: &str = "
    SELECT document FROM documentation WHERE source_id = $1 AND owner_id = $2 ORDER BY table_schema, table_name";

const GET: &str = "
    SELECT document FROM documentation
    WHERE source_id = $1 AND owner_id = $2 AND table_schema = $3 AND table_name = $4";

const LIST_NAMES: &str = "SELECT table_schema, table_name FROM documentation WHERE source_id = $1";

const DELETE: &str = "DELETE FROM documentation WHERE source_id = $1 AND table_schema = $2 AND table_name = $3";

/// No schema is kept as the empty text, which names none in any database: NULL would never equal itself in the key.
pub(super) fn schema_of(table: &TableRef) -> &str {
    table.schema.as_deref().unwrap_or_default()
}

impl Metadata {
    async fn write_documentation(
        &self,
        connection: &mut DbConnection,
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

/// What was generated under what people wrote; what was written about tables without documentation shows as well.
fn under_edits(mut documentation: Vec<TableDocumentation>, edits: Vec<TableEdits>) -> Vec<TableDocumentation> {
    if edits.is_empty() {
        return documentation;
    }
    let edits: HashMap<TableRef, TableEdits> = edits.into_iter().map(|e| (e.table.clone(), e)).collect();
    let mut seen: HashSet<TableRef> = HashSet::new();
    for generated in &mut documentation {
        if let Some(edits) = edits.get(&generated.table) {
            seen.insert(generated.table.clone());
            if let Some(merged) = merge(Some(generated), Some(edits)) {
                *generated = merged;
            }
        }
    }
    let rest = edits.values().filter(|e| !seen.contains(&e.table)).filter_map(|e| merge(None, Some(e)));
    documentation.extend(rest);
    documentation.sort_by(|a, b| (schema_of(&a.table), &a.table.table).cmp(&(schema_of(&b.table), &b.table.table)));
    documentation
}

#[async_trait]
impl Documentation for Metadata {
    async fn put_documentation(&self, caller: Caller, documentation: &TableDocumentation) -> Result<(), StoreError> {
        let mut tx = self.write_to_source(caller, documentation.source_id).await?;
        self.write_documentation(&mut tx, caller, documentation).await?;
        self.commit(tx).await
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
        self.commit(tx).await
    }

    async fn documentation(&self, caller: Caller, source: DataSourceId) -> Result<Vec<TableDocumentation>, StoreError> {
        let rows =
            sqlx::query(LIST).bind(source.to_string()).bind(caller.user_id.to_string()).fetch_all(self.readers()).await;
        let generated: Vec<TableDocumentation> = self.read_rows(rows, |row| get_json(row, "document"))?;
        Ok(under_edits(generated, self.read_edits(caller, source).await?))
    }

    async fn generated_documentation(
        &self,
        caller: Caller,
        source: DataSourceId,
        table: &TableRef,
    ) -> Result<Option<TableDocumentation>, StoreError> {
        let row = sqlx::query(GET)
            .bind(source.to_string())
            .bind(caller.user_id.to_string())
            .bind(schema_of(table))
            .bind(&table.table)
            .fetch_optional(self.readers())
            .await;
        self.read_row(row, |row| get_json(row, "document"))
    }

    async fn documentation_edits(&self, caller: Caller, source: DataSourceId) -> Result<Vec<TableEdits>, StoreError> {
        self.read_edits(caller, source).await
    }

    async fn put_documentation_edits(
        &self,
        caller: Caller,
        source: DataSourceId,
        edits: &[TableEdits],
        at: DateTime<Utc>,
    ) -> Result<Option<TableRef>, StoreError> {
        self.write_edits(caller, source, edits, at).await
    }

    async fn prune_documentation(
        &self,
        caller: Caller,
        source: DataSourceId,
        keep: &[TableRef],
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
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
        self.commit(tx).await
    }
}
