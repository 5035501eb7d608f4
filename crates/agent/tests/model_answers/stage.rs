//! A provider's double that says its lines by task, and an agent whose models are reached over HTTP at it.

use crate::house::House;
use datafyme_agent::{
    ActiveModels, Analyst, ConfiguredModel, ModelAnalyst, ModelAnalystOptions, RoleModels, RuleAnalyst, TieredAnalyst,
};
use datafyme_domain::{Answer, Budget, DataSource, Provider, Step};
use datafyme_llm::{
    HttpOptions, ModelSpec, RetryPolicy, Secret,
    double::{DoubleReply, DoubleRequest, Fault, ProviderDouble, Script},
    providers,
};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Mutex,
    time::Duration,
};

/// The key that no error, trace or answer may hold.
pub const KEY: &str = "sk-planted-key-7f3a";

/// Says the lines of each task in order; the last one again and again. A task without lines has a plain default.
#[derive(Default)]
pub struct Lines(Mutex<HashMap<&'static str, VecDeque<DoubleReply>>>);

impl Lines {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn says(self, task: &'static str, value: Value) -> Self {
        self.replies(task, DoubleReply::json(&value))
    }

    pub fn replies(self, task: &'static str, reply: DoubleReply) -> Self {
        self.0.lock().unwrap().entry(task).or_default().push_back(reply);
        self
    }

    /// Writes that query.
    pub fn query(self, sql: &str) -> Self {
        self.says("write_query", written(sql))
    }

    pub fn into_script(self) -> Script {
        Script::responding(move |request: &DoubleRequest| {
            let task = request.output_name().unwrap_or_default().to_owned();
            let mut lines = self.0.lock().unwrap();
            match lines.get_mut(task.as_str()) {
                Some(lines) if lines.len() > 1 => lines.pop_front().unwrap(),
                Some(lines) => lines.front().unwrap().clone(),
                None => plain(&task),
            }
        })
    }
}

/// The task of a request: its schema's or tool's name, or what its prompt begins with where the protocol has no name.
pub fn task(request: &DoubleRequest) -> &'static str {
    let prompt = request.prompt();
    TASKS.iter().find(|(task, words)| request.output_name() == Some(task) || prompt.starts_with(words)).unwrap().0
}

const TASKS: [(&str, &str); 16] = [
    ("screen", "You sort the messages"),
    ("small_talk", "You are Datafyme."),
    ("restate", "You rewrite the last question"),
    ("needs_query", "You decide whether a question needs"),
    ("needs_chart", "The question below needs no new data"),
    ("select_tables", "You choose the tables"),
    ("rephrase", "A question found no table"),
    ("write_query", "You write one SQL query"),
    ("repair_query", "A SQL query failed."),
    ("repair_empty", "A SQL query found no rows"),
    ("choose_representation", "You decide how a result is shown"),
    ("choose_chart", "You choose a chart"),
    ("repair_chart", "A chart cannot be drawn"),
    ("answer_from_history", "You answer a question about an earlier answer"),
    ("describe_result", "You tell a user what the result"),
    ("title", "You name a conversation"),
];

/// A query as a model replies with it.
pub fn written(sql: &str) -> Value {
    json!({
        "answerable": true, "reason": "", "sql": sql, "explanation": "As the model understood it", "assumptions": [],
        "chart": "none",
    })
}

/// What a task is answered with where the test does not care.
fn plain(task: &str) -> DoubleReply {
    let value = match task {
        "screen" => json!({"kind": "question", "reason": "", "suggestions": []}),
        "small_talk" => json!({"text": "Hello there.", "suggestions": []}),
        "needs_query" => json!({"needed": true, "why": "it asks for data"}),
        "needs_chart" => json!({"needed": false, "why": "it was said before"}),
        "write_query" | "repair_query" => written("SELECT count(*) AS n FROM orders"),
        "choose_representation" => json!({"kind": "table", "why": "rows"}),
        "describe_result" => json!({"text": "That is what the data says.", "suggestions": []}),
        "title" => json!({"title": "Orders"}),
        _ => {
            let said = format!("no line for {task}");
            return DoubleReply::fault(Fault::Refused { status: 409, said });
        }
    };
    DoubleReply::json(&value)
}

