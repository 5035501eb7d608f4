//! What each provider is sent, to the letter.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use datafyme_domain::Provider;
use datafyme_llm::{
    ChatMessage, ChatRequest, OutputFormat, ToolSpec,
    conformance::{Bench, spec},
    double::{DoubleReply, DoubleRequest, Fault, ProviderDouble, Script},
    providers,
};
use futures::StreamExt;
use serde_json::{Value, json};
use std::time::Duration;

fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {"count": {"type": ["integer", "null"]}},
        "required": ["count"],
        "additionalProperties": false
    })
}

fn request(output: OutputFormat) -> ChatRequest {
    let tools = match &output {
        OutputFormat::Tool { name } => {
            vec![ToolSpec { name: name.clone(), description: "Gives the count.".into(), parameters: schema().into() }]
        }
        _ => Vec::new(),
    };
    ChatRequest {
        messages: vec![
            ChatMessage::system("Count."),
            ChatMessage::user("Orders?"),
            ChatMessage::assistant("3"),
            ChatMessage::user("Sure?"),
        ],
        tools,
        output,
        max_tokens: 200,
        temperature: Some(0.2),
        deadline: Duration::from_secs(10),
    }
}

fn held() -> OutputFormat {
    OutputFormat::Schema { name: "counted".into(), schema: schema().into() }
}

fn forced() -> OutputFormat {
    OutputFormat::Tool { name: "counted".into() }
}

async fn sent(provider: Provider, output: OutputFormat) -> DoubleRequest {
    let bench = Bench::saying(provider, [DoubleReply::json(&json!({"count": 3}))]).await;
    bench.model.complete(&request(output)).await.unwrap();
    bench.double.requests().remove(0)
}

async fn streamed(provider: Provider) -> DoubleRequest {
    let bench = Bench::saying(provider, [DoubleReply::text("3")]).await;
    let events: Vec<_> = bench.model.stream(&request(OutputFormat::Text)).await.unwrap().collect().await;
    assert!(events.iter().all(Result::is_ok));
    bench.double.requests().remove(0)
}

fn with(base: &Value, more: &Value) -> Value {
    let mut whole = base.clone();
    for (name, value) in more.as_object().unwrap() {
        whole[name] = value.clone();
    }
    whole
}

#[tokio::test]
async fn openai_bodies() {
    let base = json!({
        "model": "double-1",
        "messages": [
            {"role": "system", "content": "Count."},
            {"role": "user", "content": "Orders?"},
            {"role": "assistant", "content": "3"},
            {"role": "user", "content": "Sure?"}
        ],
        "max_tokens": 200,
        "temperature": 0.2
    });
    let plain = sent(Provider::OpenAi, OutputFormat::Text).await;
    assert_eq!((plain.method.as_str(), plain.target.as_str()), ("POST", "/v1/chat/completions"));
    assert_eq!(plain.header("authorization"), Some("Bearer sk-planted-7f3e9a"));
    assert_eq!(plain.body, base);
    let json_mode = sent(Provider::OpenAi, OutputFormat::Json).await;
    assert_eq!(json_mode.body, with(&base, &json!({"response_format": {"type": "json_object"}})));
    let strict = json!({"response_format": {
        "type": "json_schema", "json_schema": {"name": "counted", "strict": true, "schema": schema()}
    }});
    assert_eq!(sent(Provider::OpenAi, held()).await.body, with(&base, &strict));
    let tool = json!({
        "tools": [{"type": "function", "function": {
            "name": "counted", "description": "Gives the count.", "parameters": schema()
        }}],
        "tool_choice": {"type": "function", "function": {"name": "counted"}}
    });
    assert_eq!(sent(Provider::OpenAi, forced()).await.body, with(&base, &tool));
    let stream = json!({"stream": true, "stream_options": {"include_usage": true}});
    assert_eq!(streamed(Provider::OpenAi).await.body, with(&base, &stream));
}

