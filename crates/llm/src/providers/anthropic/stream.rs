//! The events of a streamed message.

use super::{finish_of, prompt_tokens, untooled};
use crate::{
    ChatReply,
    http::SseEvent,
    providers::wire::{Decoder, Parts, count, text},
};
use serde_json::Value;

#[derive(Debug)]
pub(super) struct AnthropicDecoder {
    parts: Parts,
    schema_tool: Option<String>,
    over: bool,
}

impl AnthropicDecoder {
    pub(super) fn new(schema_tool: Option<&str>) -> Self {
        Self { parts: Parts::default(), schema_tool: schema_tool.map(str::to_owned), over: false }
    }

    fn delta(&mut self, data: &Value) -> String {
        let index = count(data, "/index");
        match text(data, "/delta/type") {
            "text_delta" => {
                let words = text(data, "/delta/text");
                self.parts.text.push_str(words);
                words.to_owned()
            }
            "input_json_delta" => {
                let piece = text(data, "/delta/partial_json");
                let schema_tool = self.schema_tool.as_deref();
                let Some(call) = self.parts.call(index) else { return String::new() };
                call.arguments.push_str(piece);
                // The arguments of the tool that stands for a schema are the words of the reply.
                if schema_tool == Some(call.name.as_str()) { piece.to_owned() } else { String::new() }
            }
            _ => String::new(),
        }
    }
}

impl Decoder for AnthropicDecoder {
    fn text(&mut self, _event: &SseEvent, data: &Value) -> String {
        match text(data, "/type") {
            "message_start" => self.parts.usage.prompt = prompt_tokens(data, "/message/usage"),
            "content_block_start" if text(data, "/content_block/type") == "tool_use" => {
                if let Some(call) = self.parts.call(count(data, "/index")) {
                    text(data, "/content_block/name").clone_into(&mut call.name);
                }
            }
            "content_block_delta" => return self.delta(data),
            "message_delta" => {
                if let Some(reason) = data.pointer("/delta/stop_reason").and_then(Value::as_str) {
                    self.parts.finish = Some(finish_of(reason));
                }
                self.parts.usage.completion = count(data, "/usage/output_tokens");
            }
            "message_stop" => self.over = true,
            _ => {}
        }
        String::new()
    }

    fn is_whole(&self) -> bool {
        self.parts.finish.is_some()
    }

    fn is_over(&self) -> bool {
        self.over
    }

    fn reply(&mut self) -> ChatReply {
        untooled(std::mem::take(&mut self.parts).into_reply(), self.schema_tool.as_deref())
    }
}
