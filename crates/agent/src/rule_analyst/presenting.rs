//! Text, table or chart, by the chart rules.

use super::{
    drafting::subject,
    messages::{Message, classify},
};
use crate::{
    analyst::{Asking, ChartDraft, Opinion, RepresentationChoice, RepresentationKind, ResultView},
    chart_rules::{self, ChartHint, Representation},
};
use datafyme_domain::{ChartKind, ChartSpec};

fn hint<'a>(asking: &'a Asking, result: &ResultView<'a>) -> ChartHint<'a> {
    ChartHint { question: subject(asking, result.draft), columns: &result.draft.columns, wish: result.draft.chart_wish }
}

pub(super) fn choose_representation(asking: &Asking, result: &ResultView<'_>) -> Opinion<RepresentationChoice> {
    if classify(asking) == Message::Redraw(None) {
        return Opinion::Given(RepresentationChoice {
            kind: RepresentationKind::Table,
            why: "the question asks for a table".to_owned(),
        });
    }
    let choice = chart_rules::choose(result.rows, &hint(asking, result));
    Opinion::Given(RepresentationChoice {
        kind: match choice.representation {
            Representation::Text => RepresentationKind::Text,
            Representation::Table => RepresentationKind::Table,
            Representation::Chart(_) => RepresentationKind::Chart,
        },
        why: choice.why,
    })
}

pub(super) fn choose_chart(asking: &Asking, result: &ResultView<'_>) -> Opinion<ChartDraft> {
    let choice = chart_rules::choose(result.rows, &hint(asking, result));
    match choice.representation {
        Representation::Chart(spec) => Opinion::Given(ChartDraft { spec: *spec, why: choice.why }),
        Representation::Text | Representation::Table => Opinion::abstain(choice.why),
    }
}

/// The same kind over other columns; else bars; else none.
pub(super) fn repair_chart(
    asking: &Asking,
    result: &ResultView<'_>,
    invalid: &ChartSpec,
    reason: &str,
) -> Opinion<ChartDraft> {
    let hint = hint(asking, result);
    for kind in [invalid.kind, ChartKind::Bar] {
        if let Ok(spec) = chart_rules::map(kind, result.rows, &hint)
            && spec != *invalid
        {
            let why = format!("drawn again, since {reason}");
            return Opinion::Given(ChartDraft { spec, why });
        }
    }
    Opinion::abstain(format!("no chart fits these rows: {reason}"))
}
