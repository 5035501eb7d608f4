//! What the protocols share: sending a request, adapting it to what the provider refuses, following a stream.

use super::ModelSpec;
use crate::{
    ChatModel, ChatReply, ChatRequest, FinishReason, LlmCause, LlmError, ReplyEvent, ReplyStream, TokenUsage, ToolCall,
    http::{Call, Header, HttpClient, HttpFailure, LONGEST_REPLY, Refusal, SseEvent, SseParser},
};
use async_trait::async_trait;
use futures::{StreamExt, stream};
use reqwest::{Response, header::CONTENT_TYPE};
use serde_json::Value;
use std::{collections::VecDeque, fmt::Debug, sync::Arc, time::Duration};
use tokio::time::{Instant, timeout_at};
use url::Url;

/// How one provider's requests are written and its replies read.
pub(super) trait Protocol: Send + Sync + Debug {
    /// The address as configured.
    fn base(&self) -> &Url;
    /// Headers of every call, the key's among them.
    fn headers(&self) -> Vec<Header>;
    /// Where a chat request goes.
    fn chat_url(&self, stream: bool) -> Url;
    /// Its body. `Unsupported` for an ability that the protocol lacks.
    fn body(&self, request: &ChatRequest, stream: bool) -> Result<Value, LlmError>;
    /// A whole reply.
    fn reply(&self, request: &ChatRequest, body: &Value) -> Result<ChatReply, LlmError>;
    /// A reader of one stream.
    fn decoder(&self, request: &ChatRequest) -> Box<dyn Decoder>;
    /// Learns from a refusal. True when the same request is now written in another way.
    fn adapt(&self, request: &ChatRequest, refusal: &Refusal) -> bool;
    /// Where models are listed.
    fn models_url(&self) -> Result<Url, LlmError>;
    /// The names on a page of models, and where the next page is.
    fn models(&self, page: &Value) -> (Vec<String>, Option<Url>);
}

/// Reads the events of one stream.
pub(super) trait Decoder: Send {
    /// More words of the reply, as far as this event brings some.
    fn text(&mut self, event: &SseEvent, data: &Value) -> String;
    /// Whether the reply is whole: the stream may end here.
    fn is_whole(&self) -> bool;
    /// Whether nothing more comes.
    fn is_over(&self) -> bool;
    /// What came.
    fn reply(&mut self) -> ChatReply;
}

/// A model behind a protocol.
#[derive(Debug)]
pub(super) struct WireModel {
    inner: Arc<Wire>,
}

#[derive(Debug)]
struct Wire {
    name: String,
    protocol: Box<dyn Protocol>,
    http: HttpClient,
    silence: Duration,
}

/// Requests of one call: the protocols know about as many things that some server refuses.
const ADAPTIONS: u32 = 6;

impl WireModel {
    pub(super) fn new(spec: &ModelSpec, protocol: Box<dyn Protocol>, http: HttpClient, silence: Duration) -> Self {
        Self { inner: Arc::new(Wire { name: spec.name.clone(), protocol, http, silence }) }
    }
}

#[async_trait]
impl ChatModel for WireModel {
    fn name(&self) -> &str {
        &self.inner.name
    }

    async fn complete(&self, request: &ChatRequest) -> Result<ChatReply, LlmError> {
        let wire = &self.inner;
        let end = Instant::now() + request.deadline;
        let url = wire.protocol.chat_url(false);
        let mut sent = 0;
        let body = loop {
            sent += 1;
            let body = wire.protocol.body(request, false)?;
            let answer = wire.call(request, &url, &body, end, async |call| wire.http.json(call).await).await;
            match wire.settle(request, answer, sent)? {
                Settled::Answer(answer) => break answer,
                Settled::Refused => return Ok(refused(request, sent)),
                Settled::Adapted => {}
            }
        };
        wire.protocol.reply(request, &body).map(|reply| counted(request, reply, sent))
    }

