//! Replies that go well.

use super::{Bench, PLANTED_KEY, request};
use crate::{
    ChatReply, ChatRequest, FinishReason, OutputFormat, ReplyEvent, TokenUsage, ToolCall, ToolSpec, double::DoubleReply,
};
use datafyme_domain::Provider;
use futures::StreamExt;
use serde_json::{Value, json};

/// The pieces of a stream, and its last item.
pub(super) async fn streamed(bench: &Bench, request: &ChatRequest) -> (Vec<String>, ChatReply) {
    let mut events = bench.model.stream(request).await.unwrap();
    let mut pieces = Vec::new();
    while let Some(event) = events.next().await {
        match event.unwrap() {
            ReplyEvent::Text(piece) => pieces.push(piece),
            ReplyEvent::Done(reply) => {
                assert!(events.next().await.is_none(), "something comes after the end");
                return (pieces, reply);
            }
        }
    }
    panic!("the stream has no end");
}

fn schema() -> Value {
    json!({
        "type": "object", "properties": {"count": {"type": "integer"}}, "required": ["count"],
        "additionalProperties": false
    })
}

fn forcing() -> ChatRequest {
    let tool = ToolSpec { name: "count".into(), description: "Counts.".into(), parameters: schema().into() };
    ChatRequest { tools: vec![tool], output: OutputFormat::Tool { name: "count".into() }, ..request() }
}

pub async fn a_whole_reply_has_its_words_end_and_usage(provider: Provider) {
    let bench = Bench::saying(provider, [DoubleReply::text("Árvíztűrő: 3 orders.").with_usage(41, 7)]).await;
    let reply = bench.model.complete(&request()).await.unwrap();
    assert_eq!(
        reply,
        ChatReply {
            text: "Árvíztűrő: 3 orders.".into(),
            tool_calls: Vec::new(),
            finish: FinishReason::Stop,
            usage: TokenUsage { prompt: 41, completion: 7, attempts: 1 },
        }
    );
}

pub async fn a_streamed_reply_comes_in_pieces_and_ends_with_the_whole(provider: Provider) {
    let bench = Bench::saying(provider, [DoubleReply::text("There are 3 orders.").with_usage(41, 7)]).await;
    let (pieces, reply) = streamed(&bench, &request()).await;
    assert_eq!(pieces, ["There ", "are ", "3 ", "orders."]);
    assert_eq!(reply.text, "There are 3 orders.");
    assert_eq!(
        (reply.finish, reply.usage),
        (FinishReason::Stop, TokenUsage { prompt: 41, completion: 7, attempts: 1 })
    );
}

pub async fn a_forced_tool_is_called_with_its_arguments(provider: Provider) {
    let bench = Bench::saying(provider, [DoubleReply::json(&json!({"count": 3}))]).await;
    let reply = bench.model.complete(&forcing()).await.unwrap();
    assert_eq!(reply.tool_calls, [ToolCall { name: "count".into(), arguments: r#"{"count":3}"#.into() }]);
    assert_eq!((reply.text.as_str(), reply.finish), ("", FinishReason::ToolCalls));
}

pub async fn a_streamed_call_of_a_tool_is_put_together(provider: Provider) {
    let bench = Bench::saying(provider, [DoubleReply::json(&json!({"count": 3}))]).await;
    let (_, reply) = streamed(&bench, &forcing()).await;
    assert_eq!(reply.tool_calls, [ToolCall { name: "count".into(), arguments: r#"{"count":3}"#.into() }]);
    assert_eq!(reply.finish, FinishReason::ToolCalls);
}

pub async fn a_reply_cut_at_its_limit_says_so(provider: Provider) {
    let cut = || DoubleReply::text("There are").ending(FinishReason::Length);
    let bench = Bench::saying(provider, [cut(), cut()]).await;
    assert_eq!(bench.model.complete(&request()).await.unwrap().finish, FinishReason::Length);
    assert_eq!(streamed(&bench, &request()).await.1.finish, FinishReason::Length);
}

pub async fn a_refusal_is_told_from_a_reply(provider: Provider) {
    let bench = Bench::saying(provider, [DoubleReply::refusal(), DoubleReply::refusal()]).await;
    assert_eq!(bench.model.complete(&request()).await.unwrap().finish, FinishReason::Refused);
    assert_eq!(streamed(&bench, &request()).await.1.finish, FinishReason::Refused);
}

pub async fn a_schema_reaches_the_provider_and_json_comes_back(provider: Provider) {
    let bench = Bench::saying(provider, [DoubleReply::json(&json!({"count": 3}))]).await;
    let output = OutputFormat::Schema { name: "counted".into(), schema: schema().into() };
    let reply = bench.model.complete(&ChatRequest { output, ..request() }).await.unwrap();
    assert_eq!((reply.text.as_str(), reply.finish), (r#"{"count":3}"#, FinishReason::Stop));
    let sent = bench.double.requests()[0].body.to_string();
    assert!(sent.contains(r#""properties":{"count":{"type":"integer"}}"#), "{sent}");
}

pub async fn the_key_travels_in_a_header_and_never_in_the_address(provider: Provider) {
    let bench = Bench::saying(provider, [DoubleReply::text("3")]).await;
    bench.model.complete(&request()).await.unwrap();
    let sent = bench.double.requests().remove(0);
    assert_eq!(sent.headers.iter().filter(|(_, value)| value.contains(PLANTED_KEY)).count(), 1);
    assert!(!sent.target.contains(PLANTED_KEY));
    assert!(!sent.body.to_string().contains(PLANTED_KEY));
}
