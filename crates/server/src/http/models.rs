//! Language models: configure, try out, give roles, see what they cost.

use super::{Body, Identity, List, PathOf, Problem};
use crate::{
    App,
    models::{
        admin, midnight,
        trial::{self, ModelTrial, ProviderAddress},
    },
};
use axum::{Json, extract::State, http::StatusCode};
use datafyme_domain::{LanguageModel, ModelId, ModelRole, ModelSpend, Provider};
use datafyme_llm::Secret;
use datafyme_store::metadata::KeyChange;
use serde::{Deserialize, Deserializer, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// A model to configure.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateModelRequest {
    /// Short unique name.
    #[schema(example = "big")]
    name: String,
    /// Whose protocol it speaks.
    provider: Provider,
    /// The provider's name of it; Azure's deployment.
    model: String,
    /// Where it is reached; the provider's own address when absent.
    base_url: Option<String>,
    /// The key; sealed, and never shown again.
    api_key: Option<String>,
    /// Headers sent with every call. No secrets.
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// Price of a million tokens sent.
    input_price: Option<f64>,
    /// Price of a million tokens that come back.
    output_price: Option<f64>,
}

/// What to change of a model: what is absent stays, null removes.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateModelRequest {
    /// Short unique name.
    name: Option<String>,
    /// Whose protocol it speaks.
    provider: Option<Provider>,
    /// The provider's name of it.
    model: Option<String>,
    /// Where it is reached.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    base_url: Option<Option<String>>,
    /// The key; null removes it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    api_key: Option<Option<String>>,
    /// Headers sent with every call, in place of all before.
    headers: Option<BTreeMap<String, String>>,
    /// Price of a million tokens sent.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<f64>)]
    input_price: Option<Option<f64>>,
    /// Price of a million tokens that come back.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<f64>)]
    output_price: Option<Option<f64>>,
}

/// Where to look for models.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DiscoverModelsRequest {
    /// Whose protocol.
    provider: Provider,
    /// The provider's own address when absent.
    base_url: Option<String>,
    /// The key.
    api_key: Option<String>,
    /// A configured model whose key is taken when none is given and the address is the same.
    model_id: Option<ModelId>,
}

/// What a provider offers.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct DiscoverModelsResponse {
    /// The provider's names, sorted.
    models: Vec<String>,
}

/// Who gets which role: what is absent stays, null leaves the role to nobody.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssignRolesRequest {
    /// Queries, repairs, documentation.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<ModelId>)]
    reason: Option<Option<ModelId>>,
    /// Screening, titles, descriptions.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<ModelId>)]
    fast: Option<Option<ModelId>>,
    /// Vectors for the search index, which is made anew.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<ModelId>)]
    embed: Option<Option<ModelId>>,
}

/// What models cost today (UTC), and how much they may.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ModelSpendResponse {
    /// Since midnight.
    today: ModelSpend,
    /// Tokens that a day may take; absent when there is no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    day_tokens: Option<u64>,
    /// Millionths of the operator's currency that a day may take; absent when there is no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    day_cost_micros: Option<u64>,
}

/// Tells null from absent.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// All configured models, by name.
#[utoipa::path(get, path = "/models", tag = "models", responses((status = 200, body = List<LanguageModel>)))]
pub(crate) async fn list_models(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
) -> Result<Json<List<LanguageModel>>, Problem> {
    // The model of the settings is one of them, under the nil id: who looks here sees what is asked.
    Ok(Json(List::whole(app.models.known(caller).await?)))
}

/// Configures a model. It is used once it has a role.
#[utoipa::path(post, path = "/models", tag = "models", request_body = CreateModelRequest,
    responses((status = 201, body = LanguageModel)))]
pub(crate) async fn create_model(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    Body(request): Body<CreateModelRequest>,
) -> Result<(StatusCode, Json<LanguageModel>), Problem> {
    let model = LanguageModel {
        id: ModelId::generate(),
        owner_id: caller.user_id,
        name: request.name,
        provider: request.provider,
        model: request.model,
        base_url: request.base_url,
        headers: request.headers,
        has_key: false,
        input_price: request.input_price,
        output_price: request.output_price,
        roles: Vec::new(),
        abilities: None,
        created_at: app.clock.now(),
    };
    let added = admin::add(&app, caller, model, request.api_key.as_deref()).await?;
    Ok((StatusCode::CREATED, Json(added)))
}

