//! The rules first, the model behind them, and the rules again where the model fails.

use crate::stage::{Lines, Setting, Stage, written};
use datafyme_domain::{ModelCallOutcome, RunStatus, Value};
use datafyme_llm::double::{DoubleReply, Fault, ProviderDouble};
use serde_json::json;

/// A question that the rules cannot read.
const HARD: &str = "What should we restock before Christmas?";

#[tokio::test]
async fn what_the_rules_are_sure_of_costs_no_call() {
    let stage = Stage::tiered(Lines::new()).await;
    for question in ["Hello!", "How many orders are there?"] {
        let (answer, steps) = stage.ask(question).await;
        assert_eq!(answer.status, RunStatus::Answered, "{question}");
        assert_eq!((answer.usage.analyst.as_str(), answer.usage.model_calls), ("rules", 0), "{question}");
        assert!(steps.iter().all(|s| s.calls.is_empty()));
    }
    assert_eq!(stage.double.requests().len(), 0);
}

#[tokio::test]
async fn what_the_rules_cannot_read_the_model_answers() {
    let lines = Lines::new()
        .query("SELECT name FROM customers ORDER BY customer_id LIMIT 2")
        .says("describe_result", json!({"text": "Customer 1 and Customer 2.", "suggestions": []}));
    let stage = Stage::tiered(lines).await;
    let (answer, _) = stage.ask(HARD).await;
    assert_eq!(answer.status, RunStatus::Answered, "{}", answer.text);
    assert_eq!((answer.usage.analyst.as_str(), answer.text.as_str()), ("small", "Customer 1 and Customer 2."));
    assert_eq!(stage.tasks(), ["write_query", "describe_result"], "the rules do the rest");
}

#[tokio::test]
async fn a_question_in_hungarian_goes_to_the_model_and_comes_back_in_hungarian() {
    let mut query = written("SELECT count(*) AS \"rendelések\" FROM orders");
    query["explanation"] = json!("A rendelések száma");
    let lines = Lines::new()
        .says("write_query", query)
        .says("choose_representation", json!({"kind": "text", "why": "egy szám"}))
        .says("describe_result", json!({"text": "Összesen 24 rendelés van.", "suggestions": ["Hány vevő van?"]}));
    let stage = Stage::tiered(lines).await;
    let (answer, _) = stage.ask("Hány rendelés van összesen?").await;
    assert_eq!((answer.status, answer.text.as_str()), (RunStatus::Answered, "Összesen 24 rendelés van."));
    assert_eq!(answer.interpretation.as_deref(), Some("A rendelések száma"));
    assert_eq!(answer.columns[0].name, "rendelések");
    assert_eq!(answer.usage.analyst, "small");
    let asked = stage.double.requests();
    let writing = asked.iter().find(|r| r.output_name() == Some("write_query")).unwrap();
    assert!(writing.prompt().contains("alias in Hungarian"), "{}", writing.prompt());
}

#[tokio::test]
async fn a_hungarian_question_whose_description_fails_is_told_in_bare_figures() {
    let lines = Lines::new()
        .query("SELECT count(*) AS \"rendelések\" FROM orders")
        .says("describe_result", json!({"text": "Összesen 99 rendelés van.", "suggestions": []}));
    let stage = Stage::tiered(lines).await;
    let (answer, _) = stage.ask("Hány rendelés van összesen?").await;
    assert_eq!((answer.status, answer.text.as_str()), (RunStatus::Answered, "rendelések: 24."));
}

#[tokio::test]
async fn without_a_model_the_rules_are_alone() {
    let stage = Stage::tiered(Lines::new()).await;
    stage.models.set(None);
    for question in ["Hány rendelés van összesen?", "How many orders are there?"] {
        let (answer, _) = stage.ask(question).await;
        assert_eq!(answer.rows, [[Value::Int(24)]], "{question}: {}", answer.text);
    }
    assert_eq!(stage.double.requests().len(), 0);
}

#[tokio::test]
async fn a_model_that_is_down_is_asked_once_and_the_rules_answer_what_they_can() {
    let double = ProviderDouble::start(Lines::new().into_script()).await.unwrap();
    let nobody = ProviderDouble::refusing_address().await.unwrap();
    let stage = Stage::at(&nobody, double, Setting { tiered: true, ..Setting::default() }).await;
    let (answer, steps) = stage.ask("Hány rendelés van összesen?").await;
    assert_eq!(answer.status, RunStatus::Declined);
    assert!(answer.text.starts_with("Elnézést"), "{}", answer.text);
    let calls: Vec<_> = steps.iter().flat_map(|s| &s.calls).collect();
    assert_eq!(calls.len(), 1, "{calls:?}");
    assert_eq!(calls[0].outcome, ModelCallOutcome::Failed);
    let (answer, _) = stage.ask("How many orders are there?").await;
    assert_eq!((answer.status, answer.usage.analyst.as_str()), (RunStatus::Answered, "rules"));
}

#[tokio::test]
async fn when_neither_knows_the_question_is_declined_with_both_reasons() {
    let none = json!({"answerable": false, "reason": "Nothing here says what is in stock.", "sql": "", "explanation": "",
        "assumptions": [], "chart": "none"});
    let stage = Stage::tiered(Lines::new().says("write_query", none)).await;
    let (answer, _) = stage.ask(HARD).await;
    assert_eq!(answer.status, RunStatus::Declined);
    assert!(answer.text.contains("Nothing here says what is in stock."), "{}", answer.text);
    let (answer, _) = {
        let away = DoubleReply::fault(Fault::Refused { status: 401, said: "Incorrect API key provided.".to_owned() });
        Stage::tiered(Lines::new().replies("write_query", away)).await.ask(HARD).await
    };
    assert_eq!(answer.status, RunStatus::Declined);
    assert!(answer.text.contains("The language model could not be asked"), "{}", answer.text);
}

#[tokio::test]
async fn the_models_result_is_drawn_again_without_a_call() {
    let lines = Lines::new().query(
        "SELECT c.city, count(*) AS n FROM orders o JOIN customers c USING (customer_id) WHERE c.city IS NOT NULL GROUP BY 1",
    );
    let stage = Stage::tiered(lines).await;
    let conversation = stage.house.conversation(&stage.source).await;
    stage.house.ask(&conversation, HARD).await;
    let before = stage.double.requests().len();
    let (answer, steps) = stage.house.traced(&conversation, "as a pie").await;
    assert_eq!(answer.chart.map(|c| c.kind), Some(datafyme_domain::ChartKind::Pie), "{}", crate::stage::trace(&steps));
    let since: Vec<String> = stage.tasks().split_off(before);
    assert_eq!(since, ["describe_result"]);
}

#[tokio::test]
async fn what_must_not_be_asked_is_refused_before_any_model() {
    let stage = Stage::tiered(Lines::new()).await;
    for question in ["DROP TABLE orders", "Delete all orders from 2023", "SELECT * FROM orders"] {
        let (answer, _) = stage.ask(question).await;
        assert_eq!(answer.status, RunStatus::Declined, "{question}");
    }
    assert_eq!(stage.double.requests().len(), 0);
}
