//! Everything that a test of the agent needs, in one temporary directory.

use chrono::{DateTime, Utc};
use datafyme_agent::{Agent, AgentParts, Analyst};
use datafyme_connect::SourceUrl;
use datafyme_domain::{
    Answer, Budget, Caller, Clock, Conversation, DataSource, FixedClock, Job, JobStatus, Run, RunEvent, Step,
};
use datafyme_llm::HashingEmbedder;
use datafyme_store::metadata::JobClaim;
use datafyme_store::{EmbeddedRelationGraph, EmbeddedSearchIndex, SqliteMetadata, Vault};
use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};
use tempfile::TempDir;

pub const ME: Caller = Caller::local();

/// A shop: customers, products, orders (one of an unknown customer), an empty table, a view, and enough numbers to
/// keep a query busy.
pub const SHOP: &str = "
    CREATE TABLE customers (customer_id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12)
    INSERT INTO customers SELECT i, 'Customer ' || i, CASE i % 3 WHEN 0 THEN 'Budapest' WHEN 1 THEN 'Vienna' END FROM n;
    CREATE TABLE products (product_id INTEGER PRIMARY KEY, product_name TEXT NOT NULL, price REAL NOT NULL);
    INSERT INTO products VALUES (1, 'lamp', 20.5), (2, 'chair', 45.0), (3, 'table', 120.0);
    CREATE TABLE orders (
        order_id INTEGER PRIMARY KEY, customer_id INTEGER, product_id INTEGER REFERENCES products (product_id),
        ordered_on TEXT NOT NULL, quantity INTEGER NOT NULL);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 24)
    INSERT INTO orders
        SELECT i, CASE WHEN i = 24 THEN 13 ELSE 1 + i % 12 END, 1 + i % 3, date('2024-01-05', '+' || (i * 9) || ' days'), i
        FROM n;
    CREATE TABLE returns (return_id INTEGER PRIMARY KEY, order_id INTEGER, reason TEXT);
    CREATE VIEW big_orders AS SELECT * FROM orders WHERE quantity > 20;
    CREATE TABLE numbers (n INTEGER PRIMARY KEY);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO numbers SELECT i FROM n;
";

/// Never ends within the life of a test.
pub const ENDLESS: &str = "SELECT count(*) FROM numbers AS a, numbers AS b, numbers AS c WHERE a.n + b.n + c.n = -1";

/// An agent with its stores and the shop.
pub struct House {
    pub agent: Agent,
    pub parts: AgentParts,
    pub clock: Arc<FixedClock>,
    dir: TempDir,
}

impl House {
    /// With that analyst and the default budget; the clock stands at noon of 2024-11-22.
    pub async fn new(analyst: impl Analyst + 'static) -> Self {
        Self::with_budget(analyst, Budget::default()).await
    }

    pub async fn with_budget(analyst: impl Analyst + 'static, budget: Budget) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(FixedClock::at(noon()));
        let vault = Vault::open(dir.path()).unwrap();
        let parts = AgentParts {
            metadata: Arc::new(SqliteMetadata::open(dir.path(), vault).await.unwrap()),
            search: Arc::new(EmbeddedSearchIndex::open(&dir.path().join("search.db")).await.unwrap()),
            graph: Arc::new(EmbeddedRelationGraph::open(&dir.path().join("graph.db")).await.unwrap()),
            embedder: Arc::new(HashingEmbedder),
            analyst: Arc::new(analyst),
            clock: clock.clone(),
            budget,
        };
        let house = Self { agent: Agent::new(parts.clone()), parts, clock, dir };
        house.sql(SHOP);
        house
    }

    pub fn shop(&self) -> PathBuf {
        self.dir.path().join("shop.sqlite")
    }

    /// Changes the shop behind the agent's back.
    pub fn sql(&self, sql: &str) {
        rusqlite::Connection::open(self.shop()).unwrap().execute_batch(sql).unwrap();
    }

    pub fn url(&self) -> SourceUrl {
        SourceUrl::parse(&format!("sqlite://{}", self.shop().display())).unwrap()
    }

    /// The shop, registered and learned.
    pub async fn learned(&self) -> DataSource {
        let (source, job) = self.agent.add_source(ME, "shop", &self.url()).await.unwrap();
        assert_eq!(self.work(&job).await, JobStatus::Succeeded);
        self.parts.metadata.source(ME, source.id).await.unwrap().unwrap()
    }

    pub async fn claim(&self, job: &Job, worker: &str) -> Job {
        let now = self.clock.now();
        let claim = JobClaim { worker: worker.to_owned(), now, lease_until: now + chrono::TimeDelta::seconds(15) };
        let claimed = self.parts.metadata.claim_job_by_id(job.id, &claim).await.unwrap();
        claimed.expect("the job is free")
    }

    pub async fn work(&self, job: &Job) -> JobStatus {
        let job = self.claim(job, "worker").await;
        self.agent.execute_job(job, "worker", &|_: &Job| {}).await.unwrap()
    }

    pub async fn conversation(&self, source: &DataSource) -> Conversation {
        self.agent.new_conversation(ME, source.id).await.unwrap()
    }

    pub async fn start(&self, conversation: &Conversation, question: &str) -> Run {
        self.agent.start_run(ME, conversation.id, question).await.unwrap()
    }

    pub async fn ask(&self, conversation: &Conversation, question: &str) -> Answer {
        let run = self.start(conversation, question).await;
        let answer = self.agent.execute_run(ME, run.id, "worker", &|_: RunEvent| {}).await;
        answer.unwrap()
    }

    /// Asks and returns the run's steps too.
    pub async fn traced(&self, conversation: &Conversation, question: &str) -> (Answer, Vec<Step>) {
        let run = self.start(conversation, question).await;
        let answer = self.agent.execute_run(ME, run.id, "worker", &|_: RunEvent| {}).await;
        (answer.unwrap(), self.parts.metadata.steps(ME, run.id).await.unwrap())
    }

    /// Long enough for every lease to end.
    pub fn let_leases_end(&self) {
        self.clock.advance(Duration::from_secs(60));
    }
}

fn noon() -> DateTime<Utc> {
    "2024-11-22T12:00:00Z".parse().unwrap()
}

/// Remembers the events of a run.
#[derive(Default)]
pub struct Heard(pub Mutex<Vec<RunEvent>>);

impl datafyme_agent::RunEvents for Heard {
    fn emit(&self, event: RunEvent) {
        self.0.lock().unwrap().push(event);
    }
}

/// The way of a run, one line per step: stage, outcome, summary.
pub fn trace(steps: &[Step]) -> String {
    let line = |step: &Step| {
        let outcome: serde_json::Value = serde_json::from_str(&step.outcome).unwrap();
        format!("{:2} {} -> {}: {}\n", step.seq, step.stage, outcome["outcome"].as_str().unwrap(), step.summary)
    };
    steps.iter().map(line).collect()
}
