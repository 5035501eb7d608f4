//! Trying a model out: whether it answers, what it can do, which models its provider has.

use super::Keyed;
use crate::App;
use datafyme_agent::AgentError;
use datafyme_domain::{Caller, ErrorKind, LanguageModel, ModelAbilities, ModelId, ModelRole, Provider, UserId};
use datafyme_llm::{LlmError, Secret, probe, providers};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// A model that takes longer to show what it can do is no use in a conversation either.
const LIMIT: Duration = Duration::from_secs(45);

/// What came of a test.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ModelTrial {
    /// Whether it answered.
    pub ok: bool,
    /// Milliseconds that the test took.
    pub latency_ms: u64,
    /// What it can do; absent for embedders.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abilities: Option<ModelAbilities>,
    /// Why it did not answer, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Where models are looked for.
#[derive(Debug, Clone)]
pub struct ProviderAddress {
    /// Whose protocol.
    pub provider: Provider,
    /// The provider's own address when absent.
    pub base_url: Option<String>,
    /// The key.
    pub key: Option<Secret>,
    /// The stored model whose key, headers and address are taken where none is given.
    pub like: Option<ModelId>,
}

/// Calls a stored model, and remembers what it can do.
///
/// # Errors
/// `NotFound`; failures of the store. A model that fails is an answer.
pub async fn test(app: &App, caller: Caller, model: LanguageModel) -> Result<ModelTrial, AgentError> {
    let keyed = app.models.keyed(caller, model).await?;
    let trial = try_out(app, &keyed).await;
    if let Some(abilities) = &trial.abilities {
        app.metadata.put_model_abilities(keyed.model.id, abilities).await?;
        app.models.refresh_or_log().await;
    }
    Ok(trial)
}

/// Calls a model within the time limit.
pub(crate) async fn try_out(app: &App, keyed: &Keyed) -> ModelTrial {
    let began = Instant::now();
    let ended = tokio::time::timeout(LIMIT, called(app, keyed)).await;
    let latency_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (abilities, error) = match ended {
        Ok(Ok(abilities)) => (abilities, None),
        Ok(Err(failure)) => (None, Some(failure.to_string())),
        Err(_) => (None, Some(format!("no reply within {} seconds: is it still loading?", LIMIT.as_secs()))),
    };
    ModelTrial { ok: error.is_none(), latency_ms, abilities, error }
}

async fn called(app: &App, keyed: &Keyed) -> Result<Option<ModelAbilities>, LlmError> {
    let (spec, http) = (keyed.spec(), app.models.http());
    if keyed.model.roles == [ModelRole::Embed] {
        // Connecting embeds a text.
        providers::connect_embedder(&spec, http).await?;
        return Ok(None);
    }
    let chat = providers::connect(&spec, http)?;
    probe(chat.as_ref()).await.map(Some)
}

/// The names of the models that a provider offers. A stored key goes only to the address that it was stored for.
///
/// # Errors
/// `NotFound`; whatever the provider answers instead.
pub async fn discover(app: &App, caller: Caller, at: ProviderAddress) -> Result<Vec<String>, AgentError> {
    let like = match at.like {
        Some(id) => {
            let model = super::admin::stored(app, caller, id).await?;
            Some(app.models.keyed(caller, model).await?)
        }
        None => None,
    };
    let like = like.filter(|keyed| {
        let same_place = at.base_url.is_none() || at.base_url == keyed.model.base_url;
        keyed.model.provider == at.provider && same_place
    });
    let mut spec = Keyed { model: nameless(&at), key: None }.spec();
    if let Some(keyed) = like {
        spec = Keyed { model: LanguageModel { name: spec.name, ..keyed.model }, key: keyed.key }.spec();
    }
    spec.key = at.key.or(spec.key);
    match tokio::time::timeout(LIMIT, providers::list_models(&spec, app.models.http())).await {
        Ok(listed) => Ok(listed?),
        Err(_) => Err(AgentError::refused(
            ErrorKind::Timeout,
            format!("the provider did not list its models within {} seconds", LIMIT.as_secs()),
        )),
    }
}

/// A model that is not known yet.
fn nameless(at: &ProviderAddress) -> LanguageModel {
    LanguageModel {
        id: ModelId::generate(),
        owner_id: UserId::LOCAL,
        name: "the provider".to_owned(),
        provider: at.provider,
        model: "unknown".to_owned(),
        base_url: at.base_url.clone(),
        headers: BTreeMap::new(),
        has_key: false,
        input_price: None,
        output_price: None,
        roles: Vec::new(),
        abilities: None,
        created_at: chrono::DateTime::UNIX_EPOCH,
    }
}
