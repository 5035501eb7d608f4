//! What a test of learning with a model needs, in one temporary directory.

use chrono::{DateTime, Utc};
use datafyme_agent::{
    ActiveModels, Agent, AgentParts, ConfiguredModel, LearnOptions, ModelAnalyst, ModelAnalystOptions, RoleModels,
    RuleAnalyst, TieredAnalyst,
};
use datafyme_connect::SourceUrl;
use datafyme_domain::{
    Budget, Caller, Clock, DataSource, DataSourceId, FixedClock, Job, JobStatus, ModelCall, TableDocumentation,
};
use datafyme_llm::{
    ChatModel, ChatReply, ChatRequest, ChatRole, HashingEmbedder, LlmError, OutputFormat, double::ScriptedModel,
};
use datafyme_store::{EmbeddedRelationGraph, EmbeddedSearchIndex, SqliteMetadata, Vault, metadata::JobClaim};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use tempfile::TempDir;

pub const ME: Caller = Caller::local();

/// A shop with values, counts and dates that stand out.
pub const SHOP: &str = "
    CREATE TABLE customers (customer_id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 321)
    INSERT INTO customers SELECT i, 'Planted-' || (i % 7), CASE i % 3 WHEN 0 THEN 'Zanzibar' WHEN 1 THEN 'Xanten' END FROM n;
    CREATE TABLE orders (
        order_id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (customer_id), ordered_on TEXT NOT NULL,
        total REAL NOT NULL);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 654)
    INSERT INTO orders SELECT i, 1 + i % 321, date('1987-01-05', '+' || (i % 300) || ' days'), 77001.5 + i FROM n;
";

/// As many small tables as asked for: names, keys and a few rows.
pub fn many_tables(count: usize) -> String {
    let table = |i: usize| {
        format!(
            "CREATE TABLE ledger_{i:04} (entry_id INTEGER PRIMARY KEY, label TEXT, amount REAL);
             INSERT INTO ledger_{i:04} VALUES (1, 'a', 1.5), (2, 'b', 2.5);"
        )
    };
    let tables: String = (0..count).map(table).collect();
    format!("BEGIN; {tables} COMMIT;")
}

/// An agent with a model behind its rules, its stores, and a data source.
pub struct Study {
    pub agent: Agent,
    pub parts: AgentParts,
    pub clock: Arc<FixedClock>,
    dir: TempDir,
}

/// What a study differs in.
pub struct Setting {
    pub options: ModelAnalystOptions,
    pub budget: Budget,
    pub concurrent: usize,
    pub context_tokens: Option<u32>,
}

impl Default for Setting {
    fn default() -> Self {
        Self {
            options: ModelAnalystOptions::default(),
            budget: Budget::default(),
            concurrent: 16,
            context_tokens: None,
        }
    }
}

impl Study {
    /// The clock stands at noon of 2024-11-22.
    pub async fn new(sql: &str, model: &Arc<ScriptedModel>, setting: Setting) -> Self {
        let dir = tempfile::tempdir().unwrap();
        rusqlite::Connection::open(dir.path().join("source.sqlite")).unwrap().execute_batch(sql).unwrap();
        let models = ActiveModels::default();
        let shared: Arc<dyn ChatModel> = model.clone();
        let configured =
            ConfiguredModel::new(shared, None).priced(Some(1.0), Some(2.0)).with_context(setting.context_tokens);
        models.set(Some(RoleModels { reason: configured.clone(), fast: configured }));
        let analyst = TieredAnalyst::new(
            RuleAnalyst::new(),
            ModelAnalyst::new(models, setting.options),
            TieredAnalyst::THRESHOLD,
        );
        let noon: DateTime<Utc> = "2024-11-22T12:00:00Z".parse().unwrap();
        let clock = Arc::new(FixedClock::at(noon));
        let vault = Vault::open(dir.path()).unwrap();
        let parts = AgentParts {
            metadata: Arc::new(SqliteMetadata::open(dir.path(), vault).await.unwrap()),
            search: Arc::new(EmbeddedSearchIndex::open(&dir.path().join("search.db")).await.unwrap()),
            graph: Arc::new(EmbeddedRelationGraph::open(&dir.path().join("graph.db")).await.unwrap()),
            embedder: Arc::new(HashingEmbedder),
            analyst: Arc::new(analyst),
            clock: clock.clone(),
            budget: setting.budget,
        };
        let learning = LearnOptions { concurrent_tables: setting.concurrent };
        Self { agent: Agent::with_learning(parts.clone(), learning), parts, clock, dir }
    }

    pub async fn added(&self) -> (DataSource, Job) {
        let url = format!("sqlite://{}", self.dir.path().join("source.sqlite").display());
        self.agent.add_source(ME, "source", &SourceUrl::parse(&url).unwrap()).await.unwrap()
    }

    /// Added and learned; with the job that did it.
    pub async fn learned(&self) -> (DataSource, Job) {
        let (source, job) = self.added().await;
        assert_eq!(self.work(&job).await, JobStatus::Succeeded);
        (source, self.parts.metadata.job(ME, job.id).await.unwrap().unwrap())
    }

    pub async fn claim(&self, job: &Job, worker: &str) -> Job {
        let now = self.clock.now();
        let claim = JobClaim { worker: worker.to_owned(), now, lease_until: now + chrono::TimeDelta::seconds(15) };
        self.parts.metadata.claim_job_by_id(job.id, &claim).await.unwrap().expect("the job is free")
    }

    pub async fn work(&self, job: &Job) -> JobStatus {
        let job = self.claim(job, "worker").await;
        self.agent.execute_job(job, "worker", &|_: &Job| {}).await.unwrap()
    }

    pub fn let_leases_end(&self) {
        self.clock.advance(Duration::from_secs(60));
    }

    pub async fn documentation(&self, source: DataSourceId) -> Vec<TableDocumentation> {
        self.parts.metadata.documentation(ME, source).await.unwrap()
    }

    pub async fn calls(&self, job: &Job) -> Vec<ModelCall> {
        self.parts.metadata.job_calls(ME, job.id).await.unwrap()
    }
}

/// Whether a request asks for documentation, and of which table.
pub fn asked_table(request: &ChatRequest) -> Option<String> {
    let user = request.messages.iter().find(|m| m.role == ChatRole::User)?;
    let (_, rest) = user.text.split_once("Document the ")?;
    let (_, rest) = rest.split_once(' ')?;
    Some(rest.split_once(" of a ")?.0.to_owned())
}

/// The request as text, schema and tools included: everything that leaves the house.
pub fn whole(request: &ChatRequest) -> String {
    let schema = match &request.output {
        OutputFormat::Schema { schema, .. } => schema.to_string(),
        _ => String::new(),
    };
    let tools: String = request.tools.iter().map(|t| format!("{} {}", t.description, t.parameters)).collect();
    let messages: Vec<&str> = request.messages.iter().map(|m| m.text.as_str()).collect();
    format!("{}\n{schema}\n{tools}", messages.join("\n"))
}

/// A reply that documents a table in passing.
pub fn documented(table: &str) -> Value {
    json!({
        "business_description": format!("What the model says of {table}."),
        "technical_description": "One row is one entry.",
        "columns": [],
        "use_cases": ["Looking things up"],
        "common_questions": ["How many are there?"],
        "synonyms": ["book"],
    })
}

/// Documents whatever it is asked for, and holds every relation for likely.
pub fn obliging(request: &ChatRequest) -> Result<ChatReply, LlmError> {
    let said = match asked_table(request) {
        Some(table) => documented(&table),
        None => json!({"verdicts": []}),
    };
    Ok(ChatReply::of_text(said.to_string()))
}
