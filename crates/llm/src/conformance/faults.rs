//! What providers and networks do instead. Every case ends in a reply or in an error that names its cause, in time.

use super::{Bench, PLANTED_KEY, PLANTED_VALUE, options, replies::streamed, request, spec};
use crate::{
    ChatRequest, HttpOptions, LlmCause, LlmError, ReplyEvent,
    double::{DoubleReply, Fault, ProviderDouble, Script},
    providers,
};
use datafyme_domain::{ErrorKind, Provider};
use futures::StreamExt;
use std::time::{Duration, Instant};

fn good() -> DoubleReply {
    DoubleReply::text("There are 3 orders.")
}

fn limited(retry_after: Option<&str>) -> DoubleReply {
    DoubleReply::fault(Fault::RateLimited { retry_after: retry_after.map(str::to_owned) })
}

/// Asks for a whole reply, and gets it after that many requests.
async fn answered_after(provider: Provider, first: DoubleReply, requests: u32) -> Duration {
    let bench = Bench::saying(provider, [first, good()]).await;
    let started = Instant::now();
    let reply = bench.model.complete(&request()).await.unwrap();
    assert_eq!(reply.text, "There are 3 orders.");
    assert_eq!(reply.usage.attempts, requests);
    assert_eq!(bench.arrived(), requests as usize);
    started.elapsed()
}

/// Asks for a whole reply, and is told why there is none.
async fn refused(provider: Provider, fault: Fault) -> (LlmError, Bench) {
    let bench = Bench::saying(provider, std::iter::repeat_n(DoubleReply::fault(fault), 9)).await;
    let error = bench.model.complete(&request()).await.unwrap_err();
    (error, bench)
}

pub async fn a_rate_limit_with_retry_after_is_waited_out(provider: Provider) {
    let took = answered_after(provider, limited(Some("0.3")), 2).await;
    assert!(took >= Duration::from_millis(300), "{took:?}");
}

pub async fn a_rate_limit_without_retry_after_is_backed_off_from(provider: Provider) {
    let took = answered_after(provider, limited(None), 2).await;
    assert!(took < Duration::from_millis(300), "{took:?}");
}

pub async fn a_rate_limit_beyond_the_deadline_is_told_with_its_wait(provider: Provider) {
    let (error, bench) = refused(provider, Fault::RateLimited { retry_after: Some("3600".into()) }).await;
    assert_eq!((error.kind(), error.cause()), (ErrorKind::ResourceExhausted, LlmCause::RateLimit));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    assert_eq!(bench.arrived(), 1);
}

pub async fn an_empty_account_is_not_asked_again(provider: Provider) {
    let (error, bench) = refused(provider, Fault::Quota).await;
    assert_eq!((error.kind(), error.cause()), (ErrorKind::ResourceExhausted, LlmCause::Quota));
    assert!(!error.is_retryable());
    assert_eq!(bench.arrived(), 1);
}

pub async fn a_server_error_is_asked_again_and_answered(provider: Provider) {
    answered_after(provider, DoubleReply::fault(Fault::Status { status: 500, body: "oops".into() }), 2).await;
}

pub async fn a_server_error_that_stays_is_told_after_three_requests(provider: Provider) {
    let (error, bench) = refused(provider, Fault::Status { status: 503, body: "<html>down</html>".into() }).await;
    assert_eq!((error.kind(), error.cause()), (ErrorKind::Unavailable, LlmCause::Server));
    assert_eq!((error.status(), error.attempts(), bench.arrived()), (Some(503), 3, 3));
    assert!(!error.to_string().contains("html"), "{error}");
}

pub async fn a_refused_connection_is_told_with_the_address(provider: Provider) {
    let address = ProviderDouble::refusing_address().await.unwrap();
    let model = providers::connect(&spec(provider, &address), &options()).unwrap();
    for error in
        [model.complete(&request()).await.unwrap_err(), model.stream(&request()).await.map(|_| ()).unwrap_err()]
    {
        assert_eq!((error.kind(), error.cause()), (ErrorKind::Unavailable, LlmCause::Connection));
        assert_eq!(error.attempts(), 3);
        let text = error.to_string();
        assert!(text.contains(&address) && text.contains("Connection refused"), "{text}");
    }
}

pub async fn a_reset_before_the_reply_is_asked_again(provider: Provider) {
    answered_after(provider, DoubleReply::fault(Fault::Reset), 2).await;
}

pub async fn a_reset_in_mid_reply_is_asked_again(provider: Provider) {
    answered_after(provider, DoubleReply::fault(Fault::ResetMidReply), 2).await;
}

pub async fn a_reset_in_mid_stream_is_told_after_the_words(provider: Provider) {
    stream_breaks_after_words(provider, Fault::ResetMidReply).await;
}

pub async fn half_a_stream_is_told_as_cut(provider: Provider) {
    stream_breaks_after_words(provider, Fault::HalfBody).await;
}

