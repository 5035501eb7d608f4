//! Between the strict reading and the best of the search. Where they agree, or nearly, all is well. Where they do not,
//! the strict reader is right about forms that it alone builds with care (periods, balances, shares, revenue,
//! equal-shaped tables, "without any") and the search about the rest: on databases that neither knows, the strict
//! reader's other readings are mostly wrong there. The rule was set on one part of the held-out databases and measured
//! on another (`eval choices`, `held-a` and `held-b`).

use crate::{
    CatalogIndex, Question, Trial, TrialOutcome,
    decide::{self, State, Tried},
    draft::realise,
    grammar, obligations,
    plan::{Aggregate, Comparison, Expr, Operand, Plan, Predicate, SetOperator},
    reading::Reading,
};

/// Least certainty at which the strict reading is considered.
const STRICT: f64 = 0.7;
/// The best of the search, or one that is as good, has the strict reading's result.
const AGREES: f64 = 0.01;
/// A candidate of the search with the strict reading's result and this little less score is as good as the best.
const NEAR: f64 = 2.0;
/// Below this the search is too unsure of its best reading to stand against the strict one.
const UNSURE: f64 = 0.4;

/// The strict reading of a question, tried.
#[derive(Debug, Clone)]
pub(crate) struct Strict {
    pub plan: Plan,
    pub sql: String,
    /// 0 to 1, by its own rules.
    pub certainty: f64,
    pub state: State,
    /// It was laid over the questions before it.
    pub follows: bool,
    pub notes: Vec<String>,
}

impl Strict {
    /// The strict reading, where it accounts for the words and runs.
    pub(crate) fn read(index: &CatalogIndex, question: &Question<'_>, trial: &dyn Trial) -> Option<Self> {
        let earlier = question.context.filter(|_| grammar::is_follow_up(question.text));
        let mut questions: Vec<&str> = earlier.map(|c| c.question.split('\n').collect()).unwrap_or_default();
        questions.push(question.text);
        let strict = grammar::read(index, &questions, question.today)?;
        if strict.certainty < STRICT {
            return None;
        }
        let plan = realise(index, &strict.draft, &|_| 0.0)?;
        let sql = plan.to_sql(index.dialect);
        let state = match trial.run(&sql) {
            TrialOutcome::Failed(_) => return None,
            TrialOutcome::TimedOut => State::Unknown,
            TrialOutcome::Rows(rows) => decide::state_of(&rows),
        };
        let (certainty, follows, notes) = (strict.certainty, questions.len() > 1, strict.draft.notes);
        Some(Self { plan, sql, certainty, state, follows, notes })
    }
}

/// What the rule of choice looks at.
#[derive(Debug, Clone)]
pub(crate) struct Grounds {
    /// How far the candidate with the strict reading's result is behind the best one; absent where there is none.
    pub gap: Option<f64>,
    /// How sure the search is of its best reading.
    pub search: f64,
    /// The strict reader builds this form with more care, or the search drops a negation that it keeps.
    pub special: bool,
    /// The strict reading shows columns that nobody asked for.
    pub too_much: bool,
    /// Things that the question plainly asks for and the strict reading does not do.
    pub unmet: usize,
}

impl Grounds {
    pub(crate) fn of(strict: &Strict, reading: &Reading, tried: &[Tried]) -> Option<Self> {
        let best = tried.first().filter(|t| t.state != State::Failed)?;
        Some(Self {
            gap: tried.iter().filter(|t| t.state == strict.state).map(|t| best.score - t.score).reduce(f64::min),
            search: best.confidence(reading),
            special: is_special(&strict.plan) || negates(&strict.plan) && !negates(&best.candidate.plan),
            too_much: shows_too_much(&strict.plan, reading),
            unmet: obligations::unmet(reading, &strict.sql) + usize::from(strict.plan.fan_trap().is_some()),
        })
    }
}

/// How sure the strict reading is, seen beside the search; absent where the search is to be believed.
pub(crate) fn confidence(strict: &Strict, reading: &Reading, tried: &[Tried]) -> Option<f64> {
    let certainty = strict.certainty;
    let Some(grounds) = Grounds::of(strict, reading, tried) else {
        return Some(certainty * 0.8);
    };
    let (own, best) = (grounds.unmet, tried.first().map_or(0, |t| t.unmet));
    let agrees = grounds.gap.is_some_and(|gap| gap < AGREES);
    let sure = match grounds.gap {
        _ if agrees => certainty,
        _ if own < best => certainty * 0.85,
        Some(_) if own > best => return None,
        _ if grounds.special => certainty * 0.85,
        _ if grounds.too_much => return None,
        Some(gap) if gap < NEAR => certainty * 0.85,
        _ if grounds.search < UNSURE => certainty * 0.7,
        _ => return None,
    };
    Some(sure * obligations::DOUBT.powi(i32::try_from(own).unwrap_or(9)))
}

/// Forms that the strict reader builds with more care than the search.
fn is_special(plan: &Plan) -> bool {
    let built = |e: &Expr| {
        matches!(
            e,
            Expr::Period { .. }
                | Expr::Ratio { .. }
                | Expr::SumProduct { .. }
                | Expr::Scalar { .. }
                | Expr::Difference { .. }
        )
    };
    let latest = |p: &Predicate| match p {
        Predicate::Compare { right: Operand::Plan { plan }, .. } => {
            plan.select.iter().any(|s| matches!(s.expr, Expr::Aggregate { function: Aggregate::Max, .. }))
        }
        _ => false,
    };
    plan.select.iter().map(|s| &s.expr).chain(&plan.group).any(built)
        || plan.sources.iter().any(|s| !s.siblings.is_empty())
        || plan.filters.iter().any(latest)
        || plan.filters.iter().any(|p| one_by_one(plan, p) || matches!(p, Predicate::Exists { negated: false, .. }))
}

/// "of A and of B": several cells of the column that is grouped by.
fn one_by_one(plan: &Plan, predicate: &Predicate) -> bool {
    let grouped = |p: &Predicate| match p {
        Predicate::Compare { left, op: Comparison::Equal, .. } => plan.group.contains(left),
        _ => false,
    };
    matches!(predicate, Predicate::Any { of } if !of.is_empty() && of.iter().all(grouped))
}

fn negates(plan: &Plan) -> bool {
    let absent = |p: &Predicate| {
        matches!(p, Predicate::Exists { negated: true, .. } | Predicate::Within { negated: true, .. })
            || matches!(p, Predicate::IsNull { negated: false, .. })
    };
    plan.filters.iter().any(absent) || plan.compound.as_ref().is_some_and(|c| c.operator == SetOperator::Except)
}

/// Keys that nobody asked for, and columns that only a condition or an order needs.
fn shows_too_much(plan: &Plan, reading: &Reading) -> bool {
    let asks_key = reading.has(&["id", "ids", "code", "codes", "number", "numbers", "key", "keys"]);
    let compared = |p: &Predicate, expr: &Expr| match p {
        Predicate::Compare { left, .. } | Predicate::Between { left, .. } | Predicate::Like { left, .. } => {
            left == expr
        }
        _ => false,
    };
    plan.select.iter().any(|item| {
        let Expr::Column(column) = &item.expr else { return false };
        let filtered = plan.filters.iter().any(|p| {
            compared(p, &item.expr) || matches!(p, Predicate::Any { of } if of.iter().any(|q| compared(q, &item.expr)))
        });
        let sorted = plan.limit.is_none() && plan.select.len() > 1 && plan.order.iter().any(|o| o.expr == item.expr);
        (column.identifier && !asks_key) || filtered || sorted
    })
}
