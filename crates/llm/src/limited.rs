//! Bounds how many calls one provider's address gets at a time, over all models that share it.

use crate::{ChatModel, ChatReply, ChatRequest, LlmCause, LlmError, ReplyStream};
use async_trait::async_trait;
use futures::StreamExt;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout_at},
};

/// How many calls each address gets at a time. Clones share their counts.
#[derive(Debug, Clone)]
pub struct ProviderLimits {
    concurrent: usize,
    addresses: Arc<Mutex<HashMap<String, Arc<Semaphore>>>>,
}

/// Concurrent calls where nothing is configured: what hosted providers bear and what a local server queues.
const CONCURRENT: usize = 16;

impl Default for ProviderLimits {
    fn default() -> Self {
        Self::new(CONCURRENT)
    }
}

impl ProviderLimits {
    /// That many calls at a time for each address, one at least.
    #[must_use]
    pub fn new(concurrent: usize) -> Self {
        Self { concurrent: concurrent.clamp(1, Semaphore::MAX_PERMITS), addresses: Arc::default() }
    }

    /// The permits of that address.
    #[must_use]
    pub fn of(&self, address: &str) -> Arc<Semaphore> {
        let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(addresses.entry(address.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(self.concurrent))))
    }
}

/// A model whose calls wait for a permit. A stream keeps its permit until it is read or dropped.
#[derive(Debug)]
pub struct Limited {
    inner: Arc<dyn ChatModel>,
    permits: Arc<Semaphore>,
}

impl Limited {
    /// That model under these permits.
    #[must_use]
    pub fn new(inner: Arc<dyn ChatModel>, permits: Arc<Semaphore>) -> Self {
        Self { inner, permits }
    }

    async fn admitted(&self, request: &ChatRequest) -> Result<(OwnedSemaphorePermit, ChatRequest), LlmError> {
        let end = Instant::now() + request.deadline;
        let permit = timeout_at(end, Arc::clone(&self.permits).acquire_owned())
            .await
            .map_err(|_| LlmError::caused(LlmCause::Deadline, "the call waited for its turn until its time was over"))?
            .map_err(|_| LlmError::caused(LlmCause::Other, "the provider's limit was closed"))?;
        let left = end.saturating_duration_since(Instant::now());
        Ok((permit, ChatRequest { deadline: left, ..request.clone() }))
    }
}

#[async_trait]
impl ChatModel for Limited {
    fn name(&self) -> &str {
        self.inner.name()
    }

    async fn complete(&self, request: &ChatRequest) -> Result<ChatReply, LlmError> {
        let (_permit, request) = self.admitted(request).await?;
        self.inner.complete(&request).await
    }

    async fn stream(&self, request: &ChatRequest) -> Result<ReplyStream, LlmError> {
        let (permit, request) = self.admitted(request).await?;
        let events = self.inner.stream(&request).await?;
        Ok(events
            .map(move |event| {
                let _held = &permit;
                event
            })
            .boxed())
    }
}
