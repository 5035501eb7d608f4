//! Fits the weights of the search: raises the likelihood of candidates whose result is right. AdaGrad with L1.

use datafyme_nlq::development::Weights;

/// Prior, features, and whether the result is right.
pub(crate) type Judged = (f64, Vec<(u32, f32)>, bool);

const BUCKETS: usize = 1 << 18;
const EPOCHS: usize = 6;
const L1: f32 = 0.002;
const RATE: f32 = 0.06;

/// Each example has the candidates of one question, right ones and wrong ones.
pub(crate) fn fit(examples: &[&[Judged]]) -> Weights {
    let mut w = vec![0f32; BUCKETS];
    let mut squares = vec![1e-2f32; BUCKETS];
    let mut gradient = Gradient { values: vec![0f32; BUCKETS], touched: Vec::new() };
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let mut seed = 42u64;
    for _ in 0..EPOCHS {
        for i in (1..order.len()).rev() {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            order.swap(i, (seed >> 33) as usize % (i + 1));
        }
        for at in &order {
            gradient.of(examples[*at], &w);
            for b in gradient.touched.drain(..) {
                let b = b as usize;
                let g = std::mem::take(&mut gradient.values[b]);
                squares[b] += g * g;
                let step = RATE / squares[b].sqrt();
                let moved = w[b] - step * g;
                w[b] = moved.signum() * (moved.abs() - step * L1).max(0.0);
            }
        }
    }
    let mut weights = Weights::zero();
    for (b, v) in w.iter().enumerate().filter(|(_, v)| v.abs() > 1e-3) {
        weights.set(b as u32, *v);
    }
    weights
}

/// A sparse gradient over all buckets; `touched` may name a bucket twice, its value is taken once.
struct Gradient {
    values: Vec<f32>,
    touched: Vec<u32>,
}

impl Gradient {
    fn of(&mut self, candidates: &[Judged], w: &[f32]) {
        let scores: Vec<f32> = candidates
            .iter()
            .map(|(p, f, _)| *p as f32 + f.iter().map(|(b, v)| w[*b as usize] * v).sum::<f32>())
            .collect();
        let best = scores.iter().copied().fold(f32::MIN, f32::max);
        let e: Vec<f32> = scores.iter().map(|s| (s - best).exp()).collect();
        let all: f32 = e.iter().sum();
        let right: f32 = e.iter().zip(candidates).filter(|(_, c)| c.2).map(|(e, _)| e).sum::<f32>().max(1e-20);
        for (e, (_, features, is_right)) in e.iter().zip(candidates) {
            let d = e / all - if *is_right { e / right } else { 0.0 };
            if d.abs() > 1e-3 {
                for (b, v) in features {
                    self.values[*b as usize] += d * v;
                    self.touched.push(*b);
                }
            }
        }
    }
}
