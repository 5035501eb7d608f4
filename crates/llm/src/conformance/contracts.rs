//! Replies of a given shape, from models that do what models do.

use super::{Bench, PLANTED_VALUE, request};
use crate::{
    FinishReason, LlmCause, Structured, StructuredFailure, StructuredModeCell, StructuredRequest, ask,
    double::{DoubleReply, DoubleRequest, Fault, Script},
};
use datafyme_domain::{ModelCallOutcome, Provider, StructuredMode};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;

#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
pub struct Counted {
    pub count: u32,
    pub unit: Unit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Orders,
    Customers,
}

const THREE: Counted = Counted { count: 3, unit: Unit::Orders };

fn three() -> DoubleReply {
    DoubleReply::json(&json!({"count": 3, "unit": "orders"}))
}

fn asking() -> StructuredRequest {
    StructuredRequest {
        name: "counted".into(),
        purpose: "Gives the count.".into(),
        messages: request().messages,
        max_tokens: 200,
        temperature: Some(0.0),
        deadline: Duration::from_secs(10),
    }
}

async fn asked(bench: &Bench) -> Structured<Counted> {
    ask(bench.model.as_ref(), &StructuredModeCell::default(), asking()).await
}

/// That first reply is put to the model once, and its second one counts.
async fn repaired(provider: Provider, first: DoubleReply) -> DoubleRequest {
    let bench = Bench::saying(provider, [first, three()]).await;
    let structured = asked(&bench).await;
    assert_eq!((structured.outcome(), &structured.error()), (ModelCallOutcome::Repaired, &None));
    assert_eq!(structured.result, Ok(THREE));
    let mut requests = bench.double.requests();
    assert_eq!(requests.len(), 2);
    requests.remove(1)
}

pub async fn a_value_of_the_schema_is_read(provider: Provider) {
    let bench = Bench::saying(provider, [three()]).await;
    let structured = asked(&bench).await;
    assert_eq!((structured.outcome(), structured.result), (ModelCallOutcome::Answered, Ok(THREE)));
}

pub async fn json_in_prose_is_found(provider: Provider) {
    let prose = "Happy to help {as ever}!\n```json\n{\"count\": 3, \"unit\": \"orders\"}\n```\nAnything else?";
    let bench = Bench::saying(provider, [DoubleReply::text(prose)]).await;
    let structured = asked(&bench).await;
    assert_eq!((structured.outcome(), structured.result), (ModelCallOutcome::Answered, Ok(THREE)));
}

pub async fn extra_fields_are_left_out(provider: Provider) {
    let extra = json!({"count": 3, "mood": "sunny", "unit": "orders", "notes": {"a": [1]}});
    let bench = Bench::saying(provider, [DoubleReply::json(&extra)]).await;
    let structured = asked(&bench).await;
    assert_eq!((structured.outcome(), structured.result), (ModelCallOutcome::Answered, Ok(THREE)));
}

pub async fn half_a_json_is_asked_for_again_whole(provider: Provider) {
    let half = DoubleReply::text("{\"count\": 3, \"unit\": \"ord").ending(FinishReason::Length);
    let second = repaired(provider, half).await;
    let prompt = second.prompt();
    assert!(prompt.contains("broken or cut off") && prompt.contains("be brief"), "{prompt}");
    let limits = ["/max_tokens", "/max_completion_tokens", "/generationConfig/maxOutputTokens"];
    let limit = limits.iter().find_map(|path| second.body.pointer(path)?.as_u64());
    assert_eq!(limit, Some(400), "a reply that was cut gets more room");
}

pub async fn a_wrong_enum_is_put_to_the_model_by_name(provider: Provider) {
    let second = repaired(provider, DoubleReply::json(&json!({"count": 3, "unit": "invoices"}))).await;
    let prompt = second.prompt();
    assert!(prompt.contains("at `unit`: unknown variant `invoices`, expected `orders` or `customers`"), "{prompt}");
}

pub async fn two_wrong_replies_are_malformed_without_their_words(provider: Provider) {
    let wrong = || DoubleReply::json(&json!({"count": 3, "unit": PLANTED_VALUE}));
    let bench = Bench::saying(provider, [wrong(), wrong()]).await;
    let structured = asked(&bench).await;
    assert_eq!(structured.outcome(), ModelCallOutcome::Malformed);
    assert_eq!(
        structured.error().unwrap(),
        "the model's reply does not fit its contract: at `unit`: unknown variant …, expected `orders` or `customers`"
    );
    assert_eq!(bench.arrived(), 2);
}

