//! Extractors whose rejections are problems, and the caller's identity.

use super::Problem;
use crate::App;
use axum::{
    Json,
    extract::{FromRequest, FromRequestParts, Path, Query, Request, rejection::JsonRejection},
    http::{StatusCode, header, request::Parts},
};
use datafyme_agent::Language;
use datafyme_domain::{Caller, ErrorKind};
use serde::de::DeserializeOwned;
use std::{convert::Infallible, sync::Arc};

/// Who asks. Every handler takes one. On loopback, without accounts, that is the local user.
#[derive(Debug, Clone, Copy)]
pub struct Identity(pub Caller);

impl FromRequestParts<Arc<App>> for Identity {
    type Rejection = Problem;

    async fn from_request_parts(_parts: &mut Parts, _app: &Arc<App>) -> Result<Self, Problem> {
        Ok(Self(Caller::local()))
    }
}

/// The language that texts are asked for in, by `Accept-Language`; English where there are none in those wanted.
#[derive(Debug, Clone, Copy)]
pub struct Reader(pub Language);

impl<S: Send + Sync> FromRequestParts<S> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let wanted = parts.headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
        Ok(Self(wanted.map_or(Language::En, preferred)))
    }
}

/// The most wanted of the languages that there are texts in (RFC 9110, 12.5.4): `hu-HU,hu;q=0.9,en;q=0.8`.
fn preferred(wanted: &str) -> Language {
    let mut best = (0.0, Language::En);
    for range in wanted.split(',') {
        let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
        let quality = parameters.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.trim().parse::<f32>().ok());
        let language = match tag.trim().split('-').next().map(str::to_ascii_lowercase).as_deref() {
            Some("hu") => Language::Hu,
            Some("en") => Language::En,
            _ => continue,
        };
        if let Some(quality) = quality.filter(|q| *q > best.0) {
            best = (quality, language);
        }
    }
    best.1
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_wanted_language_that_there_are_texts_in_is_chosen() {
        let table = [
            ("hu", Language::Hu),
            ("hu-HU,hu;q=0.9,en;q=0.8", Language::Hu),
            ("en-US, hu;q=0.5", Language::En),
            ("de, hu;q=0.4, en;q=0.2", Language::Hu),
            ("HU ; q=0.3, en;q=0.2", Language::Hu),
            ("hu;q=0, de", Language::En),
            ("hu;q=much", Language::En),
            ("hungry", Language::En),
            ("*", Language::En),
            ("", Language::En),
            (";;,,q=", Language::En),
        ];
        for (wanted, language) in table {
            assert_eq!(preferred(wanted), language, "{wanted}");
        }
    }
}
