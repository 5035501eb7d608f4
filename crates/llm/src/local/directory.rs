//! A model's directory, as sentence-transformers and Hugging Face write it.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};

/// Longest text in tokens where the model does not say.
const LONGEST: usize = 512;

/// `config.json`, as far as the encoder needs it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct ModelConfig {
    pub(super) model_type: String,
    pub(super) vocab_size: usize,
    pub(super) hidden_size: usize,
    pub(super) num_hidden_layers: usize,
    pub(super) num_attention_heads: usize,
    pub(super) intermediate_size: usize,
    pub(super) max_position_embeddings: usize,
    #[serde(default = "one")]
    pub(super) type_vocab_size: usize,
    #[serde(default = "epsilon")]
    pub(super) layer_norm_eps: f64,
    #[serde(default)]
    pad_token_id: u32,
    #[serde(default = "gelu")]
    hidden_act: String,
}

const fn one() -> usize {
    1
}

const fn epsilon() -> f64 {
    1e-12
}

fn gelu() -> String {
    "gelu".to_owned()
}

/// How the vectors of a text's tokens become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pooling {
    /// Their mean.
    Mean,
    /// That of the first token.
    First,
}

#[derive(Deserialize)]
struct PoolingFile {
    #[serde(default)]
    pooling_mode_cls_token: bool,
    #[serde(default)]
    pooling_mode_mean_tokens: bool,
}

#[derive(Deserialize)]
struct SentenceFile {
    max_seq_length: Option<usize>,
}

/// A directory with everything that an embedder needs.
#[derive(Debug)]
pub(super) struct ModelDirectory {
    pub(super) config: ModelConfig,
    pub(super) pooling: Pooling,
    pub(super) weights: PathBuf,
    pub(super) tokenizer: PathBuf,
    /// Longest text, in tokens.
    pub(super) longest: usize,
}

impl ModelConfig {
    /// RoBERTa counts positions from the number after that of its padding.
    pub(super) fn first_position(&self) -> u32 {
        if self.is_roberta() { self.pad_token_id + 1 } else { 0 }
    }

    fn is_roberta(&self) -> bool {
        matches!(self.model_type.as_str(), "xlm-roberta" | "roberta" | "camembert")
    }

    fn fault(&self) -> Option<String> {
        if self.model_type != "bert" && !self.is_roberta() {
            return Some(format!("model_type {} is not supported: use a BERT or XLM-RoBERTa model", self.model_type));
        }
        if self.hidden_act != "gelu" {
            return Some(format!("hidden_act {} is not supported: use a model with gelu", self.hidden_act));
        }
        let heads = self.num_attention_heads;
        (heads == 0 || !self.hidden_size.is_multiple_of(heads))
            .then(|| format!("{} numbers cannot be split among {heads} heads", self.hidden_size))
    }
}

impl ModelDirectory {
    /// Reads what is in `dir`.
    ///
    /// # Errors
    /// In words: what is missing, or does not read.
    pub(super) fn read(dir: &Path) -> Result<Self, String> {
        if !dir.is_dir() {
            return Err(format!("{} is no directory", dir.display()));
        }
        let config: ModelConfig = json(&dir.join("config.json"))?;
        if let Some(fault) = config.fault() {
            return Err(format!("{}: {fault}", dir.join("config.json").display()));
        }
        for file in ["model.safetensors", "tokenizer.json"] {
            if !dir.join(file).is_file() {
                return Err(format!("{} is missing", dir.join(file).display()));
            }
        }
        let pooling = dir.join("1_Pooling").join("config.json");
        let pooling = if pooling.is_file() { pooling_of(&json(&pooling)?, &pooling)? } else { Pooling::First };
        let sentence = dir.join("sentence_bert_config.json");
        let said: Option<SentenceFile> = if sentence.is_file() { Some(json(&sentence)?) } else { None };
        let held = config.max_position_embeddings - config.first_position().min(LONGEST as u32) as usize;
        let longest = said.and_then(|s| s.max_seq_length).unwrap_or(LONGEST).min(LONGEST).min(held);
        Ok(Self {
            config,
            pooling,
            weights: dir.join("model.safetensors"),
            tokenizer: dir.join("tokenizer.json"),
            longest: longest.max(8),
        })
    }
}

fn pooling_of(file: &PoolingFile, path: &Path) -> Result<Pooling, String> {
    match (file.pooling_mode_cls_token, file.pooling_mode_mean_tokens) {
        (true, _) => Ok(Pooling::First),
        (_, true) => Ok(Pooling::Mean),
        _ => Err(format!("{}: only the mean of the tokens and the first token are supported", path.display())),
    }
}

fn json<T: DeserializeOwned>(path: &Path) -> Result<T, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
    serde_json::from_str(&text).map_err(|e| format!("{} does not read: {e}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BERT: &str = r#"{"model_type": "bert", "vocab_size": 9, "hidden_size": 4, "num_hidden_layers": 1,
        "num_attention_heads": 2, "intermediate_size": 8, "max_position_embeddings": 16}"#;

    fn written(config: &str) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("config.json"), config).unwrap();
        for file in ["model.safetensors", "tokenizer.json"] {
            std::fs::write(dir.path().join(file), "").unwrap();
        }
        dir
    }

    #[test]
    fn a_directory_without_pooling_takes_the_first_token() {
        let dir = written(BERT);
        let read = ModelDirectory::read(dir.path()).unwrap();
        assert_eq!((read.pooling, read.longest, read.config.first_position()), (Pooling::First, 16, 0));
        std::fs::create_dir(dir.path().join("1_Pooling")).unwrap();
        std::fs::write(dir.path().join("1_Pooling/config.json"), r#"{"pooling_mode_mean_tokens": true}"#).unwrap();
        assert_eq!(ModelDirectory::read(dir.path()).unwrap().pooling, Pooling::Mean);
    }

    #[test]
    fn what_cannot_be_used_is_told_with_its_place() {
        let missing = ModelDirectory::read(Path::new("/no/such/model")).unwrap_err();
        assert_eq!(missing, "/no/such/model is no directory");
        let cases = [
            (BERT.replace("bert", "gpt2"), "model_type gpt2 is not supported"),
            (BERT.replace("\"num_attention_heads\": 2", "\"num_attention_heads\": 3"), "cannot be split among 3 heads"),
            ("{}".to_owned(), "does not read"),
        ];
        for (config, expected) in cases {
            let told = ModelDirectory::read(written(&config).path()).unwrap_err();
            assert!(told.contains("config.json") && told.contains(expected), "{told}");
        }
        let dir = written(BERT);
        std::fs::remove_file(dir.path().join("tokenizer.json")).unwrap();
        assert!(ModelDirectory::read(dir.path()).unwrap_err().ends_with("tokenizer.json is missing"));
    }
}
