//! Tries the best candidates and settles on one, with how sure that is.

use crate::{
    Trial, TrialOutcome,
    candidates::Candidate,
    obligations,
    rank::{Features, Weights, feature},
    reading::Reading,
};
use datafyme_domain::{RowSet, Value};
use std::{
    collections::{BTreeMap, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
    time::{Duration, Instant},
};

/// Most candidates that are tried.
const MOST_TRIALS: usize = 24;
/// After this long no further candidate is tried.
const PATIENCE: Duration = Duration::from_millis(600);
/// A candidate this far behind the best one is not worth trying.
const HOPELESS: f64 = 9.0;

/// What confidence is multiplied with for each word that a reading passes over: any of them may be a condition.
const PASSED_OVER: f64 = 0.93;

/// A candidate with what came of trying it.
#[derive(Debug, Clone)]
pub(crate) struct Tried {
    pub candidate: Candidate,
    pub state: State,
    /// Score with what the trial showed.
    pub score: f64,
    pub features: Features,
    /// Share of the likelihood of all candidates whose result is the same.
    pub mass: f64,
    /// Things that the question plainly asks for and this does not do.
    pub unmet: usize,
}

/// What came of a trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Ran; equal results have equal hashes.
    Result(u64),
    Empty,
    Failed,
    Unknown,
}

impl Tried {
    /// How likely this reading is right, 0 to 1.
    pub(crate) fn confidence(&self, reading: &Reading) -> f64 {
        let words = reading.tokens.len().max(4) as f64;
        let passed_over = self.candidate.unexplained.len();
        let explained = (1.0 - (passed_over as f64 / words).min(0.5)) * PASSED_OVER.powi(passed_over.min(4) as i32);
        // Results that agree support each other, so the share understates a reading that stands out.
        (self.mass.powf(0.6) * explained * obligations::DOUBT.powi(self.unmet as i32)).clamp(0.0, 0.99)
    }
}

/// Tries the best candidates and ranks them anew, best first.
pub(crate) fn settle(
    reading: &Reading,
    candidates: Vec<Candidate>,
    trial: &dyn Trial,
    weights: &Weights,
) -> Vec<Tried> {
    let best = candidates.first().map_or(0.0, |c| c.score);
    let started = Instant::now();
    let mut tried: Vec<Tried> = Vec::new();
    for candidate in candidates.into_iter().take(MOST_TRIALS) {
        if best - candidate.score > HOPELESS || started.elapsed() > PATIENCE {
            break;
        }
        let (state, seen) = match trial.run(&candidate.sql) {
            TrialOutcome::Rows(rows) => (state_of(&rows), Some(rows)),
            TrialOutcome::Failed(_) => (State::Failed, None),
            TrialOutcome::TimedOut => (State::Unknown, None),
        };
        let mut features = Features::new();
        let prior = judge(&candidate, state, seen.as_ref(), &mut features);
        let unmet = obligations::unmet(reading, &candidate.sql)
            + usize::from(candidate.plan.fan_trap().is_some())
            + usize::from(!candidate.unexplained.is_empty() && obligations::is_bare_figure(&candidate.sql));
        tried.push(Tried {
            score: candidate.score + prior + weights.dot(&features) - obligations::PENALTY * unmet as f64,
            candidate,
            state,
            features,
            mass: 0.0,
            unmet,
        });
    }
    weigh(&mut tried, weights);
    tried.sort_by(|a, b| b.score.total_cmp(&a.score));
    tried
}

/// Candidates with the same result support each other.
fn weigh(tried: &mut [Tried], weights: &Weights) {
    let best = tried.iter().map(|t| t.score).fold(f64::MIN, f64::max);
    let mut masses: BTreeMap<u64, f64> = BTreeMap::new();
    let mut total = 0.0;
    for one in tried.iter() {
        let likelihood = (one.score - best).exp();
        total += likelihood;
        if let State::Result(hash) = one.state {
            *masses.entry(hash).or_default() += likelihood;
        }
    }
    for one in tried.iter_mut() {
        one.mass = match one.state {
            State::Result(hash) => masses.get(&hash).copied().unwrap_or(0.0),
            _ => (one.score - best).exp(),
        } / total.max(1e-9);
        let support = [(feature(&["exec", "mass"]), one.mass as f32)];
        one.score += one.mass + weights.dot(&support);
        one.features.extend(support);
    }
}

fn judge(candidate: &Candidate, state: State, rows: Option<&RowSet>, features: &mut Features) -> f64 {
    let mut prior = 0.0;
    let mut add = |name: &str, cost: f64| {
        features.push((feature(&["exec", name]), 1.0));
        prior += cost;
    };
    match state {
        State::Failed => add("failed", -12.0),
        State::Empty => add("empty", -1.0),
        State::Unknown => add("unknown", -0.5),
        State::Result(_) => {}
    }
    let Some(rows) = rows else { return prior };
    let single = rows.rows.len() == 1 && rows.columns.len() == 1;
    let cell = rows.rows.first().and_then(|r| r.first());
    if single && cell.is_some_and(Value::is_null) {
        add("null", -2.0);
    }
    if single && cell.and_then(Value::as_f64) == Some(0.0) {
        add("zero", -0.8);
    }
    if rows.rows.len() == 1 {
        add("one row", 0.0);
    }
    if candidate.draft.group.is_empty() && !candidate.draft.distinct && rows.rows.len() > 1 {
        let mut seen: Vec<&Vec<Value>> = Vec::new();
        let repeats = rows.rows.iter().take(60).any(|r| {
            let known = seen.contains(&r);
            seen.push(r);
            known
        });
        if repeats {
            add("repeats", 0.0);
        }
    }
    prior
}

/// What a result is told apart by: neither order of rows nor order of columns.
pub(crate) fn state_of(rows: &RowSet) -> State {
    if rows.rows.is_empty() {
        return State::Empty;
    }
    // Order of rows and of columns does not tell results apart.
    let mut row_hashes: Vec<u64> = rows
        .rows
        .iter()
        .map(|row| {
            let mut cells: Vec<u64> = row.iter().map(cell_hash).collect();
            cells.sort_unstable();
            hash_of(&cells)
        })
        .collect();
    row_hashes.sort_unstable();
    State::Result(hash_of(&row_hashes))
}

fn cell_hash(value: &Value) -> u64 {
    match value.as_f64() {
        Some(number) => hash_of(&((number * 1e6).round() as i64)),
        None => hash_of(&value.to_string()),
    }
}

fn hash_of<T: Hash>(value: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
