//! Data sources and their catalogs.

use super::{DbConnection, Metadata, is_duplicate, no_source};
use crate::StoreError;
use crate::metadata::columns::{
    Columns, bigint, code, get_code, get_count, get_id, get_json, get_optional_count, get_optional_json,
    get_optional_text, get_optional_time, get_text, get_time, json, micros,
};
use crate::metadata::{DataSources, NewDataSource, catalog_places};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use datafyme_domain::{Caller, Catalog, DataSource, DataSourceId, ErrorKind, JobId, SourceStatus, Table};
use futures::TryStreamExt;

const CREATE: &str = "
    INSERT INTO data_sources (id, owner_id, name, dialect, location, sealed_password, status, status_detail,
                              table_count, created_at, learned_at, resync_seconds)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";

const GET: &str = "SELECT * FROM data_sources WHERE id = $1 AND owner_id = $2";
const FIND: &str = "SELECT * FROM data_sources WHERE name = $1 AND owner_id = $2";
const LIST: &str = "SELECT * FROM data_sources WHERE owner_id = $1 ORDER BY name, id";

const SET_STATUS: &str = "
    UPDATE data_sources SET status = $3, status_detail = $4 WHERE id = $1 AND owner_id = $2";

const SET_LEARNED: &str = "
    UPDATE data_sources SET status = CASE WHEN status = 'paused' THEN status ELSE $3 END, status_detail = NULL,
                            table_count = $4, learned_at = $5
    WHERE id = $1 AND owner_id = $2";

const SET_RESYNC: &str = "UPDATE data_sources SET resync_seconds = $3 WHERE id = $1 AND owner_id = $2";

/// Learned or tried to no later than their interval ago; whatever is under way counts as tried just now. A source that
/// was never learned, or that a person set aside, waits for a person.
const LIST_DUE: &str = "
    SELECT s.* FROM data_sources s
    WHERE s.learned_at IS NOT NULL AND s.status <> 'paused' AND COALESCE(s.resync_seconds, $2) > 0
      AND s.learned_at <= $1 - COALESCE(s.resync_seconds, $2) * 1000000
      AND NOT EXISTS (
          SELECT 1 FROM jobs j
          WHERE j.source_id = s.id AND j.kind = 'learn'
            AND (j.status IN ('queued', 'running')
                 OR j.created_at > $1 - COALESCE(s.resync_seconds, $2) * 1000000))
    ORDER BY s.learned_at, s.id";

const DELETE: &str = "DELETE FROM data_sources WHERE id = $1 AND owner_id = $2";

const PUT_CATALOG: &str = "
    INSERT INTO catalogs (source_id, owner_id, dialect) VALUES ($1, $2, $3)
    ON CONFLICT (source_id) DO UPDATE SET dialect = excluded.dialect";

const PUT_TABLE: &str = "
    INSERT INTO catalog_tables (source_id, position, owner_id, document) VALUES ($1, $2, $3, $4)
    ON CONFLICT (source_id, position) DO UPDATE SET document = excluded.document";
const CUT_TABLE: &str = "DELETE FROM catalog_tables WHERE source_id = $1 AND position = $2";
const CUT_TABLES: &str = "DELETE FROM catalog_tables WHERE source_id = $1";
const PLACES: &str = "SELECT position FROM catalog_tables WHERE source_id = $1 ORDER BY position";

const CUT_DRAFTS: &str = "DELETE FROM draft_tables WHERE source_id = $1 AND job_id <> $2";
const END_DRAFTS: &str = "DELETE FROM draft_tables WHERE source_id = $1";
const LIST_DRAFTS: &str = "
    SELECT document FROM draft_tables WHERE source_id = $1 AND owner_id = $2 AND job_id = $3
    ORDER BY table_schema, table_name";
const PUT_DRAFT: &str = "
    INSERT INTO draft_tables (source_id, table_schema, table_name, owner_id, job_id, document)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (source_id, table_schema, table_name) DO UPDATE SET
        job_id = excluded.job_id, document = excluded.document";

/// One statement, so that the tables and the dialect are of the same moment. A catalog without tables has one row.
const GET_CATALOG: &str = "
    SELECT c.dialect, t.document
    FROM catalogs c LEFT JOIN catalog_tables t ON t.source_id = c.source_id
    WHERE c.source_id = $1 AND c.owner_id = $2
    ORDER BY t.position";

fn read_source<R: Columns>(row: &R) -> Result<DataSource, R::Error> {
    Ok(DataSource {
        id: get_id(row, "id")?,
        owner_id: get_id(row, "owner_id")?,
        name: get_text(row, "name")?,
        dialect: get_code(row, "dialect")?,
        location: get_text(row, "location")?,
        status: get_code(row, "status")?,
        status_detail: get_optional_text(row, "status_detail")?,
        table_count: get_count(row, "table_count")?,
        created_at: get_time(row, "created_at")?,
        learned_at: get_optional_time(row, "learned_at")?,
        resync_seconds: get_optional_count(row, "resync_seconds")?,
        knowledge_version: get_count(row, "knowledge_version")?,
    })
}

