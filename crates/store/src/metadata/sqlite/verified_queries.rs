//! Verified queries.

use super::column::micros;
use super::row::{get_id, get_time};
use super::{SqliteMetadata, no_source};
use crate::StoreError;
use crate::metadata::VerifiedQueries;
use crate::sqlite_file::Statements;
use async_trait::async_trait;
use datafyme_domain::{Caller, DataSourceId, VerifiedQuery, VerifiedQueryId};
use rusqlite::Row;

const CREATE: &str = "
    INSERT INTO verified_queries (id, owner_id, source_id, question, sql, created_at) VALUES ($1, $2, $3, $4, $5, $6)";

const LIST: &str = "
    SELECT * FROM verified_queries WHERE source_id = $1 AND owner_id = $2 ORDER BY created_at DESC, id DESC";

const DELETE: &str = "DELETE FROM verified_queries WHERE id = $1 AND owner_id = $2";

fn read_verified_query(row: &Row<'_>) -> rusqlite::Result<VerifiedQuery> {
    Ok(VerifiedQuery {
        id: get_id(row, "id")?,
        owner_id: get_id(row, "owner_id")?,
        source_id: get_id(row, "source_id")?,
        question: row.get("question")?,
        sql: row.get("sql")?,
        created_at: get_time(row, "created_at")?,
    })
}

#[async_trait]
impl VerifiedQueries for SqliteMetadata {
    async fn create_verified_query(&self, query: &VerifiedQuery) -> Result<(), StoreError> {
        let mut tx = self.file.write().await?;
        if !self.owns_source(&mut tx, query.owner_id, query.source_id).await? {
            return Err(no_source(query.source_id));
        }
        sqlx::query(CREATE)
            .bind(query.id.to_string())
            .bind(query.owner_id.to_string())
            .bind(query.source_id.to_string())
            .bind(&query.question)
            .bind(&query.sql)
            .bind(micros(query.created_at))
            .execute(&mut *tx)
            .await
            .map_err(|error| self.failed("write to", error))?;
        self.file.commit(tx).await
    }

    async fn list_verified_queries(
        &self,
        caller: Caller,
        source: DataSourceId,
    ) -> Result<Vec<VerifiedQuery>, StoreError> {
        let (source, owner) = (source.to_string(), caller.user_id.to_string());
        self.file.read_here(|connection| connection.rows(LIST, &[&source, &owner], read_verified_query))
    }

    async fn delete_verified_query(&self, caller: Caller, id: VerifiedQueryId) -> Result<bool, StoreError> {
        let mut tx = self.file.write().await?;
        let removed = sqlx::query(DELETE)
            .bind(id.to_string())
            .bind(caller.user_id.to_string())
            .execute(&mut *tx)
            .await
            .map_err(|error| self.failed("write to", error))?;
        self.file.commit(tx).await?;
        Ok(removed.rows_affected() > 0)
    }
}
