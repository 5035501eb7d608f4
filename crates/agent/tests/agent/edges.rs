//! Every edge of the graphs, walked with a scripted analyst; traces are snapshots.

use crate::{
    house::{ENDLESS, Heard, House, trace},
    script::{Script, chart, draft},
};
use datafyme_domain::{AnswerKind, Budget, ErrorKind, RunEvent, RunStatus};
use serde_json::json;

async fn walk(script: Script) -> (datafyme_domain::Answer, String) {
    let house = House::new(script).await;
    let source = house.learned().await;
    let conversation = house.conversation(&source).await;
    let (answer, steps) = house.traced(&conversation, "How many orders are there?").await;
    (answer, trace(&steps))
}

#[tokio::test]
async fn a_question_becomes_checked_rows() {
    let (answer, trace) = walk(Script::query("SELECT customer_id, count(*) AS n FROM orders GROUP BY 1")).await;
    insta::assert_snapshot!("table", trace);
    assert_eq!((answer.status, answer.kind), (RunStatus::Answered, AnswerKind::Table));
    assert_eq!(answer.rows.len(), 13);
    assert_eq!(answer.tables[0].to_string(), "orders");
    let passed: Vec<&str> = answer.checks.iter().map(|c| c.code.as_str()).collect();
    assert_eq!(passed, ["read_only", "tables_exist", "query_compiled", "complete"]);
    assert_eq!(answer.usage.analyst, "script");
    assert!(answer.usage.queries >= 2);
}

#[tokio::test]
async fn small_talk_is_replied_to() {
    let (answer, trace) = walk(Script::new().says("screen", json!({"kind": "small_talk"}))).await;
    insta::assert_snapshot!("small_talk", trace);
    assert_eq!((answer.status, answer.text.as_str()), (RunStatus::Answered, "Hello."));
}

#[tokio::test]
async fn what_is_not_answered_is_declined_at_the_door() {
    let no = json!({"kind": "declined", "reason": "Ask in English.", "suggestions": ["How many orders?"]});
    let (answer, trace) = walk(Script::new().says("screen", no)).await;
    insta::assert_snapshot!("declined", trace);
    assert_eq!(answer.status, RunStatus::Declined);
    assert_eq!(answer.suggestions, ["How many orders?"]);
}

#[tokio::test]
async fn a_question_about_the_history_takes_no_query() {
    let script = Script::new().says("needs_query", json!({"needed": false, "why": "it was said before"}));
    let (answer, trace) = walk(script).await;
    insta::assert_snapshot!("history", trace);
    assert_eq!(answer.text, "You asked.");
    assert_eq!(answer.sql, None);
}

#[tokio::test]
async fn another_chart_takes_the_query_again() {
    let script = Script::query("SELECT customer_id, count(*) AS n FROM orders GROUP BY 1")
        .says("needs_query", json!({"needed": false, "why": "the same rows"}))
        .says("needs_chart", json!({"needed": true, "why": "drawn differently"}))
        .says("choose_representation", json!({"kind": "chart", "why": "wished for"}));
    let (answer, trace) = walk(script).await;
    insta::assert_snapshot!("chart", trace);
    assert_eq!(answer.kind, AnswerKind::Chart);
    let chart = answer.chart.unwrap();
    assert_eq!((chart.x_title.as_str(), chart.y_title.as_str()), ("customer_id", "n"));
}

#[tokio::test]
async fn words_that_name_no_table_are_changed_until_the_attempts_are_spent() {
    let (answer, trace) = walk(Script::new().says("select_tables", json!({"tables": []}))).await;
    insta::assert_snapshot!("rephrased", trace);
    assert_eq!(answer.status, RunStatus::Declined);
    assert!(answer.text.contains("nothing in shop"), "{}", answer.text);
}

#[tokio::test]
async fn a_failed_query_is_repaired() {
    let script = Script::query("SELECT no_such_column FROM orders")
        .says("repair_query", draft("SELECT still_wrong FROM orders"))
        .says("repair_query", draft("SELECT count(*) AS n FROM orders"));
    let (answer, trace) = walk(script).await;
    insta::assert_snapshot!("repaired", trace);
    assert_eq!(answer.status, RunStatus::Answered);
    assert_eq!(answer.rows, [[datafyme_domain::Value::Int(24)]]);
}

#[tokio::test]
async fn repairs_end_with_the_attempts() {
    let script = Script::query("SELECT wrong FROM orders").says("repair_query", draft("SELECT wrong FROM orders"));
    let (answer, trace) = walk(script).await;
    insta::assert_snapshot!("repairs_spent", trace);
    assert_eq!(answer.status, RunStatus::Failed);
    assert!(answer.text.contains("wrong"), "{}", answer.text);
    assert_eq!(answer.sql.as_deref(), Some("SELECT wrong FROM orders"));
}

