//! A model that says what it is told to say.

use crate::{
    ChatModel, ChatReply, ChatRequest, FinishReason, LlmError, OutputFormat, ReplyEvent, ReplyStream, TokenUsage,
    ToolCall,
};
use async_trait::async_trait;
use datafyme_domain::ErrorKind;
use futures::{StreamExt, stream};
use serde_json::Value;
use std::{
    collections::VecDeque,
    fmt,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// A model in process that replies from a queue, then from a function of the request. It keeps every request.
///
/// Where a call of a tool is asked for, a reply of words becomes the arguments of that call; where usage is missing, it is
/// counted as four characters a token.
pub struct ScriptedModel {
    name: String,
    queue: Mutex<VecDeque<Result<ChatReply, LlmError>>>,
    respond: Box<Respond>,
    latency: Duration,
    requests: Mutex<Vec<ChatRequest>>,
}

type Respond = dyn Fn(&ChatRequest) -> Result<ChatReply, LlmError> + Send + Sync;

impl fmt::Debug for ScriptedModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScriptedModel").field("name", &self.name).finish_non_exhaustive()
    }
}

impl ScriptedModel {
    /// Replies from the queue alone, and fails (`Internal`) when it is used up.
    #[must_use]
    pub fn queue(replies: impl IntoIterator<Item = Result<ChatReply, LlmError>>) -> Self {
        let model = Self::responding(|request| {
            let asked = request.output_name().unwrap_or("words");
            Err(LlmError::new(ErrorKind::Internal, format!("the script has no reply left, asked for `{asked}`")))
        });
        model.queue.lock().unwrap_or_else(PoisonError::into_inner).extend(replies);
        model
    }

    /// Replies with these JSON values, in order.
    #[must_use]
    pub fn json(values: impl IntoIterator<Item = Value>) -> Self {
        Self::queue(values.into_iter().map(|value| Ok(ChatReply::of_text(value.to_string()))))
    }

    /// Replies with these words, in order.
    #[must_use]
    pub fn texts<S: Into<String>>(texts: impl IntoIterator<Item = S>) -> Self {
        Self::queue(texts.into_iter().map(|text| Ok(ChatReply::of_text(text))))
    }

    /// Replies with what the function says.
    #[must_use]
    pub fn responding(respond: impl Fn(&ChatRequest) -> Result<ChatReply, LlmError> + Send + Sync + 'static) -> Self {
        Self {
            name: "scripted".into(),
            queue: Mutex::default(),
            respond: Box::new(respond),
            latency: Duration::ZERO,
            requests: Mutex::default(),
        }
    }

    /// The same under another name.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self { name: name.into(), ..self }
    }

    /// The same, taking that long for each reply.
    #[must_use]
    pub fn with_latency(self, latency: Duration) -> Self {
        Self { latency, ..self }
    }

    /// What it was asked so far, in order.
    #[must_use]
    pub fn requests(&self) -> Vec<ChatRequest> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn next(&self, request: &ChatRequest) -> Result<ChatReply, LlmError> {
        let queued = self.queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let mut reply = queued.unwrap_or_else(|| (self.respond)(request))?;
        if let OutputFormat::Tool { name } = &request.output
            && reply.tool_calls.is_empty()
            && reply.finish == FinishReason::Stop
        {
            let arguments = std::mem::take(&mut reply.text);
            reply.tool_calls.push(ToolCall { name: name.clone(), arguments });
            reply.finish = FinishReason::ToolCalls;
        }
        if reply.usage == TokenUsage::default() {
            reply.usage = TokenUsage::estimated(request, &reply);
        }
        Ok(reply)
    }
}

#[async_trait]
impl ChatModel for ScriptedModel {
    fn name(&self) -> &str {
        &self.name
    }

    async fn complete(&self, request: &ChatRequest) -> Result<ChatReply, LlmError> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
        if !self.latency.is_zero() {
            tokio::time::sleep(self.latency).await;
        }
        self.next(request)
    }

    async fn stream(&self, request: &ChatRequest) -> Result<ReplyStream, LlmError> {
        let reply = self.complete(request).await?;
        let mut events: Vec<_> =
            reply.text.split_inclusive(' ').map(|word| Ok(ReplyEvent::Text(word.to_owned()))).collect();
        events.push(Ok(ReplyEvent::Done(reply)));
        Ok(stream::iter(events).boxed())
    }
}
