//! PostgreSQL's failures in this crate's words.

use super::options::Target;
use crate::{ConnectError, stop::Stop};
use datafyme_domain::ErrorKind;
use sqlx::{Error, postgres::PgDatabaseError};

pub(super) fn from_sqlx(error: &Error, target: &Target, stop: Option<&Stop>) -> ConnectError {
    match error {
        Error::Database(database) => match database.try_downcast_ref::<PgDatabaseError>() {
            Some(answer) => from_server(answer, target, stop),
            None => ConnectError::query_failed(database.message()),
        },
        Error::Io(io) => unavailable(target, &io.to_string()),
        Error::Tls(tls) => unavailable(target, &format!("TLS failed: {tls}; sslmode says how TLS is used")),
        Error::Configuration(why) => ConnectError::new(
            ErrorKind::InvalidInput,
            format!("the connection to {} is not configured right: {why}", target.address),
        ),
        Error::Protocol(why) => unavailable(target, &format!("it does not speak PostgreSQL's protocol ({why})")),
        other => unavailable(target, &other.to_string()),
    }
}

pub(super) fn unavailable(target: &Target, why: &str) -> ConnectError {
    ConnectError::new(ErrorKind::Unavailable, format!("PostgreSQL at {} cannot be reached: {why}", target.address))
}

pub(super) fn silent(target: &Target) -> ConnectError {
    ConnectError::new(
        ErrorKind::Timeout,
        format!("PostgreSQL at {} did not answer within {} s", target.address, target.connect_timeout.as_secs()),
    )
}

/// Whether a connection that was idle turned out to be dead: a fresh one may work.
pub(super) fn is_stale(error: &Error) -> bool {
    match error {
        Error::Io(_) => true,
        Error::Database(database) => database.code().is_some_and(|c| matches!(&*c, "57P01" | "57P02" | "57P05")),
        _ => false,
    }
}

/// By SQLSTATE: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
fn from_server(answer: &PgDatabaseError, target: &Target, stop: Option<&Stop>) -> ConnectError {
    let (code, message) = (answer.code(), answer.message());
    let new = ConnectError::new;
    let Target { user, address, database, .. } = target;
    match code {
        "28P01" | "28000" => {
            new(ErrorKind::Unauthenticated, format!("password refused for user '{user}' at {address}: {message}"))
        }
        "3D000" => new(ErrorKind::NotFound, format!("there is no database '{database}' at {address}")),
        "57014" => interrupted(stop, message),
        "55P03" => new(ErrorKind::Timeout, "a table is locked by another session; try again later".to_owned()),
        "25006" => new(ErrorKind::UnsafeSql, format!("the query writes, which is not allowed: {message}")),
        "42501" => new(ErrorKind::Forbidden, format!("the database user '{user}' may not do that: {message}")),
        _ => match code.get(..2) {
            Some("08" | "57") => unavailable(target, message),
            Some("53") if code == "53300" => unavailable(target, message),
            Some("40") => new(ErrorKind::Unavailable, format!("the server broke off the query: {message}")),
            Some("53" | "54") => new(ErrorKind::ResourceExhausted, text(answer)),
            _ => ConnectError::query_failed(text(answer)),
        },
    }
}

fn interrupted(stop: Option<&Stop>, message: &str) -> ConnectError {
    match stop {
        Some(stop) if stop.is_over() || message.contains("statement timeout") => stop.error(),
        _ => ConnectError::new(ErrorKind::Cancelled, format!("the server cancelled the query: {message}")),
    }
}

/// The server's message and hint. Data errors (class 22) quote the offending value: it is left out.
fn text(answer: &PgDatabaseError) -> String {
    let mut message = answer.message();
    if answer.code().starts_with("22")
        && let Some((before, _)) = message.split_once(": \"")
    {
        message = before;
    }
    match answer.hint() {
        Some(hint) => format!("{message} (hint: {hint})"),
        None => message.to_owned(),
    }
}