#[tokio::test]
async fn a_query_that_cannot_be_repaired_fails_with_its_cause() {
    let (answer, trace) = walk(Script::query("SELECT wrong FROM orders").abstains("repair_query")).await;
    insta::assert_snapshot!("not_repaired", trace);
    assert_eq!(answer.status, RunStatus::Failed);
    assert!(answer.text.contains("wrong") && answer.text.contains("other words"), "{}", answer.text);
}

#[tokio::test]
async fn a_query_that_writes_never_reaches_the_database() {
    let script = Script::query("DELETE FROM orders").abstains("repair_query");
    let (answer, _) = walk(script).await;
    assert_eq!(answer.status, RunStatus::Failed);
    assert_eq!(answer.usage.queries, 0);
}

#[tokio::test]
async fn an_empty_result_is_mended_when_a_better_value_is_found() {
    let script = Script::query("SELECT name FROM customers WHERE city = 'budapest'")
        .says("repair_empty", draft("SELECT name FROM customers WHERE city = 'Budapest'"));
    let (answer, trace) = walk(script).await;
    insta::assert_snapshot!("mended", trace);
    assert_eq!(answer.rows.len(), 4);
    assert_eq!(answer.sql.as_deref(), Some("SELECT name FROM customers WHERE city = 'Budapest'"));
}

#[tokio::test]
async fn an_honestly_empty_result_is_an_answer() {
    let (answer, trace) = walk(Script::query("SELECT * FROM returns").abstains("repair_empty")).await;
    insta::assert_snapshot!("empty", trace);
    assert_eq!((answer.status, answer.kind), (RunStatus::Answered, AnswerKind::Text));
    assert!(answer.checks.iter().any(|c| c.code == "empty"));
    assert_eq!(answer.columns.len(), 3);
}

#[tokio::test]
async fn the_first_empty_query_stands_when_mended_ones_are_no_better() {
    for mended in ["SELECT name FROM customers WHERE city = 'Rome'", "SELECT wrong FROM customers"] {
        let first = "SELECT name FROM customers WHERE city = 'Paris'";
        let (answer, _) = walk(Script::query(first).says("repair_empty", draft(mended))).await;
        assert_eq!(answer.status, RunStatus::Answered, "{mended}");
        assert_eq!(answer.sql.as_deref(), Some(first), "{mended}");
        assert!(answer.rows.is_empty());
    }
}

#[tokio::test]
async fn an_invalid_chart_is_mapped_again() {
    let script = Script::query("SELECT product_name, price FROM products")
        .says("choose_representation", json!({"kind": "chart", "why": "wished for"}))
        .says("choose_chart", chart(0, 7));
    let (answer, trace) = walk(script).await;
    insta::assert_snapshot!("chart_mended", trace);
    assert_eq!(answer.kind, AnswerKind::Chart);
    assert_eq!(answer.chart.unwrap().y, [1]);
}

#[tokio::test]
async fn rows_stay_a_table_when_no_chart_can_be_drawn() {
    let script = Script::query("SELECT product_name, price FROM products")
        .says("choose_representation", json!({"kind": "chart", "why": "wished for"}))
        .says("choose_chart", chart(0, 7))
        .says("repair_chart", chart(0, 8));
    let (answer, trace) = walk(script).await;
    insta::assert_snapshot!("chart_spent", trace);
    assert_eq!(answer.kind, AnswerKind::Table);
    assert_eq!(answer.chart, None);
    for task in ["choose_chart", "choose_representation"] {
        let script = Script::query("SELECT product_name, price FROM products");
        let script = if task == "choose_chart" {
            script.says("choose_representation", json!({"kind": "chart", "why": "wished for"}))
        } else {
            script
        };
        let (answer, _) = walk(script.abstains(task)).await;
        assert_eq!(answer.kind, AnswerKind::Table, "{task}");
    }
}

#[tokio::test]
async fn an_analyst_that_is_unsure_of_the_query_declines_with_suggestions() {
    let (answer, _) = walk(Script::new().abstains("write_query")).await;
    assert_eq!(answer.status, RunStatus::Declined);
    assert_eq!(answer.text, "not sure about write_query");
    assert_eq!(answer.suggestions, ["something else"]);
}

#[tokio::test]
async fn an_analyst_that_is_away_fails_the_run_and_leaves_the_conversation_usable() {
    let house =
        House::new(Script::new().away("write_query").says("write_query", draft("SELECT 1 AS one FROM orders LIMIT 1")))
            .await;
    let source = house.learned().await;
    let conversation = house.conversation(&source).await;
    let failed = house.ask(&conversation, "How many orders?").await;
    assert_eq!((failed.status, failed.text.as_str()), (RunStatus::Failed, "the model cannot be reached"));
    assert_eq!(house.ask(&conversation, "How many orders?").await.status, RunStatus::Answered);
}

