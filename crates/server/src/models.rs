//! The language models of this process: which are configured, which reason at the moment, how they are reached.
//!
//! [`Models`] keeps what is active equal to what is stored or configured; [`admin`] changes what is stored; [`embedder`]
//! stands where a vector is needed, whoever makes it.

pub mod admin;
pub mod embedder;
mod keyed;
pub mod trial;

pub(crate) use keyed::Keyed;

use crate::config::{EmbedderConfig, ModelConfig};
use chrono::{DateTime, NaiveTime, Utc};
use datafyme_agent::{ActiveModels, AgentError, ConfiguredModel, RoleModels};
use datafyme_domain::{Caller, ErrorKind, LanguageModel, ModelRole};
use datafyme_llm::{HttpOptions, ProviderLimits, Secret, providers};
use datafyme_store::MetadataStore;
use embedder::RoleEmbedder;
use std::{fs, path::Path, sync::Arc};
use tokio::sync::Mutex;

/// Keeps the active models equal to what is stored or configured. Stored ones with a role go first.
#[derive(Debug)]
pub struct Models {
    /// Whom the analyst asks.
    pub active: ActiveModels,
    /// What makes vectors.
    pub embedder: Arc<RoleEmbedder>,
    metadata: Arc<dyn MetadataStore>,
    config: ModelConfig,
    http: HttpOptions,
    /// What was made active last.
    chosen: Mutex<Chosen>,
}

/// Who has which role.
#[derive(Debug, Clone, Default, PartialEq)]
struct Chosen {
    reason: Option<Keyed>,
    fast: Option<Keyed>,
    embed: Option<Keyed>,
}

impl Models {
    /// None active yet: see [`Self::refresh`].
    #[must_use]
    pub fn new(config: &ModelConfig, embedder: &EmbedderConfig, metadata: Arc<dyn MetadataStore>) -> Self {
        let http = HttpOptions {
            proxy: config.proxy.as_ref().map(|p| p.expose().to_owned()),
            no_proxy: (!config.no_proxy.is_empty()).then(|| config.no_proxy.join(",")),
            extra_ca: config.ca_file.clone(),
            limits: ProviderLimits::new(config.concurrency.into()),
            ..HttpOptions::default()
        };
        Self {
            active: ActiveModels::default(),
            embedder: Arc::new(RoleEmbedder::new(http.clone(), embedder.dir.clone())),
            metadata,
            config: config.clone(),
            http,
            chosen: Mutex::default(),
        }
    }

    /// How providers are reached.
    #[must_use]
    pub const fn http(&self) -> &HttpOptions {
        &self.http
    }

    /// Makes active what is stored or configured now. What was active stays so when that fails.
    ///
    /// # Errors
    /// Failures of the store; a key file that cannot be read; settings that make no model.
    pub async fn refresh(&self) -> Result<(), AgentError> {
        let mut last = self.chosen.lock().await;
        let chosen = self.choose().await?;
        if *last == chosen {
            return Ok(());
        }
        self.active.set(self.connect(&chosen)?);
        self.embedder.choose(chosen.embed.as_ref().map(Keyed::spec));
        tracing::info!(
            model.reason = chosen.reason.as_ref().map(Keyed::name),
            model.fast = chosen.fast.as_ref().map(Keyed::name),
            model.embed = chosen.embed.as_ref().map(Keyed::name),
            "models.active"
        );
        *last = chosen;
        Ok(())
    }

    /// [`Self::refresh`], with a failure logged: nothing that goes on without a model must end for want of one.
    pub async fn refresh_or_log(&self) {
        if let Err(failure) = self.refresh().await {
            tracing::error!(error = %failure, "models.unavailable");
        }
    }

    /// Who has which role now, with the roles in their own order.
    pub(crate) async fn by_role(&self) -> Result<Vec<(ModelRole, Keyed)>, AgentError> {
        let Chosen { reason, fast, embed } = self.choose().await?;
        let roles = ModelRole::ALL.into_iter().zip([reason, fast, embed]);
        Ok(roles.filter_map(|(role, model)| model.map(|model| (role, model))).collect())
    }

