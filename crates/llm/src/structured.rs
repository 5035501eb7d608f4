//! Replies of a given shape from models that differ in what they can hold to.
//!
//! Four ways, strongest first: the provider holds the reply to a JSON schema, or to the arguments of a tool, or to some
//! JSON, or the schema stands in the prompt and the JSON is looked for in the reply. What the provider refuses is stepped
//! down from and remembered. A reply that does not fit is asked for once more with the error; nothing is invented.

mod conversation;
mod extract;
mod mode;
mod schema;

pub use mode::StructuredModeCell;
pub use schema::schema_of;

use crate::{ChatMessage, ChatModel, ChatReply, FinishReason, LlmCause, LlmError, TokenUsage};
use conversation::Conversation;
use datafyme_domain::{ErrorKind, ModelCallOutcome, StructuredMode};
use extract::Misfit;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use std::time::Duration;
use tokio::time::Instant;

/// What is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct StructuredRequest {
    /// Name of the shape: letters, digits and `_`. Schema and tool carry it.
    pub name: String,
    /// What the shape is for, in a few words: the tool's description.
    pub purpose: String,
    /// The conversation: at most one system message, first; a user's message last.
    pub messages: Vec<ChatMessage>,
    /// Longest reply in tokens.
    pub max_tokens: u32,
    /// 0 for the likeliest reply; absent leaves it to the provider.
    pub temperature: Option<f32>,
    /// Time for everything: retries, weaker modes, the repair.
    pub deadline: Duration,
}

/// What came of it, and what it took.
#[derive(Debug, Clone)]
pub struct Structured<T> {
    /// The value, or why there is none.
    pub result: Result<T, StructuredFailure>,
    /// Every call made, in order.
    pub calls: Vec<CallUsage>,
    /// Whether a first reply did not fit.
    pub repaired: bool,
}

/// Why there is no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StructuredFailure {
    /// Two replies that do not fit. Holds no word of theirs.
    #[error("the model's reply does not fit its contract: {0}")]
    Malformed(String),
    /// The model or its provider declined.
    #[error("the model declined to reply")]
    Refused,
    /// No reply was had.
    #[error(transparent)]
    Failed(#[from] LlmError),
}

impl StructuredFailure {
    /// What kind of failure it is.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Malformed(_) => ErrorKind::Corrupt,
            Self::Refused => ErrorKind::Unsupported,
            Self::Failed(error) => error.kind(),
        }
    }
}

/// One call of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallUsage {
    /// How the shape was asked for.
    pub mode: StructuredMode,
    /// What it cost.
    pub usage: TokenUsage,
    /// How long it took, with waiting and retries.
    pub duration: Duration,
}

impl<T> Structured<T> {
    /// All calls together.
    #[must_use]
    pub fn usage(&self) -> TokenUsage {
        self.calls.iter().fold(TokenUsage::default(), |sum, call| sum.plus(call.usage))
    }

    /// All calls together.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.calls.iter().map(|call| call.duration).sum()
    }

    /// As a trace names it.
    #[must_use]
    pub const fn outcome(&self) -> ModelCallOutcome {
        match &self.result {
            Ok(_) if self.repaired => ModelCallOutcome::Repaired,
            Ok(_) => ModelCallOutcome::Answered,
            Err(StructuredFailure::Malformed(_)) => ModelCallOutcome::Malformed,
            Err(StructuredFailure::Refused) => ModelCallOutcome::Refused,
            Err(StructuredFailure::Failed(_)) => ModelCallOutcome::Failed,
        }
    }

    /// Why there is no value, as a trace keeps it: no key, no prompt, no word of the reply.
    #[must_use]
    pub fn error(&self) -> Option<String> {
        self.result.as_ref().err().map(ToString::to_string)
    }
}

/// Asks for a value of type `T`. Never an `Err`: a reply that does not fit is an outcome like others.
pub async fn ask<T>(model: &dyn ChatModel, mode: &StructuredModeCell, request: StructuredRequest) -> Structured<T>
where
    T: DeserializeOwned + JsonSchema,
{
    ask_checked(model, mode, request, |_: &T| Ok(())).await
}

