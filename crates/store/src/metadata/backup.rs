//! A backup: a SQLite file of metadata with a manifest of rows and checksums, whichever back end it was made from.
//! It holds no key: secrets stay sealed.

use super::sqlite::FILE_NAME;
use super::transfer::{Column, MovedTable, TABLES, in_order, sum_in_sqlite};
use crate::{SqliteMetadata, StoreError, Vault};
use chrono::{DateTime, Utc};
use datafyme_domain::ErrorKind;
use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection, sqlite::SqliteConnectOptions};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

const MAKE_MANIFEST: &str = "
    CREATE TABLE backup_manifest (name TEXT NOT NULL PRIMARY KEY, row_count INTEGER NOT NULL, checksum TEXT NOT NULL,
                                  made_at INTEGER NOT NULL)";

const PUT_MANIFEST: &str = "INSERT INTO backup_manifest (name, row_count, checksum, made_at) VALUES ($1, $2, $3, $4)";

const HAS_MANIFEST: &str = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'backup_manifest'";

const MANIFEST: &str = "SELECT name, row_count, checksum FROM backup_manifest";

const COLUMNS: &str = "SELECT name, type FROM pragma_table_info($1)";

/// What a backup says about itself.
pub(super) struct Manifest<'a> {
    pub(super) tables: &'a [MovedTable],
    pub(super) at: DateTime<Utc>,
}

impl Manifest<'_> {
    pub(super) async fn write(&self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        sqlx::query(MAKE_MANIFEST).execute(&mut *connection).await?;
        for table in self.tables {
            sqlx::query(PUT_MANIFEST)
                .bind(table.name)
                .bind(i64::try_from(table.rows).unwrap_or(i64::MAX))
                .bind(format!("{:016x}", table.checksum))
                .bind(self.at.timestamp_micros())
                .execute(&mut *connection)
                .await?;
        }
        Ok(())
    }
}

/// A directory in which metadata is made ready before it gets its name; gone with this value.
#[derive(Debug)]
pub struct Staging(PathBuf);

impl Staging {
    /// In the directory in which the file will stand, which does not stand yet.
    ///
    /// # Errors
    /// `Conflict` when it does; `Unavailable`, `ResourceExhausted`.
    pub(super) fn beside(file: &Path) -> Result<Self, StoreError> {
        if file.exists() {
            let text = format!("{} stands already: name a new file", file.display());
            return Err(StoreError::new(ErrorKind::Conflict, text));
        }
        let parent = file.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Self::within(parent)
    }

    /// In that directory, for its owner alone.
    ///
    /// # Errors
    /// `Unavailable`, `ResourceExhausted`.
    pub fn within(parent: &Path) -> Result<Self, StoreError> {
        let dir = parent.join(format!(".datafyme-{}", uuid::Uuid::now_v7().simple()));
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&dir).map_err(|error| failed(&format!("write to {}", parent.display()), &error))?;
        Ok(Self(dir))
    }

    /// Where it is.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.0
    }

    /// Its metadata file.
    pub(super) fn file(&self) -> PathBuf {
        self.0.join(FILE_NAME)
    }

    /// Gives the file its name, once it is on the disk; never in place of another.
    ///
    /// # Errors
    /// `Conflict` when another has that name; `Unavailable`, `ResourceExhausted`.
    pub fn publish(self, to: &Path) -> Result<(), StoreError> {
        let put = || {
            let mut rest = self.file().into_os_string();
            rest.push("-wal");
            if fs::metadata(&rest).is_ok_and(|rest| rest.len() > 0) {
                return Err(io::Error::other("something still writes to it"));
            }
            File::open(self.file())?.sync_all()?;
            fs::hard_link(self.file(), to)?;
            let parent = to.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
            File::open(parent)?.sync_all()
        };
        put().map_err(|error| failed(&format!("make {}", to.display()), &error))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn failed(action: &str, error: &io::Error) -> StoreError {
    let kind = match error.kind() {
        io::ErrorKind::StorageFull => ErrorKind::ResourceExhausted,
        io::ErrorKind::AlreadyExists => ErrorKind::Conflict,
        io::ErrorKind::NotFound => ErrorKind::NotFound,
        _ => ErrorKind::Unavailable,
    };
    StoreError::new(kind, format!("cannot {action}: {error}"))
}

fn broken(file: &Path, cause: &str) -> StoreError {
    StoreError::new(ErrorKind::Corrupt, format!("the backup {} {cause}: take another one", file.display()))
}

async fn connect(file: &Path) -> Result<SqliteConnection, sqlx::Error> {
    SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(file)).await
}

