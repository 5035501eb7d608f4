//! What the confidence in the best candidate is read off, and how candidates stand among each other.

use crate::decide::FAILED;

/// Features of the best candidate against the rest: `scores` of all candidates by the ranker, their results as numbers
/// that are equal where the results are, and the features of the best one. `best` is a position in `scores`.
pub(crate) fn doubts(scores: &[f32], results: &[u64], features: &[f32], best: usize) -> Vec<f32> {
    let top = scores.get(best).copied().unwrap_or(0.0);
    let own = results.get(best).copied();
    let likelihood: Vec<f32> = scores.iter().map(|s| (s - top).exp()).collect();
    let total: f32 = likelihood.iter().sum::<f32>().max(1e-9);
    let pairs = || scores.iter().zip(results);
    let mass: f32 =
        likelihood.iter().zip(results).filter(|(_, r)| Some(**r) == own).map(|(l, _)| l).sum::<f32>() / total;
    let rival = pairs().filter(|(_, r)| Some(**r) != own).map(|(s, _)| *s).fold(top - 12.0, f32::max);
    let agreeing = pairs().filter(|(_, r)| Some(**r) == own).count();
    let mut different: Vec<u64> = results.to_vec();
    different.sort_unstable();
    different.dedup();
    let entropy: f32 = different
        .iter()
        .map(|d| likelihood.iter().zip(results).filter(|(_, r)| *r == d).map(|(l, _)| l).sum::<f32>() / total)
        .filter(|p| *p > 1e-6)
        .map(|p| -p * p.ln())
        .sum();
    let mut row = vec![mass, 1.0 / total, top - rival, agreeing as f32, different.len() as f32, entropy, top];
    row.extend_from_slice(features);
    row
}

/// Number of features of a candidate among others.
pub(crate) const SUPPORT: usize = 8;

/// How each of the candidates that were tried stands among them: `scores` of the first step, and their results as numbers
/// that are equal where the results are. Likelihood is that of the first step.
pub(crate) fn support(scores: &[f32], results: &[u64]) -> Vec<[f32; SUPPORT]> {
    let best = scores.iter().copied().fold(f32::MIN, f32::max);
    let likelihood: Vec<f32> = scores.iter().map(|s| (s - best).exp()).collect();
    let total: f32 = likelihood.iter().sum::<f32>().max(1e-9);
    let sharing = |own: u64| likelihood.iter().zip(results).filter(move |(_, r)| **r == own);
    let mass = |own: u64| sharing(own).map(|(l, _)| l).sum::<f32>() / total;
    let strongest = results.iter().filter(|r| **r != FAILED).map(|r| mass(*r)).fold(0.0, f32::max);
    let count = scores.len().max(1) as f32;
    scores
        .iter()
        .zip(&likelihood)
        .zip(results)
        .map(|((score, likelihood), own)| {
            let place = scores.iter().filter(|s| *s > score).count() as f32;
            let agreeing = sharing(*own).count() as f32;
            let mass = mass(*own);
            [score - best, place, likelihood / total, mass, agreeing, strongest, mass - strongest, agreeing / count]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn candidates_with_the_same_result_count_as_one() {
        let row = doubts(&[2.0, 2.0, 0.0], &[7, 7, 8], &[], 0);
        assert!(row[0] > 0.9 && row[1] < 0.5, "{row:?}");
        assert_eq!(row[2], 2.0);
        assert_eq!(row[3], 2.0);
    }

    #[test]
    fn candidates_that_failed_give_each_other_no_strength() {
        let rows = support(&[0.0, 0.0, 0.0], &[FAILED, FAILED, 7]);
        assert!((rows[2][5] - 1.0 / 3.0).abs() < 1e-6, "{rows:?}");
        assert!(rows[0][6] > 0.0, "{rows:?}");
    }
}