/// As [`ask`], with a check that JSON schema cannot say. What it objects to is put to the model once; its words go
/// into the repair and, from the second reply on, into [`StructuredFailure::Malformed`]: no row value in them.
pub async fn ask_checked<T>(
    model: &dyn ChatModel,
    mode: &StructuredModeCell,
    request: StructuredRequest,
    check: impl Fn(&T) -> Result<(), String> + Send + Sync,
) -> Structured<T>
where
    T: DeserializeOwned + JsonSchema,
{
    let mut asking = Asking { model, mode, talk: Conversation::new::<T>(request), calls: Vec::new(), repaired: false };
    let result = asking.value(&check).await;
    Structured { result, calls: asking.calls, repaired: asking.repaired }
}

/// The value in a reply, if it holds one.
pub(crate) fn value_of<T: DeserializeOwned>(reply: &ChatReply, tool: &str) -> Option<T> {
    extract::value(reply, tool).ok()
}

struct Asking<'a> {
    model: &'a dyn ChatModel,
    mode: &'a StructuredModeCell,
    talk: Conversation,
    calls: Vec<CallUsage>,
    repaired: bool,
}

impl Asking<'_> {
    async fn value<T: DeserializeOwned>(
        &mut self,
        check: &(impl Fn(&T) -> Result<(), String> + Sync),
    ) -> Result<T, StructuredFailure> {
        let (mode, reply) = self.first_reply().await?;
        let misfit = match self.talk.read(&reply, check) {
            Ok(value) => {
                self.mode.fitted();
                return Ok(value);
            }
            Err(misfit) => misfit,
        };
        // Prose from a provider that should have held to JSON: it ignores what it does not know.
        let again = if matches!(misfit, Misfit::NoJson) { StructuredMode::Text } else { mode };
        self.repaired = true;
        self.talk.add_repair(&reply, &misfit, again);
        let reply = self.call(again).await?;
        let value = self.talk.read(&reply, check).map_err(|misfit| StructuredFailure::Malformed(misfit.unquoted()))?;
        self.mode.misfitted(mode, again);
        Ok(value)
    }

    /// The first reply, in the strongest mode that the provider accepts.
    async fn first_reply(&mut self) -> Result<(StructuredMode, ChatReply), StructuredFailure> {
        let mut mode = self.mode.get();
        let mut remembered = true;
        loop {
            let error = match self.call(mode).await {
                Ok(reply) => {
                    if remembered {
                        self.mode.set(mode);
                    }
                    return Ok((mode, reply));
                }
                Err(StructuredFailure::Failed(error)) => error,
                Err(failure) => return Err(failure),
            };
            let weaker = match refusal(&error) {
                Some(Refusal::Certain) => mode::weaker(mode),
                // Perhaps it only failed: the weakest mode is tried, and not remembered.
                Some(Refusal::Possible) => {
                    remembered = false;
                    Some(StructuredMode::Text).filter(|text| *text != mode)
                }
                None => None,
            };
            let Some(weaker) = weaker else { return Err(error.into()) };
            tracing::debug!(model.name = self.model.name(), ?mode, ?weaker, "llm.mode_refused");
            mode = weaker;
        }
    }

    async fn call(&mut self, mode: StructuredMode) -> Result<ChatReply, StructuredFailure> {
        let started = Instant::now();
        let reply =
            match self.talk.request(mode) {
                Some(request) => self.model.complete(&request).await,
                None => Err(LlmError::caused(LlmCause::Deadline, "the model's time was over before it replied")
                    .after_attempts(0)),
            };
        let usage = match &reply {
            Ok(reply) => reply.usage,
            Err(error) => TokenUsage { attempts: error.attempts(), ..TokenUsage::default() },
        };
        self.calls.push(CallUsage { mode, usage, duration: started.elapsed() });
        match reply? {
            reply if reply.finish == FinishReason::Refused => Err(StructuredFailure::Refused),
            reply => Ok(reply),
        }
    }
}

/// Whether a failure says that the mode is not accepted.
enum Refusal {
    Certain,
    /// Some local servers answer 500 to what they cannot do.
    Possible,
}

fn refusal(error: &LlmError) -> Option<Refusal> {
    if error.kind() == ErrorKind::Unsupported || error.cause() == LlmCause::Request {
        return Some(Refusal::Certain);
    }
    matches!(error.status(), Some(500)).then_some(Refusal::Possible)
}
