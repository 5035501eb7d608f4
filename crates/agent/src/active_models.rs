//! Which language models reason at the moment: swapped while runs are under way, so that a change of settings needs
//! no restart. A run goes on with the models that it finds at its next call.

use datafyme_domain::{ModelAbilities, ModelRole};
use datafyme_llm::{ChatModel, StructuredModeCell};
use std::sync::{Arc, PoisonError, RwLock};

/// The active models. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct ActiveModels {
    models: Arc<RwLock<Option<Arc<RoleModels>>>>,
}

/// One model per role.
#[derive(Debug, Clone)]
pub struct RoleModels {
    /// Queries, repairs, documentation.
    pub reason: ConfiguredModel,
    /// Screening, descriptions, titles.
    pub fast: ConfiguredModel,
}

/// A model with what is known of it.
#[derive(Debug, Clone)]
pub struct ConfiguredModel {
    /// What replies, with retries and limits around it.
    pub model: Arc<dyn ChatModel>,
    /// How replies of a given shape are had from it.
    pub mode: StructuredModeCell,
    /// Price of a million tokens sent, in the operator's currency.
    pub input_price: Option<f64>,
    /// Price of a million tokens that came back.
    pub output_price: Option<f64>,
    /// Tokens that fit into a prompt with its reply.
    pub context_tokens: Option<u32>,
}

impl ActiveModels {
    /// Puts these models in the place of the ones before; `None` leaves reasoning to the rules.
    pub fn set(&self, models: Option<RoleModels>) {
        *self.models.write().unwrap_or_else(PoisonError::into_inner) = models.map(Arc::new);
    }

    /// The models of the moment.
    #[must_use]
    pub fn get(&self) -> Option<Arc<RoleModels>> {
        self.models.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl RoleModels {
    /// The model of that role; embedding is nobody's here and goes to the fast one.
    #[must_use]
    pub const fn of(&self, role: ModelRole) -> &ConfiguredModel {
        match role {
            ModelRole::Reason => &self.reason,
            ModelRole::Fast | ModelRole::Embed => &self.fast,
        }
    }
}

impl ConfiguredModel {
    /// A model without a price, whose replies are had as probing found, or by trying the strongest way first.
    #[must_use]
    pub fn new(model: Arc<dyn ChatModel>, abilities: Option<&ModelAbilities>) -> Self {
        Self {
            model,
            mode: abilities.map_or_else(StructuredModeCell::default, |a| StructuredModeCell::new(a.structured)),
            input_price: None,
            output_price: None,
            context_tokens: None,
        }
    }

    /// With prices of a million tokens.
    #[must_use]
    pub fn priced(self, input_price: Option<f64>, output_price: Option<f64>) -> Self {
        Self { input_price, output_price, ..self }
    }

    /// With the tokens that fit into a prompt with its reply.
    #[must_use]
    pub fn with_context(self, context_tokens: Option<u32>) -> Self {
        Self { context_tokens, ..self }
    }

    /// Millionths of the operator's currency for that many tokens; absent without a price.
    #[must_use]
    pub fn cost_micros(&self, prompt_tokens: u64, completion_tokens: u64) -> Option<u64> {
        if self.input_price.is_none() && self.output_price.is_none() {
            return None;
        }
        // A price per million tokens is a price in millionths per token.
        let cost = prompt_tokens as f64 * self.input_price.unwrap_or(0.0)
            + completion_tokens as f64 * self.output_price.unwrap_or(0.0);
        Some(cost.max(0.0).round() as u64)
    }
}
