//! Servers that speak a protocol in their own way.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use datafyme_domain::{ErrorKind, Provider};
use datafyme_llm::{
    FinishReason, LlmCause, LlmError, ReplyEvent,
    conformance::{Bench, request},
    double::{DoubleReply, Fault},
};
use futures::StreamExt;

fn raw(status: u16, body: &str) -> DoubleReply {
    DoubleReply::fault(Fault::Status { status, body: body.into() })
}

async fn events(bench: &Bench) -> Vec<Result<ReplyEvent, LlmError>> {
    bench.model.stream(&request()).await.unwrap().collect().await
}

#[tokio::test]
async fn a_content_filter_before_the_reply_is_a_refusal() {
    let body = r#"{"error": {"message": "The prompt triggered the content management policy.", "code": "content_filter",
        "innererror": {"code": "ResponsibleAIPolicyViolation"}}}"#;
    let bench = Bench::saying(Provider::Azure, [raw(400, body), raw(400, body)]).await;
    assert_eq!(bench.model.complete(&request()).await.unwrap().finish, FinishReason::Refused);
    let events = events(&bench).await;
    assert!(
        matches!(&events[..], [Ok(ReplyEvent::Done(reply))] if reply.finish == FinishReason::Refused),
        "{events:?}"
    );
    let bench = Bench::saying(Provider::Gemini, [raw(200, r#"{"promptFeedback": {"blockReason": "SAFETY"}}"#)]).await;
    assert_eq!(bench.model.complete(&request()).await.unwrap().finish, FinishReason::Refused);
}

#[tokio::test]
async fn an_error_whose_status_says_success_is_an_error() {
    let limited = r#"{"error": {"message": "Upstream is rate-limited", "code": 429}}"#;
    let bench = Bench::saying(Provider::OpenAi, [raw(200, limited), DoubleReply::text("3")]).await;
    let reply = bench.model.complete(&request()).await.unwrap();
    assert_eq!((reply.text.as_str(), reply.usage.attempts), ("3", 2));
}

#[tokio::test]
async fn an_error_in_mid_stream_is_told_and_before_the_first_word_asked_again() {
    let word = r#"data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"There "}}"#;
    let error =
        "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}";
    let before = raw(200, &format!("{error}\n\n{word}\n\n"));
    let after = raw(200, &format!("{word}\n\n{error}\n\n"));
    let bench = Bench::saying(Provider::Anthropic, [before, after]).await;
    let events = events(&bench).await;
    let [Ok(ReplyEvent::Text(word)), Err(error)] = &events[..] else { panic!("{events:?}") };
    assert_eq!(word, "There ");
    assert_eq!((error.kind(), error.cause()), (ErrorKind::Unavailable, LlmCause::Server));
    assert!(error.to_string().contains("Overloaded"), "{error}");
    assert_eq!(bench.arrived(), 2);
}

#[tokio::test]
async fn a_server_that_does_not_stream_is_read_whole() {
    let body = r#"{"choices": [{"message": {"content": "3 orders"}, "finish_reason": "stop"}]}"#;
    let bench = Bench::saying(Provider::OpenAi, [raw(200, body)]).await;
    let events = events(&bench).await;
    let [Ok(ReplyEvent::Text(words)), Ok(ReplyEvent::Done(reply))] = &events[..] else { panic!("{events:?}") };
    assert_eq!((words.as_str(), reply.text.as_str()), ("3 orders", "3 orders"));
}

#[tokio::test]
async fn a_stream_that_ends_without_its_last_word_is_whole_once_it_says_why_it_ends() {
    let body = "data: {\"choices\":[{\"delta\":{\"content\":\"3\"},\"finish_reason\":null}]}\n\n\
                data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}";
    let bench = Bench::saying(Provider::OpenAi, [raw(200, body)]).await;
    let events = events(&bench).await;
    let Some(Ok(ReplyEvent::Done(reply))) = events.last() else { panic!("{events:?}") };
    assert_eq!((reply.text.as_str(), reply.finish), ("3", FinishReason::Stop));
}

#[tokio::test]
async fn replies_that_are_no_replies_are_told_as_such() {
    for (provider, body) in [
        (Provider::OpenAi, r#"{"hello": "world"}"#),
        (Provider::Anthropic, r#"{"hello": "world"}"#),
        (Provider::Gemini, r#"{"hello": "world"}"#),
        (Provider::OpenAi, "<html>Sign in to the hotel's network</html>"),
    ] {
        let bench = Bench::saying(provider, std::iter::repeat_n(raw(200, body), 9)).await;
        let error = bench.model.complete(&request()).await.unwrap_err();
        assert_eq!((error.kind(), error.cause()), (ErrorKind::Unavailable, LlmCause::Reply), "{provider:?} {body}");
        assert!(!error.to_string().contains("hotel"), "{error}");
    }
}
