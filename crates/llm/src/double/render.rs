//! Replies in each protocol's words.

use super::{DoubleReply, DoubleRequest, Fault, Spoken, reply::Act};
use crate::{FinishReason, HashingEmbedder};
use serde_json::{Value, json};

/// Stands in words for bytes that are not UTF-8.
const NO_UTF8: char = '\u{e000}';

const REFUSAL: &str = "I cannot help with that.";

/// A reply before it is put into a protocol.
pub(super) struct Said<'a> {
    spoken: Spoken,
    model: &'a str,
    text: String,
    call: Option<(String, String)>,
    finish: FinishReason,
    usage: (u64, u64),
    wants_usage: bool,
}

impl<'a> Said<'a> {
    pub(super) fn new(request: &'a DoubleRequest, reply: &DoubleReply) -> Self {
        let (mut text, mut call) = match &reply.act {
            Act::Say(text) => (text.clone(), None),
            Act::Call(name, arguments) => (String::new(), Some((name.clone(), arguments.clone()))),
        };
        let mut finish = reply.finish;
        if reply.fault == Some(Fault::InvalidUtf8) {
            text.push(NO_UTF8);
        }
        if let Some(tool) = request.forced_tool().filter(|_| call.is_none() && finish == FinishReason::Stop) {
            call = Some((tool.to_owned(), std::mem::take(&mut text)));
            finish = FinishReason::ToolCalls;
        }
        let quarter = |bytes: usize| u64::try_from(bytes.div_ceil(4)).unwrap_or(u64::MAX);
        let back = text.len() + call.as_ref().map_or(0, |(_, arguments)| arguments.len());
        let usage = reply.usage.unwrap_or_else(|| (quarter(request.prompt().len()), quarter(back)));
        let wants_usage = request.body.pointer("/stream_options/include_usage").is_some_and(|w| w == true);
        let model = request.body.get("model").and_then(Value::as_str).unwrap_or("double");
        Self { spoken: request.spoken(), model, text, call, finish, usage, wants_usage }
    }

    /// The whole reply.
    pub(super) fn whole(&self) -> Vec<u8> {
        let (prompt, completion) = self.usage;
        let body = match self.spoken {
            Spoken::OpenAi => {
                let calls = self.call.iter().map(|(name, arguments)| openai_call(name, arguments));
                let words = if self.call.is_some() { Value::Null } else { self.text.as_str().into() };
                let refusal = (self.finish == FinishReason::Refused).then_some(REFUSAL);
                let mut message = json!({"role": "assistant", "content": words, "refusal": refusal});
                if self.call.is_some() {
                    message = with(message, "tool_calls", calls.collect());
                }
                json!({
                    "id": "double", "object": "chat.completion", "created": 0, "model": self.model,
                    "choices": [{"index": 0, "message": message, "finish_reason": self.reason()}],
                    "usage": {
                        "prompt_tokens": prompt, "completion_tokens": completion,
                        "total_tokens": prompt + completion,
                    }
                })
            }
            Spoken::Anthropic => {
                let call = self.call.iter().map(|(name, arguments)| {
                    json!({"type": "tool_use", "id": "toolu_1", "name": name, "input": parsed(arguments)})
                });
                let words = (!self.text.is_empty()).then(|| json!({"type": "text", "text": self.text}));
                json!({
                    "id": "msg_1", "type": "message", "role": "assistant", "model": self.model,
                    "content": words.into_iter().chain(call).collect::<Vec<_>>(),
                    "stop_reason": self.reason(),
                    "usage": {"input_tokens": prompt, "output_tokens": completion}
                })
            }
            Spoken::Gemini => self.candidate(&self.text, true),
        };
        bytes(&body.to_string())
    }

    /// The reply in the pieces of a stream.
    pub(super) fn pieces(&self) -> Vec<Vec<u8>> {
        let mut words: Vec<String> = self.text.split_inclusive(' ').map(str::to_owned).collect();
        if words.len() > 64 {
            words = vec![self.text.clone()];
        }
        match self.spoken {
            Spoken::OpenAi => self.openai_pieces(&words),
            Spoken::Anthropic => self.anthropic_pieces(&words),
            Spoken::Gemini => {
                let (last, first) = match words.split_last() {
                    Some((last, first)) => (last.as_str(), first),
                    None => ("", words.as_slice()),
                };
                let pieces = first.iter().map(|word| self.candidate(word, false));
                pieces.chain([self.candidate(last, true)]).map(|piece| data(None, &piece)).collect()
            }
        }
    }

