//! What the double is told to reply, and how it is told to fail.

use crate::FinishReason;
use serde_json::Value;
use std::time::Duration;

/// One reply of the double.
#[derive(Debug, Clone, PartialEq)]
pub struct DoubleReply {
    pub(super) act: Act,
    pub(super) finish: FinishReason,
    pub(super) latency: Duration,
    pub(super) usage: Option<(u64, u64)>,
    pub(super) fault: Option<Fault>,
}

/// What is said.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Act {
    /// Words; the arguments of a tool where the request forces one.
    Say(String),
    /// A call of a tool, with these arguments.
    Call(String, String),
}

/// How the double fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// 429, with that `Retry-After`, to the letter.
    RateLimited {
        /// Seconds or a date; no header when absent.
        retry_after: Option<String>,
    },
    /// 429 of an account with nothing left to spend, or what the protocol answers instead.
    Quota,
    /// Any status with any body, said to be JSON when it begins like it, else events.
    Status {
        /// The status.
        status: u16,
        /// The body as it is.
        body: String,
    },
    /// 308 to that address.
    Redirect(String),
    /// An error in the protocol's own shape.
    Refused {
        /// The status.
        status: u16,
        /// Its message.
        said: String,
    },
    /// The prompt is too long for the model.
    ContextOverflow,
    /// The connection is reset before any reply.
    Reset,
    /// The connection is reset in the middle of the reply.
    ResetMidReply,
    /// The body ends in the middle, as if it were whole.
    HalfBody,
    /// Nothing is said for a minute; then the connection is closed.
    Silence,
    /// Bytes in the reply's words that are not UTF-8.
    InvalidUtf8,
}

impl DoubleReply {
    fn of(act: Act) -> Self {
        Self { act, finish: FinishReason::Stop, latency: Duration::ZERO, usage: None, fault: None }
    }

    /// These words; the arguments of the tool where the request forces one.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::of(Act::Say(text.into()))
    }

    /// This JSON as words.
    #[must_use]
    pub fn json(value: &Value) -> Self {
        Self::text(value.to_string())
    }

    /// A call of that tool.
    #[must_use]
    pub fn tool(name: impl Into<String>, arguments: &Value) -> Self {
        Self { finish: FinishReason::ToolCalls, ..Self::of(Act::Call(name.into(), arguments.to_string())) }
    }

    /// The model declines.
    #[must_use]
    pub fn refusal() -> Self {
        Self { finish: FinishReason::Refused, ..Self::text("") }
    }

    /// A failure.
    #[must_use]
    pub fn fault(fault: Fault) -> Self {
        Self { fault: Some(fault), ..Self::text("Here is what you asked for, as far as it goes.") }
    }

    /// The same, failing.
    #[must_use]
    pub fn with_fault(self, fault: Fault) -> Self {
        Self { fault: Some(fault), ..self }
    }

    /// The same, after that long.
    #[must_use]
    pub fn after(self, latency: Duration) -> Self {
        Self { latency, ..self }
    }

    /// The same, ending for that reason.
    #[must_use]
    pub fn ending(self, finish: FinishReason) -> Self {
        Self { finish, ..self }
    }

    /// The same, with tokens sent and tokens back; a quarter of the bytes where this is not called.
    #[must_use]
    pub fn with_usage(self, prompt: u64, completion: u64) -> Self {
        Self { usage: Some((prompt, completion)), ..self }
    }
}
