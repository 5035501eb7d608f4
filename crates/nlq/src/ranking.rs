//! Ranks the candidates of a question in two steps: their words and shapes say which of them are worth a trial, and what the
//! trials show decides between those. Trying all of them would cost ten times as much and change next to nothing.

use crate::{
    CatalogIndex, Trial,
    candidates::Candidate,
    choose::Strict,
    decide::{self, State, Tried},
    learned::{self, Model, Pool, Row, Scene, Sight},
    reading::Reading,
};
use std::time::{Duration, Instant};

/// Most candidates that are tried, and the fewest.
const MOST_TRIED: usize = 20;
const FEWEST_TRIED: usize = 4;
/// Candidates are tried, likeliest first, until so much of the likelihood is covered: those left cannot win.
const COVERED: f32 = 0.97;
/// Rows of the tables that all trials of a question may read; the likeliest candidate is tried whatever it reads. A trial
/// of a large table costs more than it tells (docs/nlq.md has what is right without any trial).
const MOST_ROWS: u64 = 70_000;
/// After so many trials that took too long, and after this long, no further one is made.
const MOST_TIMEOUTS: usize = 3;
const PATIENCE: Duration = Duration::from_millis(60);

/// What a unit of what people expect weighs against a unit of the ranker, which learned from a benchmark.
const STYLE: f64 = 1.2;
/// What a thing that the words plainly ask for and a candidate does not do weighs, likewise: the benchmark has no periods and
/// hardly a share.
const OBLIGED: f64 = 1.5;
/// What each join beyond the first two weighs against a unit of the ranker: few questions mean a way that long, and the
/// databases that the ranker learned from are smaller than those that people have.
const FAR: f64 = 0.3;
const NEAR: usize = 2;

/// Positions of the candidates that are worth a trial, likeliest first, by `scores` of the first step.
pub(crate) fn shortlist(scores: &[f32]) -> Vec<usize> {
    let of = |at: usize| scores.get(at).copied().unwrap_or(f32::MIN);
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| of(*b).total_cmp(&of(*a)).then(a.cmp(b)));
    let best = order.first().map_or(0.0, |at| of(*at));
    let total: f32 = scores.iter().map(|s| (s - best).exp()).sum::<f32>().max(1e-9);
    let mut covered = 0.0;
    let mut kept = 0;
    for at in &order {
        if kept >= MOST_TRIED || kept >= FEWEST_TRIED && covered >= COVERED {
            break;
        }
        covered += (of(*at) - best).exp() / total;
        kept += 1;
    }
    order.truncate(kept);
    order
}

/// What is known of each candidate without a trial, in the order of the search.
pub(crate) fn described(
    index: &CatalogIndex,
    reading: &Reading,
    untried: &[Tried],
    strict: Option<&Strict>,
    model: &Model,
) -> Vec<Row> {
    let sight = Sight::new(index, reading);
    let clauses = model.shapes(&sight.words);
    let scene = Scene { index, reading, sight: &sight, clauses, pool: Pool::of(untried, strict) };
    untried.iter().enumerate().map(|(rank, one)| learned::describe(&scene, one, rank)).collect()
}

/// What people expect, and what the words plainly ask for, against what the ranker thinks.
fn manners(tried: &Tried) -> f64 {
    let one = &tried.candidate;
    STYLE * one.style + OBLIGED * tried.unmet as f64 + FAR * one.plan.joins.len().saturating_sub(NEAR) as f64
}

