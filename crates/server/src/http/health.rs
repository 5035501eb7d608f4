//! Whether this process lives, and whether it can serve.

use super::Problem;
use crate::App;
use axum::{Json, extract::State};
use serde::Serialize;
use std::sync::Arc;

/// A process that lives.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Health {
    /// Always `ok`.
    pub status: String,
    /// Version of Datafyme.
    pub version: String,
}

fn ok() -> Json<Health> {
    Json(Health { status: "ok".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() })
}

/// Says that the process lives.
#[utoipa::path(get, path = "/health", tag = "health", responses((status = 200, body = Health)))]
pub(crate) async fn get_health() -> Json<Health> {
    ok()
}

/// Says whether the metadata store can be read and written.
#[utoipa::path(get, path = "/ready", tag = "health", responses((status = 200, body = Health)))]
pub(crate) async fn get_ready(State(app): State<Arc<App>>) -> Result<Json<Health>, Problem> {
    app.metadata.check().await?;
    Ok(ok())
}
