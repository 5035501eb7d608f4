//! Can the chart be drawn from these rows?

use super::{misplaced, view};
use crate::{
    chart_rules,
    graph::{Outcome, State},
};

pub(super) fn run(state: &State) -> Outcome {
    let (Some(result), Some(spec)) = (view(state), &state.chart) else {
        return misplaced("no chart to validate");
    };
    match chart_rules::validate(spec, result.rows) {
        Ok(()) => Outcome::Valid,
        Err(reason) => Outcome::Invalid { reason: reason.to_string() },
    }
}
