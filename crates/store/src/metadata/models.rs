//! Configured language models, and what their calls cost.

use crate::StoreError;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use datafyme_domain::{Caller, JobId, LanguageModel, ModelAbilities, ModelCall, ModelId, ModelRole, ModelSpend};

/// Configured language models with their sealed keys, and which of them is active in which role.
#[async_trait]
pub trait LanguageModels {
    /// Configures one; its key is sealed before it is written. `roles` and `has_key` of `model` are not looked at.
    ///
    /// # Errors
    /// `Conflict` when the owner has one of that name.
    async fn create_model(&self, model: &LanguageModel, key: Option<&str>) -> Result<(), StoreError>;

    /// By id.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn model(&self, caller: Caller, id: ModelId) -> Result<Option<LanguageModel>, StoreError>;

    /// By name.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn find_model(&self, caller: Caller, name: &str) -> Result<Option<LanguageModel>, StoreError>;

    /// All of the caller's, by name.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn list_models(&self, caller: Caller) -> Result<Vec<LanguageModel>, StoreError>;

    /// The key, unsealed; for calling the model only.
    ///
    /// # Errors
    /// `Corrupt` when the key file does not fit.
    async fn model_key(&self, caller: Caller, id: ModelId) -> Result<Option<String>, StoreError>;

    /// Writes everything but owner, roles and creation time anew; the key as `key` says. Returns whether it exists.
    ///
    /// # Errors
    /// `Conflict` when another of the owner's has that name.
    async fn update_model(&self, caller: Caller, model: &LanguageModel, key: KeyChange<'_>)
    -> Result<bool, StoreError>;

    /// Removes it with its key; roles that it had are nobody's then. Returns whether it existed.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn delete_model(&self, caller: Caller, id: ModelId) -> Result<bool, StoreError>;

    /// Makes it the only one active in that role; `None` leaves the role to nobody.
    ///
    /// # Errors
    /// `NotFound` when the model is not the caller's.
    async fn assign_model(&self, caller: Caller, role: ModelRole, id: Option<ModelId>) -> Result<(), StoreError>;

    /// Remembers what probing found. Returns whether the model exists.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn put_model_abilities(&self, id: ModelId, abilities: &ModelAbilities) -> Result<bool, StoreError>;
}

/// What becomes of a stored key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyChange<'a> {
    /// It stays.
    Keep,
    /// It goes.
    Remove,
    /// This one takes its place.
    Set(&'a str),
}

/// What models cost. The calls of a run stand in its steps and are written with them by `put_step`; those of a job
/// are written here.
#[async_trait]
pub trait ModelCalls {
    /// Adds calls to a job's.
    ///
    /// # Errors
    /// `NotFound` when the job was removed meanwhile.
    async fn record_job_calls(&self, job: JobId, calls: &[ModelCall], at: DateTime<Utc>) -> Result<(), StoreError>;

    /// The calls of a job, in the order of their recording.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn job_calls(&self, caller: Caller, job: JobId) -> Result<Vec<ModelCall>, StoreError>;

    /// What the caller's runs and jobs spent on models since then.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn model_spend(&self, caller: Caller, since: DateTime<Utc>) -> Result<ModelSpend, StoreError>;
}
