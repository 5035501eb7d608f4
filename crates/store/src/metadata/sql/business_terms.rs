//! Words of the business.

use super::{DbConnection, DbRow, Metadata, is_duplicate};
use crate::StoreError;
use crate::metadata::BusinessTerms;
use crate::metadata::columns::{bigint, get_count, get_json, get_time, json, micros};
use async_trait::async_trait;
use datafyme_domain::{BusinessTerm, BusinessTermId, Caller, DataSourceId, ErrorKind};
use sqlx::Row;

const LIST: &str = "
    SELECT t.document, t.version, t.edited_at, COALESCE(u.name, '') AS editor
    FROM business_terms t LEFT JOIN users u ON u.id = t.editor_id
    WHERE t.source_id = $1 AND t.owner_id = $2
    ORDER BY t.term_key";

const CREATE: &str = "
    INSERT INTO business_terms (id, source_id, owner_id, term_key, version, editor_id, edited_at, document)
    VALUES ($1, $2, $3, $4, 1, $3, $5, $6)";

const UPDATE: &str = "
    UPDATE business_terms SET term_key = $4, version = version + 1, editor_id = $3, edited_at = $5, document = $6
    WHERE id = $1 AND source_id = $2 AND owner_id = $3 AND version = $7";

const SOURCE_OF: &str = "SELECT source_id FROM business_terms WHERE id = $1 AND owner_id = $2";

const DELETE: &str = "DELETE FROM business_terms WHERE id = $1 AND owner_id = $2";

fn read(row: &DbRow) -> Result<BusinessTerm, sqlx::Error> {
    let written: BusinessTerm = get_json(row, "document")?;
    Ok(BusinessTerm {
        version: get_count(row, "version")?,
        editor: row.try_get("editor")?,
        edited_at: get_time(row, "edited_at")?,
        ..written
    })
}

/// Whether the stored version was the one that the term rests on.
async fn write(
    connection: &mut DbConnection,
    caller: Caller,
    source: DataSourceId,
    term: &BusinessTerm,
) -> Result<bool, sqlx::Error> {
    let query = sqlx::query(if term.version == 0 { CREATE } else { UPDATE })
        .bind(term.id.to_string())
        .bind(source.to_string())
        .bind(caller.user_id.to_string())
        .bind(term.term.to_lowercase())
        .bind(micros(term.edited_at))
        .bind(json(term)?);
    let query = if term.version == 0 { query } else { query.bind(bigint(term.version)) };
    Ok(query.execute(connection).await?.rows_affected() > 0)
}

#[async_trait]
impl BusinessTerms for Metadata {
    async fn list_terms(&self, caller: Caller, source: DataSourceId) -> Result<Vec<BusinessTerm>, StoreError> {
        let rows =
            sqlx::query(LIST).bind(source.to_string()).bind(caller.user_id.to_string()).fetch_all(self.readers()).await;
        self.read_rows(rows, read)
    }

    async fn put_terms(
        &self,
        caller: Caller,
        source: DataSourceId,
        terms: &[BusinessTerm],
    ) -> Result<Option<BusinessTermId>, StoreError> {
        let mut tx = self.write_to_source(caller, source).await?;
        for term in terms {
            match write(&mut tx, caller, source, term).await {
                Ok(true) => {}
                Ok(false) => return Ok(Some(term.id)),
                Err(error) if is_duplicate(&error) => {
                    let message = format!("there is a term \u{201c}{}\u{201d} already: change that one", term.term);
                    return Err(StoreError::new(ErrorKind::Conflict, message));
                }
                Err(error) => return Err(self.failed("write to", error)),
            }
        }
        self.raise_knowledge(&mut tx, &source.to_string()).await?;
        self.commit(tx).await?;
        Ok(None)
    }

    async fn delete_term(&self, caller: Caller, id: BusinessTermId) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let source: Option<String> = sqlx::query_scalar(SOURCE_OF)
            .bind(id.to_string())
            .bind(caller.user_id.to_string())
            .fetch_optional(&mut *tx)
            .await
            .map_err(|error| self.failed("read", error))?;
        let Some(source) = source else { return Ok(false) };
        sqlx::query(DELETE)
            .bind(id.to_string())
            .bind(caller.user_id.to_string())
            .execute(&mut *tx)
            .await
            .map_err(|error| self.failed("write to", error))?;
        self.raise_knowledge(&mut tx, &source).await?;
        self.commit(tx).await?;
        Ok(true)
    }
}
