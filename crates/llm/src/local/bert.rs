//! BERT and XLM-RoBERTa as encoders (Devlin et al., NAACL 2019; Conneau et al., ACL 2020): token numbers to one vector
//! each, on the processor.

use super::directory::ModelConfig;
use candle_core::{D, DType, Device, Module, Result, Tensor};
use candle_nn::{Embedding, LayerNorm, Linear, VarBuilder, embedding, layer_norm, linear, ops::softmax_last_dim};

/// What a hidden token gets beside one that is to be seen: nothing, after the softmax.
const HIDDEN: f32 = -1e9;

/// The encoder with its weights.
pub(super) struct Encoder {
    words: Embedding,
    positions: Embedding,
    kinds: Embedding,
    norm: LayerNorm,
    layers: Vec<Layer>,
    /// Number of the first position.
    first_position: u32,
}

struct Layer {
    query: Linear,
    key: Linear,
    value: Linear,
    attended: Linear,
    attended_norm: LayerNorm,
    wide: Linear,
    narrow: Linear,
    norm: LayerNorm,
    heads: usize,
}

impl Encoder {
    /// Takes the weights out of `vars`, which may name them with or without the model's own prefix.
    pub(super) fn load(vars: &VarBuilder<'_>, config: &ModelConfig) -> Result<Self> {
        let with = ["", "bert", "roberta"].into_iter().map(|p| if p.is_empty() { vars.clone() } else { vars.pp(p) });
        let mut with = with.filter(|v| v.contains_tensor("embeddings.word_embeddings.weight"));
        let vars = with.next().unwrap_or_else(|| vars.clone());
        let (embeddings, size) = (vars.pp("embeddings"), config.hidden_size);
        let layers = (0..config.num_hidden_layers).map(|n| Layer::load(&vars.pp(format!("encoder.layer.{n}")), config));
        Ok(Self {
            words: embedding(config.vocab_size, size, embeddings.pp("word_embeddings"))?,
            positions: embedding(config.max_position_embeddings, size, embeddings.pp("position_embeddings"))?,
            kinds: embedding(config.type_vocab_size, size, embeddings.pp("token_type_embeddings"))?,
            norm: layer_norm(size, config.layer_norm_eps, embeddings.pp("LayerNorm"))?,
            layers: layers.collect::<Result<_>>()?,
            first_position: config.first_position(),
        })
    }

    /// Vectors `(texts, length, size)` of token numbers `(texts, length)`; `mask` is 1 where a token is, else 0.
    pub(super) fn forward(&self, tokens: &Tensor, mask: &Tensor) -> Result<Tensor> {
        let (texts, length) = tokens.dims2()?;
        let end = self.first_position + u32::try_from(length).unwrap_or(u32::MAX);
        let positions = Tensor::arange(self.first_position, end, tokens.device())?;
        let positions = self.positions.forward(&positions)?.unsqueeze(0)?;
        let kinds = self.kinds.forward(&tokens.zeros_like()?)?;
        let mut hidden = self.norm.forward(&(self.words.forward(tokens)? + kinds)?.broadcast_add(&positions)?)?;
        // 0 where a token is, far below where none is.
        let bias = ((mask - 1.0)? * f64::from(-HIDDEN))?.reshape((texts, 1, 1, length))?;
        for layer in &self.layers {
            hidden = layer.forward(&hidden, &bias)?;
        }
        Ok(hidden)
    }
}

impl Layer {
    fn load(vars: &VarBuilder<'_>, config: &ModelConfig) -> Result<Self> {
        let (size, wide, eps) = (config.hidden_size, config.intermediate_size, config.layer_norm_eps);
        let attention = vars.pp("attention");
        Ok(Self {
            query: linear(size, size, attention.pp("self.query"))?,
            key: linear(size, size, attention.pp("self.key"))?,
            value: linear(size, size, attention.pp("self.value"))?,
            attended: linear(size, size, attention.pp("output.dense"))?,
            attended_norm: layer_norm(size, eps, attention.pp("output.LayerNorm"))?,
            wide: linear(size, wide, vars.pp("intermediate.dense"))?,
            narrow: linear(wide, size, vars.pp("output.dense"))?,
            norm: layer_norm(size, eps, vars.pp("output.LayerNorm"))?,
            heads: config.num_attention_heads,
        })
    }

    fn forward(&self, hidden: &Tensor, bias: &Tensor) -> Result<Tensor> {
        let (texts, length, size) = hidden.dims3()?;
        let width = size / self.heads.max(1);
        let split = |of: &Linear| {
            let all = of.forward(hidden)?.reshape((texts, length, self.heads, width))?;
            all.transpose(1, 2)?.contiguous()
        };
        let (query, key, value) = (split(&self.query)?, split(&self.key)?, split(&self.value)?);
        let scale = 1.0 / f64::from(u32::try_from(width.max(1)).unwrap_or(u32::MAX)).sqrt();
        let scores = (query.matmul(&key.transpose(D::Minus2, D::Minus1)?.contiguous()?)? * scale)?;
        let seen = softmax_last_dim(&scores.broadcast_add(bias)?)?.matmul(&value)?;
        let seen = seen.transpose(1, 2)?.contiguous()?.reshape((texts, length, size))?;
        let hidden = self.attended_norm.forward(&(self.attended.forward(&seen)? + hidden)?)?;
        let wide = self.wide.forward(&hidden)?.gelu_erf()?;
        self.norm.forward(&(self.narrow.forward(&wide)? + hidden)?)
    }
}

/// The weights in a file of safetensors, as 32-bit numbers.
pub(super) fn weights(file: &std::path::Path) -> Result<VarBuilder<'static>> {
    let tensors = candle_core::safetensors::load(file, &Device::Cpu)?;
    Ok(VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu))
}
