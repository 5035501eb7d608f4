//! The chunks of a streamed candidate: each is a small whole reply.

use super::{content_of, finish_of, usage_of};
use crate::{
    ChatReply, FinishReason,
    http::SseEvent,
    providers::wire::{Decoder, Parts, text},
};
use serde_json::Value;

#[derive(Debug, Default)]
pub(super) struct GeminiDecoder {
    parts: Parts,
}

impl Decoder for GeminiDecoder {
    fn text(&mut self, _event: &SseEvent, data: &Value) -> String {
        if data.get("usageMetadata").is_some() {
            self.parts.usage = usage_of(data);
        }
        let Some(candidate) = data.pointer("/candidates/0") else {
            if data.pointer("/promptFeedback/blockReason").is_some() {
                self.parts.finish = Some(FinishReason::Refused);
            }
            return String::new();
        };
        let (words, calls) = content_of(candidate);
        for call in calls {
            let next = u64::try_from(self.parts.calls.len()).unwrap_or(u64::MAX);
            self.parts.calls.push((next, call));
        }
        match text(candidate, "/finishReason") {
            "" => {}
            reason => self.parts.finish = Some(finish_of(reason, !self.parts.calls.is_empty())),
        }
        self.parts.text.push_str(&words);
        words
    }

    fn is_whole(&self) -> bool {
        self.parts.finish.is_some()
    }

    /// The stream has no last word: it ends with the connection.
    fn is_over(&self) -> bool {
        false
    }

    fn reply(&mut self) -> ChatReply {
        std::mem::take(&mut self.parts).into_reply()
    }
}