async fn columns_of(connection: &mut SqliteConnection, table: &str) -> Result<Vec<Column>, sqlx::Error> {
    let rows = sqlx::query(COLUMNS).bind(table).fetch_all(connection).await?;
    let columns: Result<Vec<Column>, sqlx::Error> =
        rows.iter().map(|row| Ok(Column::new(row.try_get(0)?, row.try_get::<&str, _>(1)?))).collect();
    columns.map(in_order)
}

impl SqliteMetadata {
    /// Writes all of one moment into a new backup file at `to`, while others go on.
    ///
    /// # Errors
    /// `Conflict` when there is such a file; `Unavailable`, `ResourceExhausted`.
    pub async fn back_up(&self, to: &Path, at: DateTime<Utc>) -> Result<Vec<MovedTable>, StoreError> {
        let failed = |error| self.failed("back up", error);
        let staging = Staging::beside(to)?;
        // A copy as of one moment, without the pages that are free: writers go on meanwhile.
        sqlx::query("VACUUM INTO $1")
            .bind(staging.file().display().to_string())
            .execute(self.readers())
            .await
            .map_err(failed)?;
        let mut copy = connect(&staging.file()).await.map_err(failed)?;
        let mut saved = Vec::new();
        for table in TABLES {
            let columns = columns_of(&mut copy, table).await.map_err(failed)?;
            saved.push(sum_in_sqlite(&mut copy, table, &columns).await.map_err(failed)?.of(table));
        }
        Manifest { tables: &saved, at }.write(&mut copy).await.map_err(failed)?;
        copy.close().await.map_err(failed)?;
        staging.publish(to)?;
        Ok(saved)
    }

    /// A backup as metadata to work with: copied into `staging`, compared with its manifest, brought up to date, and
    /// opened with the key that its secrets are sealed with.
    ///
    /// # Errors
    /// `NotFound`; `InvalidInput` for a file that is no backup; `Corrupt` when it is damaged, or the key is another;
    /// `Unsupported` when a newer version wrote it.
    pub async fn open_backup(
        file: &Path,
        staging: &Staging,
        vault: Vault,
    ) -> Result<(Self, Vec<MovedTable>), StoreError> {
        let copy = staging.file();
        fs::copy(file, &copy).map_err(|error| failed(&format!("read the backup {}", file.display()), &error))?;
        let mut connection = connect(&copy).await.map_err(|_| no_backup(file))?;
        let checked = check(&mut connection, file).await?;
        for statement in ["DROP TABLE backup_manifest", "PRAGMA optimize"] {
            let done = sqlx::query(statement).execute(&mut connection).await;
            done.map_err(|_| broken(file, "cannot be written to"))?;
        }
        connection.close().await.map_err(|_| broken(file, "cannot be closed"))?;
        Ok((Self::open(staging.dir(), vault).await?, checked))
    }
}

fn no_backup(file: &Path) -> StoreError {
    let text = format!("{} is no backup of Datafyme: name a file that `datafyme backup` wrote", file.display());
    StoreError::new(ErrorKind::InvalidInput, text)
}

/// Compares every table with what the manifest says of it.
async fn check(connection: &mut SqliteConnection, file: &Path) -> Result<Vec<MovedTable>, StoreError> {
    let found: Result<i64, _> = sqlx::query_scalar(HAS_MANIFEST).fetch_one(&mut *connection).await;
    if !found.is_ok_and(|found| found == 1) {
        return Err(no_backup(file));
    }
    let unreadable = |_| broken(file, "cannot be read to its end");
    let said = sqlx::query(MANIFEST).fetch_all(&mut *connection).await.map_err(unreadable)?;
    let mut checked = Vec::new();
    for row in &said {
        let name: String = row.try_get("name").map_err(unreadable)?;
        let Some(table) = TABLES.into_iter().find(|table| *table == name) else {
            let text = format!("{} holds `{name}`: a newer datafyme wrote it, so restore it with that", file.display());
            return Err(StoreError::new(ErrorKind::Unsupported, text));
        };
        let columns = columns_of(connection, table).await.map_err(unreadable)?;
        let sum = sum_in_sqlite(connection, table, &columns).await.map_err(unreadable)?.of(table);
        let rows: i64 = row.try_get("row_count").map_err(unreadable)?;
        let checksum: String = row.try_get("checksum").map_err(unreadable)?;
        if u64::try_from(rows) != Ok(sum.rows) || checksum != format!("{:016x}", sum.checksum) {
            return Err(broken(file, &format!("is damaged in `{table}`")));
        }
        checked.push(sum);
    }
    let sound: Result<String, _> =
        sqlx::query_scalar(AssertSqlSafe("PRAGMA integrity_check")).fetch_one(connection).await;
    if sound.is_ok_and(|sound| sound == "ok") { Ok(checked) } else { Err(broken(file, "is damaged")) }
}
