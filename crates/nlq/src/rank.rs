//! Scores of candidates: a hand-made prior plus a log-linear model over hashed features, trained from results
//! alone (after Berant et al., "Semantic Parsing on Freebase from Question-Answer Pairs", EMNLP 2013).

use std::sync::OnceLock;

/// Number of weights; features are hashed into it.
pub(crate) const BUCKETS: usize = 1 << 18;

/// Learned weights: pairs of a little-endian bucket (u32) and weight (f32).
static TRAINED: &[u8] = include_bytes!("rank_weights.bin");

/// Features of a decision or a candidate: bucket and value.
pub(crate) type Features = Vec<(u32, f32)>;

/// The bucket of a feature, named by its parts (FNV-1a).
pub(crate) fn feature(parts: &[&str]) -> u32 {
    let mut hash: u32 = 0x811c_9dc5;
    for part in parts {
        for byte in part.bytes().chain([0xff]) {
            hash ^= u32::from(byte);
            hash = hash.wrapping_mul(0x0100_0193);
        }
    }
    (hash ^ (hash >> 16)) & (BUCKETS as u32 - 1)
}

/// A weight per bucket.
#[derive(Debug, Clone)]
pub struct Weights(Vec<f32>);

impl Weights {
    /// Those that are shipped.
    #[must_use]
    pub fn trained() -> &'static Self {
        static WEIGHTS: OnceLock<Weights> = OnceLock::new();
        WEIGHTS.get_or_init(|| Self::from_bytes(TRAINED))
    }

    /// No preference beyond the prior.
    #[must_use]
    pub fn zero() -> Self {
        Self(vec![0.0; BUCKETS])
    }

    /// Reads what [`Weights::to_bytes`] wrote; anything beyond the buckets is left out.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let mut weights = Self::zero();
        for pair in bytes.chunks_exact(8) {
            let (Some(bucket), Some(value)) = (pair.first_chunk::<4>(), pair.last_chunk::<4>()) else {
                continue;
            };
            if let Some(weight) = weights.0.get_mut(u32::from_le_bytes(*bucket) as usize) {
                *weight = f32::from_le_bytes(*value);
            }
        }
        weights
    }

    /// The weights that are not zero.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (bucket, weight) in self.0.iter().enumerate().filter(|(_, w)| **w != 0.0) {
            bytes.extend((bucket as u32).to_le_bytes());
            bytes.extend(weight.to_le_bytes());
        }
        bytes
    }

    /// The weight of a bucket.
    #[must_use]
    pub fn get(&self, bucket: u32) -> f32 {
        self.0.get(bucket as usize).copied().unwrap_or(0.0)
    }

    /// Sets the weight of a bucket.
    pub fn set(&mut self, bucket: u32, weight: f32) {
        if let Some(slot) = self.0.get_mut(bucket as usize) {
            *slot = weight;
        }
    }

    pub(crate) fn dot(&self, features: &[(u32, f32)]) -> f64 {
        features.iter().map(|(b, v)| f64::from(self.get(*b) * v)).sum()
    }
}
