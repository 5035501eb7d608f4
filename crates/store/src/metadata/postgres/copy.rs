//! Moves metadata between SQLite files and this database, whole or not at all, and compares what arrived.

use super::{ONE_MOMENT, PostgresMetadata};
use crate::metadata::backup::{Manifest, Staging};
use crate::metadata::transfer::{
    Column, MovedTable, Sum, TABLES, in_order, move_to_postgres, move_to_sqlite, sum_in_postgres, sum_in_sqlite,
};
use crate::{SqliteMetadata, StoreError};
use chrono::{DateTime, Utc};
use datafyme_domain::{ErrorKind, UserId};
use sqlx::{PgConnection, Row};
use std::path::Path;

const COLUMNS: &str = "
    SELECT column_name::text, data_type::text FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position";

/// Keeps others from beginning to use it meanwhile.
const LOCK: &str = "LOCK TABLE users, data_sources, language_models IN EXCLUSIVE MODE";

const IS_USED: &str = "
    SELECT EXISTS (SELECT 1 FROM data_sources) OR EXISTS (SELECT 1 FROM language_models)
        OR EXISTS (SELECT 1 FROM model_calls) OR EXISTS (SELECT 1 FROM users WHERE id <> $1)";

impl PostgresMetadata {
    /// Moves all of `source` here, in one transaction, and compares rows and checksums table by table before it ends.
    /// Secrets move as they are sealed: open this database with the source's vault. Stop what works on the source first.
    ///
    /// # Errors
    /// `Conflict` when this database is in use; `Corrupt` when something arrived otherwise than it left.
    pub async fn move_from(&self, source: &SqliteMetadata) -> Result<Vec<MovedTable>, StoreError> {
        let failed = |error| self.failed("move metadata to", error);
        let mut moment = source.readers().begin().await.map_err(failed)?;
        let mut tx = self.write().await?;
        sqlx::query(LOCK).execute(&mut *tx).await.map_err(failed)?;
        let local = UserId::LOCAL.to_string();
        let is_used: bool = sqlx::query_scalar(IS_USED).bind(local).fetch_one(&mut *tx).await.map_err(failed)?;
        if is_used {
            let text = format!("{} has metadata already: move into an empty database", self.place);
            return Err(StoreError::new(ErrorKind::Conflict, text));
        }
        let mut moved = Vec::new();
        for table in TABLES {
            let columns = columns_of(&mut tx, table).await.map_err(failed)?;
            let left = move_to_postgres(&mut moment, &mut tx, table, &columns).await.map_err(failed)?;
            let arrived = sum_in_postgres(&mut tx, table, &columns).await.map_err(failed)?;
            compare(table, &left, &arrived)?;
            moved.push(arrived.of(table));
        }
        self.commit(tx).await?;
        Ok(moved)
    }

    /// Writes all of one moment into a new backup file at `to`, while others go on; compared before it gets its name.
    ///
    /// # Errors
    /// `Conflict` when there is such a file; `Unavailable`, `ResourceExhausted`; `Corrupt` when something arrived
    /// otherwise than it left.
    pub async fn back_up(&self, to: &Path, at: DateTime<Utc>) -> Result<Vec<MovedTable>, StoreError> {
        let failed = |error| self.failed("back up", error);
        let staging = Staging::beside(to)?;
        let copy = SqliteMetadata::open(staging.dir(), self.vault.clone()).await?;
        let mut moment = self.pool.begin_with(ONE_MOMENT).await.map_err(failed)?;
        let mut tx = copy.write().await?;
        let mut moved = Vec::new();
        for table in TABLES {
            let columns = columns_of(&mut moment, table).await.map_err(failed)?;
            sqlx::query(sqlx::AssertSqlSafe(format!("DELETE FROM {table}"))).execute(&mut *tx).await.map_err(failed)?;
            let left = move_to_sqlite(&mut moment, &mut tx, table, &columns).await.map_err(failed)?;
            let arrived = sum_in_sqlite(&mut tx, table, &columns).await.map_err(failed)?;
            compare(table, &left, &arrived)?;
            moved.push(arrived.of(table));
        }
        Manifest { tables: &moved, at }.write(&mut tx).await.map_err(failed)?;
        copy.commit(tx).await?;
        copy.close().await;
        staging.publish(to)?;
        Ok(moved)
    }
}

fn compare(table: &str, left: &Sum, arrived: &Sum) -> Result<(), StoreError> {
    if left == arrived {
        return Ok(());
    }
    let text = format!(
        "{table} arrived otherwise than it left ({} rows, then {}): nothing was moved",
        left.rows, arrived.rows
    );
    Err(StoreError::new(ErrorKind::Corrupt, text))
}

async fn columns_of(connection: &mut PgConnection, table: &str) -> Result<Vec<Column>, sqlx::Error> {
    let rows = sqlx::query(COLUMNS).bind(table).fetch_all(connection).await?;
    let columns: Result<Vec<Column>, sqlx::Error> =
        rows.iter().map(|row| Ok(Column::new(row.try_get(0)?, row.try_get::<&str, _>(1)?))).collect();
    columns.map(in_order)
}
