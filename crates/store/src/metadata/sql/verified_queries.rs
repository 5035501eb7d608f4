//! Verified queries.

use super::{DbConnection, Metadata, no_source};
use crate::StoreError;
use crate::metadata::VerifiedQueries;
use crate::metadata::columns::{
    Columns, bigint, get_count, get_id, get_json, get_optional_json, get_text, get_time, json, micros,
};
use async_trait::async_trait;
use datafyme_domain::{Caller, DataSourceId, VerifiedQuery, VerifiedQueryId};

const CREATE: &str = "
    INSERT INTO verified_queries
        (id, owner_id, source_id, question, sql, uses, draft, version, author_id, created_at, approved_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $2, $8, $9)";

const GET: &str = "
    SELECT q.*, COALESCE(u.name, '') AS author FROM verified_queries q LEFT JOIN users u ON u.id = q.author_id
    WHERE q.id = $1 AND q.owner_id = $2";

const LIST: &str = "
    SELECT q.*, COALESCE(u.name, '') AS author FROM verified_queries q LEFT JOIN users u ON u.id = q.author_id
    WHERE q.source_id = $1 AND q.owner_id = $2
    ORDER BY q.created_at DESC, q.id DESC";

const UPDATE: &str = "
    UPDATE verified_queries
    SET question = $3, sql = $4, uses = $5, draft = $6, version = version + 1, author_id = $2, approved_at = $7
    WHERE id = $1 AND owner_id = $2 AND version = $8";

const DELETE: &str = "DELETE FROM verified_queries WHERE id = $1 AND owner_id = $2";

fn read_verified_query<R: Columns>(row: &R) -> Result<VerifiedQuery, R::Error> {
    Ok(VerifiedQuery {
        id: get_id(row, "id")?,
        owner_id: get_id(row, "owner_id")?,
        source_id: get_id(row, "source_id")?,
        question: get_text(row, "question")?,
        sql: get_text(row, "sql")?,
        uses: get_json(row, "uses")?,
        draft: get_optional_json(row, "draft")?,
        version: get_count(row, "version")?,
        author: get_text(row, "author")?,
        created_at: get_time(row, "created_at")?,
        approved_at: get_time(row, "approved_at")?,
    })
}

async fn create(connection: &mut DbConnection, query: &VerifiedQuery) -> Result<(), sqlx::Error> {
    sqlx::query(CREATE)
        .bind(query.id.to_string())
        .bind(query.owner_id.to_string())
        .bind(query.source_id.to_string())
        .bind(&query.question)
        .bind(&query.sql)
        .bind(json(&query.uses)?)
        .bind(query.draft.as_ref().map(json).transpose()?)
        .bind(micros(query.created_at))
        .bind(micros(query.approved_at))
        .execute(connection)
        .await?;
    Ok(())
}

async fn update(connection: &mut DbConnection, caller: Caller, query: &VerifiedQuery) -> Result<bool, sqlx::Error> {
    let written = sqlx::query(UPDATE)
        .bind(query.id.to_string())
        .bind(caller.user_id.to_string())
        .bind(&query.question)
        .bind(&query.sql)
        .bind(json(&query.uses)?)
        .bind(query.draft.as_ref().map(json).transpose()?)
        .bind(micros(query.approved_at))
        .bind(bigint(query.version))
        .execute(connection)
        .await?;
    Ok(written.rows_affected() > 0)
}

#[async_trait]
impl VerifiedQueries for Metadata {
    async fn create_verified_query(&self, query: &VerifiedQuery) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        if !self.owns_source(&mut tx, query.owner_id, query.source_id).await? {
            return Err(no_source(query.source_id));
        }
        create(&mut tx, query).await.map_err(|error| self.failed("write to", error))?;
        self.commit(tx).await
    }

    async fn verified_query(&self, caller: Caller, id: VerifiedQueryId) -> Result<Option<VerifiedQuery>, StoreError> {
        let (id, owner) = (id.to_string(), caller.user_id.to_string());
        self.row(GET, &[&id, &owner], |row| read_verified_query(row)).await
    }

    async fn list_verified_queries(
        &self,
        caller: Caller,
        source: DataSourceId,
    ) -> Result<Vec<VerifiedQuery>, StoreError> {
        let (source, owner) = (source.to_string(), caller.user_id.to_string());
        self.rows(LIST, &[&source, &owner], |row| read_verified_query(row)).await
    }

    async fn update_verified_query(&self, caller: Caller, query: &VerifiedQuery) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let written = update(&mut tx, caller, query).await.map_err(|error| self.failed("write to", error))?;
        self.commit(tx).await?;
        Ok(written)
    }

    async fn delete_verified_query(&self, caller: Caller, id: VerifiedQueryId) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let removed = sqlx::query(DELETE)
            .bind(id.to_string())
            .bind(caller.user_id.to_string())
            .execute(&mut *tx)
            .await
            .map_err(|error| self.failed("write to", error))?;
        self.commit(tx).await?;
        Ok(removed.rows_affected() > 0)
    }
}
