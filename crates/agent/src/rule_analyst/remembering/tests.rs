use super::answer_from_history;
use crate::{
    analyst::{Asking, Ledger, Opinion, PastTurn},
    knowledge::SourceKnowledge,
};
use chrono::DateTime;
use datafyme_domain::{
    Answer, AnswerKind, Catalog, ColumnType, DataSource, DataSourceId, Dialect, Effort, RowSetColumn, RunId, RunStatus,
    SourceStatus, TableRef, UserId, Value,
};
use std::sync::Arc;

fn answer(rows: Vec<Vec<Value>>) -> Answer {
    let column = |name: &str, column_type| RowSetColumn { name: name.to_owned(), column_type };
    Answer {
        kind: AnswerKind::Table,
        interpretation: Some("Number of orders, per company".to_owned()),
        sql: Some("SELECT company, count(*) FROM orders GROUP BY company".to_owned()),
        columns: vec![column("company", ColumnType::Text), column("number of orders", ColumnType::Integer)],
        rows,
        tables: vec![TableRef::bare("orders")],
        ..Answer::of_words(RunStatus::Answered, "3 rows.".to_owned())
    }
}

fn asking(question: &str, history: Vec<PastTurn>) -> Asking {
    let source = DataSource {
        id: DataSourceId::generate(),
        owner_id: UserId::LOCAL,
        name: "shop".to_owned(),
        dialect: Dialect::Sqlite,
        location: String::new(),
        status: SourceStatus::Ready,
        status_detail: None,
        table_count: 0,
        created_at: DateTime::UNIX_EPOCH,
        learned_at: None,
        resync_seconds: None,
        knowledge_version: 0,
    };
    let catalog = Catalog { dialect: Dialect::Sqlite, tables: Vec::new() };
    Asking {
        question: question.to_owned(),
        today: DateTime::UNIX_EPOCH.date_naive(),
        knowledge: Arc::new(SourceKnowledge::prepare(source, catalog, Vec::new(), Vec::new())),
        history: Arc::new(history),
        verified: Arc::default(),
        effort: Effort::default(),
        ledger: Ledger::default(),
    }
}

fn history() -> Vec<PastTurn> {
    let row = |name: &str, n| vec![Value::Text(name.to_owned()), Value::Int(n)];
    let turn = |question: &str, answer| PastTurn {
        run_id: RunId::generate(),
        question: question.to_owned(),
        answer,
        memo: Some(serde_json::Value::Null),
    };
    let mut declined = answer(Vec::new());
    declined.status = RunStatus::Declined;
    let mut turns = vec![
        turn("orders per company", answer(vec![row("Acme", 500), row("Beta", 1_200), row("Gamma", 100)])),
        turn("what is love", declined),
    ];
    turns[1].memo = None;
    turns
}

fn said(question: &str) -> String {
    match answer_from_history(&asking(question, history())) {
        Opinion::Given(reply) => reply.text,
        Opinion::Abstained(why) => format!("abstained: {}", why.reason),
    }
}

#[test]
fn earlier_questions_are_listed_with_their_ends() {
    assert_eq!(said("What did I ask before?"), "You asked:\n1. orders per company\n2. what is love (not answered)");
}

#[test]
fn figures_come_from_the_rows_of_the_last_answer() {
    assert_eq!(said("what was the highest value?"), "The highest number of orders was 1,200 (Beta).");
    assert_eq!(said("and the lowest one?"), "The lowest number of orders was 100 (Gamma).");
    assert_eq!(said("what is the average of that?"), "The average number of orders was 600.");
    assert_eq!(said("what's the sum of those"), "The number of orders values add up to 1,800.");
}

#[test]
fn the_query_and_its_reading_can_be_asked_for() {
    assert!(said("Which SQL did you use?").ends_with("SELECT company, count(*) FROM orders GROUP BY company"));
    assert_eq!(
        said("explain that"),
        "I understood \"orders per company\" as: Number of orders, per company. It reads orders."
    );
    assert_eq!(said("which tables were used?"), "It read orders.");
}

#[test]
fn what_the_history_does_not_hold_is_not_made_up() {
    assert!(said("will it rain tomorrow?").starts_with("abstained: I cannot tell that"));
    let Opinion::Abstained(why) = answer_from_history(&asking("what did I ask?", Vec::new())) else {
        panic!("there is no history to answer from")
    };
    assert!(why.reason.starts_with("This is the start"), "{}", why.reason);
}