    fn openai_pieces(&self, words: &[String]) -> Vec<Vec<u8>> {
        let chunk = |delta: Value, finish: Value| {
            json!({
                "id": "double", "object": "chat.completion.chunk", "created": 0, "model": self.model,
                "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]
            })
        };
        let mut pieces = vec![chunk(json!({"role": "assistant", "content": ""}), Value::Null)];
        pieces.extend(words.iter().map(|word| chunk(json!({"content": word}), Value::Null)));
        if let Some((name, arguments)) = &self.call {
            let (head, tail) = halves(arguments);
            let begin = with(openai_call(name, head), "index", 0.into());
            pieces.push(chunk(json!({"tool_calls": [begin]}), Value::Null));
            let more = json!({"tool_calls": [{"index": 0, "function": {"arguments": tail}}]});
            pieces.push(chunk(more, Value::Null));
        }
        if self.finish == FinishReason::Refused {
            pieces.push(chunk(json!({"refusal": REFUSAL}), Value::Null));
        }
        pieces.push(chunk(json!({}), self.reason().into()));
        if self.wants_usage {
            let (prompt, completion) = self.usage;
            pieces.push(json!({
                "id": "double", "object": "chat.completion.chunk", "created": 0, "model": self.model, "choices": [],
                "usage": {
                    "prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion,
                }
            }));
        }
        pieces.iter().map(|piece| data(None, piece)).chain([b"data: [DONE]\n\n".to_vec()]).collect()
    }

    fn anthropic_pieces(&self, words: &[String]) -> Vec<Vec<u8>> {
        let (prompt, completion) = self.usage;
        let mut pieces = vec![
            json!({"type": "message_start", "message": {
                "id": "msg_1", "type": "message", "role": "assistant", "model": self.model, "content": [],
                "usage": {"input_tokens": prompt, "output_tokens": 1}
            }}),
            json!({"type": "ping"}),
            json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
        ];
        pieces.extend(words.iter().map(
            |word| json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": word}}),
        ));
        pieces.push(json!({"type": "content_block_stop", "index": 0}));
        if let Some((name, arguments)) = &self.call {
            let block = json!({"type": "tool_use", "id": "toolu_1", "name": name, "input": {}});
            pieces.push(json!({"type": "content_block_start", "index": 1, "content_block": block}));
            let (head, tail) = halves(arguments);
            for half in [head, tail] {
                let delta = json!({"type": "input_json_delta", "partial_json": half});
                pieces.push(json!({"type": "content_block_delta", "index": 1, "delta": delta}));
            }
            pieces.push(json!({"type": "content_block_stop", "index": 1}));
        }
        pieces.push(json!({
            "type": "message_delta", "delta": {"stop_reason": self.reason()}, "usage": {"output_tokens": completion}
        }));
        pieces.push(json!({"type": "message_stop"}));
        pieces.iter().map(|piece| data(piece["type"].as_str(), piece)).collect()
    }

    fn candidate(&self, words: &str, last: bool) -> Value {
        let (prompt, completion) = self.usage;
        let mut parts = vec![json!({"text": words})];
        if let Some((name, arguments)) = self.call.as_ref().filter(|_| last) {
            parts = vec![json!({"functionCall": {"name": name, "args": parsed(arguments)}})];
        }
        let mut candidate = json!({"content": {"role": "model", "parts": parts}, "index": 0});
        if last {
            candidate = with(candidate, "finishReason", self.reason().into());
        }
        json!({
            "candidates": [candidate],
            "usageMetadata": {
                "promptTokenCount": prompt, "candidatesTokenCount": completion,
                "totalTokenCount": prompt + completion,
            }
        })
    }

