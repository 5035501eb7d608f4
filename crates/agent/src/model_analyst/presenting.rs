//! Text, table or chart, and which chart, by a model: it names columns, and what it draws is built from them.

use super::{ModelAnalyst, Privacy, inquiry::Inquiry, quoting, scene::Scene, turns};
use crate::{
    analyst::{Asking, ChartDraft, Opinion, RepresentationChoice, ResultView, Said},
    chart_rules::{self, ChartHint},
    prompts::{Prompt, prompt},
};
use datafyme_domain::{ChartKind, ChartSpec, RowSet};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

static CHOOSE_REPRESENTATION: LazyLock<Prompt> = prompt!("choose_representation", Fast, 200);
static CHOOSE_CHART: LazyLock<Prompt> = prompt!("choose_chart", Fast, 400);
static REPAIR_CHART: LazyLock<Prompt> = prompt!("repair_chart", Fast, 400);

/// Rows shown of a result that is to be drawn.
const ROWS: usize = 5;
/// Characters of a heading.
const TITLE: usize = 100;

/// A result to show.
#[derive(Debug, Serialize)]
struct Shown {
    #[serde(flatten)]
    scene: Scene,
    explanation: String,
    result: turns::Rows,
    /// The chart that cannot be drawn, and why; empty before the first.
    invalid: String,
    reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Bar,
    StackedBar,
    Line,
    Pie,
    Scatter,
    Bubble,
    Histogram,
    Mixed,
}

/// A chart by the names of its columns.
#[derive(Debug, Deserialize, JsonSchema)]
struct ChartReply {
    /// The kind of chart.
    kind: Kind,
    /// Heading, to the user.
    #[serde(default)]
    title: String,
    /// Column of the categories or of the horizontal axis; for a histogram the measured column.
    x: String,
    /// Columns with numbers to draw; empty for a histogram.
    #[serde(default)]
    y: Vec<String>,
    /// Column whose values part the rows into series; empty when there is none.
    #[serde(default)]
    series: String,
    /// Column of the bubbles' size; empty for other kinds.
    #[serde(default)]
    size: String,
    /// Why this chart, in a few words.
    #[serde(default)]
    why: String,
}

pub(super) async fn choose_representation(
    analyst: &ModelAnalyst,
    asking: &Asking,
    result: &ResultView<'_>,
) -> Said<RepresentationChoice> {
    let context = shown(analyst, asking, result);
    let said: Opinion<RepresentationChoice> = analyst.ask(&CHOOSE_REPRESENTATION, &context, &asking.ledger).await?;
    Ok(said.map(|choice| RepresentationChoice { why: quoting::line(&choice.why, 200), ..choice }))
}

pub(super) async fn choose_chart(analyst: &ModelAnalyst, asking: &Asking, result: &ResultView<'_>) -> Said<ChartDraft> {
    chart(analyst, asking, result, &CHOOSE_CHART, shown(analyst, asking, result)).await
}

pub(super) async fn repair_chart(
    analyst: &ModelAnalyst,
    asking: &Asking,
    result: &ResultView<'_>,
    invalid: &ChartSpec,
    reason: &str,
) -> Said<ChartDraft> {
    let name = |position: usize| result.rows.columns.get(position).map_or("", |c| c.name.as_str());
    let y: Vec<&str> = invalid.y.iter().map(|p| name(*p)).collect();
    let mut context = shown(analyst, asking, result);
    context.invalid =
        quoting::line(&format!("{}: x {}, y {}", invalid.kind.code(), name(invalid.x), y.join(", ")), 300);
    context.reason = quoting::line(reason, 300);
    chart(analyst, asking, result, &REPAIR_CHART, context).await
}

