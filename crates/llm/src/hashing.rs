//! The built-in embedder: character n-grams and word stems hashed into a fixed number of signed buckets
//! (feature hashing: Weinberger et al., ICML 2009; subword n-grams: Bojanowski et al., TACL 2017).

use crate::{Embedder, LlmError};
use async_trait::async_trait;
use datafyme_domain::names::{identifier_words, stem};

/// Vectors without a model: words that share a stem or most of their letters come out near.
#[derive(Debug, Clone, Copy, Default)]
pub struct HashingEmbedder;

const DIMENSIONS: usize = 384;
const STEM_WEIGHT: f32 = 1.0;
const NGRAM_WEIGHT: f32 = 0.35;

impl HashingEmbedder {
    /// The vector of one text: zero for a text without letters or digits, else of unit length.
    #[must_use]
    pub fn vector(text: &str) -> Vec<f32> {
        let mut vector = vec![0.0_f32; DIMENSIONS];
        for word in text.split_whitespace().flat_map(identifier_words) {
            add(&mut vector, &format!("w:{}", stem(&word)), STEM_WEIGHT);
            let padded: Vec<char> = format!("<{word}>").chars().collect();
            for n in 3..=4 {
                for gram in padded.windows(n) {
                    add(&mut vector, &gram.iter().collect::<String>(), NGRAM_WEIGHT);
                }
            }
        }
        let norm = vector.iter().map(|v| v * v).sum::<f32>().sqrt();
        if norm > 0.0 {
            vector.iter_mut().for_each(|v| *v /= norm);
        }
        vector
    }
}

fn add(vector: &mut [f32], feature: &str, weight: f32) {
    let hash = fnv1a(feature.as_bytes());
    let bucket = usize::try_from(hash % DIMENSIONS as u64).unwrap_or(0);
    let sign = if hash >> 63 == 0 { weight } else { -weight };
    if let Some(slot) = vector.get_mut(bucket) {
        *slot += sign;
    }
}

/// FNV-1a with a final mix: stable over platforms and releases, unlike the standard library's hasher.
fn fnv1a(bytes: &[u8]) -> u64 {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3));
    let mixed = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    mixed ^ (mixed >> 33)
}

#[async_trait]
impl Embedder for HashingEmbedder {
    fn name(&self) -> &'static str {
        "hashing-384-v1"
    }

    fn dimensions(&self) -> usize {
        DIMENSIONS
    }

    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, LlmError> {
        Ok(texts.iter().map(|t| Self::vector(t)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cosine(a: &str, b: &str) -> f32 {
        HashingEmbedder::vector(a).iter().zip(HashingEmbedder::vector(b)).map(|(x, y)| x * y).sum()
    }

    #[test]
    fn alike_words_are_nearer_than_others() {
        assert!(cosine("delivery dates", "delivered_date") > 0.5);
        assert!(cosine("delivery dates", "employee salary") < 0.2);
    }

    #[test]
    fn vectors_have_unit_length() {
        let length: f32 = HashingEmbedder::vector("order quantity").iter().map(|v| v * v).sum();
        assert!((length - 1.0).abs() < 1e-5);
        assert!(HashingEmbedder::vector("…").iter().all(|v| *v == 0.0));
    }
}