#[tokio::test]
async fn azure_bodies_and_addresses() {
    let plain = sent(Provider::Azure, OutputFormat::Text).await;
    assert_eq!(plain.target, "/openai/deployments/double-1/chat/completions?api-version=2024-10-21");
    assert_eq!(plain.header("api-key"), Some("sk-planted-7f3e9a"));
    assert_eq!(plain.header("authorization"), None);
    assert_eq!((&plain.body["max_completion_tokens"], &plain.body["max_tokens"]), (&json!(200), &Value::Null));

    let double = ProviderDouble::start(Script::responding(|_| DoubleReply::text("3"))).await.unwrap();
    for path in ["?api-version=2025-04-01-preview", "/openai/v1"] {
        let spec = spec(Provider::Azure, &format!("{}{path}", double.base_url()));
        let model = providers::connect(&spec, &datafyme_llm::conformance::options()).unwrap();
        model.complete(&request(OutputFormat::Text)).await.unwrap();
    }
    let targets: Vec<_> = double.requests().into_iter().map(|r| r.target).collect();
    assert_eq!(
        targets,
        ["/openai/deployments/double-1/chat/completions?api-version=2025-04-01-preview", "/openai/v1/chat/completions"]
    );
}

#[tokio::test]
async fn anthropic_bodies() {
    let base = json!({
        "model": "double-1",
        "max_tokens": 200,
        "messages": [
            {"role": "user", "content": "Orders?"},
            {"role": "assistant", "content": "3"},
            {"role": "user", "content": "Sure?"}
        ],
        "system": "Count.",
        "temperature": 0.2
    });
    let plain = sent(Provider::Anthropic, OutputFormat::Text).await;
    assert_eq!(plain.target, "/v1/messages");
    assert_eq!(plain.header("x-api-key"), Some("sk-planted-7f3e9a"));
    assert_eq!(plain.header("anthropic-version"), Some("2023-06-01"));
    assert_eq!(plain.body, base);
    let format = json!({"output_config": {"format": {"type": "json_schema", "schema": schema()}}});
    assert_eq!(sent(Provider::Anthropic, held()).await.body, with(&base, &format));
    let tool = json!({
        "tools": [{"name": "counted", "description": "Gives the count.", "input_schema": schema()}],
        "tool_choice": {"type": "tool", "name": "counted"}
    });
    assert_eq!(sent(Provider::Anthropic, forced()).await.body, with(&base, &tool));
    assert_eq!(streamed(Provider::Anthropic).await.body, with(&base, &json!({"stream": true})));
}

#[tokio::test]
async fn gemini_bodies() {
    let base = json!({
        "systemInstruction": {"parts": [{"text": "Count."}]},
        "contents": [
            {"role": "user", "parts": [{"text": "Orders?"}]},
            {"role": "model", "parts": [{"text": "3"}]},
            {"role": "user", "parts": [{"text": "Sure?"}]}
        ],
        "generationConfig": {"maxOutputTokens": 200, "temperature": 0.2}
    });
    let subset = json!({
        "required": ["count"],
        "type": "object",
        "properties": {"count": {"nullable": true, "type": "integer"}},
        "propertyOrdering": ["count"]
    });
    let plain = sent(Provider::Gemini, OutputFormat::Text).await;
    assert_eq!(plain.target, "/v1beta/models/double-1:generateContent");
    assert_eq!(plain.header("x-goog-api-key"), Some("sk-planted-7f3e9a"));
    assert_eq!(plain.body, base);
    let json_mode = json!({"generationConfig": {
        "maxOutputTokens": 200, "temperature": 0.2, "responseMimeType": "application/json"
    }});
    assert_eq!(sent(Provider::Gemini, OutputFormat::Json).await.body, with(&base, &json_mode));
    let format = json!({"generationConfig": {
        "maxOutputTokens": 200, "temperature": 0.2, "responseMimeType": "application/json", "responseSchema": subset
    }});
    assert_eq!(sent(Provider::Gemini, held()).await.body, with(&base, &format));
    let tool = json!({
        "tools": [{"functionDeclarations": [
            {"name": "counted", "description": "Gives the count.", "parameters": subset}
        ]}],
        "toolConfig": {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["counted"]}}
    });
    assert_eq!(sent(Provider::Gemini, forced()).await.body, with(&base, &tool));
    let stream = streamed(Provider::Gemini).await;
    assert_eq!(stream.target, "/v1beta/models/double-1:streamGenerateContent?alt=sse");
    assert_eq!(stream.body, base);
}

