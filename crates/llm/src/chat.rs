//! The seam between Datafyme and whatever language model replies: one request, one reply, whole or as a stream.

use crate::LlmError;
use async_trait::async_trait;
use futures::stream::BoxStream;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{fmt::Debug, sync::Arc, time::Duration};

/// A language model that chats. Implementations speak one provider's protocol and nothing else; retries, limits and
/// structured output are built around them.
#[async_trait]
pub trait ChatModel: Send + Sync + Debug {
    /// The configured name, as traces show it.
    fn name(&self) -> &str;

    /// The whole reply.
    ///
    /// # Errors
    /// `Timeout` (the request's deadline), `Unavailable`, `ResourceExhausted` (429, quota, context overflow),
    /// `Unauthenticated`, `InvalidInput` (the provider refuses the request), `Unsupported` (an ability it lacks).
    async fn complete(&self, request: &ChatRequest) -> Result<ChatReply, LlmError>;

    /// The reply as it is made; the last item is [`ReplyEvent::Done`] with the whole of it.
    ///
    /// # Errors
    /// As [`Self::complete`], before the stream or as an item of it (a cut stream is `Unavailable`).
    async fn stream(&self, request: &ChatRequest) -> Result<ReplyStream, LlmError>;
}

/// A reply as it is made.
pub type ReplyStream = BoxStream<'static, Result<ReplyEvent, LlmError>>;

/// What is asked of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct ChatRequest {
    /// The conversation: at most one system message, first; then user and assistant in turn.
    pub messages: Vec<ChatMessage>,
    /// Tools that it may call.
    pub tools: Vec<ToolSpec>,
    /// What shape the reply has.
    pub output: OutputFormat,
    /// Longest reply in tokens.
    pub max_tokens: u32,
    /// 0 for the likeliest reply; absent leaves it to the provider.
    pub temperature: Option<f32>,
    /// Time for the whole call, with retries.
    pub deadline: Duration,
}

impl ChatRequest {
    /// The name of the schema or tool that the reply is held to.
    #[must_use]
    pub fn output_name(&self) -> Option<&str> {
        match &self.output {
            OutputFormat::Schema { name, .. } | OutputFormat::Tool { name } => Some(name),
            OutputFormat::Text | OutputFormat::Json => None,
        }
    }

    /// The texts of its messages.
    pub(crate) fn texts(&self) -> Vec<&str> {
        self.messages.iter().map(|m| m.text.as_str()).collect()
    }
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatMessage {
    /// Who says it.
    pub role: ChatRole,
    /// What.
    pub text: String,
}

impl ChatMessage {
    /// Instructions.
    #[must_use]
    pub fn system(text: impl Into<String>) -> Self {
        Self { role: ChatRole::System, text: text.into() }
    }

    /// What the asker says.
    #[must_use]
    pub fn user(text: impl Into<String>) -> Self {
        Self { role: ChatRole::User, text: text.into() }
    }

    /// What the model said.
    #[must_use]
    pub fn assistant(text: impl Into<String>) -> Self {
        Self { role: ChatRole::Assistant, text: text.into() }
    }
}

/// Who says a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatRole {
    /// Instructions.
    System,
    /// The asker.
    User,
    /// The model.
    Assistant,
}

/// A tool that a model may call.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolSpec {
    /// Letters, digits and `_`.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// JSON schema of its arguments.
    pub parameters: Arc<Value>,
}

/// What shape a reply has.
#[derive(Debug, Clone, PartialEq)]
pub enum OutputFormat {
    /// Words.
    Text,
    /// One JSON value of some kind, held to by the provider.
    Json,
    /// One JSON value of that schema, held to by the provider.
    Schema {
        /// Letters, digits and `_`.
        name: String,
        /// The schema.
        schema: Arc<Value>,
    },
    /// A call of that one of the request's tools.
    Tool {
        /// Its name.
        name: String,
    },
}

/// A whole reply.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ChatReply {
    /// The words, or the JSON as text.
    pub text: String,
    /// Tools that it calls.
    pub tool_calls: Vec<ToolCall>,
    /// Why it ended.
    pub finish: FinishReason,
    /// What it cost.
    pub usage: TokenUsage,
}

impl ChatReply {
    /// A finished reply of these words.
    #[must_use]
    pub fn of_text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

/// A call of a tool.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolCall {
    /// The tool's name, as the model wrote it.
    pub name: String,
    /// Its arguments, as the model wrote them: meant to be JSON.
    pub arguments: String,
}

/// Why a reply ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FinishReason {
    /// It was done.
    #[default]
    Stop,
    /// It met the limit of tokens.
    Length,
    /// It calls a tool.
    ToolCalls,
    /// The provider or the model refused.
    Refused,
}

/// Tokens of one call; of all attempts of it where there were several.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenUsage {
    /// Tokens sent.
    pub prompt: u64,
    /// Tokens that came back.
    pub completion: u64,
    /// Requests sent.
    pub attempts: u32,
}

impl TokenUsage {
    /// What a call may have cost where the provider does not say: four bytes a token, a common rule of thumb.
    #[must_use]
    pub fn estimated(request: &ChatRequest, reply: &ChatReply) -> Self {
        let tools = request.tools.iter().map(|t| t.description.len() + t.parameters.to_string().len());
        let sent: usize = request.messages.iter().map(|m| m.text.len()).chain(tools).sum();
        let back: usize = reply.text.len() + reply.tool_calls.iter().map(|c| c.arguments.len()).sum::<usize>();
        let tokens = |bytes: usize| u64::try_from(bytes.div_ceil(4)).unwrap_or(u64::MAX);
        Self { prompt: tokens(sent), completion: tokens(back), attempts: 1 }
    }

    /// Both together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            prompt: self.prompt.saturating_add(other.prompt),
            completion: self.completion.saturating_add(other.completion),
            attempts: self.attempts.saturating_add(other.attempts),
        }
    }
}

/// A part of a reply.
#[derive(Debug, Clone, PartialEq)]
pub enum ReplyEvent {
    /// More words.
    Text(String),
    /// The end, with everything.
    Done(ChatReply),
}
