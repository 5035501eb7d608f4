//! OpenAI as Azure serves it: the deployment and the version of the API in the address, the key as a header of its own.

use super::{
    ModelSpec, base_url, joined,
    openai::{OpenAi, SecretHeader, quirks_of_hosted},
};
use crate::LlmError;
use url::Url;

/// The first generally available version with structured output.
const API_VERSION: &str = "2024-10-21";

/// The protocol at a resource (`https://NAME.openai.azure.com`, with `?api-version=` where another one is wanted), or at
/// its newer form without versions (`https://NAME.openai.azure.com/openai/v1`).
pub(super) fn azure(spec: &ModelSpec) -> Result<OpenAi, LlmError> {
    let base = base_url(spec, None)?;
    Ok(OpenAi {
        chat: operation(spec, &["chat", "completions"])?,
        models: is_unversioned(&base).then(|| joined(&base, &["models"])),
        headers: api_key(spec),
        model: spec.model.clone(),
        quirks: quirks_of_hosted(),
        base,
    })
}

/// Where an operation of the deployment is reached.
pub(super) fn operation(spec: &ModelSpec, operation: &[&str]) -> Result<Url, LlmError> {
    let base = base_url(spec, None)?;
    if is_unversioned(&base) {
        return Ok(joined(&base, operation));
    }
    let mut url = joined(&base, &[&["openai", "deployments", &spec.model], operation].concat());
    if !url.query_pairs().any(|(name, _)| name == "api-version") {
        url.query_pairs_mut().append_pair("api-version", API_VERSION);
    }
    Ok(url)
}

fn is_unversioned(base: &Url) -> bool {
    base.path().trim_end_matches('/').ends_with("/openai/v1")
}

pub(super) fn api_key(spec: &ModelSpec) -> Vec<SecretHeader> {
    spec.key.iter().map(|key| SecretHeader(("api-key", key.expose().to_owned()))).collect()
}
