//! Brings a metadata file up to date.

use crate::StoreError;
use crate::sqlite_file::SqliteFile;
use datafyme_domain::ErrorKind;
use sqlx::migrate::{MigrateError, Migrator};

static MIGRATOR: Migrator = sqlx::migrate!("migrations/sqlite");

/// Runs what is missing, all or nothing: the migrator itself has no lock for SQLite, so one transaction around it
/// keeps processes that start together apart.
pub(super) async fn run(file: &SqliteFile) -> Result<(), StoreError> {
    let mut tx = file.write().await?;
    MIGRATOR.run_direct(None, &mut *tx, false).await.map_err(|error| fail(file, error))?;
    file.commit(tx).await
}

fn fail(file: &SqliteFile, error: MigrateError) -> StoreError {
    let place = file.path().display();
    match error {
        MigrateError::VersionMissing(version) => StoreError::new(
            ErrorKind::Unsupported,
            format!("{place} was written by a newer datafyme (its form is {version}): run that version or a newer one"),
        ),
        MigrateError::VersionMismatch(version) | MigrateError::Dirty(version) => StoreError::new(
            ErrorKind::Corrupt,
            format!(
                "{place} was made by an unreleased datafyme (its form {version} differs): move it away, or restore a backup"
            ),
        ),
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => file.fail("bring up to date", error),
        other => StoreError::new(ErrorKind::Internal, format!("cannot bring {place} up to date: {other}")),
    }
}
