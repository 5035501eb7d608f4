//! One question to a model: admitted by the ledger, rendered, asked, held to its shape, written down.

use super::ModelAnalyst;
use crate::{
    AgentError, ConfiguredModel,
    analyst::{Ledger, Opinion, Said},
    prompts::Prompt,
};
use datafyme_domain::ModelCall;
use datafyme_llm::{ChatMessage, Structured, StructuredFailure, StructuredRequest, structured};
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use std::time::Duration;

/// A question to a model.
#[derive(Debug)]
pub(super) struct Inquiry<'a, C> {
    pub(super) prompt: &'a Prompt,
    /// What the prompt is filled with.
    pub(super) context: &'a C,
    pub(super) ledger: &'a Ledger,
    /// 0 for the likeliest reply.
    pub(super) temperature: f32,
}

/// Nobody to ask.
pub(super) fn silent<T>() -> Said<T> {
    Ok(Opinion::abstain("No language model is set up."))
}

impl ModelAnalyst {
    /// Asks the model of the prompt's role for the likeliest reply. Abstains when no model is active, the model
    /// declines, or its reply does not fit `T` after one repair; every call is written into `ledger`.
    ///
    /// # Errors
    /// `ResourceExhausted` when a budget is spent; failures of the model itself.
    pub(super) async fn ask<C, T>(&self, prompt: &Prompt, context: &C, ledger: &Ledger) -> Said<T>
    where
        C: Serialize + Sync,
        T: DeserializeOwned + JsonSchema + Send,
    {
        self.ask_checked(Inquiry { prompt, context, ledger, temperature: 0.0 }, |_: &T| Ok(())).await
    }

    /// As [`Self::ask`], with a check that a schema cannot say. What it objects to is put to the model once; its words
    /// may end up in a trace: no row value in them.
    pub(super) async fn ask_checked<C, T>(
        &self,
        inquiry: Inquiry<'_, C>,
        check: impl Fn(&T) -> Result<(), String> + Send + Sync,
    ) -> Said<T>
    where
        C: Serialize + Sync,
        T: DeserializeOwned + JsonSchema + Send,
    {
        let Some(models) = self.models.get() else {
            return silent();
        };
        let Inquiry { prompt, context, ledger, temperature } = inquiry;
        let configured = models.of(prompt.role);
        ledger.admit_model(configured.model.name())?;
        let rendered = prompt.render(context)?;
        let request = StructuredRequest {
            name: prompt.task.to_owned(),
            purpose: format!("the reply to the task {}", prompt.task.replace('_', " ")),
            messages: vec![ChatMessage::system(rendered.system), ChatMessage::user(rendered.user)],
            max_tokens: prompt.max_tokens,
            temperature: Some(temperature),
            deadline: self.options.call_timeout,
        };
        let reply = structured::ask_checked(&*configured.model, &configured.mode, request, check).await;
        ledger.record(call(configured, prompt, &reply));
        match reply.result {
            Ok(value) => Ok(Opinion::Given(value)),
            Err(StructuredFailure::Failed(error)) => {
                let error = AgentError::Llm(error);
                ledger.failed(configured.model.name(), &error);
                Err(error)
            }
            Err(unusable) => Ok(Opinion::abstain(format!("The language model gave no usable reply: {unusable}."))),
        }
    }
}

/// What a trace keeps of a call.
fn call<T>(configured: &ConfiguredModel, prompt: &Prompt, reply: &Structured<T>) -> ModelCall {
    let usage = reply.usage();
    ModelCall {
        task: prompt.task.to_owned(),
        model: configured.model.name().to_owned(),
        prompt_hash: prompt.hash.clone(),
        prompt_tokens: usage.prompt,
        completion_tokens: usage.completion,
        duration_ms: millis(reply.duration()),
        cost_micros: configured.cost_micros(usage.prompt, usage.completion),
        attempts: usage.attempts,
        outcome: reply.outcome(),
        error: reply.error(),
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
