//! Clients of the providers' protocols, behind the [`ChatModel`] and [`Embedder`] seams.
//!
//! One file a protocol: how a request is written, how a reply is read, whole and as a stream. What they share (sending,
//! waiting, errors, retries) stands around them.

mod anthropic;
mod azure;
mod embeddings;
mod gemini;
mod openai;
mod wire;

use crate::{
    ChatModel, Embedder, Limited, LlmError, ProviderLimits, RetryPolicy, Retrying, Secret,
    http::{Call, HttpClient, address_of},
};
use datafyme_domain::{ErrorKind, Provider};
use std::{collections::BTreeMap, fmt, path::PathBuf, sync::Arc, time::Duration};
use tokio::time::Instant;
use url::Url;
use wire::{Protocol, WireModel};

/// A configured model, with its key.
#[derive(Clone)]
pub struct ModelSpec {
    /// What people call it; traces show it.
    pub name: String,
    /// Whose protocol it speaks.
    pub provider: Provider,
    /// The provider's name of it; Azure's deployment.
    pub model: String,
    /// Where it is reached, with the version in the path where the provider has one there (`https://host/v1`). The
    /// provider's own address when absent.
    pub base_url: Option<String>,
    /// Headers sent with every call.
    pub headers: BTreeMap<String, String>,
    /// The key; local servers need none.
    pub key: Option<Secret>,
}

impl fmt::Debug for ModelSpec {
    /// Without what headers say: some gateways want their keys there.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ModelSpec")
            .field("name", &self.name)
            .field("provider", &self.provider)
            .field("model", &self.model)
            .field("base_url", &self.base_url)
            .field("headers", &self.headers.keys())
            .field("key", &self.key)
            .finish()
    }
}

/// How providers are reached. Clones share the concurrency limits.
#[derive(Clone)]
pub struct HttpOptions {
    /// Proxy for every call, `http://[user:password@]host:port`. The environment is never looked at.
    pub proxy: Option<String>,
    /// Hosts that are reached without the proxy, with commas between them, e.g. `localhost,127.0.0.1,.intern`.
    pub no_proxy: Option<String>,
    /// File of PEM certificates trusted beside Mozilla's roots.
    pub extra_ca: Option<PathBuf>,
    /// Longest wait for a connection.
    pub connect_timeout: Duration,
    /// Longest silence in a stream, its beginning included. A reply that is not streamed may take the request's deadline.
    pub silence: Duration,
    /// How often a call is made again.
    pub retry: RetryPolicy,
    /// How many calls an address gets at a time.
    pub limits: ProviderLimits,
}

impl fmt::Debug for HttpOptions {
    /// Without the proxy's address, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpOptions")
            .field("proxy", &self.proxy.is_some())
            .field("extra_ca", &self.extra_ca)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            proxy: None,
            no_proxy: None,
            extra_ca: None,
            connect_timeout: Duration::from_secs(10),
            silence: Duration::from_secs(60),
            retry: RetryPolicy::default(),
            limits: ProviderLimits::default(),
        }
    }
}

/// A model under retries and the limit of its address. Nothing is sent yet.
///
/// # Errors
/// `InvalidInput` for an address, header, proxy or certificate file that cannot be used.
pub fn connect(spec: &ModelSpec, http: &HttpOptions) -> Result<Arc<dyn ChatModel>, LlmError> {
    let protocol = protocol(spec)?;
    let permits = http.limits.of(&address_of(protocol.base()));
    let wire = Arc::new(WireModel::new(spec, protocol, HttpClient::new(spec, http)?, http.silence));
    Ok(Arc::new(Retrying::new(Arc::new(Limited::new(wire, permits)), http.retry)))
}

/// The names of the models that the provider offers with this key, sorted; of chat and embedding models alike.
///
/// # Errors
/// As [`connect`], and those of [`ChatModel::complete`]. `Unsupported` where the provider lists none (Azure lists its
/// catalogue of models, not an account's deployments).
pub async fn list_models(spec: &ModelSpec, http: &HttpOptions) -> Result<Vec<String>, LlmError> {
    let protocol = protocol(spec)?;
    let client = HttpClient::new(spec, http)?;
    let end = Instant::now() + LIST_DEADLINE;
    let mut names = Vec::new();
    let mut next = Some(protocol.models_url()?);
    // Pages are few; a provider that never stops naming a next one does not hold us.
    for _ in 0..20 {
        let Some(url) = next.take() else { break };
        let call = Call { url: &url, headers: &protocol.headers(), body: None, prompts: &[], end };
        let page = client.json(call).await.map_err(|failure| failure.error)?;
        let (found, more) = protocol.models(&page);
        names.extend(found);
        next = more;
    }
    names.sort();
    names.dedup();
    Ok(names)
}

const LIST_DEADLINE: Duration = Duration::from_secs(20);

/// An embedder of the provider's, under retries and the limit of its address. One text is embedded to learn how long its
/// vectors are.
///
/// # Errors
/// As [`connect`], and those of [`Embedder::embed`]; `Unsupported` for Anthropic, which has none.
pub async fn connect_embedder(spec: &ModelSpec, http: &HttpOptions) -> Result<Arc<dyn Embedder>, LlmError> {
    Ok(Arc::new(embeddings::RemoteEmbedder::connect(spec, http).await?))
}

fn protocol(spec: &ModelSpec) -> Result<Box<dyn Protocol>, LlmError> {
    Ok(match spec.provider {
        Provider::OpenAi => Box::new(openai::OpenAi::new(spec)?),
        Provider::Azure => Box::new(azure::azure(spec)?),
        Provider::Anthropic => Box::new(anthropic::Anthropic::new(spec)?),
        Provider::Gemini => Box::new(gemini::Gemini::new(spec)?),
    })
}

/// The address that a spec names, or the provider's own.
fn base_url(spec: &ModelSpec, default: Option<&str>) -> Result<Url, LlmError> {
    let Some(text) = spec.base_url.as_deref().map(str::trim).filter(|t| !t.is_empty()).or(default) else {
        return Err(LlmError::new(
            ErrorKind::InvalidInput,
            format!("model `{}` needs a base URL: {} has no address of its own", spec.name, spec.provider.code()),
        ));
    };
    let refused = |why: &str| {
        LlmError::new(
            ErrorKind::InvalidInput,
            format!("the base URL of model `{}` {why}: write it as https://host/v1", spec.name),
        )
    };
    let mut url = Url::parse(text).map_err(|e| refused(&format!("does not parse ({e})")))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(refused("is not an HTTP address"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused("holds a password; keys go into the key"));
    }
    url.set_fragment(None);
    Ok(url)
}

/// `base` with more path segments, each encoded; its query stays.
fn joined(base: &Url, segments: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}
