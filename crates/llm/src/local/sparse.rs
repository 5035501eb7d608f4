//! The sparse head of bge-m3 (Chen et al., ACL 2024, findings): a weight for each token of a text, so that rare words and
//! names count by themselves, as in a lexical index.
//!
//! The weights become further numbers of the text's vector, by hashed positions with a sign (Weinberger et al., ICML
//! 2009): the product of two vectors is then, but for collisions, the dense score and a share of the lexical one, and
//! every search index that compares vectors can hold them.

use candle_core::{Result, Tensor, pickle};
use std::path::{Path, PathBuf};

/// Numbers that hold the tokens.
pub(super) const WIDTH: usize = 2_048;
/// What a lexical score counts beside a dense one, as its authors weigh them.
const SHARE: f32 = 0.3;
/// Names that the head goes by: as its authors publish it, and converted.
const FILES: [&str; 2] = ["sparse_linear.pt", "sparse_linear.safetensors"];

/// One weight per number of a token's vector, and what is added.
#[derive(Debug)]
pub(super) struct SparseHead {
    weight: Vec<f32>,
    bias: f32,
}

/// The file of the head in a model's directory, where it has one.
pub(super) fn file(dir: &Path) -> Option<PathBuf> {
    FILES.iter().map(|name| dir.join(name)).find(|file| file.is_file())
}

impl SparseHead {
    /// Reads the head of an encoder whose vectors have `size` numbers.
    ///
    /// # Errors
    /// In words: what does not read, or does not fit.
    pub(super) fn load(file: &Path, size: usize) -> std::result::Result<Self, String> {
        let refused = |why: String| format!("{} cannot be used: {why}", file.display());
        let is_pickle = file.extension().is_some_and(|e| e == "pt");
        let tensors: Vec<(String, Tensor)> = if is_pickle {
            pickle::read_all(file).map_err(|e| refused(e.to_string()))?
        } else {
            let tensors = candle_core::safetensors::load(file, &candle_core::Device::Cpu);
            tensors.map_err(|e| refused(e.to_string()))?.into_iter().collect()
        };
        let numbers = |name: &str| -> std::result::Result<Vec<f32>, String> {
            let tensor = tensors.iter().find(|(n, _)| n == name).map(|(_, t)| t);
            let tensor = tensor.ok_or_else(|| refused(format!("it has no `{name}`")))?;
            let flat = tensor.to_dtype(candle_core::DType::F32).and_then(|t| t.flatten_all()).and_then(|t| t.to_vec1());
            flat.map_err(|e| refused(e.to_string()))
        };
        let (weight, bias) = (numbers("weight")?, numbers("bias")?);
        match (weight.len() == size, bias.as_slice()) {
            (true, [bias]) => Ok(Self { weight, bias: *bias }),
            _ => Err(refused(format!("it is not for vectors of {size} numbers"))),
        }
    }

    /// The weight of each token, of vectors `(texts, length, size)`: text by text.
    pub(super) fn weights(&self, hidden: &Tensor) -> Result<Vec<Vec<f32>>> {
        let (texts, length, size) = hidden.dims3()?;
        let weight = Tensor::from_slice(&self.weight, (size, 1), hidden.device())?;
        let scores = hidden.contiguous()?.reshape((texts * length, size))?.matmul(&weight)?;
        (scores + f64::from(self.bias))?.relu()?.reshape((texts, length))?.to_vec2()
    }
}

/// A dense vector of unit length with the weights of its text's tokens behind it, again of unit length. Of a token that
/// stands several times the greatest weight counts.
pub(super) fn joined(dense: Vec<f32>, tokens: impl Iterator<Item = (u32, f32)>) -> Vec<f32> {
    let mut greatest: std::collections::BTreeMap<u32, f32> = std::collections::BTreeMap::new();
    for (token, weight) in tokens {
        let known = greatest.entry(token).or_default();
        *known = known.max(weight);
    }
    let mut hashed = vec![0.0_f32; WIDTH];
    for (token, weight) in greatest {
        let hash = mixed(token);
        let sign = if hash & 1 == 0 { 1.0 } else { -1.0 };
        if let Some(place) = hashed.get_mut((hash >> 1) as usize % WIDTH) {
            *place += sign * weight * SHARE.sqrt();
        }
    }
    let mut vector = dense;
    vector.extend(hashed);
    let length = vector.iter().map(|v| v * v).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
    vector.iter_mut().for_each(|v| *v /= length);
    vector
}

/// Spreads the numbers of tokens (the finaliser of MurmurHash3): stored vectors rest on it.
const fn mixed(token: u32) -> u32 {
    let mut hash = token.wrapping_add(0x9e37_79b9);
    hash = (hash ^ (hash >> 16)).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ (hash >> 13)).wrapping_mul(0xc2b2_ae35);
    hash ^ (hash >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(a: &[f32], b: &[f32]) -> f32 {
        a.iter().zip(b).map(|(x, y)| x * y).sum()
    }

    #[test]
    fn the_product_is_the_dense_score_and_a_share_of_the_lexical_one() {
        let (one, other) = ([(7, 0.2), (901, 0.3), (7, 0.1)], [(901, 0.4), (55, 0.25), (7, 0.3)]);
        let dense = ([0.6, 0.8], [1.0, 0.0]);
        let lexical = 0.2 * 0.3 + 0.3 * 0.4;
        let lengths = |tokens: &[f32]| (1.0 + SHARE * tokens.iter().map(|w| w * w).sum::<f32>()).sqrt();
        let expected = (0.6 + SHARE * lexical) / (lengths(&[0.2, 0.3]) * lengths(&[0.4, 0.25, 0.3]));
        let (a, b) = (joined(dense.0.to_vec(), one.into_iter()), joined(dense.1.to_vec(), other.into_iter()));
        assert!((product(&a, &b) - expected).abs() < 1e-6, "{} instead of {expected}", product(&a, &b));
        assert!((product(&a, &a) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn tokens_are_spread_and_their_signs_even() {
        let mut places = vec![0_u32; WIDTH];
        let mut odd = 0;
        for token in 0..250_002 {
            places[(mixed(token) >> 1) as usize % WIDTH] += 1;
            odd += mixed(token) & 1;
        }
        let fullest = places.iter().max().copied().unwrap();
        assert!(fullest < 250, "one place has {fullest} tokens, 122 would be even");
        assert!((120_000..130_000).contains(&odd), "{odd} of 250,002 are negative");
    }

    #[test]
    fn a_head_as_it_is_published_reads() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("sparse_linear.pt");
        std::fs::write(&file, include_bytes!("sparse/sparse_linear.pt")).unwrap();
        assert_eq!(super::file(dir.path()), Some(file.clone()));
        let head = SparseHead::load(&file, 4).unwrap();
        // weight 0.5, -1, 0.25, 2; bias -0.125.
        let hidden = Tensor::new(
            &[[[1.0_f32, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]]],
            &candle_core::Device::Cpu,
        );
        assert_eq!(head.weights(&hidden.unwrap()).unwrap(), [[0.375, 0.0, 2.125]]);
        let told = SparseHead::load(&file, 8).unwrap_err();
        assert!(told.ends_with("cannot be used: it is not for vectors of 8 numbers"), "{told}");
        std::fs::write(&file, "no zip").unwrap();
        assert!(SparseHead::load(&file, 4).unwrap_err().contains("sparse_linear.pt cannot be used"));
    }
}