pub async fn an_empty_reply_is_asked_for_again(provider: Provider) {
    let second = repaired(provider, DoubleReply::text("")).await;
    assert!(second.prompt().contains("it is empty"), "{}", second.prompt());
}

pub async fn a_refusal_is_an_outcome(provider: Provider) {
    let bench = Bench::saying(provider, [DoubleReply::refusal()]).await;
    let structured = asked(&bench).await;
    assert_eq!(structured.outcome(), ModelCallOutcome::Refused);
    assert_eq!(structured.result, Err(StructuredFailure::Refused));
    assert_eq!(bench.arrived(), 1);
}

pub async fn a_call_of_an_unknown_tool_is_put_to_the_model(provider: Provider) {
    let second = repaired(provider, DoubleReply::tool("web_search", &json!({"count": 3, "unit": "orders"}))).await;
    assert!(second.prompt().contains("calls a tool that does not exist"), "{}", second.prompt());
}

pub async fn an_overflow_is_a_failure_with_its_cause(provider: Provider) {
    let bench = Bench::saying(provider, [DoubleReply::fault(Fault::ContextOverflow)]).await;
    let structured = asked(&bench).await;
    assert_eq!(structured.outcome(), ModelCallOutcome::Failed);
    let Err(StructuredFailure::Failed(error)) = structured.result else { panic!("no failure") };
    assert_eq!(error.cause(), LlmCause::ContextOverflow);
    assert_eq!(bench.arrived(), 1);
}

/// A server that knows neither schemas nor tools nor JSON mode.
pub async fn a_schema_that_is_refused_is_stepped_down_from_and_remembered(provider: Provider) {
    let script = Script::responding(|request| {
        let held = ["response_format", "tools", "output_config"].iter().any(|f| request.body.get(*f).is_some())
            || request.body.pointer("/generationConfig/responseMimeType").is_some();
        match held {
            true => DoubleReply::fault(Fault::Refused { status: 400, said: "unsupported parameter".into() }),
            false => three(),
        }
    });
    let bench = Bench::over(provider, script).await;
    let cell = StructuredModeCell::default();
    let first: Structured<Counted> = ask(bench.model.as_ref(), &cell, asking()).await;
    assert_eq!((first.outcome(), first.result), (ModelCallOutcome::Answered, Ok(THREE)));
    assert_eq!(cell.get(), StructuredMode::Text);
    let arrived = bench.arrived();
    let second: Structured<Counted> = ask(bench.model.as_ref(), &cell, asking()).await;
    assert_eq!((second.calls.len(), second.result), (1, Ok(THREE)));
    assert_eq!(bench.arrived(), arrived + 1, "what was refused is not asked for again");
    let last = bench.double.requests().pop().unwrap().prompt();
    assert!(last.contains("Reply with one JSON value") && last.contains(r#""unit":{"type":"string""#), "{last}");
}

/// A failure of the server is perhaps a refusal of the mode; it is not remembered as one.
pub async fn a_server_that_fails_on_schemas_is_asked_in_words_and_forgiven(provider: Provider) {
    let down = || DoubleReply::fault(Fault::Status { status: 500, body: "oops".into() });
    let bench = Bench::saying(provider, [down(), down(), down(), three()]).await;
    let cell = StructuredModeCell::default();
    let structured: Structured<Counted> = ask(bench.model.as_ref(), &cell, asking()).await;
    assert_eq!((structured.outcome(), structured.result), (ModelCallOutcome::Answered, Ok(THREE)));
    let tried: Vec<_> = structured.calls.iter().map(|c| (c.mode, c.usage.attempts)).collect();
    assert_eq!(tried, [(StructuredMode::Schema, 3), (StructuredMode::Text, 1)]);
    assert_eq!(cell.get(), StructuredMode::Schema);
}

pub async fn every_call_is_counted(provider: Provider) {
    let replies = [
        DoubleReply::fault(Fault::RateLimited { retry_after: None }),
        DoubleReply::json(&json!({"count": 3, "unit": "invoices"})).with_usage(100, 10),
        three().with_usage(140, 12),
    ];
    let bench = Bench::saying(provider, replies).await;
    let structured = asked(&bench).await;
    let usage = structured.usage();
    assert_eq!((usage.prompt, usage.completion, usage.attempts), (240, 22, 3));
    assert_eq!(structured.calls.iter().map(|c| c.usage.attempts).collect::<Vec<_>>(), [2, 1]);
    assert!(structured.calls.iter().all(|c| c.mode == StructuredMode::Schema));
}
