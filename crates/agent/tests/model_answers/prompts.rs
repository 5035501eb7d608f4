//! Every prompt as it is sent, for review: a question about the shop with a conversation before it.

use crate::stage::{Lines, Stage, written};
use datafyme_agent::{
    Analyst, ModelAnalyst, ModelAnalystOptions,
    analyst::{
        Asking, DraftColumn, DraftColumnRole, FailedQuery, Ledger, PastTurn, QueryDraft, QueryScope, ResultView,
    },
    knowledge::SourceKnowledge,
    workbench::Workbench,
};
use datafyme_connect::AllowedTables;
use datafyme_domain::{
    Budget, ChartKind, ChartSpec, ColumnType, Effort, RowSet, RowSetColumn, RunId, UserId, Value, VerifiedQuery,
    VerifiedQueryId, chart::NumberFormat,
};
use serde_json::json;
use std::sync::Arc;

/// A question in Hungarian with a turn before it, an approved query, and the shop.
async fn asking(stage: &Stage) -> Asking {
    let me = crate::house::ME;
    let metadata = &stage.house.parts.metadata;
    let id = stage.source.id;
    let knowledge = SourceKnowledge::prepare(
        metadata.source(me, id).await.unwrap().unwrap(),
        metadata.catalog(me, id).await.unwrap().unwrap(),
        metadata.documentation(me, id).await.unwrap(),
        metadata.list_relations(me, id).await.unwrap(),
    );
    let (answer, _) = stage.ask("How many orders are there?").await;
    let verified = VerifiedQuery {
        id: VerifiedQueryId::generate(),
        owner_id: UserId::generate(),
        source_id: id,
        question: "Hány vevő van Budapesten?".to_owned(),
        sql: "SELECT count(*) FROM customers WHERE city = 'Budapest'".to_owned(),
        uses: Vec::new(),
        draft: None,
        version: 1,
        author: "local".to_owned(),
        created_at: chrono::DateTime::UNIX_EPOCH,
        approved_at: chrono::DateTime::UNIX_EPOCH,
    };
    Asking {
        question: "Hány rendelés volt Budapesten tavaly?".to_owned(),
        today: "2024-11-22".parse().unwrap(),
        knowledge: Arc::new(knowledge),
        history: Arc::new(vec![PastTurn {
            run_id: RunId::generate(),
            question: "How many orders are there?".to_owned(),
            answer,
            memo: Some(json!({})),
        }]),
        verified: Arc::new(vec![verified]),
        effort: Effort::Low,
        ledger: Ledger::default(),
    }
}

fn draft() -> QueryDraft {
    let column = |label: &str, role| DraftColumn { label: label.to_owned(), role, period: None };
    QueryDraft {
        sql: "SELECT city, count(*) AS n FROM customers WHERE city = 'Budapes' GROUP BY city".to_owned(),
        explanation: "A vevők száma városonként".to_owned(),
        columns: vec![column("city", DraftColumnRole::Dimension), column("n", DraftColumnRole::Measure)],
        ..QueryDraft::default()
    }
}

fn rows() -> RowSet {
    let column = |name: &str, column_type| RowSetColumn { name: name.to_owned(), column_type };
    let row = |city: &str, n| vec![Value::Text(city.to_owned()), Value::Int(n)];
    RowSet {
        columns: vec![column("city", ColumnType::Text), column("n", ColumnType::Integer)],
        rows: vec![row("Budapest", 4), row("Vienna", 4)],
        truncated: false,
    }
}

fn chart() -> ChartSpec {
    ChartSpec {
        kind: ChartKind::Scatter,
        title: "Vevők".to_owned(),
        x: 0,
        y: vec![1],
        series: None,
        size: None,
        marks: Vec::new(),
        x_title: String::new(),
        y_title: String::new(),
        y2_title: None,
        number_format: NumberFormat::Plain,
        date_format: None,
        horizontal: false,
    }
}

#[tokio::test]
async fn every_prompt_reads_as_reviewed() {
    let lines = Lines::new()
        .says("restate", json!({"question": "x", "follow_up": false}))
        .says("rephrase", json!({"question": "x"}))
        .says("repair_empty", written("SELECT 1"))
        .says("answer_from_history", json!({"text": "x", "suggestions": []}));
    let chart_reply =
        json!({"kind": "bar", "title": "x", "x": "city", "y": ["n"], "series": "", "size": "", "why": "x"});
    let lines = lines.says("choose_chart", chart_reply.clone()).says("repair_chart", chart_reply);
    let stage = Stage::alone(lines).await;
    let asking = asking(&stage).await;
    let model = ModelAnalyst::new(stage.models.clone(), ModelAnalystOptions::default());
    let connector = datafyme_connect::open(&stage.house.url()).unwrap();
    let allowed = AllowedTables::of_catalog(&asking.knowledge.catalog);
    let bench = Workbench::new(connector, allowed, &Budget::default());
    let tables = asking.knowledge.catalog.tables.iter().map(|t| t.name.clone()).collect();
    let scope = QueryScope { tables, paths: Vec::new() };
    let (draft, rows) = (draft(), rows());
    let view = ResultView { draft: &draft, rows: &rows };
    let failed = FailedQuery { draft: draft.clone(), error: "no such column: citi".to_owned() };
    let before = stage.double.requests().len();
    model.screen(&asking).await.unwrap();
    model.small_talk(&asking).await.unwrap();
    model.restate(&asking).await.unwrap();
    model.needs_query(&asking).await.unwrap();
    model.needs_chart(&asking).await.unwrap();
    model.rephrase(&asking).await.unwrap();
    model.write_query(&asking, &scope, &bench).await.unwrap();
    model.repair_query(&asking, &failed, &bench).await.unwrap();
    model.repair_empty(&asking, &draft, &bench).await.unwrap();
    model.choose_representation(&asking, &view).await.unwrap();
    model.choose_chart(&asking, &view).await.unwrap();
    model.repair_chart(&asking, &view, &chart(), "the axis of a scatter chart must be a number").await.unwrap();
    model.answer_from_history(&asking).await.unwrap();
    model.describe_result(&asking, &view).await.unwrap();
    model.title(&asking.question, &asking.ledger).await.unwrap();
    for request in stage.double.requests().iter().skip(before) {
        let task = request.output_name().unwrap().to_owned();
        insta::with_settings!({snapshot_suffix => task}, { insta::assert_snapshot!("prompt", request.prompt()) });
    }
}
