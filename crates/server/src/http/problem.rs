//! The only place where a kind of failure becomes an HTTP status.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use datafyme_agent::AgentError;
use datafyme_connect::ConnectError;
use datafyme_domain::ErrorKind;
use datafyme_store::StoreError;
use serde::{Deserialize, Serialize};

/// The body of every error (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Problem {
    /// Stable URI of the kind of problem.
    #[serde(rename = "type")]
    pub kind_uri: String,
    /// The kind in a few words; the same for every problem of it.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What failed, on what, and what to do.
    pub detail: String,
    /// Stable snake-case code of the kind.
    pub code: String,
}

impl Problem {
    /// A problem of that kind.
    #[must_use]
    pub fn new(kind: ErrorKind, detail: impl Into<String>) -> Self {
        Self::with_status(status_of(kind), kind, detail)
    }

    /// Nothing of that name that the caller may see.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(ErrorKind::NotFound, format!("no such {what}"))
    }

    /// A problem whose status says more than its kind: `405`, `413`, `415`.
    pub(crate) fn with_status(status: StatusCode, kind: ErrorKind, detail: impl Into<String>) -> Self {
        Self {
            kind_uri: format!("urn:datafyme:problem:{}", kind.code()),
            title: title_of(kind).to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            code: kind.code().to_owned(),
        }
    }

    /// A defect of ours: the cause goes to the log, not to the caller.
    #[must_use]
    pub fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(error = %cause, "http.defect");
        Self::new(ErrorKind::Internal, "something went wrong inside Datafyme; its log has the cause")
    }
}

/// The status of a kind. `Unauthenticated` here means that a data source or a model refused its credentials: our own
/// callers are turned away by the identity extractor.
const fn status_of(kind: ErrorKind) -> StatusCode {
    match kind {
        ErrorKind::InvalidInput => StatusCode::BAD_REQUEST,
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::Conflict | ErrorKind::Cancelled => StatusCode::CONFLICT,
        ErrorKind::Forbidden => StatusCode::FORBIDDEN,
        ErrorKind::Unauthenticated | ErrorKind::UnsafeSql | ErrorKind::QueryFailed | ErrorKind::Unsupported => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        ErrorKind::Timeout => StatusCode::GATEWAY_TIMEOUT,
        ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorKind::ResourceExhausted => StatusCode::INSUFFICIENT_STORAGE,
        ErrorKind::Corrupt | ErrorKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

const fn title_of(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidInput => "The input cannot be used",
        ErrorKind::NotFound => "Not found",
        ErrorKind::Conflict => "Not possible in this state",
        ErrorKind::Forbidden => "Not allowed",
        ErrorKind::Unauthenticated => "Credentials refused",
        ErrorKind::UnsafeSql => "The query is not a safe read",
        ErrorKind::QueryFailed => "The database refused the query",
        ErrorKind::Timeout => "It took too long",
        ErrorKind::Cancelled => "Cancelled",
        ErrorKind::Unavailable => "Cannot be reached",
        ErrorKind::ResourceExhausted => "A limit was met",
        ErrorKind::Unsupported => "Not supported",
        ErrorKind::Corrupt => "Stored data does not read back",
        ErrorKind::Internal => "A defect in Datafyme",
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self)).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response
    }
}

fn of_failure(kind: ErrorKind, failure: &dyn std::fmt::Display) -> Problem {
    if matches!(kind, ErrorKind::Internal) {
        return Problem::internal(failure);
    }
    Problem::new(kind, failure.to_string())
}

impl From<AgentError> for Problem {
    fn from(failure: AgentError) -> Self {
        if let (AgentError::Llm(_), ErrorKind::ResourceExhausted) = (&failure, failure.kind()) {
            // The provider's limit, not our disk's.
            let status = StatusCode::SERVICE_UNAVAILABLE;
            return Self::with_status(status, ErrorKind::ResourceExhausted, failure.to_string());
        }
        of_failure(failure.kind(), &failure)
    }
}

impl From<StoreError> for Problem {
    fn from(failure: StoreError) -> Self {
        of_failure(failure.kind(), &failure)
    }
}

impl From<ConnectError> for Problem {
    fn from(failure: ConnectError) -> Self {
        of_failure(failure.kind(), &failure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_status() {
        let table = [
            (ErrorKind::InvalidInput, 400),
            (ErrorKind::NotFound, 404),
            (ErrorKind::Conflict, 409),
            (ErrorKind::Forbidden, 403),
            (ErrorKind::Unauthenticated, 422),
            (ErrorKind::UnsafeSql, 422),
            (ErrorKind::QueryFailed, 422),
            (ErrorKind::Timeout, 504),
            (ErrorKind::Cancelled, 409),
            (ErrorKind::Unavailable, 503),
            (ErrorKind::ResourceExhausted, 507),
            (ErrorKind::Unsupported, 422),
            (ErrorKind::Corrupt, 500),
            (ErrorKind::Internal, 500),
        ];
        for (kind, status) in table {
            let problem = Problem::new(kind, "x");
            assert_eq!(problem.status, status, "{kind}");
            assert_eq!(problem.code, kind.code());
        }
    }

    #[test]
    fn a_defect_does_not_show_its_cause() {
        let problem = Problem::from(StoreError::new(ErrorKind::Internal, "mutex poisoned in pool"));
        assert!(!problem.detail.contains("mutex"));
    }
}
