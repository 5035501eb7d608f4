//! Fits the classifier: logistic regression with a ridge penalty over standardised features, by Newton's method
//! (iteratively reweighted least squares; Hastie, Tibshirani & Friedman 2009, section 4.4.1). Sums go in the order of
//! the examples and weights are rounded, so that the same examples give the same file.

use super::{
    features::Features,
    model::{Classifier, Known, Regression},
};
use std::collections::BTreeMap;

/// Penalty on a squared standardised weight.
const RIDGE: f64 = 20.0;
/// The same where products of features are features too.
const RIDGE_OF_PRODUCTS: f64 = 30.0;
/// Newton steps at most; some ten are needed.
const STEPS: usize = 30;
/// Below it a feature has one value.
const CONSTANT: f64 = 1e-9;

/// A pair with the truth.
#[derive(Debug, Clone)]
pub struct Example {
    /// What is known of it.
    pub known: Known,
    /// Its features.
    pub features: Features,
    /// Whether it is a relation.
    pub is_relation: bool,
    /// How much it counts.
    pub weight: f64,
}

/// Fits all three regressions. Without examples of a kind its regression stays empty.
#[must_use]
pub fn train<'a>(examples: impl Iterator<Item = &'a Example> + Clone) -> Classifier {
    let of = |known: Known| {
        let ridge = if known == Known::Values { RIDGE_OF_PRODUCTS } else { RIDGE };
        fit(&examples.clone().filter(|e| e.known == known && e.weight > 0.0).collect::<Vec<_>>(), ridge)
    };
    Classifier { names_and_values: of(Known::NamesAndValues), names: of(Known::Names), values: of(Known::Values) }
}

/// The features of the examples, each with mean 0 and deviation 1, a 1 behind them.
struct Standard {
    names: Vec<&'static str>,
    means: Vec<f64>,
    deviations: Vec<f64>,
    rows: Vec<Vec<f64>>,
}

impl Standard {
    fn new(examples: &[&Example]) -> Option<Self> {
        let names: Vec<&'static str> = examples.first()?.features.iter().map(|(name, _)| name).collect();
        let n = examples.len() as f64;
        let mut means = vec![0.0; names.len()];
        for example in examples {
            means.iter_mut().zip(example.features.iter()).for_each(|(mean, (_, value))| *mean += value / n);
        }
        let mut squares = vec![0.0; names.len()];
        for example in examples {
            let centred = example.features.iter().zip(&means).map(|((_, value), mean)| value - mean);
            squares.iter_mut().zip(centred).for_each(|(square, c)| *square += c * c / n);
        }
        let deviations: Vec<f64> =
            squares.iter().map(|s| if *s < CONSTANT { f64::INFINITY } else { s.sqrt() }).collect();
        let rows = examples
            .iter()
            .map(|example| {
                let scaled =
                    example.features.iter().zip(means.iter().zip(&deviations)).map(|((_, v), (m, d))| (v - m) / d);
                scaled.chain([1.0]).collect()
            })
            .collect();
        Some(Self { names, means, deviations, rows })
    }

    /// The weights as they apply to features as they are.
    fn regression(&self, beta: &[f64]) -> Regression {
        let rounded = |v: f64| (v * 1e5).round() / 1e5;
        let mut bias = beta.last().copied().unwrap_or(0.0);
        let mut weights = BTreeMap::new();
        for (((name, mean), deviation), b) in self.names.iter().zip(&self.means).zip(&self.deviations).zip(beta) {
            let weight = rounded(b / deviation);
            if weight != 0.0 {
                bias -= weight * mean;
                weights.insert((*name).to_owned(), weight);
            }
        }
        Regression { bias: rounded(bias), weights }
    }
}

fn fit(examples: &[&Example], ridge: f64) -> Regression {
    let Some(standard) = Standard::new(examples) else { return Regression::default() };
    let width = standard.names.len() + 1;
    let mut beta = vec![0.0; width];
    for _ in 0..STEPS {
        let mut gradient: Vec<f64> = beta.iter().map(|b| -ridge * b).collect();
        let mut hessian = vec![vec![0.0; width]; width];
        for (i, row) in hessian.iter_mut().enumerate() {
            if let Some(cell) = row.get_mut(i) {
                *cell = if i + 1 == width { CONSTANT } else { ridge };
            }
        }
        // The bias is not penalised.
        if let (Some(last), Some(bias)) = (gradient.last_mut(), beta.last()) {
            *last += ridge * bias;
        }
        for (example, x) in examples.iter().zip(&standard.rows) {
            let z: f64 = x.iter().zip(&beta).map(|(x, b)| x * b).sum();
            let p = 1.0 / (1.0 + (-z).exp());
            let error = example.weight * (f64::from(u8::from(example.is_relation)) - p);
            let curvature = example.weight * p * (1.0 - p);
            for ((row, g), xi) in hessian.iter_mut().zip(&mut gradient).zip(x) {
                *g += error * xi;
                let scale = curvature * xi;
                row.iter_mut().zip(x).for_each(|(cell, xj)| *cell += scale * xj);
            }
        }
        let step = solved(hessian, gradient);
        beta.iter_mut().zip(&step).for_each(|(b, s)| *b += s);
        if step.iter().all(|s| s.abs() < 1e-7) {
            break;
        }
    }
    standard.regression(&beta)
}

/// Solves `matrix · x = right` for a symmetric positive definite matrix by Gaussian elimination.
fn solved(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    let n = right.len();
    for pivot in 0..n {
        let (upper, lower) = matrix.split_at_mut(pivot + 1);
        let (Some(row), Some(top)) = (upper.last(), right.get(pivot).copied()) else { break };
        let Some(divisor) = row.get(pivot).copied().filter(|d| d.abs() > 1e-300) else { continue };
        for (offset, other) in lower.iter_mut().enumerate() {
            let factor = other.get(pivot).copied().unwrap_or(0.0) / divisor;
            other.iter_mut().zip(row).skip(pivot).for_each(|(a, b)| *a -= factor * b);
            if let Some(r) = right.get_mut(pivot + 1 + offset) {
                *r -= factor * top;
            }
        }
    }
    let mut x = vec![0.0; n];
    for i in (0..n).rev() {
        let Some(row) = matrix.get(i) else { continue };
        let known: f64 = row.iter().zip(&x).skip(i + 1).map(|(a, v)| a * v).sum();
        let value = match (right.get(i), row.get(i)) {
            (Some(r), Some(d)) if d.abs() > 1e-300 => (r - known) / d,
            _ => 0.0,
        };
        if let Some(place) = x.get_mut(i) {
            *place = value;
        }
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_linear_system_is_solved() {
        let x = solved(vec![vec![4.0, 1.0], vec![1.0, 3.0]], vec![1.0, 2.0]);
        assert!((x[0] - 1.0 / 11.0).abs() < 1e-12 && (x[1] - 7.0 / 11.0).abs() < 1e-12, "{x:?}");
    }
}