    /// All models, with the one of the settings last.
    ///
    /// # Errors
    /// Failures of the store.
    pub async fn known(&self, caller: Caller) -> Result<Vec<LanguageModel>, AgentError> {
        let mut models = self.metadata.list_models(caller).await?;
        if let Some(provider) = self.config.provider {
            let names = [&self.config.name, &self.config.fast_name].into_iter().flatten();
            models.extend(names.map(|name| LanguageModel {
                has_key: self.config.has_key(),
                ..Keyed::configured(&self.config, provider.into(), name, None).model
            }));
        }
        Ok(models)
    }

    /// The model with its key, ready to be connected.
    ///
    /// # Errors
    /// Failures of the store.
    pub(crate) async fn keyed(&self, caller: Caller, model: LanguageModel) -> Result<Keyed, AgentError> {
        let key = self.metadata.model_key(caller, model.id).await?;
        Ok(Keyed { key: key.map(Secret::new), model })
    }

    async fn choose(&self) -> Result<Chosen, AgentError> {
        let caller = Caller::local();
        let mut chosen = Chosen::default();
        for model in self.metadata.list_models(caller).await?.into_iter().filter(|m| !m.roles.is_empty()) {
            let keyed = self.keyed(caller, model).await?;
            for role in keyed.model.roles.clone() {
                let place = match role {
                    ModelRole::Reason => &mut chosen.reason,
                    ModelRole::Fast => &mut chosen.fast,
                    ModelRole::Embed => &mut chosen.embed,
                };
                *place = Some(keyed.clone());
            }
        }
        if chosen.reason.is_none() && chosen.fast.is_none() {
            chosen.reason = self.configured(self.config.name.as_deref())?;
            chosen.fast = self.configured(self.config.fast_name.as_deref().or(self.config.name.as_deref()))?;
        }
        Ok(chosen)
    }

    /// The model of the settings, by the provider's name of it.
    fn configured(&self, name: Option<&str>) -> Result<Option<Keyed>, AgentError> {
        let (Some(provider), Some(name)) = (self.config.provider, name) else {
            return Ok(None);
        };
        let key = match (&self.config.api_key, &self.config.api_key_file) {
            (Some(key), _) => Some(Secret::new(key.expose())),
            (None, Some(file)) => Some(read_key(file)?),
            (None, None) => None,
        };
        Ok(Some(Keyed::configured(&self.config, provider.into(), name, key)))
    }

    /// A role that nobody has falls to whoever has the other one.
    fn connect(&self, chosen: &Chosen) -> Result<Option<RoleModels>, AgentError> {
        let reason = chosen.reason.as_ref().or(chosen.fast.as_ref());
        let fast = chosen.fast.as_ref().or(chosen.reason.as_ref());
        let (Some(reason), Some(fast)) = (reason, fast) else {
            return Ok(None);
        };
        let first = self.configured_model(reason)?;
        let second = if reason == fast { first.clone() } else { self.configured_model(fast)? };
        Ok(Some(RoleModels { reason: first, fast: second }))
    }

    fn configured_model(&self, keyed: &Keyed) -> Result<ConfiguredModel, AgentError> {
        let model = &keyed.model;
        let chat = providers::connect(&keyed.spec(), &self.http)?;
        let context = if keyed.is_configured() { self.config.context_tokens } else { None };
        Ok(ConfiguredModel::new(chat, model.abilities.as_ref())
            .priced(model.input_price, model.output_price)
            .with_context(context))
    }
}

/// When the day of that moment began: budgets of a day are of a day in UTC.
#[must_use]
pub fn midnight(now: DateTime<Utc>) -> DateTime<Utc> {
    now.date_naive().and_time(NaiveTime::MIN).and_utc()
}

/// The key in a file.
///
/// # Errors
/// `InvalidInput` for a file that cannot be read or is empty.
pub fn read_key(file: &Path) -> Result<Secret, AgentError> {
    let refused = |why: String| AgentError::refused(ErrorKind::InvalidInput, why);
    let text =
        fs::read_to_string(file).map_err(|e| refused(format!("cannot read the key file {}: {e}", file.display())))?;
    if text.trim().is_empty() {
        return Err(refused(format!("the key file {} is empty", file.display())));
    }
    Ok(Secret::new(text))
}