    async fn stream(&self, request: &ChatRequest) -> Result<ReplyStream, LlmError> {
        let wire = &self.inner;
        let end = Instant::now() + request.deadline;
        let first = end.min(Instant::now() + wire.silence);
        let url = wire.protocol.chat_url(true);
        let mut sent = 0;
        let response = loop {
            sent += 1;
            let body = wire.protocol.body(request, true)?;
            let answer = wire.call(request, &url, &body, first, async |call| wire.http.send(call).await).await;
            match wire.settle(request, answer, sent)? {
                Settled::Answer(response) => break response,
                Settled::Refused => {
                    return Ok(stream::iter([Ok(ReplyEvent::Done(refused(request, sent)))]).boxed());
                }
                Settled::Adapted => {}
            }
        };
        let reading = Reading {
            wire: Arc::clone(wire),
            request: request.clone(),
            url,
            sent,
            end,
            decoder: wire.protocol.decoder(request),
            parser: SseParser::default(),
            received: 0,
            ready: VecDeque::new(),
            over: false,
        };
        reading.events(response).await
    }
}

/// What an answer means for a call under way.
enum Settled<A> {
    Answer(A),
    /// A content filter objects: the reply is a refusal.
    Refused,
    /// The same request is worth sending once more: it is written in another way now.
    Adapted,
}

impl Wire {
    async fn call<A>(
        &self,
        request: &ChatRequest,
        url: &Url,
        body: &Value,
        end: Instant,
        send: impl AsyncFnOnce(Call<'_>) -> Result<A, HttpFailure>,
    ) -> Result<A, HttpFailure> {
        let headers = self.protocol.headers();
        send(Call { url, headers: &headers, body: Some(body), prompts: &request.texts(), end }).await
    }

    fn settle<A>(
        &self,
        request: &ChatRequest,
        answer: Result<A, HttpFailure>,
        sent: u32,
    ) -> Result<Settled<A>, LlmError> {
        let HttpFailure { error, refusal } = match answer {
            Ok(answer) => return Ok(Settled::Answer(answer)),
            Err(failure) => failure,
        };
        match error.cause() {
            LlmCause::ContentFilter => Ok(Settled::Refused),
            LlmCause::Request if sent < ADAPTIONS && refusal.is_some_and(|r| self.protocol.adapt(request, &r)) => {
                Ok(Settled::Adapted)
            }
            _ => Err(error.after_attempts(sent)),
        }
    }
}

/// A stream that is being read.
struct Reading {
    wire: Arc<Wire>,
    request: ChatRequest,
    url: Url,
    sent: u32,
    end: Instant,
    decoder: Box<dyn Decoder>,
    parser: SseParser,
    received: usize,
    ready: VecDeque<Result<ReplyEvent, LlmError>>,
    over: bool,
}

impl Reading {
    async fn events(self, response: Response) -> Result<ReplyStream, LlmError> {
        let kind = response.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if kind.starts_with("application/json") {
            return self.whole(response).await;
        }
        let events = stream::unfold((self, response), |(mut reading, mut response)| async move {
            loop {
                if let Some(event) = reading.ready.pop_front() {
                    return Some((event, (reading, response)));
                }
                if reading.over {
                    return None;
                }
                reading.step(&mut response).await;
            }
        });
        Ok(events.boxed())
    }

    /// A server that does not stream answers with everything at once.
    async fn whole(self, response: Response) -> Result<ReplyStream, LlmError> {
        let Self { wire, request, url, sent, end, .. } = self;
        let call = Call { url: &url, headers: &[], body: None, prompts: &request.texts(), end };
        let body = wire.http.rest(response, call).await.map_err(|failure| failure.error)?;
        let reply = counted(&request, wire.protocol.reply(&request, &body)?, sent);
        let words = (!reply.text.is_empty()).then(|| Ok(ReplyEvent::Text(reply.text.clone())));
        Ok(stream::iter(words.into_iter().chain([Ok(ReplyEvent::Done(reply))])).boxed())
    }

