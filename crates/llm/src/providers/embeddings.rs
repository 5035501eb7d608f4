//! Embedders of providers: OpenAI's protocol, Azure's and Gemini's. Anthropic has none.

use super::{
    HttpOptions, ModelSpec, azure,
    gemini::{bare, gemini_base, key_header},
    joined,
    openai::{bearer, openai_base},
};
use crate::{
    Embedder, LlmCause, LlmError, RetryPolicy,
    http::{Call, Header, HttpClient, address_of},
};
use async_trait::async_trait;
use datafyme_domain::{ErrorKind, Provider};
use futures::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};
use std::{fmt, sync::Arc, time::Duration};
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout_at},
};
use url::Url;

/// Texts of one request: Gemini takes a hundred, local servers are slow beyond.
const BATCH: usize = 64;
/// Batches under way at a time.
const BATCHES: usize = 4;
/// Characters of a text that are embedded: about what the longest context of today's embedders holds.
const LONGEST_TEXT: usize = 24_000;
/// How often a text that is too long is cut to half.
const HALVINGS: u32 = 6;
const DEADLINE: Duration = Duration::from_secs(60);

/// An embedder behind a provider's protocol.
pub(super) struct RemoteEmbedder {
    name: String,
    dimensions: usize,
    wire: EmbeddingWire,
}

impl fmt::Debug for RemoteEmbedder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteEmbedder").field("name", &self.name).finish_non_exhaustive()
    }
}

struct EmbeddingWire {
    /// The configured name, as errors show it.
    name: String,
    model: String,
    gemini: bool,
    url: Url,
    headers: Vec<Header>,
    http: HttpClient,
    permits: Arc<Semaphore>,
    retry: RetryPolicy,
}

impl RemoteEmbedder {
    /// Embeds one text, to learn the length of the vectors.
    pub(super) async fn connect(spec: &ModelSpec, http: &HttpOptions) -> Result<Self, LlmError> {
        let (url, headers) = place(spec)?;
        let wire = EmbeddingWire {
            name: spec.name.clone(),
            model: bare(&spec.model).to_owned(),
            gemini: spec.provider == Provider::Gemini,
            permits: http.limits.of(&address_of(&url)),
            url,
            headers,
            http: HttpClient::new(spec, http)?,
            retry: http.retry,
        };
        let first = wire.batch(vec!["dimensions".into()]).await?;
        let dimensions = first.first().map(Vec::len).unwrap_or_default();
        if dimensions == 0 {
            return Err(wire.malformed("a vector without numbers"));
        }
        let name = format!("{}:{}:{dimensions}", spec.provider.code(), wire.model);
        Ok(Self { name, dimensions, wire })
    }
}

fn place(spec: &ModelSpec) -> Result<(Url, Vec<Header>), LlmError> {
    let shown = |headers: Vec<super::openai::SecretHeader>| headers.into_iter().map(|h| h.0).collect();
    match spec.provider {
        Provider::OpenAi => Ok((joined(&openai_base(spec)?, &["embeddings"]), shown(bearer(spec)))),
        Provider::Azure => Ok((azure::operation(spec, &["embeddings"])?, shown(azure::api_key(spec)))),
        Provider::Gemini => {
            let method = format!("{}:batchEmbedContents", bare(&spec.model));
            Ok((joined(&gemini_base(spec)?, &["models", &method]), key_header(spec.key.as_ref())))
        }
        Provider::Anthropic => Err(LlmError::new(
            ErrorKind::Unsupported,
            format!("model `{}`: anthropic has no embedder, choose one of another provider", spec.name),
        )),
    }
}

#[async_trait]
impl Embedder for RemoteEmbedder {
    fn name(&self) -> &str {
        &self.name
    }

    fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// A blank text has the vector 0, as with the built-in embedder; providers refuse it.
    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, LlmError> {
        let wanted: Vec<String> = texts
            .iter()
            .filter(|text| !text.trim().is_empty())
            .map(|text| text.chars().take(LONGEST_TEXT).collect())
            .collect();
        let batches: Vec<_> = wanted.chunks(BATCH).map(|batch| self.wire.batch(batch.to_vec())).collect();
        let found: Vec<Vec<Vec<f32>>> = stream::iter(batches).buffered(BATCHES).try_collect().await?;
        let mut found = found.into_iter().flatten();
        texts
            .iter()
            .map(|text| match text.trim().is_empty() {
                true => Ok(vec![0.0; self.dimensions]),
                false => match found.next().filter(|vector| vector.len() == self.dimensions) {
                    Some(vector) => Ok(unit(vector)),
                    None => Err(self.wire.malformed("vectors of another length than before")),
                },
            })
            .collect()
    }
}

impl EmbeddingWire {
    /// One vector per text. Texts that the model cannot hold are cut until it can.
    async fn batch(&self, mut texts: Vec<String>) -> Result<Vec<Vec<f32>>, LlmError> {
        for _ in 0..HALVINGS {
            match self.retry.run(&self.name, DEADLINE, |left| self.request(&texts, left)).await {
                Err(error) if error.cause() == LlmCause::ContextOverflow => halve_longest(&mut texts),
                other => return other.map(|(vectors, _)| vectors),
            }
        }
        self.retry.run(&self.name, DEADLINE, |left| self.request(&texts, left)).await.map(|(vectors, _)| vectors)
    }

    async fn request(&self, texts: &[String], left: Duration) -> Result<Vec<Vec<f32>>, LlmError> {
        let end = Instant::now() + left;
        let waiting = timeout_at(end, self.permits.acquire()).await;
        let _permit = waiting
            .map_err(|_| LlmError::caused(LlmCause::Deadline, "the call waited for its turn until its time was over"))?
            .map_err(|_| LlmError::caused(LlmCause::Other, "the provider's limit was closed"))?;
        let prompts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let body = self.body(texts);
        let call = Call { url: &self.url, headers: &self.headers, body: Some(&body), prompts: &prompts, end };
        let reply = self.http.json(call).await.map_err(|failure| failure.error)?;
        let vectors = self.vectors(&reply);
        if vectors.len() != texts.len() {
            return Err(self.malformed("another number of vectors than texts"));
        }
        Ok(vectors)
    }

    fn body(&self, texts: &[String]) -> Value {
        if self.gemini {
            let model = format!("models/{}", self.model);
            let requests: Vec<Value> =
                texts.iter().map(|text| json!({"model": model, "content": {"parts": [{"text": text}]}})).collect();
            json!({"requests": requests})
        } else {
            json!({"model": self.model, "input": texts, "encoding_format": "float"})
        }
    }

    /// In the order of the texts: OpenAI's protocol numbers them and promises no order.
    fn vectors(&self, reply: &Value) -> Vec<Vec<f32>> {
        let (list, numbers) = if self.gemini { ("embeddings", "values") } else { ("data", "embedding") };
        let items = reply.get(list).and_then(Value::as_array).into_iter().flatten();
        let mut found: Vec<(u64, Vec<f32>)> = (0..)
            .zip(items)
            .map(|(place, item)| {
                let index = item.get("index").and_then(Value::as_u64).unwrap_or(place);
                (index, item.get(numbers).map(vector).unwrap_or_default())
            })
            .collect();
        found.sort_by_key(|(index, _)| *index);
        found.into_iter().map(|(_, vector)| vector).collect()
    }

    fn malformed(&self, what: &str) -> LlmError {
        LlmError::caused(LlmCause::Reply, format!("model `{}`: the embedder replied with {what}", self.name))
    }
}

fn vector(numbers: &Value) -> Vec<f32> {
    serde_json::from_value(numbers.clone()).unwrap_or_default()
}

fn halve_longest(texts: &mut [String]) {
    let longest = texts.iter().map(|t| t.chars().count()).max().unwrap_or(0);
    for text in texts {
        *text = text.chars().take((longest / 2).max(1)).collect();
    }
}

/// Of length 1: not every provider's vectors are.
fn unit(mut vector: Vec<f32>) -> Vec<f32> {
    let norm = vector.iter().map(|v| v * v).sum::<f32>().sqrt();
    if norm > 0.0 {
        vector.iter_mut().for_each(|v| *v /= norm);
    }
    vector
}
