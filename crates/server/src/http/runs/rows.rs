//! The rows of an answer as a file.

use super::answer_of;
use crate::App;
use crate::http::{Identity, PathOf, Problem};
use axum::{
    extract::State,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::IntoResponse,
};
use datafyme_domain::{ErrorKind, RowSet, RunId};
use datafyme_render::csv::{self, CsvOptions};
use std::sync::Arc;

/// The rows of an answer as CSV; 404 when it has none.
#[utoipa::path(get, path = "/runs/{id}/rows.csv", tag = "runs", params(("id" = RunId, Path)),
    responses((status = 200, body = String, content_type = "text/csv")))]
pub(crate) async fn get_rows_csv(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<RunId>,
) -> Result<impl IntoResponse, Problem> {
    let answer = answer_of(&app, caller, id).await?;
    if answer.columns.is_empty() {
        return Err(Problem::new(ErrorKind::NotFound, "this answer has no rows"));
    }
    let rows = RowSet { columns: answer.columns, rows: answer.rows, truncated: answer.truncated };
    let mut csv = Vec::new();
    csv::write(&rows, &mut csv, CsvOptions::default()).map_err(|e| Problem::internal(&e))?;
    Ok((
        [
            (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
            (CONTENT_DISPOSITION, format!("attachment; filename=\"datafyme-{id}.csv\"")),
        ],
        csv,
    ))
}