/// One configured model.
#[utoipa::path(get, path = "/models/{id}", tag = "models", params(("id" = ModelId, Path)),
    responses((status = 200, body = LanguageModel)))]
pub(crate) async fn get_model(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<ModelId>,
) -> Result<Json<LanguageModel>, Problem> {
    Ok(Json(admin::stored(&app, caller, id).await?))
}

/// Changes a model.
#[utoipa::path(patch, path = "/models/{id}", tag = "models", params(("id" = ModelId, Path)),
    request_body = UpdateModelRequest, responses((status = 200, body = LanguageModel)))]
pub(crate) async fn update_model(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<ModelId>,
    Body(request): Body<UpdateModelRequest>,
) -> Result<Json<LanguageModel>, Problem> {
    let before = admin::stored(&app, caller, id).await?;
    let model = LanguageModel {
        name: request.name.unwrap_or(before.name),
        provider: request.provider.unwrap_or(before.provider),
        model: request.model.unwrap_or(before.model),
        base_url: request.base_url.unwrap_or(before.base_url),
        headers: request.headers.unwrap_or(before.headers),
        input_price: request.input_price.unwrap_or(before.input_price),
        output_price: request.output_price.unwrap_or(before.output_price),
        ..before
    };
    let key = match request.api_key.as_ref().map(|key| key.as_deref().map(str::trim)) {
        None | Some(Some("")) => KeyChange::Keep,
        Some(None) => KeyChange::Remove,
        Some(Some(key)) => KeyChange::Set(key),
    };
    Ok(Json(admin::update(&app, caller, model, key).await?))
}

/// Removes a model; its roles are nobody's then.
#[utoipa::path(delete, path = "/models/{id}", tag = "models", params(("id" = ModelId, Path)),
    responses((status = 204)))]
pub(crate) async fn delete_model(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<ModelId>,
) -> Result<StatusCode, Problem> {
    admin::remove(&app, caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Calls a model, and remembers what it can do. A model that does not answer is no problem of the request: `ok` is
/// false then, and `error` says why.
#[utoipa::path(post, path = "/models/{id}/test", tag = "models", params(("id" = ModelId, Path)),
    responses((status = 200, body = ModelTrial)))]
pub(crate) async fn test_model(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<ModelId>,
) -> Result<Json<ModelTrial>, Problem> {
    let model = admin::stored(&app, caller, id).await?;
    Ok(Json(trial::test(&app, caller, model).await?))
}

/// Lists what a provider offers. Nothing is stored.
#[utoipa::path(post, path = "/models/discover", tag = "models", request_body = DiscoverModelsRequest,
    responses((status = 200, body = DiscoverModelsResponse)))]
pub(crate) async fn discover_models(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    Body(request): Body<DiscoverModelsRequest>,
) -> Result<Json<DiscoverModelsResponse>, Problem> {
    let given = |text: Option<String>| text.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty());
    let at = ProviderAddress {
        provider: request.provider,
        base_url: given(request.base_url),
        key: given(request.api_key).map(Secret::new),
        like: request.model_id,
    };
    Ok(Json(DiscoverModelsResponse { models: trial::discover(&app, caller, at).await? }))
}

/// Gives roles to models.
#[utoipa::path(put, path = "/models/roles", tag = "models", request_body = AssignRolesRequest,
    responses((status = 200, body = List<LanguageModel>)))]
pub(crate) async fn assign_roles(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    Body(request): Body<AssignRolesRequest>,
) -> Result<Json<List<LanguageModel>>, Problem> {
    let asked =
        [(ModelRole::Reason, request.reason), (ModelRole::Fast, request.fast), (ModelRole::Embed, request.embed)];
    let roles: Vec<_> = asked.into_iter().filter_map(|(role, id)| id.map(|id| (role, id))).collect();
    admin::assign(&app, caller, &roles).await?;
    Ok(Json(List::whole(app.models.known(caller).await?)))
}

/// What models cost today.
#[utoipa::path(get, path = "/models/spend", tag = "models", responses((status = 200, body = ModelSpendResponse)))]
pub(crate) async fn get_model_spend(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
) -> Result<Json<ModelSpendResponse>, Problem> {
    let today = app.metadata.model_spend(caller, midnight(app.clock.now())).await?;
    let run = &app.config.run;
    Ok(Json(ModelSpendResponse { today, day_tokens: run.day_tokens, day_cost_micros: run.day_cost_micros }))
}
