//! What a result says, by a model: its figures are checked against the rows, and the rules speak where they do not
//! hold, or where rows may not stand in a prompt.

use super::{
    ModelAnalyst, Privacy, figures,
    inquiry::Inquiry,
    quoting,
    scene::Scene,
    speech,
    talking::suggestions,
    turns::{self, Rows},
};
use crate::{
    analyst::{Asking, Description, Opinion, ResultView, Said},
    prompts::{Prompt, prompt},
    rule_analyst,
};
use datafyme_nlq::Language;
use serde::Serialize;
use std::sync::LazyLock;

static DESCRIBE_RESULT: LazyLock<Prompt> = prompt!("describe_result", Fast, 600);

/// Longest description in characters.
const MAX_TEXT: usize = 2_000;
/// Fields of a single row that are told.
const FIELDS: usize = 8;
/// Columns that are summed up.
const SUMMED: usize = 4;

/// A result to describe.
#[derive(Debug, Serialize)]
struct Described {
    #[serde(flatten)]
    scene: Scene,
    explanation: String,
    result: Rows,
    /// Figures computed of all rows.
    facts: Vec<String>,
}

pub(super) async fn describe(analyst: &ModelAnalyst, asking: &Asking, view: &ResultView<'_>) -> Said<Description> {
    if analyst.options.privacy < Privacy::Samples {
        return Ok(unaided(asking, view));
    }
    let context = Described {
        scene: Scene::of(asking, analyst.options.privacy),
        explanation: quoting::line(&view.draft.explanation, 400),
        result: turns::rows(&view.rows.columns, &view.rows.rows, view.rows.truncated),
        facts: facts(view),
    };
    let known = figures::Known::of_result(asking, view);
    let inquiry = Inquiry { prompt: &DESCRIBE_RESULT, context: &context, ledger: &asking.ledger, temperature: 0.0 };
    let said = analyst
        .ask_checked::<_, Description>(inquiry, |reply| {
            if reply.text.trim().is_empty() {
                return Err("its text is empty".to_owned());
            }
            known.check(&reply.text)
        })
        .await?;
    Ok(match said {
        Opinion::Given(reply) => Opinion::Given(Description {
            text: quoting::block(&reply.text, MAX_TEXT),
            suggestions: suggestions(reply.suggestions),
        }),
        // Words whose figures do not hold are worth less than none.
        Opinion::Abstained(_) => unaided(asking, view),
    })
}

/// What the rows say without a model: the rules' words, or the bare figures where the question was not in English.
pub(crate) fn unaided(asking: &Asking, view: &ResultView<'_>) -> Opinion<Description> {
    if speech::language(asking) != Language::Hu {
        return rule_analyst::describe(view);
    }
    let label = |position: usize| view.rows.columns.get(position).map_or("", |c| c.name.as_str());
    let text = match view.rows.rows.as_slice() {
        [] => "Nincs a feltételeknek megfelelő adat.".to_owned(),
        [row] => {
            let told: Vec<String> =
                row.iter().enumerate().take(FIELDS).map(|(at, value)| format!("{}: {value}", label(at))).collect();
            format!("{}.", told.join(", "))
        }
        rows if view.rows.truncated => format!("Az első {} sor; több is van.", rows.len()),
        rows => format!("{} sor.", rows.len()),
    };
    Opinion::Given(Description { text, suggestions: Vec::new() })
}

/// `quantity: total 300, average 12.5, lowest 1, highest 24`, so that the model need not compute.
fn facts(view: &ResultView<'_>) -> Vec<String> {
    let mut facts = Vec::new();
    for (position, column) in view.rows.columns.iter().enumerate() {
        let figures: Vec<f64> = view
            .rows
            .column_values(position)
            .filter_map(datafyme_domain::Value::as_f64)
            .filter(|n| n.is_finite())
            .collect();
        if !column.column_type.is_numeric() || figures.len() < 2 || facts.len() >= SUMMED {
            continue;
        }
        let sum: f64 = figures.iter().sum();
        let lowest = figures.iter().copied().fold(f64::INFINITY, f64::min);
        let highest = figures.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let average = sum / figures.len() as f64;
        facts.push(format!(
            "{}: total {}, average {}, lowest {}, highest {}",
            quoting::line(&column.name, 60),
            plain(sum),
            plain(average),
            plain(lowest),
            plain(highest)
        ));
    }
    facts
}

/// Two decimals at most.
fn plain(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