/// A server that refuses a request as long as it has one of these, and says why.
fn refusing(rules: &'static [(&'static str, u16, &'static str)]) -> Script {
    Script::responding(move |request| {
        let refused = rules.iter().find(|(path, _, _)| request.body.pointer(path).is_some());
        match refused {
            Some((_, status, said)) => DoubleReply::fault(Fault::Refused { status: *status, said: (*said).into() }),
            None => DoubleReply::json(&json!({"count": 3})),
        }
    })
}

async fn adapted(
    provider: Provider,
    output: OutputFormat,
    rules: &'static [(&'static str, u16, &'static str)],
) -> Value {
    let bench = Bench::over(provider, refusing(rules)).await;
    bench.model.complete(&request(output.clone())).await.unwrap();
    let first = bench.arrived();
    assert_eq!(first, rules.len() + 1, "one request for each thing that is refused");
    bench.model.complete(&request(output)).await.unwrap();
    assert_eq!(bench.arrived(), first + 1, "what was learned is kept");
    bench.double.requests().pop().unwrap().body
}

#[tokio::test]
async fn a_reasoning_model_gets_the_newer_limit_and_no_temperature() {
    let rules = &[
        (
            "/max_tokens",
            400,
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        ),
        ("/temperature", 400, "Unsupported value: 'temperature' does not support 0.2 with this model."),
    ];
    let body = adapted(Provider::OpenAi, OutputFormat::Text, rules).await;
    assert_eq!((&body["max_completion_tokens"], &body["temperature"]), (&json!(200), &Value::Null));
}

#[tokio::test]
async fn llama_cpp_gets_its_own_form_of_the_schema() {
    let rules = &[(
        "/response_format/json_schema",
        500,
        "[{'type': 'literal_error', 'loc': ('body', 'response_format', 'type'), 'msg': \"Input should be 'text' or 'json_object'\"}]",
    )];
    let body = adapted(Provider::OpenAi, held(), rules).await;
    assert_eq!(body["response_format"], json!({"type": "json_object", "schema": schema()}));
}

#[tokio::test]
async fn lm_studio_gets_its_own_form_of_a_forced_tool() {
    let rules = &[(
        "/tool_choice/function",
        400,
        "Invalid tool_choice type: 'object'. Supported string values: none, auto, required",
    )];
    let body = adapted(Provider::OpenAi, forced(), rules).await;
    assert_eq!(body["tool_choice"], "required");
}

#[tokio::test]
async fn a_template_without_a_system_role_gets_instructions_before_the_question() {
    let script = Script::responding(|request| match request.body.pointer("/messages/0/role") {
        Some(role) if role == "system" => {
            DoubleReply::fault(Fault::Refused { status: 400, said: "System role not supported".into() })
        }
        _ => DoubleReply::text("3"),
    });
    let bench = Bench::over(Provider::OpenAi, script).await;
    bench.model.complete(&request(OutputFormat::Text)).await.unwrap();
    let body = bench.double.requests().pop().unwrap().body;
    assert_eq!(body["messages"][0], json!({"role": "user", "content": "Count.\n\nOrders?"}));
}

