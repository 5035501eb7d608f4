//! What PostgreSQL's conditions mean to a person. Codes: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.

use crate::StoreError;
use datafyme_domain::ErrorKind;

/// Whether a row of that key exists.
pub(super) fn is_duplicate(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(|database| database.code()).is_some_and(|code| code == "23505")
}

/// The error of a failed `action` ("connect to", "write to") on the database at `place`.
pub(super) fn fail(action: &str, place: &str, error: &sqlx::Error) -> StoreError {
    let (kind, why) = match error {
        sqlx::Error::Database(database) => of_code(&database.code().unwrap_or_default(), database.message()),
        sqlx::Error::PoolTimedOut => {
            (ErrorKind::Unavailable, "no connection became free: it is down, or overloaded: try again".to_owned())
        }
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::ColumnNotFound(_) => {
            (ErrorKind::Corrupt, format!("a stored value does not read back ({error}): restore a backup"))
        }
        sqlx::Error::Tls(cause) => {
            (ErrorKind::Unavailable, format!("TLS failed ({cause}): check sslmode and sslrootcert of its URL"))
        }
        sqlx::Error::Io(_) | sqlx::Error::PoolClosed | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => {
            (ErrorKind::Unavailable, format!("{error}: make sure that it runs and can be reached"))
        }
        other => (ErrorKind::Internal, other.to_string()),
    };
    StoreError::new(kind, format!("cannot {action} {place}: {why}"))
}

fn of_code(code: &str, message: &str) -> (ErrorKind, String) {
    let said = |advice: &str| format!("{message}: {advice}");
    match code {
        "23505" => (ErrorKind::Conflict, "it exists already".to_owned()),
        "23503" => (ErrorKind::NotFound, "what it belongs to was removed meanwhile".to_owned()),
        "22021" | "22P05" => (ErrorKind::InvalidInput, "a text has a character that it cannot keep (NUL)".to_owned()),
        "3D000" => (ErrorKind::Unavailable, said("make the database first")),
        "42501" | "25006" => {
            (ErrorKind::Unavailable, said("let its user create and write tables, on a server that takes writes"))
        }
        _ => match code.get(..2).unwrap_or_default() {
            "28" => (ErrorKind::Unauthenticated, said("check the user and the password of [metadata]")),
            "40" | "55" => (ErrorKind::Unavailable, "another write was in its way: try again".to_owned()),
            "08" | "57" => (ErrorKind::Unavailable, said("try again")),
            "53" => (ErrorKind::ResourceExhausted, said("give it more room or connections")),
            "58" | "XX" => (ErrorKind::Unavailable, said("see the server's log")),
            _ => (ErrorKind::Internal, message.to_owned()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_read() {
        let cases = [
            ("23505", ErrorKind::Conflict),
            ("23503", ErrorKind::NotFound),
            ("28P01", ErrorKind::Unauthenticated),
            ("40P01", ErrorKind::Unavailable),
            ("57P01", ErrorKind::Unavailable),
            ("53100", ErrorKind::ResourceExhausted),
            ("22021", ErrorKind::InvalidInput),
            ("42601", ErrorKind::Internal),
        ];
        for (code, kind) in cases {
            assert_eq!(of_code(code, "m").0, kind, "{code}");
        }
    }
}