impl Metadata {
    async fn write_catalog(
        &self,
        connection: &mut DbConnection,
        caller: Caller,
        id: DataSourceId,
        catalog: &Catalog,
        kept: Option<&Catalog>,
    ) -> Result<(), sqlx::Error> {
        let (source, owner) = (id.to_string(), caller.user_id.to_string());
        sqlx::query(PUT_CATALOG)
            .bind(&source)
            .bind(&owner)
            .bind(code(&catalog.dialect)?)
            .execute(&mut *connection)
            .await?;
        let left = match kept {
            Some(kept) => {
                let places: Vec<i64> = sqlx::query_scalar(PLACES).bind(&source).fetch_all(&mut *connection).await?;
                catalog_places::differing(catalog, kept, &places)
            }
            None => None,
        };
        let writing = match left {
            Some(writing) => writing,
            None => {
                sqlx::query(CUT_TABLES).bind(&source).execute(&mut *connection).await?;
                catalog_places::whole(catalog)
            }
        };
        for place in writing.cut {
            sqlx::query(CUT_TABLE).bind(&source).bind(place).execute(&mut *connection).await?;
        }
        for (place, table) in writing.put {
            let document = json(table)?;
            sqlx::query(PUT_TABLE)
                .bind(&source)
                .bind(place)
                .bind(&owner)
                .bind(document)
                .execute(&mut *connection)
                .await?;
        }
        Ok(())
    }

    async fn write_drafts(
        &self,
        connection: &mut DbConnection,
        caller: Caller,
        id: DataSourceId,
        job: JobId,
        tables: &[&Table],
    ) -> Result<(), sqlx::Error> {
        let (source, owner, job) = (id.to_string(), caller.user_id.to_string(), job.to_string());
        sqlx::query(CUT_DRAFTS).bind(&source).bind(&job).execute(&mut *connection).await?;
        for table in tables {
            sqlx::query(PUT_DRAFT)
                .bind(&source)
                .bind(table.name.schema.as_deref().unwrap_or_default())
                .bind(&table.name.table)
                .bind(&owner)
                .bind(&job)
                .bind(json(table)?)
                .execute(&mut *connection)
                .await?;
        }
        Ok(())
    }
}

#[async_trait]
impl DataSources for Metadata {
    async fn create_source(&self, new: &NewDataSource) -> Result<(), StoreError> {
        let source = &new.source;
        let id = source.id.to_string();
        let sealed = new.password.as_ref().map(|p| self.vault.seal(&id, p)).transpose()?;
        let mut tx = self.write().await?;
        let written = sqlx::query(CREATE)
            .bind(&id)
            .bind(source.owner_id.to_string())
            .bind(&source.name)
            .bind(code(&source.dialect).map_err(|e| self.failed("write to", e))?)
            .bind(&source.location)
            .bind(sealed)
            .bind(source.status.code())
            .bind(&source.status_detail)
            .bind(i64::from(source.table_count))
            .bind(micros(source.created_at))
            .bind(source.learned_at.map(micros))
            .bind(source.resync_seconds.map(i64::from))
            .execute(&mut *tx)
            .await;
        match written {
            Ok(_) => self.commit(tx).await,
            Err(error) if is_duplicate(&error) => Err(StoreError::new(
                ErrorKind::Conflict,
                format!(
                    "there is a data source named {} already: choose another name, or remove that one",
                    source.name
                ),
            )),
            Err(error) => Err(self.failed("write to", error)),
        }
    }

    async fn source(&self, caller: Caller, id: DataSourceId) -> Result<Option<DataSource>, StoreError> {
        let (id, owner) = (id.to_string(), caller.user_id.to_string());
        self.row(GET, &[&id, &owner], |row| read_source(row)).await
    }

    async fn find_source(&self, caller: Caller, name: &str) -> Result<Option<DataSource>, StoreError> {
        let owner = caller.user_id.to_string();
        self.row(FIND, &[name, &owner], |row| read_source(row)).await
    }

    async fn list_sources(&self, caller: Caller) -> Result<Vec<DataSource>, StoreError> {
        let owner = caller.user_id.to_string();
        self.rows(LIST, &[&owner], |row| read_source(row)).await
    }

