//! The listener of `[metrics] listen`: `/metrics` for Prometheus, `/health` and `/ready` for whoever watches processes,
//! workers too. Nothing else is served there, and nothing of it is secret.

use crate::App;
use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use std::{io, sync::Arc};
use tokio::net::TcpListener;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Takes the configured address, if there is one, and serves there until the application shuts down.
///
/// # Errors
/// The address cannot be taken.
pub async fn start(app: &Arc<App>) -> io::Result<()> {
    let Some(address) = app.config.metrics.listen else { return Ok(()) };
    let listener = TcpListener::bind(address).await?;
    tracing::info!(address = %listener.local_addr()?, "metrics.listening");
    let shutdown = app.shutdown.clone();
    let served = axum::serve(listener, router(app)).with_graceful_shutdown(shutdown.cancelled_owned());
    tokio::spawn(async move {
        if let Err(failure) = served.await {
            tracing::error!(error = %failure, "metrics.listener_ended");
        }
    });
    Ok(())
}

/// What is served there.
pub fn router(app: &Arc<App>) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .route("/health", get(|| async { "ok\n" }))
        .route("/ready", get(ready))
        .with_state(Arc::clone(app))
}

async fn metrics(State(app): State<Arc<App>>) -> Response {
    match app.metrics.text(&app) {
        Ok(text) => ([(header::CONTENT_TYPE, OPEN_METRICS)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn ready(State(app): State<Arc<App>>) -> Response {
    if app.shutdown.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "ending\n").into_response();
    }
    match app.metadata.check().await {
        Ok(()) => "ok\n".into_response(),
        Err(failure) => (StatusCode::SERVICE_UNAVAILABLE, format!("{failure}\n")).into_response(),
    }
}
