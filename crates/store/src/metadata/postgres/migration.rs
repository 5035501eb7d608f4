//! Brings a PostgreSQL database up to date.

use super::failure::fail;
use crate::StoreError;
use datafyme_domain::ErrorKind;
use sqlx::PgPool;
use sqlx::migrate::{MigrateError, Migrator};

/// The numbers are those of SQLite's: the first one here stands for its first four.
static MIGRATOR: Migrator = sqlx::migrate!("migrations/postgres");

/// Runs what is missing; the migrator's own lock keeps processes that start together apart.
pub(super) async fn run(pool: &PgPool, place: &str) -> Result<(), StoreError> {
    MIGRATOR.run(pool).await.map_err(|error| explain(place, error))
}

fn explain(place: &str, error: MigrateError) -> StoreError {
    match error {
        MigrateError::VersionMissing(version) => StoreError::new(
            ErrorKind::Unsupported,
            format!("{place} was written by a newer datafyme (its form is {version}): run that version or a newer one"),
        ),
        MigrateError::VersionMismatch(version) | MigrateError::Dirty(version) => StoreError::new(
            ErrorKind::Corrupt,
            format!("{place} was made by an unreleased datafyme (its form {version} differs): restore a backup"),
        ),
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
            fail("bring up to date", place, &error)
        }
        other => StoreError::new(ErrorKind::Internal, format!("cannot bring {place} up to date: {other}")),
    }
}
