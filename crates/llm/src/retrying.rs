//! Asks again after failures that pass: limits of rate, failures of the provider, connections that break.
//!
//! Waits grow exponentially with jitter ("Exponential Backoff and Jitter", M. Brooker, AWS, 2015: equal jitter), unless
//! the provider says how long to wait. Everything happens within the request's deadline.

use crate::{ChatModel, ChatReply, ChatRequest, LlmCause, LlmError, ReplyEvent, ReplyStream};
use async_trait::async_trait;
use futures::{StreamExt, stream};
use std::{
    hash::{BuildHasher, RandomState},
    sync::Arc,
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// How often and after how long a call is made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Requests in all, the first included.
    pub attempts: u32,
    /// Wait after the first failure, before jitter.
    pub base: Duration,
    /// Longest wait, unless the provider asks for a longer one.
    pub cap: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { attempts: 6, base: Duration::from_millis(500), cap: Duration::from_secs(20) }
    }
}

/// Requests after which a provider that cannot be reached, fails inside or speaks nonsense is given up: people wait.
const UNREACHABLE_ATTEMPTS: u32 = 3;

impl RetryPolicy {
    /// How long to wait after that failure of that attempt (from 1); `None` gives up.
    fn wait(&self, error: &LlmError, attempt: u32, left: Duration) -> Option<Duration> {
        let attempts = match error.cause() {
            LlmCause::Connection | LlmCause::Server | LlmCause::Reply => self.attempts.min(UNREACHABLE_ATTEMPTS),
            _ => self.attempts,
        };
        if !error.is_retryable() || attempt >= attempts {
            return None;
        }
        let wait = match error.retry_after() {
            Some(asked) => asked + asked.mul_f64(0.1 * jitter()),
            None => {
                let grown = self.base.saturating_mul(1 << attempt.saturating_sub(1).min(16)).min(self.cap);
                grown.mul_f64(0.5 + 0.5 * jitter())
            }
        };
        (wait < left).then_some(wait)
    }
}

/// A number from 0 to 1. The standard library seeds its hasher from the system's randomness: enough to spread waits.
fn jitter() -> f64 {
    let random = RandomState::new().hash_one(0_u8);
    f64::from(u32::try_from(random >> 32).unwrap_or(u32::MAX)) / f64::from(u32::MAX)
}

/// A model that is asked again after failures that pass.
#[derive(Debug)]
pub struct Retrying {
    inner: Arc<dyn ChatModel>,
    policy: RetryPolicy,
}

impl Retrying {
    /// That model under that policy.
    #[must_use]
    pub fn new(inner: Arc<dyn ChatModel>, policy: RetryPolicy) -> Self {
        Self { inner, policy }
    }
}

impl RetryPolicy {
    /// What `call` comes to within the deadline, and how many attempts failed before. `call` is given the time left.
    pub(crate) async fn run<T, F>(
        &self,
        name: &str,
        deadline: Duration,
        mut call: impl FnMut(Duration) -> F + Send,
    ) -> Result<(T, u32), LlmError>
    where
        F: Future<Output = Result<T, LlmError>> + Send,
    {
        let end = Instant::now() + deadline;
        let mut failed = 0;
        let mut sent = 0;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let error = match call(left).await {
                Ok(value) => return Ok((value, sent)),
                Err(error) => error,
            };
            failed += 1;
            sent += error.attempts();
            let left = end.saturating_duration_since(Instant::now());
            let Some(wait) = self.wait(&error, failed, left) else {
                return Err(error.after_attempts(sent));
            };
            tracing::debug!(
                model.name = name,
                attempt = failed,
                wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
                error.kind = error.kind().code(),
                "llm.retry"
            );
            sleep(wait).await;
        }
    }
}

#[async_trait]
impl ChatModel for Retrying {
    fn name(&self) -> &str {
        self.inner.name()
    }

    async fn complete(&self, request: &ChatRequest) -> Result<ChatReply, LlmError> {
        let call = |left| {
            let request = ChatRequest { deadline: left, ..request.clone() };
            async move { self.inner.complete(&request).await }
        };
        let (mut reply, earlier) = self.policy.run(self.name(), request.deadline, call).await?;
        reply.usage.attempts = reply.usage.attempts.max(1) + earlier;
        Ok(reply)
    }

