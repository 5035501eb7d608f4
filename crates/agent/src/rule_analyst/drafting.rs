//! A plan of the parser as a query draft.

use crate::analyst::{Asking, DraftColumn, DraftColumnRole, DraftJoin, OtherReading, QueryDraft, TieProbe};
use datafyme_domain::{Dialect, Explanation};
use datafyme_nlq::{
    Aggregate, Alternative, Context, Expr, Grain, JoinKind, Language, OutputRole, Plan, Predicate, SelectItem,
};

/// Largest cut that is looked at for ties.
const TIE_LIMIT: u64 = 50;
/// Rows beyond the cut that are looked at.
const TIE_LOOKAHEAD: u64 = 20;
/// Other readings that are kept for a repair.
const OTHERS: usize = 3;

/// The draft that a plan stands for. `question` is what a follow-up will refer to.
pub(super) fn draft(question: &str, plan: &Plan, dialect: Dialect, confidence: f64) -> QueryDraft {
    QueryDraft {
        explanation: plan.explain(),
        explanations: explanations(plan),
        confidence: Some(confidence),
        columns: plan.output().into_iter().map(column).collect(),
        joins: joins(plan),
        tie_probe: tie_probe(plan, dialect),
        memo: memo(question, plan),
        sql: plan.to_sql(dialect),
        ..QueryDraft::default()
    }
}

/// The plan in words, in English and in Hungarian.
fn explanations(plan: &Plan) -> Vec<Explanation> {
    let said = |code: &str, language| Explanation { language: code.to_owned(), phrases: plan.phrases(language) };
    vec![said("en", Language::En), said("hu", Language::Hu)]
}

/// Other readings, for a repair.
pub(super) fn others(question: &str, alternatives: &[Alternative]) -> Vec<OtherReading> {
    alternatives
        .iter()
        .take(OTHERS)
        .map(|a| OtherReading {
            sql: a.sql.clone(),
            explanation: a.plan.explain(),
            confidence: a.confidence,
            memo: memo(question, &a.plan),
        })
        .collect()
}

/// The plan behind a memo.
pub(super) fn remembered(memo: Option<&serde_json::Value>) -> Option<Context> {
    serde_json::from_value(memo?.clone()).ok()
}

/// What the words of a chart are made from: a follow-up does not say what it is about, its reading does.
pub(super) fn subject<'a>(asking: &'a Asking, draft: &'a QueryDraft) -> &'a str {
    let refers_back = asking.last_answered().is_some() && asking.question.split_whitespace().count() <= 6;
    if refers_back && !draft.explanation.is_empty() { &draft.explanation } else { &asking.question }
}

fn memo(question: &str, plan: &Plan) -> Option<serde_json::Value> {
    serde_json::to_value(Context { question: question.to_owned(), plan: plan.clone() }).ok()
}

fn column(output: datafyme_nlq::OutputColumn) -> DraftColumn {
    DraftColumn {
        label: output.label,
        role: match output.role {
            OutputRole::Measure => DraftColumnRole::Measure,
            OutputRole::Dimension => DraftColumnRole::Dimension,
            OutputRole::TimeDimension => DraftColumnRole::Time,
            OutputRole::Identifier => DraftColumnRole::Identifier,
            OutputRole::Share => DraftColumnRole::Share,
        },
        period: output.grain.map(|g| {
            match g {
                Grain::Day => "day",
                Grain::Week => "week",
                Grain::Month => "month",
                Grain::Quarter => "quarter",
                Grain::Year => "year",
            }
            .to_owned()
        }),
    }
}

/// The joins, the plan's own first, then those of its "with" and "without" conditions, then those inside.
fn joins(plan: &Plan) -> Vec<DraftJoin> {
    let conditions: Vec<bool> = plan
        .filters
        .iter()
        .filter_map(|f| match f {
            Predicate::Exists { negated, .. } => Some(*negated),
            _ => None,
        })
        .collect();
    let own = plan.joins.len();
    plan.all_joins()
        .into_iter()
        .enumerate()
        .map(|(i, join)| DraftJoin {
            from_table: join.from_table,
            from_columns: join.from_columns,
            to_table: join.to_table,
            to_columns: join.to_columns,
            relation: join.relation,
            keeps_unmatched: match plan.joins.get(i) {
                Some(join) => join.kind == JoinKind::Left,
                None => conditions.get(i - own).copied().unwrap_or(false),
            },
            // The plan's own join `i` attaches source `i + 1`.
            inflates: join.multiplies && i < own && aggregates_before(plan, i + 1) || plan.fan_trap() == Some(i),
        })
        .collect()
}

/// Whether a total or an average is taken of a column that stands before source `attached`: one that repeats when the
/// attached side has several rows for one.
fn aggregates_before(plan: &Plan, attached: usize) -> bool {
    let items = plan.select.iter().map(|i| &i.expr).chain(plan.order.iter().map(|o| &o.expr));
    items.into_iter().any(|expr| repeats(expr, attached))
}

fn repeats(expr: &Expr, attached: usize) -> bool {
    match expr {
        Expr::Aggregate { function: Aggregate::Sum | Aggregate::Avg | Aggregate::Count, distinct: false, of }
        | Expr::SumWhere { of, .. } => of.source < attached,
        Expr::SumProduct { left, right } => left.source < attached && right.source < attached,
        Expr::Ratio { numerator, denominator, .. } => repeats(numerator, attached) || repeats(denominator, attached),
        Expr::Difference { left, right } => repeats(left, attached) || repeats(right, attached),
        _ => false,
    }
}

/// The sort keys of a cut query and of some rows beyond it.
fn tie_probe(plan: &Plan, dialect: Dialect) -> Option<TieProbe> {
    let kept = plan.limit.filter(|n| (1..=TIE_LIMIT).contains(n))?;
    if plan.order.is_empty() || plan.distinct || plan.offset.is_some() || plan.compound.is_some() {
        return None;
    }
    let mut probe = plan.clone();
    probe.limit = Some(kept + TIE_LOOKAHEAD);
    // Only the leading key says what "highest" means; later keys merely make the order stable.
    let key = plan.order.first()?;
    probe.select = vec![SelectItem { expr: key.expr.clone(), label: "key".to_owned() }];
    Some(TieProbe { sql: probe.to_sql(dialect), kept: usize::try_from(kept).ok()? })
}
