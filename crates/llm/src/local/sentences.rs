//! Texts to vectors: tokenizer, encoder, pooling.

use super::bert::{Encoder, weights};
use super::directory::{ModelDirectory, Pooling};
use candle_core::{DType, Device, Tensor};
use std::path::Path;
use tokenizers::{Tokenizer, TruncationParams};

/// Texts encoded at once: more take memory and save no time.
const BATCH: usize = 32;

/// A loaded model. Texts go in, vectors of unit length come out.
pub(super) struct SentenceEncoder {
    tokenizer: Tokenizer,
    encoder: Encoder,
    pooling: Pooling,
    dimensions: usize,
}

impl SentenceEncoder {
    /// Loads the model in `dir`.
    ///
    /// # Errors
    /// In words: what is missing, or does not fit.
    pub(super) fn load(dir: &Path) -> Result<Self, String> {
        let found = ModelDirectory::read(dir)?;
        let refused = |what: &Path, why: String| format!("{} cannot be used: {why}", what.display());
        let tokenizer = |e: tokenizers::Error| refused(&found.tokenizer, e.to_string());
        let mut reader = Tokenizer::from_file(&found.tokenizer).map_err(tokenizer)?;
        reader.with_padding(None);
        let cut = TruncationParams { max_length: found.longest, ..TruncationParams::default() };
        reader.with_truncation(Some(cut)).map_err(tokenizer)?;
        let broken = |e: candle_core::Error| refused(&found.weights, e.to_string());
        let vars = weights(&found.weights).map_err(broken)?;
        Ok(Self {
            tokenizer: reader,
            encoder: Encoder::load(&vars, &found.config).map_err(broken)?,
            pooling: found.pooling,
            dimensions: found.config.hidden_size,
        })
    }

    /// Length of the vectors.
    pub(super) const fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// One vector per text, in order; of a blank text, zeros.
    ///
    /// # Errors
    /// In words, what the tokenizer or the encoder says.
    pub(super) fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, String> {
        let encoded = texts.iter().map(|text| {
            let encoding = self.tokenizer.encode(text.as_str(), true).map_err(|e| e.to_string())?;
            Ok(if text.trim().is_empty() { Vec::new() } else { encoding.get_ids().to_vec() })
        });
        let tokens: Vec<Vec<u32>> = encoded.collect::<Result<_, String>>()?;
        // Texts of like length together: less is computed for nothing.
        let mut order: Vec<usize> =
            (0..tokens.len()).filter(|at| tokens.get(*at).is_some_and(|t| !t.is_empty())).collect();
        order.sort_by_key(|at| tokens.get(*at).map_or(0, Vec::len));
        let mut vectors = vec![vec![0.0; self.dimensions]; texts.len()];
        for batch in order.chunks(BATCH) {
            let of_batch: Vec<&[u32]> = batch.iter().filter_map(|at| tokens.get(*at)).map(Vec::as_slice).collect();
            let found = self.batch(&of_batch).map_err(|e| e.to_string())?;
            for (at, vector) in batch.iter().zip(found) {
                if let Some(place) = vectors.get_mut(*at) {
                    *place = vector;
                }
            }
        }
        Ok(vectors)
    }

    fn batch(&self, tokens: &[&[u32]]) -> candle_core::Result<Vec<Vec<f32>>> {
        let length = tokens.iter().map(|t| t.len()).max().unwrap_or(0);
        let filled = tokens.iter().flat_map(|t| t.iter().copied().chain(std::iter::repeat(0)).take(length));
        let numbers = Tensor::from_iter(filled, &Device::Cpu)?.reshape((tokens.len(), length))?;
        let seen = tokens.iter().flat_map(|t| (0..length).map(|at| if at < t.len() { 1.0_f32 } else { 0.0 }));
        let mask = Tensor::from_iter(seen, &Device::Cpu)?.reshape((tokens.len(), length))?;
        let hidden = self.encoder.forward(&numbers, &mask)?;
        let pooled = match self.pooling {
            Pooling::First => hidden.narrow(1, 0, 1)?.squeeze(1)?,
            Pooling::Mean => {
                let sums = hidden.broadcast_mul(&mask.unsqueeze(2)?)?.sum(1)?;
                sums.broadcast_div(&mask.sum_keepdim(1)?)?
            }
        };
        let lengths = pooled.sqr()?.sum_keepdim(1)?.sqrt()?.clamp(1e-12, f64::MAX)?;
        pooled.broadcast_div(&lengths)?.to_dtype(DType::F32)?.to_vec2()
    }
}
