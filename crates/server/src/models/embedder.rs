//! The embedder of the moment: the one that has the role, else the built-in one.

use async_trait::async_trait;
use datafyme_llm::{Embedder, HashingEmbedder, HttpOptions, LlmError, ModelSpec, providers};
use std::sync::{Arc, PoisonError, RwLock};

/// Embeds with whatever model has the role. It is connected when it is first needed, so that commands that embed
/// nothing wait for nobody.
#[derive(Debug)]
pub struct RoleEmbedder {
    http: HttpOptions,
    built_in: HashingEmbedder,
    state: RwLock<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Counts the choices, so that a connection for an earlier one is not kept.
    generation: u64,
    spec: Option<ModelSpec>,
    connected: Option<Arc<dyn Embedder>>,
}

impl RoleEmbedder {
    /// The built-in one, until another is chosen.
    #[must_use]
    pub fn new(http: HttpOptions) -> Self {
        Self { http, built_in: HashingEmbedder, state: RwLock::default() }
    }

    /// Gives the role to that model, or to the built-in embedder.
    pub fn choose(&self, spec: Option<ModelSpec>) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        *state = State { generation: state.generation + 1, spec, connected: None };
    }

    /// The remote embedder, if one has the role.
    async fn remote(&self) -> Result<Option<Arc<dyn Embedder>>, LlmError> {
        let (generation, spec) = {
            let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(connected) = &state.connected {
                return Ok(Some(Arc::clone(connected)));
            }
            (state.generation, state.spec.clone())
        };
        let Some(spec) = spec else { return Ok(None) };
        let connected = providers::connect_embedder(&spec, &self.http).await?;
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        if state.generation == generation {
            state.connected = Some(Arc::clone(&connected));
        }
        Ok(Some(connected))
    }
}

#[async_trait]
impl Embedder for RoleEmbedder {
    fn name(&self) -> &'static str {
        "by-role"
    }

    fn dimensions(&self) -> usize {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        state.connected.as_ref().map_or_else(|| self.built_in.dimensions(), |e| e.dimensions())
    }

    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, LlmError> {
        match self.remote().await? {
            Some(remote) => remote.embed(texts).await,
            None => self.built_in.embed(texts).await,
        }
    }
}