async fn stream_breaks_after_words(provider: Provider, fault: Fault) {
    let bench = Bench::saying(provider, [DoubleReply::fault(fault), good()]).await;
    let events: Vec<_> = bench.model.stream(&request()).await.unwrap().collect().await;
    let (last, first) = events.split_last().unwrap();
    assert!(!first.is_empty() && first.iter().all(|e| matches!(e, Ok(ReplyEvent::Text(_)))), "{first:?}");
    let error = last.as_ref().unwrap_err();
    assert_eq!((error.kind(), error.cause()), (ErrorKind::Unavailable, LlmCause::Cut));
    assert_eq!(bench.arrived(), 1, "words that were shown are not asked for again");
}

pub async fn half_a_body_is_asked_again(provider: Provider) {
    answered_after(provider, DoubleReply::fault(Fault::HalfBody), 2).await;
}

pub async fn silence_ends_with_the_deadline(provider: Provider) {
    let bench = Bench::saying(provider, [DoubleReply::fault(Fault::Silence)]).await;
    let started = Instant::now();
    let hasty = ChatRequest { deadline: Duration::from_millis(300), ..request() };
    let error = bench.model.complete(&hasty).await.unwrap_err();
    assert_eq!((error.kind(), error.cause()), (ErrorKind::Timeout, LlmCause::Deadline));
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
}

pub async fn silence_in_a_stream_ends_before_the_deadline(provider: Provider) {
    let impatient = HttpOptions { silence: Duration::from_millis(300), ..options() };
    let script = Script::queue([DoubleReply::fault(Fault::Silence), good()]);
    let bench = Bench::with(provider, script, &impatient).await;
    let (_, reply) = streamed(&bench, &request()).await;
    assert_eq!((reply.text.as_str(), reply.usage.attempts), ("There are 3 orders.", 2));
}

pub async fn a_reply_of_two_megabytes_is_read(provider: Provider) {
    let long = || DoubleReply::text("x".repeat(2 * 1024 * 1024));
    let bench = Bench::saying(provider, [long(), long()]).await;
    assert_eq!(bench.model.complete(&request()).await.unwrap().text.len(), 2 * 1024 * 1024);
    assert_eq!(streamed(&bench, &request()).await.1.text.len(), 2 * 1024 * 1024);
}

pub async fn a_reply_without_end_is_given_up(provider: Provider) {
    let long = || DoubleReply::text("x".repeat(5 * 1024 * 1024));
    let bench = Bench::saying(provider, [long(), long()]).await;
    let whole = bench.model.complete(&request()).await.unwrap_err();
    let streamed = bench.model.stream(&request()).await.map(|_| ()).unwrap_err();
    for error in [whole, streamed] {
        assert_eq!((error.kind(), error.cause()), (ErrorKind::ResourceExhausted, LlmCause::ReplyTooLong));
    }
    assert_eq!(bench.arrived(), 2);
}

pub async fn invalid_utf8_is_replaced_and_read(provider: Provider) {
    let broken = || DoubleReply::text("3 orders ").with_fault(Fault::InvalidUtf8);
    let bench = Bench::saying(provider, [broken(), broken()]).await;
    assert_eq!(bench.model.complete(&request()).await.unwrap().text, "3 orders \u{fffd}\u{fffd}");
    assert_eq!(streamed(&bench, &request()).await.1.text, "3 orders \u{fffd}\u{fffd}");
}

pub async fn a_context_overflow_is_told_at_once(provider: Provider) {
    let (error, bench) = refused(provider, Fault::ContextOverflow).await;
    assert_eq!((error.kind(), error.cause()), (ErrorKind::ResourceExhausted, LlmCause::ContextOverflow));
    assert!(error.to_string().contains("cannot read a prompt of this length"), "{error}");
    assert!(!error.is_retryable());
    assert_eq!(bench.arrived(), 1);
}

pub async fn a_refused_key_is_told_without_it(provider: Provider) {
    let said = format!("Incorrect API key provided: {PLANTED_KEY}.");
    let (error, bench) = refused(provider, Fault::Refused { status: 401, said }).await;
    assert_eq!((error.kind(), error.cause()), (ErrorKind::Unauthenticated, LlmCause::Key));
    assert!(error.to_string().contains("Incorrect API key provided: [secret]."), "{error}");
    assert_eq!(bench.arrived(), 1);
}

pub async fn a_missing_model_is_told_with_what_to_do(provider: Provider) {
    let (error, bench) = refused(provider, Fault::Refused { status: 404, said: "no such thing".into() }).await;
    assert_eq!((error.kind(), error.cause()), (ErrorKind::NotFound, LlmCause::ModelMissing));
    assert!(error.to_string().contains("has no model `double-1`, list what it offers"), "{error}");
    assert_eq!(bench.arrived(), 1);
}

pub async fn errors_hold_neither_key_nor_prompt(provider: Provider) {
    let echo = format!("cannot take {PLANTED_KEY} with 'How many orders has {PLANTED_VALUE}?'");
    for status in [400, 401, 404, 409, 418, 422, 429, 500, 503] {
        for fault in [
            Fault::Refused { status, said: echo.clone() },
            Fault::Status { status, body: echo.clone() },
            Fault::Status { status, body: format!(r#"{{"detail": "{echo}"}}"#) },
        ] {
            let (error, _) = refused(provider, fault).await;
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains(PLANTED_KEY) && !shown.contains("Margit"), "{shown}");
        }
    }
}
