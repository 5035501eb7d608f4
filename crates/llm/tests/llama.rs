//! Against a real llama.cpp server with a model of random weights: what it says is noise, the protocol is real.
//! Run by `make test-llama`, which builds the server; its address stands in `DATAFYME_TEST_LLAMA_URL`.
#![cfg(feature = "llama-tier")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use datafyme_domain::{Provider, StructuredMode};
use datafyme_llm::{
    ChatMessage, ChatModel, ChatRequest, ChatRole, HttpOptions, ModelSpec, OutputFormat, ReplyEvent,
    StructuredModeCell, StructuredRequest, ask, probe, providers,
};
use futures::StreamExt;
use schemars::JsonSchema;
use serde::Deserialize;
use std::{collections::BTreeMap, sync::Arc, time::Duration};

fn spec() -> ModelSpec {
    ModelSpec {
        name: "llama".into(),
        provider: Provider::OpenAi,
        model: "tiny".into(),
        base_url: Some(std::env::var("DATAFYME_TEST_LLAMA_URL").expect("make test-llama starts the server")),
        headers: BTreeMap::new(),
        key: None,
    }
}

fn llama() -> Arc<dyn ChatModel> {
    providers::connect(&spec(), &HttpOptions::default()).unwrap()
}

fn messages(text: &str) -> Vec<ChatMessage> {
    vec![
        ChatMessage { role: ChatRole::System, text: "You sort questions.".into() },
        ChatMessage { role: ChatRole::User, text: text.into() },
    ]
}

fn request(max_tokens: u32) -> ChatRequest {
    ChatRequest {
        messages: messages("How many orders are there?"),
        tools: Vec::new(),
        output: OutputFormat::Text,
        max_tokens,
        temperature: Some(0.0),
        deadline: Duration::from_secs(120),
    }
}

/// A shape that noise can fill within a few hundred tokens.
#[derive(Debug, Deserialize, JsonSchema)]
struct Sorted {
    kind: Kind,
    is_sure: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Question,
    SmallTalk,
}

fn shaped() -> StructuredRequest {
    StructuredRequest {
        name: "sorted".into(),
        purpose: "Sorts a message.".into(),
        messages: messages("How many orders are there?"),
        max_tokens: 512,
        temperature: Some(0.0),
        deadline: Duration::from_secs(240),
    }
}

#[tokio::test]
async fn models_are_listed() {
    let names = providers::list_models(&spec(), &HttpOptions::default()).await.unwrap();
    assert_eq!(names.len(), 1, "{names:?}");
}

#[tokio::test]
async fn a_chat_is_answered_with_its_usage() {
    let reply = llama().complete(&request(24)).await.unwrap();
    assert!(!reply.text.is_empty());
    assert!(reply.usage.prompt > 0 && reply.usage.completion > 0, "{:?}", reply.usage);
}

#[tokio::test]
async fn a_stream_ends_with_the_whole_reply() {
    let mut stream = llama().stream(&request(24)).await.unwrap();
    let (mut text, mut whole) = (String::new(), None);
    while let Some(event) = stream.next().await {
        match event.unwrap() {
            ReplyEvent::Text(more) => text.push_str(&more),
            ReplyEvent::Done(reply) => whole = Some(reply),
        }
    }
    assert_eq!(whole.expect("the stream has an end").text, text);
}

/// Noise cannot fit a schema by chance: the server's grammar holds it to the shape.
#[tokio::test]
async fn replies_are_held_to_a_schema() {
    let mode = StructuredModeCell::default();
    let asked = ask::<Sorted>(&*llama(), &mode, shaped()).await;
    println!("asked in {:?}, then {:?}", asked.calls.iter().map(|c| c.mode).collect::<Vec<_>>(), mode.get());
    let sorted = asked.result.unwrap_or_else(|error| panic!("{error}: {:?}", asked.calls));
    println!("{:?}, sure: {}", sorted.kind, sorted.is_sure);
    assert!(mode.get() < StructuredMode::Text);
}

#[tokio::test]
async fn what_the_server_can_do_is_found() {
    let abilities = probe(&*llama()).await.unwrap();
    println!("{abilities:?}");
    assert!(abilities.streaming);
}
