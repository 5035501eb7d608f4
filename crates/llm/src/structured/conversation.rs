//! The messages of one ask: what each mode sends, and what is said when a reply does not fit.

use super::{StructuredRequest, extract, extract::Misfit, schema::shared_schema_of};
use crate::{ChatMessage, ChatReply, ChatRequest, ChatRole, FinishReason, OutputFormat, ToolSpec};
use datafyme_domain::StructuredMode;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;
use tokio::time::Instant;

/// One ask under way.
pub(super) struct Conversation {
    request: StructuredRequest,
    schema: Arc<Value>,
    end: Instant,
    /// Whether the schema stands in a message already.
    schema_shown: bool,
}

/// Stands for a reply without words: providers refuse empty messages.
const EMPTY: &str = "(empty)";
/// Characters of a reply that are shown to the model that wrote it.
const QUOTED: usize = 4_000;

impl Conversation {
    pub(super) fn new<T: JsonSchema>(request: StructuredRequest) -> Self {
        Self { end: Instant::now() + request.deadline, schema: shared_schema_of::<T>(), request, schema_shown: false }
    }

    /// The request as that mode sends it; `None` once the time is over.
    pub(super) fn request(&self, mode: StructuredMode) -> Option<ChatRequest> {
        let deadline = self.end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())?;
        let StructuredRequest { name, purpose, .. } = &self.request;
        let mut messages = self.request.messages.clone();
        let mut tools = Vec::new();
        let output = match mode {
            StructuredMode::Schema => OutputFormat::Schema { name: name.clone(), schema: Arc::clone(&self.schema) },
            StructuredMode::Tool => {
                tools.push(ToolSpec {
                    name: name.clone(),
                    description: purpose.clone(),
                    parameters: Arc::clone(&self.schema),
                });
                OutputFormat::Tool { name: name.clone() }
            }
            StructuredMode::Json => OutputFormat::Json,
            StructuredMode::Text => OutputFormat::Text,
        };
        if mode >= StructuredMode::Json && !self.schema_shown {
            append(&mut messages, &self.schema_instruction());
        }
        Some(ChatRequest {
            messages,
            tools,
            output,
            max_tokens: self.request.max_tokens,
            temperature: self.request.temperature,
            deadline,
        })
    }

    /// Puts the reply and what is wrong with it before the model.
    pub(super) fn add_repair(&mut self, reply: &ChatReply, misfit: &Misfit, mode: StructuredMode) {
        let said = match extract::json_text(reply, &self.request.name) {
            "" => EMPTY.to_owned(),
            text => text.chars().take(QUOTED).collect(),
        };
        let mut objection = format!("That reply cannot be used: {}.", misfit.full());
        if reply.finish == FinishReason::Length {
            // Nothing said at the limit: a reasoning model thought up to it.
            let factor = if said == EMPTY { 4 } else { 2 };
            self.request.max_tokens = self.request.max_tokens.saturating_mul(factor);
            objection.push_str(" It was cut off at the limit of its length: be brief.");
        }
        if !self.schema_shown && mode != StructuredMode::Tool {
            objection.push_str("\n\n");
            objection.push_str(&self.schema_instruction());
            self.schema_shown = true;
        } else {
            objection.push_str(" Reply again, whole and corrected.");
        }
        self.request.messages.push(ChatMessage { role: ChatRole::Assistant, text: said });
        self.request.messages.push(ChatMessage { role: ChatRole::User, text: objection });
    }

    /// The value in a reply.
    pub(super) fn read<T: DeserializeOwned>(
        &self,
        reply: &ChatReply,
        check: &impl Fn(&T) -> Result<(), String>,
    ) -> Result<T, Misfit> {
        let value = extract::value(reply, &self.request.name)?;
        check(&value).map_err(Misfit::Objection)?;
        Ok(value)
    }

    fn schema_instruction(&self) -> String {
        format!(
            "Reply with one JSON value, `{}`, that fits this JSON schema, and with nothing else: no other words, no code fence.\n{}",
            self.request.name, self.schema
        )
    }
}

/// Adds a paragraph to the last message: the end of the prompt is what small models heed most.
fn append(messages: &mut Vec<ChatMessage>, paragraph: &str) {
    match messages.last_mut().filter(|m| m.role == ChatRole::User) {
        Some(last) => {
            last.text.push_str("\n\n");
            last.text.push_str(paragraph);
        }
        None => messages.push(ChatMessage::user(paragraph)),
    }
}
