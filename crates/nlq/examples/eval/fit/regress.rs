//! Multinomial logistic regression over hashed indicator features, by AdaGrad.

use datafyme_nlq::development::Softmax;
use std::collections::HashMap;

#[derive(Clone, Copy)]
pub(crate) struct Options {
    pub epochs: usize,
    pub rate: f32,
    /// Features that occur less often are left out.
    pub least: usize,
}

pub(crate) fn fit(rows: &[(&[u32], &str)], options: Options) -> Softmax {
    let mut counts: HashMap<u32, usize> = HashMap::new();
    for bucket in rows.iter().flat_map(|r| r.0) {
        *counts.entry(*bucket).or_default() += 1;
    }
    let mut kept: Vec<u32> = counts.iter().filter(|(_, n)| **n >= options.least).map(|(b, _)| *b).collect();
    kept.sort_unstable();
    let place: HashMap<u32, usize> = kept.iter().enumerate().map(|(i, b)| (*b, i)).collect();
    let mut classes: Vec<String> = rows.iter().map(|r| r.1.to_owned()).collect();
    classes.sort();
    classes.dedup();
    let width = classes.len();
    let examples: Vec<(Vec<usize>, usize)> = rows
        .iter()
        .map(|(features, class)| {
            let known = features.iter().filter_map(|f| place.get(f).copied()).collect();
            (known, classes.iter().position(|c| c == class).unwrap())
        })
        .collect();
    let mut bias = vec![0f32; width];
    for (_, class) in &examples {
        bias[*class] += 1.0;
    }
    bias.iter_mut().for_each(|b| *b = (*b / examples.len() as f32 + 1e-6).ln());
    let mut weights = vec![0f32; kept.len() * width];
    let mut squares = vec![1e-4f32; kept.len() * width];
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let mut seed = 42u64;
    for epoch in 0..options.epochs {
        for i in (1..order.len()).rev() {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            order.swap(i, (seed >> 33) as usize % (i + 1));
        }
        let rate = options.rate * (1.0 - epoch as f32 / options.epochs as f32) + 0.005;
        for at in &order {
            let (known, class) = &examples[*at];
            let scale = 1.0 / (known.len().max(1) as f32).sqrt();
            let mut scores = bias.clone();
            for feature in known {
                for (score, w) in scores.iter_mut().zip(&weights[feature * width..(feature + 1) * width]) {
                    *score += w * scale;
                }
            }
            let best = scores.iter().copied().fold(f32::MIN, f32::max);
            scores.iter_mut().for_each(|s| *s = (*s - best).exp());
            let total: f32 = scores.iter().sum();
            scores.iter_mut().for_each(|s| *s /= total);
            scores[*class] -= 1.0;
            for feature in known {
                let from = feature * width;
                for (k, d) in scores.iter().enumerate() {
                    if d.abs() < 1e-4 {
                        continue;
                    }
                    let g = d * scale;
                    squares[from + k] += g * g;
                    weights[from + k] -= rate * g / squares[from + k].sqrt();
                }
            }
        }
    }
    let rows: Vec<(u32, Vec<f32>)> =
        kept.iter().enumerate().map(|(i, b)| (*b, weights[i * width..(i + 1) * width].to_vec())).collect();
    Softmax::new(classes, bias, &rows)
}
