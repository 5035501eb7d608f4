//! The embedder of the moment: the one that has the role, else the one in the configured directory, else the built-in
//! one.

use async_trait::async_trait;
use datafyme_llm::{Embedder, HashingEmbedder, HttpOptions, LlmError, ModelSpec, providers};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};
use tokio::sync::OnceCell;

/// Embeds with whatever model has the role. It is connected when it is first needed, so that commands that embed
/// nothing wait for nobody.
#[derive(Debug)]
pub struct RoleEmbedder {
    http: HttpOptions,
    built_in: HashingEmbedder,
    /// Directory of a local model, and the model once it is needed.
    dir: Option<PathBuf>,
    local: OnceCell<Arc<dyn Embedder>>,
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
    /// The one in `dir`, else the built-in one, until another is chosen.
    #[must_use]
    pub fn new(http: HttpOptions, dir: Option<PathBuf>) -> Self {
        Self { http, built_in: HashingEmbedder, dir, local: OnceCell::new(), state: RwLock::default() }
    }

    /// Gives the role to that model, or to the built-in embedder.
    pub fn choose(&self, spec: Option<ModelSpec>) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        *state = State { generation: state.generation + 1, spec, connected: None };
    }

    /// The embedder in the configured directory, if there is one.
    async fn local(&self) -> Result<Option<Arc<dyn Embedder>>, LlmError> {
        let Some(dir) = &self.dir else { return Ok(None) };
        Ok(Some(Arc::clone(self.local.get_or_try_init(|| load(dir)).await?)))
    }

    /// The embedder that has the role, or stands in for it.
    async fn chosen(&self) -> Result<Option<Arc<dyn Embedder>>, LlmError> {
        let (generation, spec) = {
            let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(connected) = &state.connected {
                return Ok(Some(Arc::clone(connected)));
            }
            (state.generation, state.spec.clone())
        };
        let Some(spec) = spec else { return self.local().await };
        let connected = providers::connect_embedder(&spec, &self.http).await?;
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        if state.generation == generation {
            state.connected = Some(Arc::clone(&connected));
        }
        Ok(Some(connected))
    }
}

#[cfg(feature = "local-embeddings")]
async fn load(dir: &Path) -> Result<Arc<dyn Embedder>, LlmError> {
    Ok(Arc::new(datafyme_llm::LocalEmbedder::load(dir).await?))
}

#[cfg(not(feature = "local-embeddings"))]
async fn load(dir: &Path) -> Result<Arc<dyn Embedder>, LlmError> {
    Err(LlmError::new(
        datafyme_domain::ErrorKind::Unsupported,
        format!(
            "embedder.dir is {}, but this build reads no local models: build with `--features local-embeddings`, or take \
             the setting out",
            dir.display()
        ),
    ))
}

#[async_trait]
impl Embedder for RoleEmbedder {
    fn name(&self) -> &'static str {
        "by-role"
    }

    fn dimensions(&self) -> usize {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let local = || self.local.get().map_or_else(|| self.built_in.dimensions(), |e| e.dimensions());
        state.connected.as_ref().map_or_else(local, |e| e.dimensions())
    }

    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, LlmError> {
        match self.chosen().await? {
            Some(chosen) => chosen.embed(texts).await,
            None => self.built_in.embed(texts).await,
        }
    }
}
