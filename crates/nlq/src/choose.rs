//! Between the strict reading and the best of the search. The strict reading is ranked with the candidates of the search;
//! beyond that, the strict reader is right about forms that it alone builds with care (periods, balances, shares, revenue,
//! equal-shaped tables, "without any") and that the questions the ranker was trained on do not have.

use crate::{
    CatalogIndex, Question, Trial, TrialOutcome,
    candidates::Candidate,
    decide::{self, State, Tried},
    draft::{Draft, realise},
    grammar, obligations,
    plan::{Aggregate, Comparison, Expr, Operand, Plan, Predicate, SetOperator},
    rank::Features,
    reading::Reading,
};

/// Least certainty at which the strict reading is considered.
const STRICT: f64 = 0.7;
/// What is left of its certainty where the search agrees: on databases that nobody tuned it on, nine in ten of these were
/// right.
const AGREED: f64 = 0.9;
/// The search is doubted where it is less sure than this.
const DOUBTED: f64 = 0.5;
/// How far behind the best of the search the strict reading enters the ranking.
const BEHIND: f64 = 2.0;

/// The strict reading of a question, tried.
#[derive(Debug, Clone)]
pub(crate) struct Strict {
    pub draft: Draft,
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
        let (certainty, follows, notes) = (strict.certainty, questions.len() > 1, strict.draft.notes.clone());
        Some(Self { draft: strict.draft, plan, sql, certainty, state, follows, notes })
    }

    /// As one candidate among those of the search, behind their best.
    pub(crate) fn candidate(&self, best: f64) -> Candidate {
        Candidate {
            draft: self.draft.clone(),
            plan: self.plan.clone(),
            sql: self.sql.clone(),
            score: best - BEHIND,
            pieces: [0.0; 4],
            changed: 0.0,
            style: 0.0,
            features: Features::new(),
            families: Vec::new(),
            edited: false,
            unexplained: Vec::new(),
        }
    }
}

/// Why the strict reading stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ground {
    /// The search has nothing.
    Alone,
    /// The search has the same result.
    Agreed,
    /// It does more of what the question plainly asks for.
    Obliged,
    /// It is of a form that it builds with more care.
    Special,
    /// It ranks, and the search is not sure.
    Instead,
}

/// Whether the strict reading stands against the best of the search, on what ground, and how sure it is then; absent where
/// the search is to be believed. The ranker knows the strict reading as one of its candidates, but it learned from a
/// benchmark without periods, shares and the like: of these the strict reader knows more.
pub(crate) fn stands(strict: &Strict, reading: &Reading, tried: &[Tried]) -> Option<(Ground, f64)> {
    let certainty = strict.certainty;
    let Some(best) = tried.first().filter(|t| t.state != State::Failed) else {
        return Some((Ground::Alone, certainty * 0.8));
    };
    let own = obligations::unmet(reading, &strict.sql) + usize::from(strict.plan.fan_trap().is_some());
    let special = is_special(&strict.plan) || negates(&strict.plan) && !negates(&best.candidate.plan);
    let (ground, sure) = match () {
        () if best.state == strict.state => (Ground::Agreed, (certainty * AGREED).max(best.confidence(reading))),
        () if own < best.unmet => (Ground::Obliged, certainty * 0.85),
        () if own > best.unmet => return None,
        () if special => (Ground::Special, certainty * 0.85),
        // Where the alternative is to say nothing. On databases that nobody tuned it on, other readings that stood alone
        // like this were right once in 34 times.
        () if best.confidence(reading) < DOUBTED && ranks(&strict.plan) => (Ground::Instead, certainty * 0.75),
        () => return None,
    };
    Some((ground, sure * obligations::DOUBT.powi(i32::try_from(own).unwrap_or(9))))
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

/// "The cheapest", "the three largest": the first of an order, or the largest figure of all.
fn ranks(plan: &Plan) -> bool {
    let extreme = |e: &Expr| matches!(e, Expr::Aggregate { function: Aggregate::Max | Aggregate::Min, .. });
    plan.limit.is_some() && !plan.order.is_empty() || matches!(plan.select.as_slice(), [one] if extreme(&one.expr))
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