/// The candidates worth a trial, tried, best first, with how likely the best one is right. `candidates` come best first.
pub(crate) fn rank(
    index: &CatalogIndex,
    reading: &Reading,
    candidates: Vec<Candidate>,
    trial: &dyn Trial,
    strict: Option<&Strict>,
    model: &Model,
) -> Vec<Tried> {
    let untried: Vec<Tried> = decide::promising(candidates).into_iter().map(|c| Tried::new(reading, c)).collect();
    let rows = described(index, reading, &untried, strict, model);
    let first: Vec<f32> = rows.iter().map(|r| model.shortlist.score(&r.values)).collect();
    let wished: Vec<f32> = first.iter().zip(&untried).map(|(s, t)| s - manners(t) as f32).collect();
    let order = shortlist(&wished);
    let mut slots: Vec<Option<(Tried, Row)>> = untried.into_iter().zip(rows).map(Some).collect();
    let mut kept: Vec<(Tried, Row, f32)> = order
        .into_iter()
        .filter_map(|at| {
            let (tried, row) = slots.get_mut(at)?.take()?;
            Some((tried, row, wished.get(at).copied()?))
        })
        .collect();
    try_all(index, &mut kept, trial);
    let scores: Vec<f32> = kept.iter().map(|k| k.2).collect();
    let results: Vec<u64> = kept.iter().enumerate().map(|(at, k)| decide::number_of(k.0.state, at)).collect();
    let support = learned::support(&scores, &results);
    for ((tried, row, _), support) in kept.iter_mut().zip(support) {
        row.values.extend(learned::shown(index, tried, strict));
        row.values.extend(support);
        tried.score = f64::from(model.ranker.score(&row.values)) - manners(tried);
        if tried.state == State::Failed {
            tried.score -= 20.0;
        }
    }
    kept.sort_by(|a, b| b.0.score.total_cmp(&a.0.score));
    sure(kept.into_iter().map(|(tried, row, _)| (tried, row)).collect(), model)
}

fn try_all(index: &CatalogIndex, kept: &mut [(Tried, Row, f32)], trial: &dyn Trial) {
    let started = Instant::now();
    let (mut timeouts, mut read) = (0, 0);
    for (place, (tried, ..)) in kept.iter_mut().enumerate() {
        if timeouts >= MOST_TIMEOUTS || started.elapsed() > PATIENCE {
            break;
        }
        let tables = tried.candidate.plan.tables();
        let rows: u64 = tables.iter().filter_map(|t| index.find_table(t)).map(|t| index.table(t).rows).sum();
        if place > 0 && read + rows > MOST_ROWS {
            continue;
        }
        read += rows;
        tried.run(trial);
        timeouts += usize::from(tried.state == State::Unknown);
    }
}

/// Says how likely the best of the ranked candidates is right; the others share what is left as they share the likelihood.
fn sure(ranked: Vec<(Tried, Row)>, model: &Model) -> Vec<Tried> {
    let scores: Vec<f32> = ranked.iter().map(|r| r.0.score as f32).collect();
    let results: Vec<u64> = ranked.iter().enumerate().map(|(at, r)| decide::number_of(r.0.state, at)).collect();
    let best = scores.first().copied().unwrap_or(0.0);
    let total: f32 = scores.iter().map(|s| (s - best).exp()).sum::<f32>().max(1e-9);
    let mass = |own: u64| {
        scores.iter().zip(&results).filter(|(_, r)| **r == own).map(|(s, _)| (s - best).exp()).sum::<f32>() / total
    };
    let masses: Vec<f32> = results.iter().map(|own| mass(*own)).collect();
    let top = masses.first().copied().unwrap_or(1.0).max(1e-6);
    let sure = ranked.first().map_or(0.0, |(_, row)| {
        f64::from(model.confidence.probability(&learned::doubts(&scores, &results, &row.values, 0)))
    });
    ranked
        .into_iter()
        .zip(masses)
        .map(|((mut one, _), mass)| {
            one.mass = f64::from(mass);
            one.learned = Some((sure * f64::from(mass / top)).clamp(0.0, 0.99));
            one
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sure_candidate_leaves_few_to_try() {
        let mut scores = vec![0.0; 100];
        scores[40] = 20.0;
        assert_eq!(shortlist(&scores), [40, 0, 1, 2]);
    }

    #[test]
    fn equal_candidates_are_tried_up_to_the_bound() {
        assert_eq!(shortlist(&[0.0; 100]).len(), MOST_TRIED);
        assert_eq!(shortlist(&[]), Vec::<usize>::new());
    }
}
