//! Extractors whose rejections are problems, and the caller's identity.

use super::Problem;
use crate::App;
use axum::{
    Json,
    extract::{FromRequest, FromRequestParts, Path, Query, Request, rejection::JsonRejection},
    http::{StatusCode, request::Parts},
};
use datafyme_domain::{Caller, ErrorKind};
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// Who asks. Every handler takes one. On loopback, without accounts, that is the local user.
#[derive(Debug, Clone, Copy)]
pub struct Identity(pub Caller);

impl FromRequestParts<Arc<App>> for Identity {
    type Rejection = Problem;

    async fn from_request_parts(_parts: &mut Parts, _app: &Arc<App>) -> Result<Self, Problem> {
        Ok(Self(Caller::local()))
    }
}

/// A JSON body.
#[derive(Debug, Clone, Copy)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(value)) => Ok(Self(value)),
            Err(rejection) => Err(body_problem(&rejection)),
        }
    }
}

fn body_problem(rejection: &JsonRejection) -> Problem {
    let detail = match rejection {
        JsonRejection::MissingJsonContentType(_) => "send the body as `Content-Type: application/json`".to_owned(),
        other if other.status() == StatusCode::PAYLOAD_TOO_LARGE => "the body is too large".to_owned(),
        other => format!("the body cannot be read: {}", deepest(other)),
    };
    match rejection.status() {
        status @ (StatusCode::PAYLOAD_TOO_LARGE | StatusCode::UNSUPPORTED_MEDIA_TYPE) => {
            Problem::with_status(status, ErrorKind::InvalidInput, detail)
        }
        _ => Problem::new(ErrorKind::InvalidInput, detail),
    }
}

/// The innermost cause: the outer ones name axum's machinery.
fn deepest(error: &dyn std::error::Error) -> String {
    let mut current = error;
    while let Some(source) = current.source() {
        current = source;
    }
    current.to_string()
}

/// Parts of the path.
#[derive(Debug, Clone, Copy)]
pub struct PathOf<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for PathOf<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(value)) => Ok(Self(value)),
            Err(_) => Err(Problem::new(ErrorKind::NotFound, "no such thing: the id in the path is no id")),
        }
    }
}

/// Query parameters.
#[derive(Debug, Clone, Copy)]
pub struct QueryOf<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for QueryOf<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(value)) => Ok(Self(value)),
            Err(rejection) => Err(Problem::new(
                ErrorKind::InvalidInput,
                format!("the query parameters cannot be read: {}", deepest(&rejection)),
            )),
        }
    }
}
