//! Whether this process lives, and whether it can serve.

use super::Problem;
use crate::App;
use axum::{Json, extract::State};
use datafyme_store::Remote;
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

/// A process that serves.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Readiness {
    /// `ok`, or `degraded` when an engine is stood in for by what is embedded.
    pub status: String,
    /// Version of Datafyme.
    pub version: String,
    /// The engines that are configured.
    pub engines: Vec<EngineHealth>,
}

/// How an engine does that a derived store lives in.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct EngineHealth {
    /// What it serves as: `search index`, `relation graph`.
    pub role: String,
    /// `ok`; `away`: the embedded one answers; `catching_up`: it answers for `behind` data sources.
    pub status: String,
    /// Data sources that it lacks something of.
    pub behind: usize,
    /// Why it is away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl EngineHealth {
    fn of(remote: &Remote) -> Self {
        let known = remote.status();
        let status = match (&known.failure, known.behind.len()) {
            (Some(_), _) => "away",
            (None, 0) => "ok",
            (None, _) => "catching_up",
        };
        Self {
            role: remote.role().to_owned(),
            status: status.to_owned(),
            behind: known.behind.len(),
            detail: known.failure,
        }
    }
}

/// Says that the process lives.
#[utoipa::path(get, path = "/health", tag = "health", responses((status = 200, body = Health)))]
pub(crate) async fn get_health() -> Json<Health> {
    Json(Health { status: "ok".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() })
}

/// Says whether the metadata store can be read and written, and how the engines do. One that is away is no reason not to
/// ask this process: what is embedded answers.
#[utoipa::path(get, path = "/ready", tag = "health", responses((status = 200, body = Readiness)))]
pub(crate) async fn get_ready(State(app): State<Arc<App>>) -> Result<Json<Readiness>, Problem> {
    app.metadata.check().await?;
    let engines: Vec<EngineHealth> = app.derived.remotes().map(EngineHealth::of).collect();
    let status = if engines.iter().all(|engine| engine.status == "ok") { "ok" } else { "degraded" };
    Ok(Json(Readiness { status: status.to_owned(), version: env!("CARGO_PKG_VERSION").to_owned(), engines }))
}
