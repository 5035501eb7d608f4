//! Texts to vectors: tokenizer, encoder, pooling.

use super::bert::{Encoder, weights};
use super::directory::{ModelDirectory, Pooling};
use super::sparse::{self, SparseHead};
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
    /// Where the model has one.
    sparse: Option<SparseHead>,
    /// Of the dense vectors.
    size: usize,
    unknown: Option<u32>,
}

/// A text as the encoder takes it.
struct Tokens {
    numbers: Vec<u32>,
    /// Those that mark its ends, and no part of it.
    marks: Vec<u32>,
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
        let unknown = ["<unk>", "[UNK]"].into_iter().find_map(|unknown| reader.token_to_id(unknown));
        let broken = |e: candle_core::Error| refused(&found.weights, e.to_string());
        let vars = weights(&found.weights).map_err(broken)?;
        Ok(Self {
            tokenizer: reader,
            encoder: Encoder::load(&vars, &found.config).map_err(broken)?,
            pooling: found.pooling,
            sparse: sparse::file(dir).map(|file| SparseHead::load(&file, found.config.hidden_size)).transpose()?,
            size: found.config.hidden_size,
            unknown,
        })
    }

    /// Length of the vectors.
    pub(super) const fn dimensions(&self) -> usize {
        self.size + if self.sparse.is_some() { sparse::WIDTH } else { 0 }
    }

    /// One vector per text, in order; of a blank text, zeros.
    ///
    /// # Errors
    /// In words, what the tokenizer or the encoder says.
    pub(super) fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, String> {
        let encoded = texts.iter().map(|text| {
            let encoding = self.tokenizer.encode(text.as_str(), true).map_err(|e| e.to_string())?;
            let (numbers, marks) = (encoding.get_ids().to_vec(), encoding.get_special_tokens_mask().to_vec());
            let blank = Tokens { numbers: Vec::new(), marks: Vec::new() };
            Ok(if text.trim().is_empty() { blank } else { Tokens { numbers, marks } })
        });
        let tokens: Vec<Tokens> = encoded.collect::<Result<_, String>>()?;
        // Texts of like length together: less is computed for nothing.
        let mut order: Vec<usize> =
            (0..tokens.len()).filter(|at| tokens.get(*at).is_some_and(|t| !t.numbers.is_empty())).collect();
        order.sort_by_key(|at| tokens.get(*at).map_or(0, |t| t.numbers.len()));
        let mut vectors = vec![vec![0.0; self.dimensions()]; texts.len()];
        for batch in order.chunks(BATCH) {
            let of_batch: Vec<&Tokens> = batch.iter().filter_map(|at| tokens.get(*at)).collect();
            let found = self.batch(&of_batch).map_err(|e| e.to_string())?;
            for (at, vector) in batch.iter().zip(found) {
                if let Some(place) = vectors.get_mut(*at) {
                    *place = vector;
                }
            }
        }
        Ok(vectors)
    }

    fn batch(&self, tokens: &[&Tokens]) -> candle_core::Result<Vec<Vec<f32>>> {
        let length = tokens.iter().map(|t| t.numbers.len()).max().unwrap_or(0);
        let filled = tokens.iter().flat_map(|t| t.numbers.iter().copied().chain(std::iter::repeat(0)).take(length));
        let numbers = Tensor::from_iter(filled, &Device::Cpu)?.reshape((tokens.len(), length))?;
        let seen = tokens.iter().flat_map(|t| (0..length).map(|at| if at < t.numbers.len() { 1.0_f32 } else { 0.0 }));
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
        let dense: Vec<Vec<f32>> = pooled.broadcast_div(&lengths)?.to_dtype(DType::F32)?.to_vec2()?;
        let Some(head) = &self.sparse else { return Ok(dense) };
        let weights = head.weights(&hidden)?;
        let texts = dense.into_iter().zip(tokens.iter().zip(weights));
        Ok(texts.map(|(dense, (tokens, weights))| sparse::joined(dense, self.told(tokens, weights))).collect())
    }

    /// The tokens that say something, with their weights.
    fn told(&self, tokens: &Tokens, weights: Vec<f32>) -> impl Iterator<Item = (u32, f32)> {
        let unknown = self.unknown;
        let tokens = tokens.numbers.clone().into_iter().zip(tokens.marks.clone()).zip(weights);
        tokens.filter(move |((token, mark), _)| *mark == 0 && Some(*token) != unknown).map(|((t, _), w)| (t, w))
    }
}
