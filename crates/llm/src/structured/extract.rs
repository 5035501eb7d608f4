//! The value in a reply: from the arguments of a tool, whole text, a code fence or the midst of prose.
//!
//! Nothing is made up: a value that is cut off stays unread.

use crate::{ChatReply, FinishReason};
use serde::de::DeserializeOwned;
use serde_json::{Deserializer, Value};

/// Why a reply holds no value of the wanted type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Misfit {
    /// Nothing was said.
    Empty,
    /// Words without JSON.
    NoJson,
    /// JSON that ends before it is whole, or breaks its own rules.
    BrokenJson,
    /// A call of a tool that there is not.
    UnknownTool,
    /// JSON of another shape: where, and what serde says of it.
    Shape { path: String, said: String },
    /// A check beyond the schema objects.
    Objection(String),
}

impl Misfit {
    /// For the model that made it: may quote its reply.
    pub(super) fn full(&self) -> String {
        match self {
            Self::Empty => "it is empty".into(),
            Self::NoJson => "it has no JSON value in it".into(),
            Self::BrokenJson => "its JSON is broken or cut off".into(),
            Self::UnknownTool => "it calls a tool that does not exist".into(),
            Self::Shape { path, said } => format!("at `{path}`: {said}"),
            Self::Objection(objection) => objection.clone(),
        }
    }

    /// For a trace: quotes nothing of the reply.
    pub(super) fn unquoted(&self) -> String {
        match self {
            Self::Shape { path, said } => {
                let words = said.split_once(" at line ").map_or(said.as_str(), |(words, _)| words);
                format!("at `{path}`: {}", without_values(words))
            }
            other => other.full(),
        }
    }
}

/// serde names the offending value in quotation marks or as the first word in backticks.
fn without_values(said: &str) -> String {
    let mut out = String::new();
    let mut rest = said;
    while let Some((before, after)) = rest.split_once('"') {
        out.push_str(before);
        out.push('…');
        rest = after.rsplit_once('"').map_or("", |(_, tail)| tail);
    }
    out.push_str(rest);
    if ["unknown variant", "unknown field", "invalid value", "invalid type"].iter().any(|p| out.starts_with(p))
        && let Some((before, after)) = out.split_once('`')
        && let Some((_, tail)) = after.split_once('`')
    {
        return format!("{before}…{tail}");
    }
    out
}

/// What a reply says where its JSON is looked for.
pub(super) fn json_text<'a>(reply: &'a ChatReply, tool: &str) -> &'a str {
    let called = reply.tool_calls.iter().find(|call| call.name == tool).or_else(|| reply.tool_calls.first());
    called.map_or(reply.text.as_str(), |call| call.arguments.as_str()).trim()
}

/// The value in a reply.
pub(super) fn value<T: DeserializeOwned>(reply: &ChatReply, tool: &str) -> Result<T, Misfit> {
    if !reply.tool_calls.is_empty() && reply.tool_calls.iter().all(|call| call.name != tool) {
        return Err(Misfit::UnknownTool);
    }
    let text = json_text(reply, tool);
    if text.is_empty() {
        return Err(Misfit::Empty);
    }
    let found = json_values(text);
    let mut misfit = None;
    for value in &found {
        match fit(value) {
            Ok(value) => return Ok(value),
            Err(new) => misfit = misfit.or(Some(new)),
        }
    }
    Err(misfit.unwrap_or_else(|| {
        let cut = reply.finish == FinishReason::Length || text.contains(['{', '[']);
        if cut { Misfit::BrokenJson } else { Misfit::NoJson }
    }))
}

/// A value as `T`: as it stands, without members that are null, or out of a wrapper of one member.
fn fit<T: DeserializeOwned>(value: &Value) -> Result<T, Misfit> {
    let first = match parse(value) {
        Ok(value) => return Ok(value),
        Err(misfit) => misfit,
    };
    if let Some(inner) = unwrapped(value)
        && let Ok(value) = parse(&inner)
    {
        return Ok(value);
    }
    parse(&without_nulls(value)).map_err(|_| first)
}

fn parse<T: DeserializeOwned>(value: &Value) -> Result<T, Misfit> {
    serde_path_to_error::deserialize(value)
        .map_err(|e| Misfit::Shape { path: e.path().to_string(), said: e.inner().to_string() })
}

/// Models wrap: `{"answer": {...}}`, `{"name": ..., "arguments": {...}}`, the JSON once more as a string.
fn unwrapped(value: &Value) -> Option<Value> {
    match value {
        Value::String(text) => serde_json::from_str(text).ok(),
        Value::Array(items) if items.len() == 1 => items.first().cloned(),
        Value::Object(object) => {
            let inner = match object.get("arguments").or_else(|| object.get("parameters")) {
                Some(inner) => Some(inner),
                None if object.len() == 1 => object.values().next(),
                None => None,
            }?;
            match inner {
                Value::String(text) => serde_json::from_str(text).ok(),
                inner => Some(inner.clone()),
            }
        }
        _ => None,
    }
}

/// A null member says the same as an absent one.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(object) => object
            .iter()
            .filter(|(_, inner)| !inner.is_null())
            .map(|(name, inner)| (name.clone(), without_nulls(inner)))
            .collect(),
        Value::Array(items) => items.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

/// Places in a reply where JSON is tried to be read: enough for prose, bounded for garbage of megabytes.
const STARTS: usize = 64;

/// The JSON objects and arrays in a text, whole ones only, longest first.
fn json_values(text: &str) -> Vec<Value> {
    let text = after_thoughts(text);
    if let Ok(value) = serde_json::from_str::<Value>(text) {
        return vec![value];
    }
    let mut found = values_within(text);
    if found.is_empty() {
        found = values_within(&tidied(text));
    }
    found.sort_by_key(|(length, _)| std::cmp::Reverse(*length));
    found.into_iter().map(|(_, value)| value).collect()
}

fn values_within(text: &str) -> Vec<(usize, Value)> {
    let mut found = Vec::new();
    let mut rest = text;
    for _ in 0..STARTS {
        let Some(start) = rest.find(['{', '[']) else { break };
        let (_, from) = rest.split_at(start);
        let mut values = Deserializer::from_str(from).into_iter::<Value>();
        let length = match values.next() {
            Some(Ok(value)) => {
                found.push((values.byte_offset(), value));
                values.byte_offset()
            }
            _ => 1,
        };
        rest = from.split_at_checked(length).map_or("", |(_, tail)| tail);
    }
    found
}

/// What stands after the thoughts that reasoning models of local servers write out.
fn after_thoughts(text: &str) -> &str {
    text.rsplit_once("</think>").map_or(text, |(_, after)| after).trim()
}

/// Raw line breaks in strings escaped, commas before a closing bracket left out: what small models get wrong in JSON
/// that means one thing only.
fn tidied(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut in_string, mut escaped) = (false, false);
    for c in text.chars() {
        if in_string {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => in_string = false,
                '\n' => {
                    out.push_str("\\n");
                    continue;
                }
                '\t' => {
                    out.push_str("\\t");
                    continue;
                }
                '\r' => continue,
                _ => {}
            }
        } else if c == '"' {
            in_string = true;
        } else if matches!(c, '}' | ']') && out.trim_end().ends_with(',') {
            out.truncate(out.trim_end().len() - 1);
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests;
