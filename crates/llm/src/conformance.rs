//! What every client of a provider's protocol must do: one suite, run over each of them against the HTTP double.
//!
//! ```text
//! datafyme_llm::chat_model_conformance!(open_ai, Provider::OpenAi);
//! ```

// These are tests; they live in the library so that every protocol's test file can call them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(missing_docs)]

pub mod contracts;
pub mod faults;
pub mod replies;

use crate::{
    ChatMessage, ChatModel, ChatRequest, HttpOptions, ModelSpec, OutputFormat, ProviderLimits, RetryPolicy, Secret,
    double::{DoubleReply, ProviderDouble, Script},
    providers,
};
use datafyme_domain::Provider;
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// Stands in every request, and must stand in no error.
pub const PLANTED_KEY: &str = "sk-planted-7f3e9a";
/// Stands in every prompt, and must stand in no error.
pub const PLANTED_VALUE: &str = "Planted Margit Kovács 1207";

/// A model before a double.
#[derive(Debug)]
pub struct Bench {
    pub model: Arc<dyn ChatModel>,
    pub double: ProviderDouble,
}

impl Bench {
    /// Over these replies, in order.
    pub async fn saying(provider: Provider, replies: impl IntoIterator<Item = DoubleReply>) -> Self {
        Self::over(provider, Script::queue(replies)).await
    }

    /// Over that script.
    pub async fn over(provider: Provider, script: Script) -> Self {
        Self::with(provider, script, &options()).await
    }

    /// Over that script, reached in that way.
    pub async fn with(provider: Provider, script: Script, http: &HttpOptions) -> Self {
        let double = ProviderDouble::start(script).await.unwrap();
        let model = providers::connect(&spec(provider, &double.base_url()), http).unwrap();
        Self { model, double }
    }

    /// Requests that arrived.
    pub fn arrived(&self) -> usize {
        self.double.requests().len()
    }
}

/// A model at that address.
pub fn spec(provider: Provider, base_url: &str) -> ModelSpec {
    ModelSpec {
        name: "under test".into(),
        provider,
        model: "double-1".into(),
        base_url: Some(base_url.into()),
        headers: BTreeMap::new(),
        key: Some(Secret::new(PLANTED_KEY)),
    }
}

/// As in production, but impatient.
pub fn options() -> HttpOptions {
    HttpOptions {
        connect_timeout: Duration::from_secs(2),
        silence: Duration::from_secs(8),
        retry: RetryPolicy { base: Duration::from_millis(2), cap: Duration::from_millis(10), ..RetryPolicy::default() },
        limits: ProviderLimits::new(4),
        ..HttpOptions::default()
    }
}

/// A request for words.
pub fn request() -> ChatRequest {
    ChatRequest {
        messages: vec![
            ChatMessage::system("You count things."),
            ChatMessage::user(format!("How many orders has {PLANTED_VALUE}?")),
        ],
        tools: Vec::new(),
        output: OutputFormat::Text,
        max_tokens: 200,
        temperature: Some(0.2),
        deadline: Duration::from_secs(10),
    }
}

/// Emits one test per case, for one provider.
#[macro_export]
macro_rules! chat_model_conformance {
    ($name:ident, $provider:expr) => {
        mod $name {
            $crate::conformance_cases!($provider, replies:
                a_whole_reply_has_its_words_end_and_usage,
                a_streamed_reply_comes_in_pieces_and_ends_with_the_whole,
                a_forced_tool_is_called_with_its_arguments,
                a_streamed_call_of_a_tool_is_put_together,
                a_reply_cut_at_its_limit_says_so,
                a_refusal_is_told_from_a_reply,
                a_schema_reaches_the_provider_and_json_comes_back,
                the_key_travels_in_a_header_and_never_in_the_address,
            );
            $crate::conformance_cases!($provider, faults:
                a_rate_limit_with_retry_after_is_waited_out,
                a_rate_limit_without_retry_after_is_backed_off_from,
                a_rate_limit_beyond_the_deadline_is_told_with_its_wait,
                an_empty_account_is_not_asked_again,
                a_server_error_is_asked_again_and_answered,
                a_server_error_that_stays_is_told_after_three_requests,
                a_refused_connection_is_told_with_the_address,
                a_reset_before_the_reply_is_asked_again,
                a_reset_in_mid_reply_is_asked_again,
                a_reset_in_mid_stream_is_told_after_the_words,
                half_a_body_is_asked_again,
                half_a_stream_is_told_as_cut,
                silence_ends_with_the_deadline,
                silence_in_a_stream_ends_before_the_deadline,
                a_reply_of_two_megabytes_is_read,
                a_reply_without_end_is_given_up,
                invalid_utf8_is_replaced_and_read,
                a_context_overflow_is_told_at_once,
                a_refused_key_is_told_without_it,
                a_missing_model_is_told_with_what_to_do,
                errors_hold_neither_key_nor_prompt,
            );
            $crate::conformance_cases!($provider, contracts:
                a_value_of_the_schema_is_read,
                json_in_prose_is_found,
                extra_fields_are_left_out,
                half_a_json_is_asked_for_again_whole,
                a_wrong_enum_is_put_to_the_model_by_name,
                two_wrong_replies_are_malformed_without_their_words,
                an_empty_reply_is_asked_for_again,
                a_refusal_is_an_outcome,
                a_call_of_an_unknown_tool_is_put_to_the_model,
                an_overflow_is_a_failure_with_its_cause,
                a_schema_that_is_refused_is_stepped_down_from_and_remembered,
                a_server_that_fails_on_schemas_is_asked_in_words_and_forgiven,
                every_call_is_counted,
            );
        }
    };
}

/// Emits the tests of one module of the suite.
#[doc(hidden)]
#[macro_export]
macro_rules! conformance_cases {
    ($provider:expr, $suite:ident: $($case:ident),+ $(,)?) => {
        mod $suite {
            #[allow(unused_imports)]
            use super::super::*;
            $(
                #[tokio::test]
                async fn $case() {
                    $crate::conformance::$suite::$case($provider).await;
                }
            )+
        }
    };
}
