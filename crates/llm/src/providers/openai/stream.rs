//! The chunks of a streamed chat completion.

use super::{arguments, finish_of, thoughts::Thoughts, usage_of};
use crate::{
    ChatReply, FinishReason,
    http::SseEvent,
    providers::wire::{Decoder, Parts, text},
};
use serde_json::Value;

#[derive(Debug, Default)]
pub(super) struct OpenAiDecoder {
    parts: Parts,
    thoughts: Thoughts,
    refused: bool,
    over: bool,
}

impl Decoder for OpenAiDecoder {
    fn text(&mut self, event: &SseEvent, data: &Value) -> String {
        if event.data.trim() == "[DONE]" {
            self.over = true;
            return String::new();
        }
        if data.get("usage").is_some_and(Value::is_object) {
            self.parts.usage = usage_of(data);
        }
        let Some(choice) = data.pointer("/choices/0") else { return String::new() };
        self.refused |= !text(choice, "/delta/refusal").is_empty();
        let calls = choice.pointer("/delta/tool_calls").and_then(Value::as_array).into_iter().flatten();
        for (place, call) in (0_u64..).zip(calls) {
            let index = call.get("index").and_then(Value::as_u64).unwrap_or(place);
            if let Some(held) = self.parts.call(index) {
                held.name.push_str(text(call, "/function/name"));
                held.arguments.push_str(&arguments(call.pointer("/function/arguments")));
            }
        }
        if let Some(finish) = finish_of(text(choice, "/finish_reason")) {
            self.parts.finish = Some(finish);
        }
        let mut words = self.thoughts.push(text(choice, "/delta/content"));
        if self.parts.finish.is_some() {
            words.push_str(&self.thoughts.finish());
        }
        self.parts.text.push_str(&words);
        words
    }

    fn is_whole(&self) -> bool {
        self.parts.finish.is_some()
    }

    fn is_over(&self) -> bool {
        self.over
    }

    fn reply(&mut self) -> ChatReply {
        let rest = self.thoughts.finish();
        self.parts.text.push_str(&rest);
        let mut reply = std::mem::take(&mut self.parts).into_reply();
        if self.refused {
            reply.finish = FinishReason::Refused;
        }
        reply
    }
}
