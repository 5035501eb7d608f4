//! What one server of this protocol refuses, learned from its refusals and kept for the process's life.

use crate::{ChatRequest, OutputFormat, http::Refusal};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether a feature is used. Learned facts need no order between threads.
#[derive(Debug)]
pub(in crate::providers) struct Switch(AtomicBool);

impl Switch {
    pub(in crate::providers) const fn new(on: bool) -> Self {
        Self(AtomicBool::new(on))
    }

    pub(in crate::providers) fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// True when this changes something.
    pub(in crate::providers) fn set(&self, on: bool) -> bool {
        self.0.swap(on, Ordering::Relaxed) != on
    }
}

/// How a schema is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SchemaForm {
    /// OpenAI's own.
    JsonSchema,
    /// llama.cpp's: `json_object` with a `schema` beside it.
    JsonObject,
}

/// See the module.
#[derive(Debug)]
pub(in crate::providers) struct Quirks {
    /// The newer name of the limit; reasoning models refuse the older one, local servers the newer.
    pub(super) max_completion_tokens: Switch,
    /// Reasoning models refuse any temperature but their own.
    pub(super) temperature: Switch,
    /// Asks for usage at the end of a stream.
    pub(super) stream_usage: Switch,
    /// Some chat templates have no system role: instructions go before the first question.
    pub(super) system_role: Switch,
    /// LM Studio forces a tool only as `required`.
    pub(super) named_tool: Switch,
    json_schema: Switch,
    token_name_changed: Switch,
}

const REFUSED: [&str; 10] = [
    "unsupported",
    "not support",
    "unrecognized",
    "unknown",
    "extra",
    "not permitted",
    "not allowed",
    "instead",
    "unexpected",
    "invalid parameter",
];

impl Quirks {
    /// For OpenAI's own models, or for others.
    pub(in crate::providers) const fn new(hosted: bool) -> Self {
        Self {
            max_completion_tokens: Switch::new(hosted),
            temperature: Switch::new(true),
            stream_usage: Switch::new(true),
            system_role: Switch::new(true),
            named_tool: Switch::new(true),
            json_schema: Switch::new(true),
            token_name_changed: Switch::new(false),
        }
    }

    pub(super) fn schema_form(&self) -> SchemaForm {
        if self.json_schema.get() { SchemaForm::JsonSchema } else { SchemaForm::JsonObject }
    }

    /// Learns from a refusal; true when the request is now written in another way.
    pub(super) fn adapt(&self, request: &ChatRequest, refusal: &Refusal) -> bool {
        let refused = refusal.names(&REFUSED);
        if refused && refusal.names(&["max_tokens", "max_completion_tokens"]) && self.token_name_changed.set(true) {
            return self.max_completion_tokens.set(!self.max_completion_tokens.get());
        }
        if refusal.names(&["temperature"]) && request.temperature.is_some() && self.temperature.set(false) {
            return true;
        }
        if refusal.names(&["stream_options", "include_usage"]) && self.stream_usage.set(false) {
            return true;
        }
        if refusal.names(&["system role", "role: system", "role 'system'", "\"system\""]) && self.system_role.set(false)
        {
            return true;
        }
        match &request.output {
            OutputFormat::Schema { .. } => {
                let about_it = ["json_schema", "response_format", "schema", "grammar", "literal_error"];
                if refusal.names(&about_it) && self.json_schema.set(false) {
                    return true;
                }
                // Neither form: this schema is to blame, the next one gets the first form again.
                self.json_schema.set(true);
                false
            }
            OutputFormat::Tool { .. } => refusal.names(&["tool_choice"]) && self.named_tool.set(false),
            OutputFormat::Text | OutputFormat::Json => false,
        }
    }
}
