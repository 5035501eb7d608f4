//! Whatever a provider does, a run ends answered, declined or failed with a cause, within its deadline. Each fault is
//! met by the model alone and by the model behind the rules.

use crate::stage::{KEY, Lines, Setting, Stage, written};
use datafyme_agent::ModelAnalystOptions;
use datafyme_domain::{Answer, Budget, ModelCallOutcome, RunStatus, Step};
use datafyme_llm::double::{DoubleReply, Fault, ProviderDouble};
use serde_json::json;
use std::time::{Duration, Instant};

/// The rules do not read this.
const QUESTION: &str = "What should we restock before Christmas?";
/// Time for one call.
const CALL: Duration = Duration::from_millis(2_500);
/// Time for a whole run.
const RUN: Duration = Duration::from_secs(12);

fn setting(tiered: bool) -> Setting {
    Setting {
        tiered,
        options: ModelAnalystOptions { call_timeout: CALL, ..ModelAnalystOptions::default() },
        budget: Budget { run_ms: 10_000, ..Budget::default() },
        ..Setting::default()
    }
}

/// What comes of a question whose query is asked for with that fault, alone and behind the rules.
async fn with(lines: impl Fn() -> Lines) -> [(Answer, Vec<Step>); 2] {
    let mut ends = Vec::new();
    for tiered in [false, true] {
        let stage = Stage::with(lines().into_script(), setting(tiered)).await;
        ends.push(ended(&stage).await);
    }
    ends.try_into().unwrap()
}

async fn ended(stage: &Stage) -> (Answer, Vec<Step>) {
    let started = Instant::now();
    let (answer, steps) = stage.ask(QUESTION).await;
    assert!(started.elapsed() < RUN, "{:?}", started.elapsed());
    assert!(answer.status.is_final() && !answer.text.is_empty(), "{answer:?}");
    let told = format!("{answer:?}{steps:?}");
    assert!(!told.contains(KEY), "{told}");
    (answer, steps)
}

/// The query is never had: the run ends with that cause in its words.
async fn ends_with_cause(reply: DoubleReply, cause: &str) {
    for (answer, steps) in with(|| Lines::new().replies("write_query", reply.clone())).await {
        assert!(matches!(answer.status, RunStatus::Declined | RunStatus::Failed), "{answer:?}");
        assert!(answer.text.contains(cause), "{}", answer.text);
        let call = steps.iter().flat_map(|s| &s.calls).find(|c| c.task == "write_query").unwrap();
        assert!(call.error.is_some(), "{call:?}");
    }
}

/// The first reply is of no use, the second one is: the run ends answered.
async fn passes(reply: DoubleReply, outcome: ModelCallOutcome) {
    let good = || DoubleReply::json(&written("SELECT count(*) AS n FROM orders"));
    for (answer, steps) in
        with(|| Lines::new().replies("write_query", reply.clone()).replies("write_query", good())).await
    {
        assert_eq!(answer.status, RunStatus::Answered, "{}", answer.text);
        let call = steps.iter().flat_map(|s| &s.calls).find(|c| c.task == "write_query").unwrap();
        assert_eq!(call.outcome, outcome, "{call:?}");
    }
}

fn query() -> serde_json::Value {
    written("SELECT count(*) AS n FROM orders")
}

#[tokio::test]
async fn too_many_requests_with_retry_after_are_waited_for() {
    passes(DoubleReply::fault(Fault::RateLimited { retry_after: Some("1".to_owned()) }), ModelCallOutcome::Answered)
        .await;
}

#[tokio::test]
async fn too_many_requests_without_retry_after_are_tried_again() {
    passes(DoubleReply::fault(Fault::RateLimited { retry_after: None }), ModelCallOutcome::Answered).await;
}

#[tokio::test]
async fn too_many_requests_for_good_end_with_a_cause() {
    ends_with_cause(DoubleReply::fault(Fault::RateLimited { retry_after: None }), "small").await;
}

#[tokio::test]
async fn a_wait_longer_than_the_deadline_is_not_waited_for() {
    ends_with_cause(DoubleReply::fault(Fault::RateLimited { retry_after: Some("3600".to_owned()) }), "small").await;
}

#[tokio::test]
async fn a_failing_provider_is_tried_again() {
    let fault = Fault::Status { status: 503, body: "overloaded".to_owned() };
    passes(DoubleReply::fault(fault), ModelCallOutcome::Answered).await;
}

#[tokio::test]
async fn a_provider_that_fails_for_good_ends_with_a_cause() {
    let fault = Fault::Refused { status: 500, said: format!("internal, key {KEY}") };
    ends_with_cause(DoubleReply::fault(fault), "small").await;
}

