//! What a run and a day may spend on models.

use crate::stage::{Lines, Setting, Stage};
use datafyme_domain::{Budget, RunEvent, RunStatus};
use datafyme_llm::double::DoubleReply;
use datafyme_store::metadata::Lease;
use serde_json::json;

fn with(budget: Budget, tiered: bool, price: Option<f64>) -> Setting {
    Setting { budget, tiered, price, ..Setting::default() }
}

/// Lines whose every call costs 1,000 tokens.
fn dear() -> Lines {
    let reply = |value| DoubleReply::json(&value).with_usage(900, 100);
    Lines::new()
        .replies("screen", reply(json!({"kind": "question", "reason": "", "suggestions": []})))
        .replies("write_query", reply(crate::stage::written("SELECT count(*) AS n FROM orders")))
        .replies("choose_representation", reply(json!({"kind": "text", "why": "egy"})))
        .replies("describe_result", reply(json!({"text": "Összesen 24 rendelés van.", "suggestions": []})))
}

const HUNGARIAN: &str = "Hány rendelés van összesen?";

#[tokio::test]
async fn a_run_that_has_spent_its_tokens_makes_no_further_call_and_names_the_budget() {
    let budget = Budget { tokens: 1_000, ..Budget::default() };
    let stage = Stage::with(dear().into_script(), with(budget, true, None)).await;
    let (answer, _) = stage.ask(HUNGARIAN).await;
    assert_eq!(stage.tasks(), ["screen"]);
    assert_eq!(answer.status, RunStatus::Declined);
    assert!(answer.text.contains("(tokens) is spent"), "{}", answer.text);
    assert_eq!((answer.usage.prompt_tokens, answer.usage.completion_tokens), (900, 100));
}

#[tokio::test]
async fn after_the_query_is_written_the_rules_go_on_without_tokens() {
    let budget = Budget { tokens: 2_000, ..Budget::default() };
    let stage = Stage::with(dear().into_script(), with(budget, true, None)).await;
    let (answer, _) = stage.ask(HUNGARIAN).await;
    assert_eq!(stage.tasks(), ["screen", "write_query"]);
    assert_eq!((answer.status, answer.usage.analyst.as_str()), (RunStatus::Answered, "small"));
    assert!(answer.text.contains("24"), "{}", answer.text);
}

#[tokio::test]
async fn cost_is_counted_by_price_and_bounded() {
    // 1,000 tokens at 3 a million are 3,000 millionths.
    let stage = Stage::with(dear().into_script(), with(Budget::default(), true, Some(3.0))).await;
    let (answer, _) = stage.ask(HUNGARIAN).await;
    assert_eq!((answer.usage.model_calls, answer.usage.cost_micros), (4, Some(12_000)));
    let budget = Budget { cost_micros: Some(3_000), ..Budget::default() };
    let stage = Stage::with(dear().into_script(), with(budget, true, Some(3.0))).await;
    let (answer, _) = stage.ask(HUNGARIAN).await;
    assert!(answer.text.contains("(cost) is spent"), "{}", answer.text);
}

#[tokio::test]
async fn a_day_that_is_spent_refuses_calls_until_midnight() {
    let budget = Budget { day_tokens: Some(4_000), ..Budget::default() };
    let stage = Stage::with(dear().into_script(), with(budget, true, None)).await;
    let (answer, _) = stage.ask(HUNGARIAN).await;
    assert_eq!(answer.status, RunStatus::Answered);
    let (answer, _) = stage.ask(HUNGARIAN).await;
    assert_eq!((answer.status, answer.usage.model_calls), (RunStatus::Declined, 0), "{}", answer.text);
    stage.house.clock.advance(std::time::Duration::from_secs(12 * 3_600));
    let (answer, _) = stage.ask(HUNGARIAN).await;
    assert_eq!(answer.status, RunStatus::Answered);
}

#[tokio::test]
async fn what_an_earlier_worker_spent_counts_after_a_resume() {
    let budget = Budget { tokens: 2_000, ..Budget::default() };
    let stage = Stage::with(dear().into_script(), with(budget, true, None)).await;
    let conversation = stage.house.conversation(&stage.source).await;
    let run = stage.house.start(&conversation, HUNGARIAN).await;
    let me = crate::house::ME;
    let metadata = &stage.house.parts.metadata;
    // What another worker left behind: its first step, with the call that it paid for.
    let whole = stage.ask(HUNGARIAN).await.1;
    let mut first = whole[0].clone();
    first.id = datafyme_domain::StepId::generate();
    first.run_id = run.id;
    let now = stage.house.parts.clock.now();
    let lease = Lease { worker: "lost", now, until: now };
    assert!(metadata.claim_run(me, run.id, lease).await.unwrap().is_some());
    assert!(metadata.put_steps(run.id, "lost", &[first]).await.unwrap());
    let before = stage.double.requests().len();
    let answer = stage.house.agent.execute_run(me, run.id, "another", &|_: RunEvent| {}).await.unwrap();
    let since: Vec<String> = stage.tasks().split_off(before);
    assert_eq!(since, ["write_query"], "the screening is not paid for twice, and the budget ends after one more");
    assert_eq!(answer.usage.prompt_tokens + answer.usage.completion_tokens, 2_000);
}