#[tokio::test]
async fn a_panic_in_a_stage_ends_the_run_as_failed() {
    for task in ["screen", "write_query", "describe_result"] {
        let (answer, _) = walk(Script::new().panics(task)).await;
        assert_eq!(answer.status, RunStatus::Failed, "{task}");
        assert!(answer.text.contains("defect"), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_query_that_takes_too_long_fails_with_words() {
    let budget = Budget { query_ms: 300, ..Budget::default() };
    let house = House::with_budget(Script::query(ENDLESS), budget).await;
    let source = house.learned().await;
    let conversation = house.conversation(&source).await;
    let answer = house.ask(&conversation, "How many?").await;
    assert_eq!(answer.status, RunStatus::Failed);
    assert!(answer.text.contains("ask for less"), "{}", answer.text);
}

#[tokio::test]
async fn a_run_ends_when_its_time_is_over() {
    let budget = Budget { run_ms: 700, ..Budget::default() };
    let house = House::with_budget(Script::query(ENDLESS), budget).await;
    let source = house.learned().await;
    let conversation = house.conversation(&source).await;
    let answer = house.ask(&conversation, "How many?").await;
    assert_eq!(answer.status, RunStatus::Failed);
    assert!(answer.text.contains("took longer"), "{}", answer.text);
}

#[tokio::test]
async fn rows_stop_at_the_budget_and_the_answer_says_so() {
    let budget = Budget { rows: 10, ..Budget::default() };
    let house = House::with_budget(Script::query("SELECT n FROM numbers"), budget).await;
    let source = house.learned().await;
    let conversation = house.conversation(&source).await;
    let answer = house.ask(&conversation, "Which numbers?").await;
    assert!(answer.truncated);
    assert_eq!(answer.rows.len(), 10);
    let complete = answer.checks.iter().find(|c| c.code == "complete").unwrap();
    assert_eq!(complete.result, datafyme_domain::run::CheckResult::Warning);
}

#[tokio::test]
async fn a_table_that_was_dropped_after_learning_is_named() {
    for question_sql in ["SELECT * FROM returns", "SELECT count(*) FROM orders JOIN returns USING (order_id)"] {
        let house = House::new(Script::query(question_sql)).await;
        let source = house.learned().await;
        house.sql("DROP TABLE returns");
        let conversation = house.conversation(&source).await;
        let answer = house.ask(&conversation, "Which returns are there?").await;
        assert_eq!(answer.status, RunStatus::Failed, "{answer:?}");
        assert!(answer.text.starts_with("Table returns is gone"), "{}", answer.text);
        assert!(answer.text.contains("learn"), "{}", answer.text);
    }
}

#[tokio::test]
async fn the_events_tell_what_the_steps_hold() {
    let house = House::new(Script::new()).await;
    let source = house.learned().await;
    let conversation = house.conversation(&source).await;
    let run = house.start(&conversation, "How many orders?").await;
    let heard = Heard::default();
    let answer = house.agent.execute_run(crate::house::ME, run.id, "worker", &heard).await.unwrap();
    let steps = house.parts.metadata.steps(crate::house::ME, run.id).await.unwrap();
    let events = heard.0.into_inner().unwrap();
    let mut expected = Vec::new();
    for step in &steps {
        expected.push(RunEvent::StepStarted { seq: step.seq, stage: step.stage.clone() });
        expected.push(RunEvent::StepCompleted { step: step.clone() });
    }
    expected.push(RunEvent::RunCompleted { answer: Box::new(answer) });
    assert_eq!(events, expected);
}

#[tokio::test]
async fn questions_that_cannot_be_taken_are_refused() {
    let house = House::new(Script::new()).await;
    let source = house.learned().await;
    let conversation = house.conversation(&source).await;
    let me = crate::house::ME;
    let refused = |question: String| {
        let (agent, id) = (house.agent.clone(), conversation.id);
        async move { agent.start_run(me, id, &question).await.unwrap_err().kind() }
    };
    assert_eq!(refused("  \n".to_owned()).await, ErrorKind::InvalidInput);
    assert_eq!(refused("why ".repeat(5_000)).await, ErrorKind::InvalidInput);
    house.agent.pause_source(me, source.id).await.unwrap();
    assert_eq!(refused("How many?".to_owned()).await, ErrorKind::Conflict);
    house.agent.resume_source(me, source.id).await.unwrap();
    house.start(&conversation, "How many?").await;
    assert_eq!(refused("And now?".to_owned()).await, ErrorKind::Conflict);
}

#[tokio::test]
async fn the_first_question_names_the_conversation() {
    let house = House::new(Script::new()).await;
    let source = house.learned().await;
    let conversation = house.conversation(&source).await;
    house.ask(&conversation, "How many orders?").await;
    house.ask(&conversation, "And customers?").await;
    let kept = house.parts.metadata.conversation(crate::house::ME, conversation.id).await.unwrap().unwrap();
    assert_eq!(kept.title, "How many orders?");
}