#[tokio::test]
async fn an_older_anthropic_model_is_made_to_call_a_tool_of_the_schema() {
    let rules = &[("/output_config", 400, "output_config: Extra inputs are not permitted")];
    let body = adapted(Provider::Anthropic, held(), rules).await;
    assert_eq!(body["tool_choice"], json!({"type": "tool", "name": "counted"}));
    assert_eq!(body["tools"][0]["input_schema"], schema());

    let bench = Bench::over(Provider::Anthropic, refusing(rules)).await;
    let reply = bench.model.complete(&request(held())).await.unwrap();
    assert_eq!((reply.text.as_str(), reply.tool_calls.len()), (r#"{"count":3}"#, 0));
}

#[tokio::test]
async fn a_schema_that_no_form_of_is_accepted_leaves_the_next_one_its_first_form() {
    let rules = &[("/response_format", 400, "Invalid schema for response_format 'counted': a map is not permitted")];
    let bench = Bench::over(Provider::OpenAi, refusing(rules)).await;
    for _ in 0..2 {
        let error = bench.model.complete(&request(held())).await.unwrap_err();
        assert_eq!((error.cause(), error.attempts()), (datafyme_llm::LlmCause::Request, 2));
    }
    let forms: Vec<_> = bench.double.requests().iter().map(|r| r.body["response_format"]["type"].clone()).collect();
    assert_eq!(forms, ["json_schema", "json_object", "json_schema", "json_object"]);
}

#[tokio::test]
async fn bounds_that_anthropic_refuses_are_left_out_of_a_schema() {
    let schema = json!({"type": "object", "properties": {
        "minimum": {"type": "integer", "minimum": 0},
        "names": {"type": "array", "minItems": 1, "items": {"type": "string", "pattern": "^a"}}
    }});
    let output = OutputFormat::Schema { name: "counted".into(), schema: schema.into() };
    let sent = sent(Provider::Anthropic, output).await;
    assert_eq!(
        sent.body["output_config"]["format"]["schema"],
        json!({"type": "object", "properties": {
            "minimum": {"type": "integer"},
            "names": {"type": "array", "items": {"type": "string"}}
        }})
    );
}

#[tokio::test]
async fn a_server_without_stream_options_streams_and_usage_is_estimated() {
    let bench =
        Bench::over(Provider::OpenAi, refusing(&[("/stream_options", 400, "Unknown field: stream_options")])).await;
    let events: Vec<_> = bench.model.stream(&request(OutputFormat::Text)).await.unwrap().collect().await;
    let Some(Ok(datafyme_llm::ReplyEvent::Done(reply))) = events.last() else { panic!("{events:?}") };
    assert_eq!(reply.usage.attempts, 2);
    assert_eq!((reply.usage.prompt, reply.usage.completion), (5, 3), "a quarter of the bytes");
}

#[tokio::test]
async fn a_local_server_needs_no_key() {
    let double = ProviderDouble::start(Script::queue([DoubleReply::text("3")])).await.unwrap();
    let mut spec = spec(Provider::OpenAi, &double.base_url());
    spec.key = None;
    spec.headers.insert("X-Team".into(), "data".into());
    let model = providers::connect(&spec, &datafyme_llm::conformance::options()).unwrap();
    model.complete(&request(OutputFormat::Text)).await.unwrap();
    let sent = double.requests().remove(0);
    assert_eq!((sent.header("authorization"), sent.header("x-team")), (None, Some("data")));
}

#[tokio::test]
async fn thoughts_of_a_local_reasoning_model_are_left_out() {
    let thinking = || DoubleReply::text("<think>Is it 3? Or {4}?</think>\n\nIt is 3.");
    let bench = Bench::saying(Provider::OpenAi, [thinking(), thinking()]).await;
    assert_eq!(bench.model.complete(&request(OutputFormat::Text)).await.unwrap().text, "It is 3.");
    let events: Vec<_> = bench.model.stream(&request(OutputFormat::Text)).await.unwrap().collect().await;
    let words: String = events
        .into_iter()
        .filter_map(|event| match event.unwrap() {
            datafyme_llm::ReplyEvent::Text(words) => Some(words),
            datafyme_llm::ReplyEvent::Done(_) => None,
        })
        .collect();
    assert_eq!(words, "It is 3.");
}