    async fn source_password(&self, caller: Caller, id: DataSourceId) -> Result<Option<String>, StoreError> {
        let (id, owner) = (id.to_string(), caller.user_id.to_string());
        let sealed = self.row(GET, &[&id, &owner], |row| get_optional_text(row, "sealed_password")).await?;
        sealed.flatten().map(|sealed| self.vault.unseal(&id, &sealed)).transpose()
    }

    async fn set_source_status(
        &self,
        caller: Caller,
        id: DataSourceId,
        status: SourceStatus,
        detail: Option<&str>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let written = sqlx::query(SET_STATUS)
            .bind(id.to_string())
            .bind(caller.user_id.to_string())
            .bind(status.code())
            .bind(detail)
            .execute(&mut *tx)
            .await
            .map_err(|error| self.failed("write to", error))?;
        self.commit(tx).await?;
        Ok(written.rows_affected() > 0)
    }

    async fn finish_learning(
        &self,
        caller: Caller,
        id: DataSourceId,
        catalog: &Catalog,
        kept: Option<&Catalog>,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let written = sqlx::query(SET_LEARNED)
            .bind(id.to_string())
            .bind(caller.user_id.to_string())
            .bind(SourceStatus::Ready.code())
            .bind(bigint(catalog.tables.len() as u64))
            .bind(micros(at))
            .execute(&mut *tx)
            .await
            .map_err(|error| self.failed("write to", error))?;
        if written.rows_affected() == 0 {
            return Err(no_source(id));
        }
        self.write_catalog(&mut tx, caller, id, catalog, kept).await.map_err(|error| self.failed("write to", error))?;
        sqlx::query(END_DRAFTS)
            .bind(id.to_string())
            .execute(&mut *tx)
            .await
            .map_err(|error| self.failed("write to", error))?;
        self.commit(tx).await
    }

    async fn put_drafts(
        &self,
        caller: Caller,
        id: DataSourceId,
        job: JobId,
        tables: &[&Table],
    ) -> Result<(), StoreError> {
        let mut tx = self.write_to_source(caller, id).await?;
        self.write_drafts(&mut tx, caller, id, job, tables).await.map_err(|error| self.failed("write to", error))?;
        self.commit(tx).await
    }

    async fn drafts(&self, caller: Caller, id: DataSourceId, job: JobId) -> Result<Vec<Table>, StoreError> {
        let rows = sqlx::query(LIST_DRAFTS)
            .bind(id.to_string())
            .bind(caller.user_id.to_string())
            .bind(job.to_string())
            .fetch_all(self.readers())
            .await;
        let mut tables: Vec<Table> = self.read_rows(rows, |row| get_json(row, "document"))?;
        tables.iter_mut().for_each(Table::type_profile);
        Ok(tables)
    }

    async fn set_resync(&self, caller: Caller, id: DataSourceId, seconds: Option<u32>) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let written = sqlx::query(SET_RESYNC)
            .bind(id.to_string())
            .bind(caller.user_id.to_string())
            .bind(seconds.map(i64::from))
            .execute(&mut *tx)
            .await
            .map_err(|error| self.failed("write to", error))?;
        self.commit(tx).await?;
        Ok(written.rows_affected() > 0)
    }

    async fn sources_due(&self, now: DateTime<Utc>, seconds: u32) -> Result<Vec<DataSource>, StoreError> {
        let rows = sqlx::query(LIST_DUE).bind(micros(now)).bind(i64::from(seconds)).fetch_all(self.readers()).await;
        self.read_rows(rows, |row| read_source(row))
    }

    async fn put_catalog(&self, caller: Caller, id: DataSourceId, catalog: &Catalog) -> Result<(), StoreError> {
        let mut tx = self.write_to_source(caller, id).await?;
        self.write_catalog(&mut tx, caller, id, catalog, None).await.map_err(|error| self.failed("write to", error))?;
        self.commit(tx).await
    }

    async fn catalog(&self, caller: Caller, id: DataSourceId) -> Result<Option<Catalog>, StoreError> {
        // Row by row: the texts of thousands of tables would double what they take in memory.
        let mut rows =
            sqlx::query(GET_CATALOG).bind(id.to_string()).bind(caller.user_id.to_string()).fetch(self.readers());
        let mut catalog: Option<Catalog> = None;
        while let Some(row) = rows.try_next().await.map_err(|error| self.failed("read", error))? {
            let failed = |error| self.failed("read", error);
            let dialect = get_code(&row, "dialect").map_err(failed)?;
            let mut table: Option<Table> = get_optional_json(&row, "document").map_err(failed)?;
            if let Some(table) = &mut table {
                table.type_profile();
                table.shrink();
            }
            catalog.get_or_insert_with(|| Catalog { dialect, tables: Vec::new() }).tables.extend(table);
        }
        Ok(catalog)
    }

    async fn delete_source(&self, caller: Caller, id: DataSourceId) -> Result<bool, StoreError> {
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
