//! Every protocol under the one suite.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use datafyme_domain::Provider;

datafyme_llm::chat_model_conformance!(open_ai, Provider::OpenAi);
datafyme_llm::chat_model_conformance!(azure, Provider::Azure);
datafyme_llm::chat_model_conformance!(anthropic, Provider::Anthropic);
datafyme_llm::chat_model_conformance!(gemini, Provider::Gemini);
