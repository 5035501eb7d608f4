//! A derived store's SQLite file: can be thrown away and rebuilt from metadata, so whatever does not read back is
//! recreated empty. Each data source in it has a generation that every write raises: what processes that share the
//! directory compare to see each other's writes.

mod loaded;

pub(crate) use loaded::Loaded;

use crate::StoreError;
use crate::sqlite_file::{SqliteFile, WriteTransaction};
use datafyme_domain::{DataSourceId, ErrorKind};
use sqlx::{Sqlite, SqliteConnection, Transaction};
use std::path::{Path, PathBuf};

const CREATE_GENERATIONS: &str = "
    CREATE TABLE generations (source_id TEXT NOT NULL PRIMARY KEY, generation BIGINT NOT NULL)";

const RAISE: &str = "
    INSERT INTO generations (source_id, generation) VALUES ($1, 1)
    ON CONFLICT (source_id) DO UPDATE SET generation = generations.generation + 1";

const GENERATION: &str = "SELECT generation FROM generations WHERE source_id = $1";

const LIST_TABLES: &str = "
    SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'";

/// What a derived file holds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout {
    /// Raised with every change of the tables or of what is in them: files of another version are emptied.
    pub(crate) version: i64,
    /// Statements that make its tables.
    pub(crate) create: &'static str,
}

/// An open derived file.
#[derive(Debug)]
pub(crate) struct DerivedFile {
    file: SqliteFile,
}

impl DerivedFile {
    /// Opens or makes it; empties it when it is damaged or of another version.
    ///
    /// # Errors
    /// `Unavailable`, `ResourceExhausted`.
    pub(crate) async fn open(path: &Path, layout: Layout) -> Result<Self, StoreError> {
        match Self::open_whole(path, layout).await {
            Err(error) if error.kind() == ErrorKind::Corrupt => {
                tracing::warn!(file = %path.display(), "store.derived.recreated");
                remove(path)?;
                Self::open_whole(path, layout).await
            }
            opened => opened,
        }
    }

    async fn open_whole(path: &Path, layout: Layout) -> Result<Self, StoreError> {
        let file = SqliteFile::open(path).await?;
        let derived = Self { file };
        let prepared = derived.prepare(layout).await;
        if prepared.is_err() {
            derived.file.close().await;
        }
        prepared.map(|()| derived)
    }

    async fn prepare(&self, layout: Layout) -> Result<(), StoreError> {
        let mut tx = self.file.write().await?;
        let failed = |error| self.failed("open", error);
        let verdict: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut *tx).await.map_err(failed)?;
        if verdict != "ok" {
            return Err(StoreError::new(ErrorKind::Corrupt, format!("{} is damaged", self.file.path().display())));
        }
        let version: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *tx).await.map_err(failed)?;
        if version == layout.version {
            return Ok(());
        }
        recreate(&mut tx, layout).await.map_err(failed)?;
        self.file.commit(tx).await
    }

    /// Begins a transaction that writes.
    pub(crate) async fn write(&self) -> Result<WriteTransaction, StoreError> {
        self.file.write().await
    }

    /// Commits it, with the generation of each of `sources` raised.
    pub(crate) async fn commit(&self, mut tx: WriteTransaction, sources: &[DataSourceId]) -> Result<(), StoreError> {
        for source in sources {
            sqlx::query(RAISE)
                .bind(source.to_string())
                .execute(&mut *tx)
                .await
                .map_err(|error| self.failed("write to", error))?;
        }
        self.file.commit(tx).await
    }

    /// Begins a transaction that reads: all that it reads is of one moment.
    pub(crate) async fn read(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        self.file.readers().begin().await.map_err(|error| self.failed("read", error))
    }

    /// How often a data source was written; 0 when never.
    pub(crate) async fn generation(
        &self,
        connection: &mut SqliteConnection,
        source: DataSourceId,
    ) -> Result<i64, StoreError> {
        let generation: Option<i64> = sqlx::query_scalar(GENERATION)
            .bind(source.to_string())
            .fetch_optional(connection)
            .await
            .map_err(|error| self.failed("read", error))?;
        Ok(generation.unwrap_or(0))
    }

    /// When and how long SQLite's log of writes was last written: changes with every write of any process. Absent
    /// where the file system does not say.
    fn stamp(&self) -> Option<Stamp> {
        let mut log = self.file.path().as_os_str().to_owned();
        log.push("-wal");
        let found = std::fs::metadata(PathBuf::from(log)).ok()?;
        Some(Stamp { modified: found.modified().ok()?, length: found.len() })
    }

    /// What a failure means; of damage, that it is cured by rebuilding.
    pub(crate) fn failed(&self, action: &str, error: sqlx::Error) -> StoreError {
        let error = self.file.fail(action, error);
        if error.kind() == ErrorKind::Corrupt {
            return StoreError::new(
                ErrorKind::Corrupt,
                format!(
                    "{} is damaged: start again, which empties it, and run datafyme reindex",
                    self.file.path().display()
                ),
            );
        }
        error
    }
}

/// Of SQLite's log of writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    modified: std::time::SystemTime,
    length: u64,
}

async fn recreate(connection: &mut SqliteConnection, layout: Layout) -> Result<(), sqlx::Error> {
    let tables: Vec<String> = sqlx::query_scalar(LIST_TABLES).fetch_all(&mut *connection).await?;
    for table in tables {
        let drop = format!("DROP TABLE \"{}\"", table.replace('"', "\"\""));
        sqlx::raw_sql(sqlx::AssertSqlSafe(drop)).execute(&mut *connection).await?;
    }
    sqlx::raw_sql(CREATE_GENERATIONS).execute(&mut *connection).await?;
    sqlx::raw_sql(layout.create).execute(&mut *connection).await?;
    // PRAGMA takes no placeholder; the version is a constant of ours.
    let set = format!("PRAGMA user_version = {}", layout.version);
    sqlx::raw_sql(sqlx::AssertSqlSafe(set)).execute(connection).await?;
    Ok(())
}

/// Takes a damaged file away with what SQLite keeps beside it.
fn remove(path: &Path) -> Result<(), StoreError> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        let part = PathBuf::from(name);
        match std::fs::remove_file(&part) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                return Err(StoreError::new(
                    ErrorKind::Unavailable,
                    format!("cannot remove the damaged {}: {error}: remove it by hand", part.display()),
                ));
            }
        }
    }
    Ok(())
}
