//! A question with several readings: offered with their results, chosen, remembered, forgotten.

use crate::{
    house::{House, ME},
    script::Script,
};
use datafyme_agent::{AgentError, RuleAnalyst};
use datafyme_domain::{AnswerReading, ErrorKind, RunStatus, Value, VerifiedQuery, VerifiedQueryId};

fn reading(sql: &str) -> AnswerReading {
    AnswerReading {
        interpretation: format!("as {sql}"),
        sql: sql.to_owned(),
        columns: Vec::new(),
        rows: vec![vec![Value::Int(1)]],
        truncated: false,
        confidence: 0.4,
    }
}

#[tokio::test]
async fn a_chosen_reading_is_asked_again_and_kept_until_it_is_forgotten() {
    let readings = vec![reading("SELECT 1"), reading("SELECT 2")];
    let house = House::new(Script::new().offers("write_query", &readings)).await;
    let source = house.learned().await;
    let conversation = house.conversation(&source).await;
    let run = house.start(&conversation, "How big is it?").await;
    let answer = house.agent.execute_run(ME, run.id, "worker", &|_: datafyme_domain::RunEvent| {}).await.unwrap();
    assert_eq!((answer.status, &answer.readings), (RunStatus::Declined, &readings));

    for position in [0, 3] {
        let refused: AgentError = house.agent.choose_reading(ME, run.id, position).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidInput, "{position}");
    }
    for (position, sql) in [(1, "SELECT 1"), (2, "SELECT 2")] {
        let again = house.agent.choose_reading(ME, run.id, position).await.unwrap();
        assert_eq!((again.conversation_id, again.question.as_str()), (conversation.id, "How big is it?"));
        let kept = house.parts.metadata.list_verified_queries(ME, source.id).await.unwrap();
        let kept: Vec<_> = kept.iter().map(|v| (v.question.as_str(), v.sql.as_str())).collect();
        assert_eq!(kept, [("How big is it?", sql)], "a later choice replaces an earlier one");
        house.agent.execute_run(ME, again.id, "worker", &|_: datafyme_domain::RunEvent| {}).await.unwrap();
    }
    assert!(house.agent.forget_reading(ME, run.id).await.unwrap());
    assert!(!house.agent.forget_reading(ME, run.id).await.unwrap(), "there is nothing left to forget");
}

#[tokio::test]
async fn the_rules_read_a_question_as_it_was_chosen_before_and_say_so() {
    let house = House::new(RuleAnalyst::new()).await;
    let source = house.learned().await;
    let conversation = house.conversation(&source).await;
    let first = house.ask(&conversation, "How many orders are there?").await;
    let said = |answer: &datafyme_domain::Answer| answer.checks.iter().any(|c| c.code == "chosen_reading");
    assert!(!said(&first));
    let chosen = VerifiedQuery {
        id: VerifiedQueryId::generate(),
        owner_id: ME.user_id,
        source_id: source.id,
        question: "how many  orders are there".to_owned(),
        sql: first.sql.clone().unwrap(),
        uses: Vec::new(),
        draft: None,
        version: 1,
        author: String::new(),
        created_at: source.created_at,
        approved_at: source.created_at,
    };
    house.parts.metadata.create_verified_query(&chosen).await.unwrap();
    let again = house.ask(&conversation, "How many orders are there?").await;
    assert!(said(&again), "{:?}", again.checks);
    assert!(again.confidence.unwrap() >= 0.97);
}
