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

/// Most candidates that are looked at.
const MOST: usize = 330;
/// After so many candidates that took too long no further one is tried: the tables are too large for it.
const MOST_TIMEOUTS: usize = 6;
/// After this long no further candidate is tried.
const PATIENCE: Duration = Duration::from_millis(600);
/// A candidate this far behind the best one is not worth looking at.
const HOPELESS: f64 = 14.0;
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
    pub seen: Seen,
    /// How likely it is right, 0 to 1, where a model says so.
    pub learned: Option<f64>,
}

/// What a trial showed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Seen {
    pub rows: usize,
    /// Share of the rows that repeat an earlier one.
    pub repeats: f32,
    /// A single cell that is NULL.
    pub null: bool,
    /// A single cell that is 0.
    pub zero: bool,
    /// All of several rows are equal.
    pub same: bool,
}

impl Seen {
    fn of(rows: &RowSet) -> Self {
        let single = rows.rows.len() == 1 && rows.columns.len() == 1;
        let cell = rows.rows.first().and_then(|r| r.first());
        let mut different: Vec<u64> =
            rows.rows.iter().map(|r| hash_of(&r.iter().map(cell_hash).collect::<Vec<_>>())).collect();
        different.sort_unstable();
        different.dedup();
        Self {
            rows: rows.rows.len(),
            repeats: 1.0 - different.len() as f32 / rows.rows.len().max(1) as f32,
            null: single && cell.is_some_and(Value::is_null),
            zero: single && cell.and_then(Value::as_f64) == Some(0.0),
            same: rows.rows.len() > 1 && different.len() == 1,
        }
    }
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
    /// Not tried yet.
    pub(crate) fn new(reading: &Reading, candidate: Candidate) -> Self {
        let unmet = obligations::unmet(reading, &candidate.sql)
            + usize::from(candidate.plan.fan_trap().is_some())
            + usize::from(!candidate.unexplained.is_empty() && obligations::is_bare_figure(&candidate.sql));
        Self {
            score: candidate.score,
            candidate,
            state: State::Unknown,
            features: Features::new(),
            mass: 0.0,
            unmet,
            seen: Seen::default(),
            learned: None,
        }
    }

    /// Tries it.
    pub(crate) fn run(&mut self, trial: &dyn Trial) {
        match trial.run(&self.candidate.sql) {
            TrialOutcome::Rows(rows) => {
                self.state = state_of(&rows);
                self.seen = Seen::of(&rows);
            }
            TrialOutcome::Failed(_) => self.state = State::Failed,
            TrialOutcome::TimedOut => self.state = State::Unknown,
        }
    }

    /// How likely this reading is right, 0 to 1.
    pub(crate) fn confidence(&self, reading: &Reading) -> f64 {
        if let Some(learned) = self.learned {
            return learned;
        }
        let words = reading.tokens.len().max(4) as f64;
        let passed_over = self.candidate.unexplained.len();
        let explained = (1.0 - (passed_over as f64 / words).min(0.5)) * PASSED_OVER.powi(passed_over.min(4) as i32);
        // Results that agree support each other, so the share understates a reading that stands out.
        (self.mass.powf(0.6) * explained * obligations::DOUBT.powi(self.unmet as i32)).clamp(0.0, 0.99)
    }
}

/// Those of `candidates`, which come best first, that are not hopeless.
pub(crate) fn promising(candidates: Vec<Candidate>) -> Vec<Candidate> {
    let best = candidates.first().map_or(0.0, |c| c.score);
    candidates.into_iter().take(MOST).take_while(|c| best - c.score <= HOPELESS).collect()
}

/// Tries the best candidates and ranks them anew by the weights of the search, best first.
pub(crate) fn settle(
    reading: &Reading,
    candidates: Vec<Candidate>,
    trial: &dyn Trial,
    weights: &Weights,
) -> Vec<Tried> {
    let started = Instant::now();
    let mut tried: Vec<Tried> = promising(candidates).into_iter().map(|c| Tried::new(reading, c)).collect();
    let mut timeouts = 0;
    for one in &mut tried {
        if timeouts < MOST_TIMEOUTS && started.elapsed() <= PATIENCE {
            one.run(trial);
        }
        timeouts += usize::from(one.state == State::Unknown);
        let prior = judge(one);
        one.score = one.candidate.score + prior + weights.dot(&one.features) - obligations::PENALTY * one.unmet as f64;
    }
    weigh(&mut tried, weights);
    tried.sort_by(|a, b| b.score.total_cmp(&a.score));
    tried
}

/// The number of all candidates that could not be run.
pub(crate) const FAILED: u64 = 2;

/// A number that results have in common when they are equal.
pub(crate) fn number_of(state: State, position: usize) -> u64 {
    match state {
        State::Result(hash) => hash,
        State::Empty => 1,
        State::Failed => FAILED,
        State::Unknown => 16 + position as u64,
    }
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

/// What the trial says for or against a candidate; notes the features that the weights of the search know.
fn judge(tried: &mut Tried) -> f64 {
    let mut prior = 0.0;
    let features = &mut tried.features;
    let mut add = |name: &str, cost: f64| {
        features.push((feature(&["exec", name]), 1.0));
        prior += cost;
    };
    match tried.state {
        State::Failed => add("failed", -12.0),
        State::Empty => add("empty", -1.0),
        State::Unknown => add("unknown", -0.5),
        State::Result(_) => {}
    }
    let seen = tried.seen;
    if seen.null {
        add("null", -2.0);
    }
    if seen.zero {
        add("zero", -0.8);
    }
    if seen.rows == 1 {
        add("one row", 0.0);
    }
    let draft = &tried.candidate.draft;
    if draft.group.is_empty() && !draft.distinct && seen.repeats > 0.0 {
        add("repeats", 0.0);
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
