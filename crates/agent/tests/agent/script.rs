//! An analyst that says what it was told to say.

use async_trait::async_trait;
use datafyme_agent::{
    AgentError, Analyst,
    analyst::{
        Abstention, Asking, ChartDraft, ChartNeed, Description, FailedQuery, FoundTable, Ledger, Opinion, QueryDraft,
        QueryNeed, QueryScope, RelationSubject, RelationVerdicts, Rephrased, Reply, RepresentationChoice, Restated,
        ResultView, Said, Screening, SelectedTables, TableSubject, Title, WrittenDocumentation,
    },
    workbench::Workbench,
};
use datafyme_domain::{ChartSpec, ErrorKind};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::{
    collections::{HashMap, VecDeque},
    sync::Mutex,
};

/// Says the lines of each task in order; the last one again and again. A task without lines has a plain default.
#[derive(Debug, Default)]
pub struct Script {
    lines: Mutex<HashMap<&'static str, VecDeque<Line>>>,
}

#[derive(Debug, Clone)]
enum Line {
    Given(Value),
    Abstained,
    Offered(Value),
    Unavailable,
    Panic,
}

impl Script {
    pub fn new() -> Self {
        Self::default()
    }

    fn then(self, task: &'static str, line: Line) -> Self {
        self.lines.lock().unwrap().entry(task).or_default().push_back(line);
        self
    }

    pub fn says(self, task: &'static str, value: impl Serialize) -> Self {
        let value = serde_json::to_value(value).unwrap();
        self.then(task, Line::Given(value))
    }

    pub fn abstains(self, task: &'static str) -> Self {
        self.then(task, Line::Abstained)
    }

    /// Abstains, with readings to choose from.
    pub fn offers(self, task: &'static str, readings: impl Serialize) -> Self {
        self.then(task, Line::Offered(serde_json::to_value(readings).unwrap()))
    }

    pub fn away(self, task: &'static str) -> Self {
        self.then(task, Line::Unavailable)
    }

    pub fn panics(self, task: &'static str) -> Self {
        self.then(task, Line::Panic)
    }

    /// A script whose query is `sql`.
    pub fn query(sql: &str) -> Self {
        Self::new().says("write_query", draft(sql))
    }

    fn say<T: DeserializeOwned>(&self, task: &'static str, default: Value) -> Said<T> {
        let line = {
            let mut lines = self.lines.lock().unwrap();
            match lines.get_mut(task) {
                Some(lines) if lines.len() > 1 => lines.pop_front(),
                Some(lines) => lines.front().cloned(),
                None => None,
            }
        };
        match line.unwrap_or(Line::Given(default)) {
            Line::Given(value) => Ok(Opinion::Given(serde_json::from_value(value).unwrap())),
            Line::Abstained => Ok(Opinion::Abstained(Abstention {
                reason: format!("not sure about {task}"),
                suggestions: vec!["something else".to_owned()],
                ..Abstention::default()
            })),
            Line::Offered(readings) => Ok(Opinion::Abstained(Abstention {
                reason: format!("several ways for {task}"),
                readings: serde_json::from_value(readings).unwrap(),
                ..Abstention::default()
            })),
            Line::Unavailable => Err(AgentError::refused(ErrorKind::Unavailable, "the model cannot be reached")),
            Line::Panic => panic!("scripted"),
        }
    }
}

/// A draft of just this query.
pub fn draft(sql: &str) -> QueryDraft {
    QueryDraft { sql: sql.to_owned(), explanation: "As scripted".to_owned(), ..QueryDraft::default() }
}

#[async_trait]
impl Analyst for Script {
    fn name(&self) -> &'static str {
        "script"
    }
    async fn screen(&self, _: &Asking) -> Said<Screening> {
        self.say("screen", json!({"kind": "relevant"}))
    }
    async fn small_talk(&self, _: &Asking) -> Said<Reply> {
        self.say("small_talk", json!({"text": "Hello.", "suggestions": []}))
    }
    async fn restate(&self, asking: &Asking) -> Said<Restated> {
        self.say("restate", json!({"question": asking.question, "follow_up": false}))
    }
    async fn needs_query(&self, _: &Asking) -> Said<QueryNeed> {
        self.say("needs_query", json!({"needed": true, "why": "it asks for data"}))
    }
    async fn needs_chart(&self, _: &Asking) -> Said<ChartNeed> {
        self.say("needs_chart", json!({"needed": false, "why": "it was said before"}))
    }
    async fn select_tables(&self, _: &Asking, _: &[FoundTable]) -> Said<SelectedTables> {
        let table = json!({"table": {"table": "orders"}, "score": 1.0, "reasons": ["as scripted"]});
        self.say("select_tables", json!({"tables": [table]}))
    }
    async fn rephrase(&self, _: &Asking) -> Said<Rephrased> {
        self.say("rephrase", json!({"question": "in other words"}))
    }
    async fn write_query(&self, _: &Asking, _: &QueryScope, _: &Workbench) -> Said<QueryDraft> {
        self.say("write_query", json!(draft("SELECT count(*) AS n FROM orders")))
    }
    async fn repair_query(&self, _: &Asking, _: &FailedQuery, _: &Workbench) -> Said<QueryDraft> {
        self.say("repair_query", json!(draft("SELECT count(*) AS n FROM orders")))
    }
    async fn repair_empty(&self, _: &Asking, _: &QueryDraft, _: &Workbench) -> Said<QueryDraft> {
        self.say("repair_empty", json!(draft("SELECT count(*) AS n FROM orders")))
    }
    async fn choose_representation(&self, _: &Asking, _: &ResultView<'_>) -> Said<RepresentationChoice> {
        self.say("choose_representation", json!({"kind": "table", "why": "as scripted"}))
    }
    async fn choose_chart(&self, _: &Asking, _: &ResultView<'_>) -> Said<ChartDraft> {
        self.say("choose_chart", chart(0, 1))
    }
    async fn repair_chart(&self, _: &Asking, _: &ResultView<'_>, _: &ChartSpec, _: &str) -> Said<ChartDraft> {
        self.say("repair_chart", chart(0, 1))
    }
    async fn answer_from_history(&self, _: &Asking) -> Said<Reply> {
        self.say("answer_from_history", json!({"text": "You asked.", "suggestions": []}))
    }
    async fn describe_result(&self, _: &Asking, _: &ResultView<'_>) -> Said<Description> {
        self.say("describe_result", json!({"text": "As scripted.", "suggestions": []}))
    }
    async fn title(&self, question: &str, _: &Ledger) -> Said<Title> {
        self.say("title", json!({"title": question}))
    }
    async fn document_table(&self, _: &TableSubject<'_>) -> Said<WrittenDocumentation> {
        self.say("document_table", json!(WrittenDocumentation::default()))
    }
    async fn judge_relations(&self, _: &RelationSubject<'_>) -> Said<RelationVerdicts> {
        self.say("judge_relations", json!({"verdicts": []}))
    }
}

/// A bar chart over two columns.
pub fn chart(x: usize, y: usize) -> Value {
    json!({"spec": {"kind": "bar", "title": "Bars", "x": x, "y": [y], "x_title": "", "y_title": ""}, "why": "as scripted"})
}
