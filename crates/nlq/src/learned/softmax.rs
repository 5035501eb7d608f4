//! A multinomial logistic regression over hashed indicator features, its weights kept as bytes.

use super::trees::{Bytes, write_text};
use std::collections::HashMap;

/// Number of buckets that features are hashed into.
pub const BUCKETS: u32 = 1 << 18;

/// The bucket of a feature.
#[must_use]
pub fn bucket(text: &str) -> u32 {
    let mut hash: u32 = 0x811c_9dc5;
    for byte in text.bytes() {
        hash ^= u32::from(byte);
        hash = hash.wrapping_mul(0x0100_0193);
    }
    (hash ^ (hash >> 15)) & (BUCKETS - 1)
}

/// Classes with a weight per feature and class.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Softmax {
    classes: Vec<String>,
    bias: Vec<f32>,
    /// A weight is a byte times this.
    step: f32,
    /// Where the weights of a bucket begin.
    rows: HashMap<u32, u32>,
    weights: Vec<i8>,
}

impl Softmax {
    /// From weights per bucket; each row has as many weights as there are classes.
    #[must_use]
    pub fn new(classes: Vec<String>, bias: Vec<f32>, rows: &[(u32, Vec<f32>)]) -> Self {
        let largest = rows.iter().flat_map(|r| &r.1).fold(0f32, |m, w| m.max(w.abs()));
        let step = if largest > 0.0 { largest / 127.0 } else { 1.0 };
        let mut softmax = Self { classes, bias, step, ..Self::default() };
        for (bucket, row) in rows {
            softmax.rows.insert(*bucket, softmax.weights.len() as u32);
            softmax.weights.extend(row.iter().map(|w| (w / step).round() as i8));
        }
        softmax
    }

    /// Names of the classes.
    #[must_use]
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// Log-probability of each class for a set of different buckets.
    #[must_use]
    pub fn log_probabilities(&self, features: &[u32]) -> Vec<f32> {
        let known: Vec<u32> = features.iter().filter_map(|f| self.rows.get(f).copied()).collect();
        // As in training: each of the known features counts by the root of their number.
        let scale = self.step / (known.len().max(1) as f32).sqrt();
        let mut scores = self.bias.clone();
        for start in known {
            let row = self.weights.iter().skip(start as usize);
            for (score, weight) in scores.iter_mut().zip(row) {
                *score += f32::from(*weight) * scale;
            }
        }
        let best = scores.iter().copied().fold(f32::MIN, f32::max);
        let total: f32 = scores.iter().map(|s| (s - best).exp()).sum();
        let log_total = best + total.max(1e-30).ln();
        scores.iter().map(|s| s - log_total).collect()
    }

    /// Appends the model to `bytes`.
    pub fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend((self.classes.len() as u32).to_le_bytes());
        for (class, bias) in self.classes.iter().zip(&self.bias) {
            write_text(class, bytes);
            bytes.extend(bias.to_le_bytes());
        }
        bytes.extend(self.step.to_le_bytes());
        let mut rows: Vec<(u32, u32)> = self.rows.iter().map(|(b, s)| (*b, *s)).collect();
        rows.sort_unstable();
        bytes.extend((rows.len() as u32).to_le_bytes());
        for (bucket, start) in rows {
            bytes.extend(bucket.to_le_bytes());
            let row = self.weights.iter().skip(start as usize).take(self.classes.len());
            bytes.extend(row.map(|w| w.to_le_bytes()[0]));
        }
    }

    /// Reads what [`Softmax::write`] wrote.
    #[must_use]
    pub fn read(bytes: &mut Bytes<'_>) -> Option<Self> {
        let mut softmax = Self::default();
        let classes = bytes.long()?;
        for _ in 0..classes {
            softmax.classes.push(bytes.text()?);
            softmax.bias.push(bytes.float()?);
        }
        softmax.step = bytes.float()?;
        let rows = bytes.long()?;
        for _ in 0..rows {
            softmax.rows.insert(bytes.long()?, softmax.weights.len() as u32);
            for _ in 0..classes {
                softmax.weights.push(i8::from_le_bytes([bytes.byte()?]));
            }
        }
        Some(softmax)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Softmax {
        let rows = [(bucket("most"), vec![2.0, -2.0]), (bucket("each"), vec![-1.0, 1.0])];
        Softmax::new(vec!["order".into(), "group".into()], vec![0.0, 0.5], &rows)
    }

    #[test]
    fn features_move_the_probability_and_unknown_ones_do_not() {
        let softmax = sample();
        let of = |words: &[&str]| {
            let features: Vec<u32> = words.iter().map(|w| bucket(w)).collect();
            softmax.log_probabilities(&features).iter().map(|p| p.exp()).collect::<Vec<f32>>()
        };
        assert!(of(&["most"])[0] > 0.9);
        assert!(of(&["each"])[1] > 0.9);
        assert_eq!(of(&["most"]), of(&["most", "wombat"]));
        assert!((of(&[]).iter().sum::<f32>() - 1.0).abs() < 1e-5);
    }

    #[test]
    fn a_model_is_read_as_it_was_written() {
        let mut bytes = Vec::new();
        sample().write(&mut bytes);
        let mut again = Vec::new();
        Softmax::read(&mut Bytes(&bytes)).unwrap().write(&mut again);
        assert_eq!(bytes, again);
    }
}
