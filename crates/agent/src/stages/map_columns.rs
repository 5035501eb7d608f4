//! The chart over the columns of the result: as chosen, or as mended after an invalid mapping.

use super::{StageContext, misplaced, view};
use crate::{
    AgentError,
    analyst::Opinion,
    graph::{Outcome, State},
};
use datafyme_domain::{ChartSpec, RowSet};

pub(super) async fn run(context: &StageContext, state: &State) -> Result<Outcome, AgentError> {
    let (Some(result), Some(chosen)) = (view(state), &state.chart) else {
        return Ok(misplaced("no chart to map"));
    };
    let Some(fault) = &state.chart_fault else {
        return Ok(Outcome::Mapped { spec: titled(chosen.clone(), result.rows) });
    };
    let asking = context.asking(state);
    let mended = context.parts.analyst.repair_chart(&asking, &result, chosen, fault).await?;
    Ok(match mended {
        Opinion::Given(draft) => Outcome::Mapped { spec: titled(draft.spec, result.rows) },
        Opinion::Abstained(why) => Outcome::NoChart { why: why.reason },
    })
}

/// Axes without a title take the label of their column.
fn titled(mut spec: ChartSpec, rows: &RowSet) -> ChartSpec {
    let label = |position: usize| rows.columns.get(position).map(|c| c.name.clone());
    if spec.x_title.is_empty() {
        spec.x_title = label(spec.x).unwrap_or_default();
    }
    if spec.y_title.is_empty() {
        spec.y_title = spec.y.first().copied().and_then(label).unwrap_or_default();
    }
    spec
}
