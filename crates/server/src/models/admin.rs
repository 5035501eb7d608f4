//! Configuring models: add, change, remove, give roles. What is active follows at once in this process, and within
//! half a minute in others.

use super::Keyed;
use crate::App;
use datafyme_agent::AgentError;
use datafyme_domain::{Caller, ErrorKind, LanguageModel, ModelId, ModelRole};
use datafyme_llm::providers;
use datafyme_store::metadata::KeyChange;

/// What commands call the lack of a model.
pub const NOBODY: &str = "none";
const MAX_NAME_CHARS: usize = 100;
/// Headers that providers read keys from: what stands there would be shown with the model.
const SECRET_HEADERS: [&str; 7] =
    ["authorization", "proxy-authorization", "api-key", "x-api-key", "x-goog-api-key", "cookie", "x-auth-token"];
/// Words of query parameters that providers read keys from.
const SECRET_PARAMETERS: [&str; 4] = ["key", "token", "secret", "password"];

/// Configures a model. It has no role yet.
///
/// # Errors
/// `InvalidInput` for settings that make no model; `Conflict` when the name is taken.
pub async fn add(
    app: &App,
    caller: Caller,
    model: LanguageModel,
    key: Option<&str>,
) -> Result<LanguageModel, AgentError> {
    let model = checked(app, model)?;
    let key = key.map(str::trim).filter(|key| !key.is_empty());
    app.metadata.create_model(&model, key).await?;
    tracing::info!(model.id = %model.id, "model.added");
    stored(app, caller, model.id).await
}

/// Writes a changed model. What probing found of the one before counts no more when it is another one now.
///
/// # Errors
/// As [`add`]; `NotFound`.
pub async fn update(
    app: &App,
    caller: Caller,
    model: LanguageModel,
    key: KeyChange<'_>,
) -> Result<LanguageModel, AgentError> {
    let before = stored(app, caller, model.id).await?;
    let mut model = checked(app, model)?;
    let is_other =
        before.provider != model.provider || before.model != model.model || before.base_url != model.base_url;
    if is_other {
        model.abilities = None;
    }
    if !app.metadata.update_model(caller, &model, key).await? {
        return Err(AgentError::not_found("model"));
    }
    app.models.refresh_or_log().await;
    if is_other && before.roles.contains(&ModelRole::Embed) {
        reindex(app, caller).await?;
    }
    stored(app, caller, model.id).await
}

/// Removes a model; its roles are nobody's then.
///
/// # Errors
/// `NotFound`.
pub async fn remove(app: &App, caller: Caller, id: ModelId) -> Result<(), AgentError> {
    let before = stored(app, caller, id).await?;
    app.metadata.delete_model(caller, id).await?;
    tracing::info!(model.id = %id, "model.removed");
    app.models.refresh_or_log().await;
    if before.roles.contains(&ModelRole::Embed) {
        reindex(app, caller).await?;
    }
    Ok(())
}

/// Gives roles to models, or to nobody. Another embedder makes other vectors: the search index is made anew then.
///
/// # Errors
/// `NotFound` when one of the models is not the caller's; nothing is changed then.
pub async fn assign(app: &App, caller: Caller, roles: &[(ModelRole, Option<ModelId>)]) -> Result<(), AgentError> {
    let before = app.metadata.list_models(caller).await?;
    for id in roles.iter().filter_map(|(_, id)| *id) {
        if !before.iter().any(|model| model.id == id) {
            return Err(AgentError::refused(ErrorKind::NotFound, format!("there is no model {id}")));
        }
    }
    for (role, id) in roles {
        app.metadata.assign_model(caller, *role, *id).await?;
    }
    app.models.refresh_or_log().await;
    let embedder = |models: &[LanguageModel]| models.iter().find(|m| m.roles.contains(&ModelRole::Embed)).map(|m| m.id);
    if embedder(&before) != embedder(&app.metadata.list_models(caller).await?) {
        reindex(app, caller).await?;
    }
    Ok(())
}

/// The caller's model of that id.
///
/// # Errors
/// `NotFound`.
pub async fn stored(app: &App, caller: Caller, id: ModelId) -> Result<LanguageModel, AgentError> {
    app.metadata.model(caller, id).await?.ok_or_else(|| AgentError::not_found("model"))
}

async fn reindex(app: &App, caller: Caller) -> Result<(), AgentError> {
    for source in app.metadata.list_sources(caller).await?.into_iter().filter(|s| s.learned_at.is_some()) {
        app.agent.enqueue_reindex(caller, source.id).await?;
    }
    app.worker.wake();
    Ok(())
}

/// The model as it is stored: trimmed, and sure to be one that a client can be made for.
fn checked(app: &App, mut model: LanguageModel) -> Result<LanguageModel, AgentError> {
    let refused = |why: &str| Err(AgentError::refused(ErrorKind::InvalidInput, why));
    model.name = model.name.trim().to_owned();
    model.model = model.model.trim().to_owned();
    model.base_url = model.base_url.map(|url| url.trim().to_owned()).filter(|url| !url.is_empty());
    let fits = |text: &str| (1..=MAX_NAME_CHARS).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if !fits(&model.name) || !fits(&model.model) {
        return refused("a model's name, and the provider's name of it, have 1 to 100 characters");
    }
    if model.name.eq_ignore_ascii_case(NOBODY) {
        return refused("a model named `none` could not be told from no model: choose another name");
    }
    let is_price = |price: Option<f64>| price.is_none_or(|p| p.is_finite() && p >= 0.0);
    if !is_price(model.input_price) || !is_price(model.output_price) {
        return refused("a price is not below 0");
    }
    if model.headers.keys().any(|name| SECRET_HEADERS.contains(&name.to_ascii_lowercase().as_str())) {
        return refused("a header with a key would be shown to everybody: give the key as the model's key");
    }
    if model.base_url.as_deref().is_some_and(holds_secret) {
        return refused("the base URL holds a key, and would be shown to everybody: give it as the model's key");
    }
    let keyed = Keyed { model, key: None };
    providers::connect(&keyed.spec(), app.models.http())?;
    Ok(keyed.model)
}

/// Whether a URL carries a password or a parameter that reads like a key.
fn holds_secret(url: &str) -> bool {
    let Ok(url) = url::Url::parse(url) else { return false };
    let is_secret = |name: &str| {
        let name = name.to_ascii_lowercase();
        SECRET_PARAMETERS.iter().any(|word| name.contains(word))
    };
    url.password().is_some() || url.query_pairs().any(|(name, _)| is_secret(&name))
}