    /// Takes in the next bytes, or the end.
    async fn step(&mut self, response: &mut Response) {
        let idle = self.end.min(Instant::now() + self.wire.silence);
        match timeout_at(idle, response.chunk()).await {
            Err(_) if idle == self.end => self.fail(self.wire.http.too_late(&self.url)),
            Err(_) => self.fail(self.wire.http.silent(&self.url)),
            Ok(Ok(Some(bytes))) => {
                self.received += bytes.len();
                if self.received > LONGEST_REPLY {
                    self.fail(self.wire.http.too_long(&self.url));
                    return;
                }
                for event in self.parser.push(&bytes) {
                    self.take(&event);
                }
            }
            // A connection may break after the last word: what is whole is whole.
            Ok(Ok(None) | Err(_)) => {
                if let Some(event) = self.parser.finish() {
                    self.take(&event);
                }
                match (self.over, self.decoder.is_whole()) {
                    (true, _) => {}
                    (false, true) => self.done(),
                    (false, false) => self.fail(self.wire.http.cut(&self.url)),
                }
            }
        }
    }

    fn take(&mut self, event: &SseEvent) {
        if self.over {
            return;
        }
        // What is no JSON (`[DONE]`, a half event) goes to the decoder as it is.
        let data = serde_json::from_str(&event.data).unwrap_or(Value::Null);
        let call = Call { url: &self.url, headers: &[], body: None, prompts: &self.request.texts(), end: self.end };
        if let Some(error) = self.wire.http.streamed_error(call, &data) {
            self.fail(error);
            return;
        }
        let words = self.decoder.text(event, &data);
        if !words.is_empty() {
            self.ready.push_back(Ok(ReplyEvent::Text(words)));
        }
        if self.decoder.is_over() {
            self.done();
        }
    }

    fn done(&mut self) {
        let reply = counted(&self.request, self.decoder.reply(), self.sent);
        self.ready.push_back(Ok(ReplyEvent::Done(reply)));
        self.over = true;
    }

    fn fail(&mut self, error: LlmError) {
        self.ready.push_back(Err(error.after_attempts(self.sent)));
        self.over = true;
    }
}

fn refused(request: &ChatRequest, sent: u32) -> ChatReply {
    counted(request, ChatReply { finish: FinishReason::Refused, ..ChatReply::default() }, sent)
}

/// With its requests, and with tokens where the provider does not count them.
fn counted(request: &ChatRequest, mut reply: ChatReply, sent: u32) -> ChatReply {
    if reply.usage.prompt == 0 && reply.usage.completion == 0 {
        reply.usage = TokenUsage::estimated(request, &reply);
    }
    reply.usage.attempts = sent;
    reply
}

/// The parts of a reply as a stream brings them.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub text: String,
    /// By the provider's index.
    pub calls: Vec<(u64, ToolCall)>,
    pub finish: Option<FinishReason>,
    pub usage: TokenUsage,
}

impl Parts {
    /// The call at that index, begun where it is new.
    pub(super) fn call(&mut self, index: u64) -> Option<&mut ToolCall> {
        let at = self.calls.iter().position(|(i, _)| *i == index).unwrap_or_else(|| {
            self.calls.push((index, ToolCall { name: String::new(), arguments: String::new() }));
            self.calls.len() - 1
        });
        self.calls.get_mut(at).map(|(_, call)| call)
    }

    pub(super) fn into_reply(self) -> ChatReply {
        ChatReply {
            text: self.text,
            tool_calls: self.calls.into_iter().map(|(_, call)| call).collect(),
            finish: self.finish.unwrap_or_default(),
            usage: self.usage,
        }
    }
}

/// 0.2 as `0.2`, not as the nearest `f64` of an `f32`.
pub(super) fn decimal(number: f32) -> f64 {
    (f64::from(number) * 1e4).round() / 1e4
}

/// A count in a reply.
pub(super) fn count(value: &Value, path: &str) -> u64 {
    value.pointer(path).and_then(Value::as_u64).unwrap_or(0)
}

/// A text in a reply.
pub(super) fn text<'a>(value: &'a Value, path: &str) -> &'a str {
    value.pointer(path).and_then(Value::as_str).unwrap_or_default()
}

/// The names in a page of models: `{"data": [{"id": ...}]}`.
pub(super) fn ids(page: &Value) -> Vec<String> {
    let items = page.get("data").and_then(Value::as_array).or_else(|| page.as_array());
    items.into_iter().flatten().map(|m| text(m, "/id").to_owned()).filter(|id| !id.is_empty()).collect()
}