#[tokio::test]
async fn a_refused_connection_ends_with_a_cause() {
    for tiered in [false, true] {
        let double = ProviderDouble::start(Lines::new().into_script()).await.unwrap();
        let nobody = ProviderDouble::refusing_address().await.unwrap();
        let stage = Stage::at(&nobody, double, setting(tiered)).await;
        let (answer, _) = ended(&stage).await;
        assert!(matches!(answer.status, RunStatus::Declined | RunStatus::Failed), "{answer:?}");
        assert!(answer.text.contains("small"), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_reset_before_the_reply_is_tried_again() {
    passes(DoubleReply::fault(Fault::Reset), ModelCallOutcome::Answered).await;
}

#[tokio::test]
async fn a_reset_in_mid_reply_is_tried_again() {
    passes(DoubleReply::json(&query()).with_fault(Fault::ResetMidReply), ModelCallOutcome::Answered).await;
}

#[tokio::test]
async fn half_a_body_is_tried_again() {
    passes(DoubleReply::json(&query()).with_fault(Fault::HalfBody), ModelCallOutcome::Answered).await;
}

#[tokio::test]
async fn half_a_json_is_repaired() {
    let text = query().to_string();
    passes(DoubleReply::text(&text[..text.len() / 2]), ModelCallOutcome::Repaired).await;
}

#[tokio::test]
async fn json_in_prose_is_found() {
    let text = format!("Sure! Here it is:\n```json\n{}\n```\nAnything else?", query());
    for (answer, _) in with(|| Lines::new().replies("write_query", DoubleReply::text(&text))).await {
        assert_eq!(answer.status, RunStatus::Answered, "{}", answer.text);
    }
}

#[tokio::test]
async fn a_wrong_enum_is_repaired() {
    let mut wrong = query();
    wrong["chart"] = json!("doughnut");
    passes(DoubleReply::json(&wrong), ModelCallOutcome::Repaired).await;
}

#[tokio::test]
async fn extra_fields_are_let_pass() {
    let mut more = query();
    more["thoughts"] = json!({"deep": [1, 2]});
    for (answer, _) in with(|| Lines::new().says("write_query", more.clone())).await {
        assert_eq!(answer.status, RunStatus::Answered, "{}", answer.text);
    }
}

#[tokio::test]
async fn an_empty_reply_is_repaired() {
    passes(DoubleReply::text(""), ModelCallOutcome::Repaired).await;
}

#[tokio::test]
async fn empty_replies_for_good_end_with_a_cause() {
    ends_with_cause(DoubleReply::text(""), "language model").await;
}

#[tokio::test]
async fn a_refusal_ends_with_a_cause() {
    ends_with_cause(DoubleReply::refusal(), "declined").await;
}

#[tokio::test]
async fn silence_ends_within_the_deadline() {
    ends_with_cause(DoubleReply::fault(Fault::Silence), "small").await;
}

#[tokio::test]
async fn silence_in_every_call_ends_within_the_deadline() {
    let silence = || DoubleReply::fault(Fault::Silence);
    for (answer, steps) in with(|| Lines::new().replies("screen", silence()).replies("write_query", silence())).await {
        assert!(matches!(answer.status, RunStatus::Declined | RunStatus::Failed), "{answer:?}");
        let failed = steps.iter().flat_map(|s| &s.calls).filter(|c| c.outcome == ModelCallOutcome::Failed).count();
        assert_eq!(failed, 1, "a model that is silent is not asked again");
    }
}

#[tokio::test]
async fn a_reply_of_two_megabytes_ends_with_a_cause_or_is_repaired() {
    let huge = DoubleReply::text("word ".repeat(420_000));
    let ends = with(|| Lines::new().replies("write_query", huge.clone())).await;
    assert!(ends.iter().all(|(a, _)| matches!(a.status, RunStatus::Declined | RunStatus::Failed)));
    assert!(ends.iter().all(|(a, _)| a.text.len() < 2_000), "none of it is shown");
}

#[tokio::test]
async fn invalid_utf8_does_no_harm() {
    let reply = DoubleReply::json(&query()).with_fault(Fault::InvalidUtf8);
    let ends = with(|| Lines::new().replies("write_query", reply.clone())).await;
    assert!(ends.iter().all(|(answer, _)| answer.status != RunStatus::Running));
}

#[tokio::test]
async fn a_call_of_an_unknown_tool_is_repaired() {
    passes(DoubleReply::tool("delete_everything", &json!({"now": true})), ModelCallOutcome::Repaired).await;
}

#[tokio::test]
async fn a_context_overflow_ends_with_a_cause() {
    ends_with_cause(DoubleReply::fault(Fault::ContextOverflow), "small").await;
}

#[tokio::test]
async fn an_empty_account_ends_with_a_cause() {
    ends_with_cause(DoubleReply::fault(Fault::Quota), "small").await;
}

#[tokio::test]
async fn a_wrong_key_ends_with_a_cause_and_is_not_shown() {
    let fault = Fault::Refused { status: 401, said: format!("Incorrect API key provided: {KEY}.") };
    ends_with_cause(DoubleReply::fault(fault), "small").await;
}

#[tokio::test]
async fn faults_of_the_smaller_tasks_never_lose_the_answer() {
    for task in ["choose_representation", "describe_result"] {
        for fault in [Fault::ContextOverflow, Fault::Reset, Fault::Refused { status: 500, said: "no".to_owned() }] {
            let lines = || {
                Lines::new().query("SELECT count(*) AS n FROM orders").replies(task, DoubleReply::fault(fault.clone()))
            };
            let [_, (tiered, _)] = with(lines).await;
            assert_eq!(tiered.status, RunStatus::Answered, "{task}: {}", tiered.text);
        }
    }
}
