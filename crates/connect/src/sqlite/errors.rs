//! SQLite's failures in this crate's words.

use crate::{ConnectError, stop::Stop};
use datafyme_domain::ErrorKind;
use rusqlite::{Error, ErrorCode};
use std::path::Path;

pub(super) fn from_sqlite(error: Error, stop: &Stop) -> ConnectError {
    match code(&error) {
        Some(ErrorCode::OperationInterrupted) => stop.error(),
        Some(code) => ConnectError::new(kind(code), text(&error)),
        None => ConnectError::query_failed(text(&error)),
    }
}

pub(super) fn at_open(error: &Error, path: &Path) -> ConnectError {
    let shown = path.display();
    match code(error) {
        Some(ErrorCode::NotADatabase) => {
            ConnectError::new(ErrorKind::InvalidInput, format!("{shown} is not a SQLite database (or it is encrypted)"))
        }
        Some(code) => ConnectError::new(kind(code), format!("{shown} cannot be opened: {}", text(error))),
        None => ConnectError::new(ErrorKind::Unavailable, format!("{shown} cannot be opened: {}", text(error))),
    }
}

pub(super) fn cannot_open(error: &Error) -> bool {
    matches!(code(error), Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly))
}

pub(super) fn lost_thread(error: tokio::task::JoinError) -> ConnectError {
    ConnectError::new(ErrorKind::Internal, format!("the thread of a SQLite query was lost ({error})"))
}

fn code(error: &Error) -> Option<ErrorCode> {
    error.sqlite_error_code()
}

const fn kind(code: ErrorCode) -> ErrorKind {
    match code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::SystemIoFailure | ErrorCode::CannotOpen => {
            ErrorKind::Unavailable
        }
        ErrorCode::PermissionDenied => ErrorKind::Forbidden,
        ErrorCode::NotADatabase => ErrorKind::InvalidInput,
        ErrorCode::DatabaseCorrupt => ErrorKind::Corrupt,
        ErrorCode::OutOfMemory | ErrorCode::TooBig | ErrorCode::DiskFull => ErrorKind::ResourceExhausted,
        ErrorCode::AuthorizationForStatementDenied | ErrorCode::ReadOnly => ErrorKind::UnsafeSql,
        ErrorCode::OperationInterrupted => ErrorKind::Timeout,
        _ => ErrorKind::QueryFailed,
    }
}

/// SQLite's own message, without the library's wrapping and without the query's text.
fn text(error: &Error) -> String {
    match error {
        Error::SqliteFailure(code, None) => code.to_string(),
        Error::SqliteFailure(_, Some(message)) | Error::SqlInputError { msg: message, .. } => message.clone(),
        other => other.to_string(),
    }
}