    /// Retries until the first words are there: what was shown cannot be taken back.
    async fn stream(&self, request: &ChatRequest) -> Result<ReplyStream, LlmError> {
        let call = |left| {
            let request = ChatRequest { deadline: left, ..request.clone() };
            async move { first_event(self.inner.stream(&request).await).await }
        };
        let ((first, rest), earlier) = self.policy.run(self.name(), request.deadline, call).await?;
        let whole = stream::iter([Ok(first)]).chain(rest);
        Ok(whole.map(move |event| event.map(|e| with_attempts(e, earlier))).boxed())
    }
}

async fn first_event(started: Result<ReplyStream, LlmError>) -> Result<(ReplyEvent, ReplyStream), LlmError> {
    let mut events = started?;
    match events.next().await {
        Some(first) => first.map(|event| (event, events)),
        None => Err(LlmError::caused(LlmCause::Cut, "the model's stream ended before it began")),
    }
}

fn with_attempts(event: ReplyEvent, earlier: u32) -> ReplyEvent {
    match event {
        ReplyEvent::Done(mut reply) => {
            reply.usage.attempts = reply.usage.attempts.max(1) + earlier;
            ReplyEvent::Done(reply)
        }
        text @ ReplyEvent::Text(_) => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{OutputFormat, double::ScriptedModel};

    fn request(deadline: Duration) -> ChatRequest {
        ChatRequest {
            messages: Vec::new(),
            tools: Vec::new(),
            output: OutputFormat::Text,
            max_tokens: 10,
            temperature: None,
            deadline,
        }
    }

    fn always(cause: LlmCause) -> Arc<ScriptedModel> {
        Arc::new(ScriptedModel::responding(move |_| Err(LlmError::caused(cause, "no"))))
    }

    #[test]
    fn waits_double_with_jitter_up_to_the_cap() {
        let policy = RetryPolicy { attempts: 20, ..RetryPolicy::default() };
        let limited = LlmError::caused(LlmCause::RateLimit, "no");
        for (attempt, longest_ms) in [(1, 500), (2, 1_000), (4, 4_000), (9, 20_000), (19, 20_000)] {
            let waits: Vec<_> =
                (0..50).filter_map(|_| policy.wait(&limited, attempt, Duration::from_secs(900))).collect();
            let longest = Duration::from_millis(longest_ms);
            assert_eq!(waits.len(), 50);
            assert!(waits.iter().all(|w| *w >= longest / 2 && *w <= longest), "{attempt}: {waits:?}");
            assert!(waits.iter().any(|w| *w != waits[0]), "no jitter");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_deadline_bounds_all_attempts_together() {
        let model = always(LlmCause::RateLimit);
        let retrying = Retrying::new(Arc::clone(&model) as Arc<dyn ChatModel>, RetryPolicy::default());
        let started = Instant::now();
        let error = retrying.complete(&request(Duration::from_secs(3))).await.unwrap_err();
        assert!(started.elapsed() < Duration::from_secs(3));
        let asked = model.requests();
        assert_eq!(error.attempts() as usize, asked.len());
        assert!(asked.len() >= 3 && asked.windows(2).all(|pair| pair[1].deadline < pair[0].deadline));
    }

    #[tokio::test(start_paused = true)]
    async fn attempts_depend_on_what_went_wrong() {
        for (cause, attempts) in [
            (LlmCause::RateLimit, 6),
            (LlmCause::Cut, 6),
            (LlmCause::Connection, 3),
            (LlmCause::Server, 3),
            (LlmCause::Reply, 3),
            (LlmCause::Quota, 1),
            (LlmCause::ContextOverflow, 1),
            (LlmCause::Request, 1),
            (LlmCause::Key, 1),
        ] {
            let model = always(cause);
            let retrying = Retrying::new(Arc::clone(&model) as Arc<dyn ChatModel>, RetryPolicy::default());
            let error = retrying.complete(&request(Duration::from_secs(120))).await.unwrap_err();
            assert_eq!((error.attempts(), model.requests().len()), (attempts, attempts as usize), "{cause:?}");
            assert!(retrying.stream(&request(Duration::from_secs(120))).await.is_err());
            assert_eq!(model.requests().len(), 2 * attempts as usize, "{cause:?}");
        }
    }
}
