//! The HTTP API and the web UI.
//!
//! One file per resource; [`problem`] is the only mapper of failures to statuses, [`extract`] holds the caller's
//! identity, [`same_origin`] and [`security_headers`] what a browser must not be talked into. Start at [`router`].

mod api;
mod conversations;
mod extract;
mod health;
mod jobs;
mod me;
mod models;
mod openapi;
mod page;
mod problem;
mod runs;
mod same_origin;
mod security_headers;
mod sources;
mod verified_queries;
mod web_ui;

pub use extract::Identity;
pub(crate) use extract::{Body, PathOf, QueryOf, Reader};
pub use openapi::document;
pub use page::List;
pub use problem::Problem;
pub use web_ui::is_embedded as web_ui_is_embedded;

use crate::App;
use axum::{
    Router,
    extract::{DefaultBodyLimit, MatchedPath, Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use datafyme_domain::ErrorKind;
use std::{
    any::Any,
    sync::Arc,
    time::{Duration, Instant},
};
use tower::ServiceBuilder;
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer, trace::TraceLayer};

/// No request of ours is larger: questions and URLs.
const MAX_BODY_BYTES: usize = 256 * 1024;

/// The whole site over an application.
pub fn router(app: &Arc<App>) -> Router {
    let (api, _) = api::routes().split_for_parts();
    let layers = ServiceBuilder::new()
        .layer(TraceLayer::new_for_http().make_span_with(span_of).on_request(()).on_response(log_response))
        .layer(middleware::from_fn_with_state(Arc::clone(app), count))
        .layer(CatchPanicLayer::custom(|cause: Box<dyn Any + Send>| panicked(cause.as_ref())))
        .layer(middleware::from_fn(security_headers::add))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(Arc::clone(app), same_origin::check))
        .layer(middleware::from_fn_with_state(Arc::clone(app), time_limit))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES));
    api.fallback(web_ui::serve)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(layers)
        .with_state(Arc::clone(app))
}

fn span_of(request: &Request) -> tracing::Span {
    tracing::info_span!("http", http.method = %request.method(), http.path = request.uri().path())
}

fn log_response<B>(response: &axum::http::Response<B>, took: Duration, _span: &tracing::Span) {
    let (status, ms) = (response.status().as_u16(), took.as_millis());
    match status {
        500.. => tracing::error!(http.status = status, http.ms = ms, "http.response"),
        _ => tracing::debug!(http.status = status, http.ms = ms, "http.response"),
    }
}

/// Counts a request by the pattern of its path, which has no ids; what no route takes is one group.
async fn count(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    let (method, began) = (request.method().clone(), Instant::now());
    let response = next.run(request).await;
    app.metrics.request_ended(method.as_str(), &route, response.status().as_u16(), began.elapsed());
    response
}

/// Ends requests that take too long. Event streams answer at once and go on for as long as they like.
async fn time_limit(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(app.config.server.request_timeout(), next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(ErrorKind::Timeout, "the request took too long; try again later").into_response(),
    }
}

async fn method_not_allowed() -> Problem {
    Problem::with_status(
        axum::http::StatusCode::METHOD_NOT_ALLOWED,
        ErrorKind::InvalidInput,
        "this path does not take that method; see /api/v1/openapi.json",
    )
}

fn panicked(cause: &(dyn Any + Send)) -> Response {
    let words = cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied());
    Problem::internal(&words.unwrap_or("panic")).into_response()
}
