//! A model with its key.

use crate::config::ModelConfig;
use chrono::DateTime;
use datafyme_domain::{LanguageModel, ModelId, ModelRole, Provider, UserId};
use datafyme_llm::{ModelSpec, Secret};
use uuid::Uuid;

/// A model with its key, ready to be connected. Compares with everything that a connection depends on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Keyed {
    /// As stored, or made of the settings.
    pub(crate) model: LanguageModel,
    /// Unsealed.
    pub(crate) key: Option<Secret>,
}

impl Keyed {
    /// The model that the settings name; it is stored nowhere.
    pub(super) fn configured(config: &ModelConfig, provider: Provider, name: &str, key: Option<Secret>) -> Self {
        let model = LanguageModel {
            id: ModelId(Uuid::nil()),
            owner_id: UserId::LOCAL,
            name: name.to_owned(),
            provider,
            model: name.to_owned(),
            base_url: config.base_url.clone(),
            headers: config.headers.clone(),
            has_key: key.is_some(),
            input_price: config.input_price,
            output_price: config.output_price,
            roles: vec![ModelRole::Reason, ModelRole::Fast],
            abilities: None,
            created_at: DateTime::UNIX_EPOCH,
        };
        Self { model, key }
    }

    /// Whether the settings name it, and not the store.
    pub(crate) fn is_configured(&self) -> bool {
        self.model.id.0.is_nil()
    }

    /// What people call it.
    pub(crate) fn name(&self) -> &str {
        &self.model.name
    }

    /// As a connection is made from it.
    pub(crate) fn spec(&self) -> ModelSpec {
        ModelSpec {
            name: self.model.name.clone(),
            provider: self.model.provider,
            model: self.model.model.clone(),
            base_url: self.model.base_url.clone(),
            headers: self.model.headers.clone(),
            key: self.key.clone(),
        }
    }
}