async fn chart(
    analyst: &ModelAnalyst,
    asking: &Asking,
    result: &ResultView<'_>,
    prompt: &Prompt,
    context: Shown,
) -> Said<ChartDraft> {
    let inquiry = Inquiry { prompt, context: &context, ledger: &asking.ledger, temperature: 0.0 };
    let said = analyst.ask_checked::<_, ChartReply>(inquiry, |reply| spec(asking, result, reply).map(|_| ())).await?;
    Ok(match said {
        Opinion::Given(reply) => match spec(asking, result, &reply) {
            Ok(spec) => Opinion::Given(ChartDraft { spec, why: quoting::line(&reply.why, 200) }),
            Err(objection) => Opinion::abstain(objection),
        },
        Opinion::Abstained(why) => Opinion::Abstained(why),
    })
}

/// The chart over the named columns; else what is wrong with their names.
fn spec(asking: &Asking, result: &ResultView<'_>, reply: &ChartReply) -> Result<ChartSpec, String> {
    let position = |name: &str| position(result.rows, name);
    let optional = |name: &str| if name.trim().is_empty() { Ok(None) } else { position(name).map(Some) };
    let hint = ChartHint { question: &asking.question, columns: &result.draft.columns, wish: result.draft.chart_wish };
    let kind = kind(reply.kind);
    // The rules know formats, marks and directions; the model says which columns.
    let mut spec = chart_rules::map(kind, result.rows, &hint).unwrap_or_else(|_| blank(kind));
    spec.x = position(&reply.x)?;
    spec.y = reply.y.iter().map(|name| position(name)).collect::<Result<_, _>>()?;
    spec.series = optional(&reply.series)?;
    spec.size = optional(&reply.size)?;
    if spec.marks.len() != spec.y.len() {
        spec.marks = Vec::new();
    }
    let title = quoting::line(&reply.title, TITLE);
    if !title.is_empty() {
        spec.title = title;
    }
    // Titles of the axes follow the columns.
    spec.x_title = String::new();
    spec.y_title = String::new();
    Ok(spec)
}

fn position(rows: &RowSet, name: &str) -> Result<usize, String> {
    let name = name.trim();
    let exact = rows.position(name);
    let found = exact.or_else(|| rows.columns.iter().position(|c| c.name.eq_ignore_ascii_case(name)));
    found.ok_or_else(|| {
        let names: Vec<&str> = rows.columns.iter().map(|c| c.name.as_str()).collect();
        format!("there is no such column among: {}", names.join(", "))
    })
}

const fn kind(kind: Kind) -> ChartKind {
    match kind {
        Kind::Bar => ChartKind::Bar,
        Kind::StackedBar => ChartKind::StackedBar,
        Kind::Line => ChartKind::Line,
        Kind::Pie => ChartKind::Pie,
        Kind::Scatter => ChartKind::Scatter,
        Kind::Bubble => ChartKind::Bubble,
        Kind::Histogram => ChartKind::Histogram,
        Kind::Mixed => ChartKind::Mixed,
    }
}

fn blank(kind: ChartKind) -> ChartSpec {
    ChartSpec {
        kind,
        title: String::new(),
        x: 0,
        y: Vec::new(),
        series: None,
        size: None,
        marks: Vec::new(),
        x_title: String::new(),
        y_title: String::new(),
        y2_title: None,
        number_format: datafyme_domain::chart::NumberFormat::default(),
        date_format: None,
        horizontal: false,
    }
}

fn shown(analyst: &ModelAnalyst, asking: &Asking, result: &ResultView<'_>) -> Shown {
    // The shape of the rows says enough where their values may not be told.
    let rows = if analyst.options.privacy == Privacy::Samples { ROWS } else { 0 };
    let first: Vec<_> = result.rows.rows.iter().take(rows).cloned().collect();
    let mut table = turns::rows(&result.rows.columns, &first, result.rows.truncated);
    table.total = result.rows.rows.len();
    Shown {
        scene: Scene::of(asking, analyst.options.privacy),
        explanation: quoting::line(&result.draft.explanation, 400),
        result: table,
        invalid: String::new(),
        reason: String::new(),
    }
}
