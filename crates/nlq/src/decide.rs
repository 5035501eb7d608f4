//! Tries the best candidates and settles on one, with how sure that is.

use crate::{
    CatalogIndex, Trial, TrialOutcome,
    candidates::Candidate,
    learned::{self, Model, Pool, Row, Scene, Sight},
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
const MOST_TRIALS: usize = 160;
/// After so many candidates that took too long no further one is tried: the tables are too large for it.
const MOST_TIMEOUTS: usize = 6;
/// After this long no further candidate is tried.
const PATIENCE: Duration = Duration::from_millis(600);
/// A candidate this far behind the best one is not worth trying.
const HOPELESS: f64 = 14.0;
/// What a unit of what people expect weighs against a unit of the ranker, which learned from a benchmark.
const STYLE: f64 = 0.6;

/// What each join beyond the first two weighs against a unit of the ranker: few questions mean a way that long, and the
/// databases that the ranker learned from are smaller than those that people have.
const FAR: f64 = 0.3;
const NEAR: usize = 2;

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
    let mut timeouts = 0;
    for candidate in candidates.into_iter().take(MOST_TRIALS) {
        if best - candidate.score > HOPELESS {
            break;
        }
        let gives_up = timeouts >= MOST_TIMEOUTS || started.elapsed() > PATIENCE;
        let outcome = if gives_up { TrialOutcome::TimedOut } else { trial.run(&candidate.sql) };
        timeouts += usize::from(matches!(outcome, TrialOutcome::TimedOut));
        let (state, seen) = match outcome {
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
            seen: seen.as_ref().map(Seen::of).unwrap_or_default(),
            learned: None,
        });
    }
    weigh(&mut tried, weights);
    tried.sort_by(|a, b| b.score.total_cmp(&a.score));
    tried
}

/// The features of candidates that were tried, in their order, which is that of the search.
pub(crate) fn described(
    index: &CatalogIndex,
    reading: &Reading,
    tried: &[Tried],
    strict: Option<(State, f64)>,
    model: &Model,
) -> Vec<Row> {
    let sight = Sight::new(index, reading);
    let clauses = model.shapes(&sight.words);
    let scene = Scene { index, reading, sight: &sight, clauses, pool: Pool::of(tried, strict) };
    tried.iter().enumerate().map(|(rank, one)| learned::describe(&scene, one, rank)).collect()
}

/// Ranks candidates that were tried by what was learned, best first, and says how likely the best one is right.
pub(crate) fn rank(
    index: &CatalogIndex,
    reading: &Reading,
    mut tried: Vec<Tried>,
    strict: Option<(State, f64)>,
    model: &Model,
) -> Vec<Tried> {
    tried.sort_by(|a, b| b.candidate.score.total_cmp(&a.candidate.score));
    let rows = described(index, reading, &tried, strict, model);
    let mut ranked: Vec<(f64, Tried, Row)> = Vec::with_capacity(tried.len());
    for (mut one, row) in tried.into_iter().zip(rows) {
        one.score = f64::from(model.ranker.score(&row.values)) - STYLE * one.candidate.style;
        one.score -= FAR * one.candidate.plan.joins.len().saturating_sub(NEAR) as f64;
        if one.state == State::Failed {
            one.score -= 20.0;
        }
        ranked.push((one.score, one, row));
    }
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let scores: Vec<f32> = ranked.iter().map(|r| r.0 as f32).collect();
    let results: Vec<u64> = ranked.iter().enumerate().map(|(at, r)| number_of(r.1.state, at)).collect();
    let best = scores.first().copied().unwrap_or(0.0);
    let total: f32 = scores.iter().map(|s| (s - best).exp()).sum::<f32>().max(1e-9);
    let masses: Vec<f32> = results
        .iter()
        .map(|own| {
            scores.iter().zip(&results).filter(|(_, r)| *r == own).map(|(s, _)| (s - best).exp()).sum::<f32>() / total
        })
        .collect();
    let top = masses.first().copied().unwrap_or(1.0).max(1e-6);
    let sure = ranked.first().map_or(0.0, |(_, _, row)| {
        f64::from(model.confidence.probability(&learned::doubts(&scores, &results, &row.values, 0)))
    });
    ranked
        .into_iter()
        .zip(masses)
        .map(|((_, mut one, _), mass)| {
            one.mass = f64::from(mass);
            // The others share what is left as they share the likelihood.
            one.learned = Some((sure * f64::from(mass / top)).clamp(0.0, 0.99));
            one
        })
        .collect()
}

/// A number that results have in common when they are equal.
pub(crate) fn number_of(state: State, position: usize) -> u64 {
    match state {
        State::Result(hash) => hash,
        State::Empty => 1,
        State::Failed => 2,
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
