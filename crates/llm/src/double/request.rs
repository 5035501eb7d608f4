//! A request as the double received it.

use serde_json::Value;

/// Whose protocol a request speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spoken {
    /// OpenAI's and Azure's.
    OpenAi,
    /// Anthropic's.
    Anthropic,
    /// Gemini's.
    Gemini,
}

/// One request.
#[derive(Debug, Clone, PartialEq)]
pub struct DoubleRequest {
    /// `GET` or `POST`.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// In order, names in small letters.
    pub headers: Vec<(String, String)>,
    /// `Null` where there is none.
    pub body: Value,
}

impl DoubleRequest {
    /// Whose protocol it speaks, by its path.
    #[must_use]
    pub fn spoken(&self) -> Spoken {
        let path = self.path();
        if path.contains("/v1beta/") || path.contains(":generateContent") || path.contains("embedContents") {
            Spoken::Gemini
        } else if path.ends_with("/messages") || self.header("anthropic-version").is_some() {
            Spoken::Anthropic
        } else {
            Spoken::OpenAi
        }
    }

    /// The value of that header (small letters).
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The path without the query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// Whether the reply is to be streamed.
    #[must_use]
    pub fn streams(&self) -> bool {
        self.path().ends_with(":streamGenerateContent") || self.body.get("stream").is_some_and(|s| s == true)
    }

    /// The name of the schema or tool that the reply is held to, where the protocol says one.
    #[must_use]
    pub fn output_name(&self) -> Option<&str> {
        self.forced_tool().or_else(|| self.body.pointer("/response_format/json_schema/name")?.as_str())
    }

    /// The tool that the reply has to call.
    #[must_use]
    pub fn forced_tool(&self) -> Option<&str> {
        let body = &self.body;
        let named = [
            "/tool_choice/function/name",
            "/tool_choice/name",
            "/toolConfig/functionCallingConfig/allowedFunctionNames/0",
        ];
        let named = named.iter().find_map(|path| body.pointer(path)?.as_str());
        let any = || {
            body.pointer("/tools/0/function/name").filter(|_| body.get("tool_choice").is_some_and(|c| c == "required"))
        };
        named.or_else(|| any()?.as_str())
    }

    /// All that it says in words, instructions first, a paragraph each.
    #[must_use]
    pub fn prompt(&self) -> String {
        let mut words = Vec::new();
        for field in ["system", "systemInstruction", "messages", "contents"] {
            if let Some(value) = self.body.get(field) {
                collect(value, &mut words);
            }
        }
        words.join("\n\n")
    }
}

/// The texts under `content`, `text` and `parts`.
fn collect(value: &Value, words: &mut Vec<String>) {
    match value {
        Value::String(text) => words.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| collect(item, words)),
        Value::Object(object) => {
            ["content", "text", "parts"].iter().filter_map(|f| object.get(*f)).for_each(|v| collect(v, words))
        }
        _ => {}
    }
}
