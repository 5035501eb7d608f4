//! Neo4j's errors as ours.

use crate::StoreError;
use datafyme_domain::ErrorKind;
use neo4rs::{Error, Neo4jClientErrorKind, Neo4jErrorKind, Neo4jSecurityErrorKind};

/// What a failure at `place` is, and what to do about it.
pub(super) fn failure(place: &str, error: &Error) -> StoreError {
    let kind = kind_of(error);
    let text = match kind {
        ErrorKind::Unauthenticated => {
            format!(
                "Neo4j at {place} refuses the user or the password ({error}): check graph.url and graph.password_file"
            )
        }
        ErrorKind::Unavailable => format!("Neo4j at {place} cannot be reached: {error}"),
        _ => format!("Neo4j at {place} failed: {error}"),
    };
    StoreError::new(kind, text)
}

fn kind_of(error: &Error) -> ErrorKind {
    match error {
        Error::AuthenticationError(_) => ErrorKind::Unauthenticated,
        Error::Neo4j(error) => match error.kind() {
            Neo4jErrorKind::Client(Neo4jClientErrorKind::Security(Neo4jSecurityErrorKind::Forbidden)) => {
                ErrorKind::Forbidden
            }
            Neo4jErrorKind::Client(Neo4jClientErrorKind::Security(_)) => ErrorKind::Unauthenticated,
            Neo4jErrorKind::Client(Neo4jClientErrorKind::SessionExpired | Neo4jClientErrorKind::FatalDiscovery)
            | Neo4jErrorKind::Transient
            | Neo4jErrorKind::Database => ErrorKind::Unavailable,
            _ => ErrorKind::Internal,
        },
        Error::DeserializationError(_) | Error::ConversionError => ErrorKind::Corrupt,
        Error::UrlParseError(_) | Error::UnsupportedScheme(_) | Error::InvalidDnsName(_) | Error::InvalidConfig => {
            ErrorKind::InvalidInput
        }
        Error::StringTooLong | Error::MapTooBig | Error::BytesTooBig | Error::ListTooLong => {
            ErrorKind::ResourceExhausted
        }
        // What is left is of the connection: cut, refused, out of step with the server.
        _ => ErrorKind::Unavailable,
    }
}