    /// Why it ends, as the protocol says it.
    fn reason(&self) -> &'static str {
        match (self.spoken, self.finish) {
            (Spoken::OpenAi, FinishReason::Length) => "length",
            (Spoken::OpenAi, FinishReason::ToolCalls) => "tool_calls",
            (Spoken::OpenAi, FinishReason::Refused) => "content_filter",
            (Spoken::OpenAi, FinishReason::Stop) => "stop",
            (Spoken::Anthropic, FinishReason::Length) => "max_tokens",
            (Spoken::Anthropic, FinishReason::ToolCalls) => "tool_use",
            (Spoken::Anthropic, FinishReason::Refused) => "refusal",
            (Spoken::Anthropic, FinishReason::Stop) => "end_turn",
            (Spoken::Gemini, FinishReason::Length) => "MAX_TOKENS",
            (Spoken::Gemini, FinishReason::Refused) => "SAFETY",
            (Spoken::Gemini, FinishReason::Stop | FinishReason::ToolCalls) => "STOP",
        }
    }
}

/// An error in the protocol's shape.
pub(super) fn error(spoken: Spoken, status: u16, code: &str, said: &str) -> Value {
    match spoken {
        Spoken::OpenAi => json!({"error": {"message": said, "type": code, "param": null, "code": code}}),
        Spoken::Anthropic => json!({"type": "error", "error": {"type": code, "message": said}}),
        Spoken::Gemini => json!({"error": {"code": status, "message": said, "status": code.to_uppercase()}}),
    }
}

/// The list of models in the protocol's shape.
pub(super) fn models(request: &DoubleRequest, names: &[String]) -> Value {
    match request.spoken() {
        Spoken::Gemini => {
            let items = names.iter().map(|n| json!({"name": format!("models/{n}")}));
            json!({"models": items.collect::<Vec<_>>()})
        }
        _ => {
            let items = names.iter().map(|n| json!({"id": n, "object": "model"}));
            json!({"object": "list", "data": items.collect::<Vec<_>>(), "has_more": false})
        }
    }
}

/// Vectors of the built-in embedder, twice as long: clients have to make them of unit length. OpenAI's come last first.
pub(super) fn embeddings(request: &DoubleRequest) -> Value {
    let vector = |text: &str| HashingEmbedder::vector(text).iter().map(|v| v * 2.0).collect::<Vec<f32>>();
    let text = |value: &Value, path: &str| value.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    if let Some(requests) = request.body.get("requests").and_then(Value::as_array) {
        let found = requests.iter().map(|r| json!({"values": vector(&text(r, "/content/parts/0/text"))}));
        return json!({"embeddings": found.collect::<Vec<_>>()});
    }
    let input = request.body.get("input").and_then(Value::as_array).cloned().unwrap_or_default();
    let found = input.iter().enumerate().rev();
    let data: Vec<Value> = found.map(|(i, t)| json!({"index": i, "embedding": vector(&text(t, ""))})).collect();
    json!({"object": "list", "data": data, "usage": {"prompt_tokens": 1, "total_tokens": 1}})
}

fn openai_call(name: &str, arguments: &str) -> Value {
    json!({"id": "call_1", "type": "function", "function": {"name": name, "arguments": arguments}})
}

fn with(mut object: Value, name: &str, value: Value) -> Value {
    if let Some(object) = object.as_object_mut() {
        object.insert(name.to_owned(), value);
    }
    object
}

fn parsed(arguments: &str) -> Value {
    serde_json::from_str(arguments).unwrap_or_else(|_| arguments.into())
}

fn halves(text: &str) -> (&str, &str) {
    let middle = (0..=text.len() / 2).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.split_at(middle)
}

fn data(name: Option<&str>, piece: &Value) -> Vec<u8> {
    let name = name.map(|n| format!("event: {n}\r\n")).unwrap_or_default();
    bytes(&format!("{name}data: {piece}\r\n\r\n"))
}

/// Words as bytes, with what is not UTF-8 where it is asked for.
fn bytes(text: &str) -> Vec<u8> {
    let mut pieces = text.split(NO_UTF8);
    let mut out = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        out.extend_from_slice(b"\xff\xfe");
        out.extend_from_slice(piece.as_bytes());
    }
    out
}