/// A house whose analyst asks the double.
pub struct Stage {
    pub house: House,
    pub double: ProviderDouble,
    pub source: DataSource,
    pub models: ActiveModels,
}

pub struct Setting {
    pub options: ModelAnalystOptions,
    pub budget: Budget,
    /// In tiers behind the rules, or alone.
    pub tiered: bool,
    /// Price of a million tokens.
    pub price: Option<f64>,
    pub silence: Duration,
    pub provider: Provider,
    /// Put into the shop before it is learned.
    pub sql: &'static str,
}

impl Default for Setting {
    fn default() -> Self {
        Self {
            options: ModelAnalystOptions { call_timeout: Duration::from_secs(8), ..ModelAnalystOptions::default() },
            budget: Budget::default(),
            tiered: false,
            price: None,
            silence: Duration::from_millis(700),
            provider: Provider::OpenAi,
            sql: "",
        }
    }
}

impl Stage {
    /// A model alone.
    pub async fn alone(lines: Lines) -> Self {
        Self::with(lines.into_script(), Setting::default()).await
    }

    /// The rules with a model behind them.
    pub async fn tiered(lines: Lines) -> Self {
        Self::with(lines.into_script(), Setting { tiered: true, ..Setting::default() }).await
    }

    pub async fn with(script: Script, setting: Setting) -> Self {
        let double = ProviderDouble::start(script).await.unwrap();
        let base_url = double.base_url();
        Self::at(&base_url, double, setting).await
    }

    /// With the models at that address, whatever the double says.
    pub async fn at(base_url: &str, double: ProviderDouble, setting: Setting) -> Self {
        let models = ActiveModels::default();
        let model = ModelAnalyst::new(models.clone(), setting.options);
        let house = if setting.tiered {
            house(TieredAnalyst::new(RuleAnalyst::new(), model, TieredAnalyst::THRESHOLD), &setting).await
        } else {
            house(model, &setting).await
        };
        house.sql(setting.sql);
        // Learned by the rules: the models come afterwards.
        let source = house.learned().await;
        models.set(Some(connect(base_url, &setting)));
        Self { house, double, source, models }
    }

    /// One question in a conversation of its own.
    pub async fn ask(&self, question: &str) -> (Answer, Vec<Step>) {
        let conversation = self.house.conversation(&self.source).await;
        self.house.traced(&conversation, question).await
    }

    /// The tasks that the double was asked, in order.
    pub fn tasks(&self) -> Vec<String> {
        self.double.requests().iter().map(|r| r.output_name().unwrap_or("?").to_owned()).collect()
    }
}

async fn house(analyst: impl Analyst + 'static, setting: &Setting) -> House {
    House::with_budget(analyst, setting.budget.clone()).await
}

fn connect(base_url: &str, setting: &Setting) -> RoleModels {
    let spec = ModelSpec {
        name: "small".to_owned(),
        provider: setting.provider,
        model: "small-1".to_owned(),
        base_url: Some(base_url.to_owned()),
        headers: BTreeMap::new(),
        key: Some(Secret::new(KEY)),
    };
    let http = HttpOptions {
        silence: setting.silence,
        retry: RetryPolicy { attempts: 2, base: Duration::from_millis(5), cap: Duration::from_millis(20) },
        ..HttpOptions::default()
    };
    let model = providers::connect(&spec, &http).unwrap();
    let configured = ConfiguredModel::new(model, None).priced(setting.price, setting.price);
    RoleModels { reason: configured.clone(), fast: configured }
}

/// The way of a run, one line per step, with the calls of models below it.
pub fn trace(steps: &[Step]) -> String {
    let mut out = String::new();
    for step in steps {
        out.push_str(&crate::house::trace(std::slice::from_ref(step)));
        for call in &step.calls {
            let outcome = serde_json::to_value(call.outcome).unwrap();
            let error = call.error.as_deref().map(|e| format!(" ({e})")).unwrap_or_default();
            out.push_str(&format!("     · {} by {}: {}{error}\n", call.task, call.model, outcome.as_str().unwrap()));
        }
    }
    out
}
