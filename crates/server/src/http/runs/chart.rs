//! The chart of an answer, ready to draw.

use super::{answer_of, run_of};
use crate::App;
use crate::http::{Identity, List, PathOf, Problem, QueryOf};
use axum::{Json, extract::State};
use datafyme_agent::chart_rules::{self, ChartHint};
use datafyme_domain::{ChartKind, ChartSpec, ErrorKind, RowSet, RunId};
use datafyme_render::echarts;
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
    /// The kinds that these rows can be drawn as.
    kinds: Vec<ChartKind>,
}

/// The chart of an answer; 404 when it has none and `kind` asks for none, 400 when the rows do not make that kind.
#[utoipa::path(get, path = "/runs/{id}/chart", tag = "runs", params(("id" = RunId, Path), ChartQuery),
    responses((status = 200, body = ChartResponse)))]
pub(crate) async fn get_chart(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<RunId>,
    QueryOf(query): QueryOf<ChartQuery>,
) -> Result<Json<ChartResponse>, Problem> {
    let run = run_of(&app, caller, id).await?;
    let answer = answer_of(&app, caller, id).await?;
    let rows = RowSet { columns: answer.columns, rows: answer.rows, truncated: answer.truncated };
    let spec = match (query.kind, answer.chart) {
        (Some(kind), chosen) if chosen.as_ref().is_none_or(|spec| spec.kind != kind) => {
            redrawn(kind, chosen.as_ref(), &rows, &run.question)?
        }
        (_, Some(chosen)) => chosen,
        (_, None) => return Err(Problem::new(ErrorKind::NotFound, "this answer has no chart")),
    };
    let option = echarts::option(&spec, &rows).map_err(|e| Problem::new(e.kind(), e.to_string()))?;
    Ok(Json(ChartResponse { option, spec, kinds: kinds_of(&rows, &run.question) }))
}

/// The kinds of chart that the rows of an answer can be drawn as, whether it has a chart or not.
#[utoipa::path(get, path = "/runs/{id}/chart_kinds", tag = "runs", params(("id" = RunId, Path)),
    responses((status = 200, body = List<ChartKind>)))]
pub(crate) async fn list_chart_kinds(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<RunId>,
) -> Result<Json<List<ChartKind>>, Problem> {
    let run = run_of(&app, caller, id).await?;
    let answer = answer_of(&app, caller, id).await?;
    let rows = RowSet { columns: answer.columns, rows: answer.rows, truncated: answer.truncated };
    Ok(Json(List::whole(kinds_of(&rows, &run.question))))
}

/// A single row is said, not drawn.
fn kinds_of(rows: &RowSet, question: &str) -> Vec<ChartKind> {
    if rows.rows.len() < 2 {
        return Vec::new();
    }
    let drawn =
        |kind: &ChartKind| redrawn(*kind, None, rows, question).is_ok_and(|s| echarts::option(&s, rows).is_ok());
    ChartKind::ALL.into_iter().filter(drawn).collect()
}

/// The same rows as another kind of chart, under the same heading.
fn redrawn(kind: ChartKind, chosen: Option<&ChartSpec>, rows: &RowSet, question: &str) -> Result<ChartSpec, Problem> {
    let hint = ChartHint { question, ..ChartHint::default() };
    let mut spec = chart_rules::map(kind, rows, &hint).map_err(|problems| {
        let name = kind.code().replace('_', " ");
        Problem::new(ErrorKind::InvalidInput, format!("these rows make no {name} chart: {problems}"))
    })?;
    if let Some(chosen) = chosen {
        spec.title.clone_from(&chosen.title);
    }
    Ok(spec)
}
