//! What SQLite's result codes mean to a person. Codes: <https://www.sqlite.org/rescode.html>.

use crate::StoreError;
use datafyme_domain::ErrorKind;
use std::fmt::Display;
use std::path::Path;

/// Why a statement failed, as far as we act on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Another process holds the lock.
    Locked,
    /// No space left.
    Full,
    /// May not be written.
    ReadOnly,
    /// The file or its directory cannot be opened.
    CannotOpen,
    /// Not a database, or a damaged one.
    Damaged,
    /// A row of that key exists.
    Duplicate,
    /// A row that it refers to does not exist.
    Dangling,
    /// The disk failed.
    Disk,
    /// All connections stay taken.
    Overloaded,
    /// A stored value is not of the type that it should be.
    Undecodable,
    /// Anything else: a defect of ours.
    Other,
}

impl Failure {
    /// Reads it off an error.
    pub(crate) fn of(error: &sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(database) => {
                database.code().and_then(|code| code.parse::<u32>().ok()).map_or(Self::Other, Self::of_code)
            }
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => Self::Overloaded,
            sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed => Self::Disk,
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => Self::Undecodable,
            _ => Self::Other,
        }
    }

    /// Reads it off an error of a connection that is used directly.
    pub(crate) const fn of_sqlite(error: &rusqlite::Error) -> Self {
        use rusqlite::Error as E;
        match error {
            #[allow(clippy::cast_sign_loss)] // result codes are positive
            E::SqliteFailure(failure, _) => Self::of_code(failure.extended_code as u32),
            E::FromSqlConversionFailure(..) | E::IntegralValueOutOfRange(..) | E::InvalidColumnType(..) => {
                Self::Undecodable
            }
            _ => Self::Other,
        }
    }

    const fn of_code(code: u32) -> Self {
        const IOERR_SHMSIZE: u32 = 10 | (19 << 8);
        match code {
            1555 | 2067 => return Self::Duplicate,
            787 => return Self::Dangling,
            // SQLite reports a full disk so when it cannot grow the memory-mapped index of the WAL.
            IOERR_SHMSIZE => return Self::Full,
            _ => {}
        }
        match code & 0xff {
            5 | 6 => Self::Locked,
            8 => Self::ReadOnly,
            10 => Self::Disk,
            11 | 26 => Self::Damaged,
            13 => Self::Full,
            14 => Self::CannotOpen,
            _ => Self::Other,
        }
    }
}

/// The error of a failed `action` ("open", "write to") on the file at `path`.
pub(crate) fn fail(action: &str, path: &Path, error: sqlx::Error) -> StoreError {
    fail_because(action, path, Failure::of(&error), &error)
}

/// The error of an `action` on the file at `path` that failed so; `error` says it in SQLite's words.
pub(crate) fn fail_because(action: &str, path: &Path, failure: Failure, error: &dyn Display) -> StoreError {
    let file = path.display();
    let dir = path.parent().unwrap_or(path).display();
    match failure {
        Failure::Locked => StoreError::new(
            ErrorKind::Unavailable,
            format!("cannot {action} {file}: another process keeps it locked: try again, or stop that process"),
        ),
        Failure::Full => StoreError::new(
            ErrorKind::ResourceExhausted,
            format!("no space left in the data directory {dir}: free some and try again"),
        ),
        Failure::ReadOnly => StoreError::new(
            ErrorKind::Unavailable,
            format!(
                "cannot write to {file}: the file or its directory is read-only: allow writing, or choose another data directory"
            ),
        ),
        Failure::CannotOpen => StoreError::new(
            ErrorKind::Unavailable,
            format!("cannot open {file}: make sure that the directory exists and that you may read and write it"),
        ),
        Failure::Damaged => StoreError::new(
            ErrorKind::Corrupt,
            format!("{file} is not a SQLite database, or it is damaged: restore it from a backup, or move it away"),
        ),
        Failure::Disk => StoreError::new(
            ErrorKind::Unavailable,
            format!("cannot {action} {file}: the disk reported an error ({error}): check it and try again"),
        ),
        Failure::Overloaded => StoreError::new(
            ErrorKind::Unavailable,
            format!("cannot {action} {file}: all connections are busy: try again"),
        ),
        Failure::Undecodable => StoreError::new(
            ErrorKind::Corrupt,
            format!("cannot {action} {file}: a stored value does not read back ({error}): restore a backup"),
        ),
        Failure::Duplicate => {
            StoreError::new(ErrorKind::Conflict, format!("cannot {action} {file}: it exists already"))
        }
        Failure::Dangling => StoreError::new(
            ErrorKind::NotFound,
            format!("cannot {action} {file}: what it belongs to was removed meanwhile"),
        ),
        Failure::Other => StoreError::new(ErrorKind::Internal, format!("cannot {action} {file}: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn result_codes_are_read() {
        let cases = [
            (5, Failure::Locked),
            (517, Failure::Locked),
            (13, Failure::Full),
            (4874, Failure::Full),
            (8, Failure::ReadOnly),
            (1032, Failure::ReadOnly),
            (14, Failure::CannotOpen),
            (26, Failure::Damaged),
            (267, Failure::Damaged),
            (778, Failure::Disk),
            (2067, Failure::Duplicate),
            (1555, Failure::Duplicate),
            (787, Failure::Dangling),
            (1, Failure::Other),
        ];
        for (code, failure) in cases {
            assert_eq!(Failure::of_code(code), failure, "{code}");
        }
    }
}
