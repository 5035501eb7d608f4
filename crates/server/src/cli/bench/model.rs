//! What a question costs besides the time of the model: a language model that takes none, asked many at a time.

use super::{Failure, percentile, resident_kib};
use crate::{demo, eval::learned::Workplace, events::Unwatched};
use datafyme_agent::{ActiveModels, ConfiguredModel, ModelAnalyst, ModelAnalystOptions, RoleModels};
use datafyme_connect::SourceUrl;
use datafyme_domain::{Caller, DataSourceId, Provider, RunStatus};
use datafyme_llm::{HttpOptions, ModelSpec, ProviderLimits, providers};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

/// Its query reads ten rows: what is measured is what is around it.
const QUESTION: &str = "How many companies are there in each country?";

/// What was measured; times in milliseconds.
#[derive(Debug, Serialize)]
pub(super) struct ModelFigures {
    questions: usize,
    per_second: f64,
    p50_ms: f64,
    p95_ms: f64,
    rss_kib: Option<u64>,
    calls_per_question: u64,
}

/// Asks the demo through the model at `base_url` for `seconds`, `concurrency` questions at a time.
pub(super) async fn measure(
    dir: &Path,
    base_url: &str,
    concurrency: usize,
    seconds: u64,
) -> Result<ModelFigures, Failure> {
    let models = ActiveModels::default();
    let analyst = ModelAnalyst::new(models.clone(), ModelAnalystOptions::default());
    let place = Arc::new(Workplace::open(&datafyme_domain::Budget::default(), Arc::new(analyst)).await?);
    let written = demo::write_sqlite(dir)?;
    let Some(source) = written.iter().find(|s| s.name == "fulfillment") else {
        return Err(Failure::failed("the demo has no data source named fulfillment"));
    };
    // Learned before there is a model: only questions are measured.
    let url = SourceUrl::parse(&source.path.display().to_string())?;
    let source = place.learn(source.name, &url).await?.id;
    models.set(Some(connect(base_url, concurrency)?));

    let calls_per_question = ask(&place, source).await?;
    let began = Instant::now();
    let until = began + Duration::from_secs(seconds);
    let mut clients: JoinSet<Result<Vec<f64>, Failure>> = JoinSet::new();
    for _ in 0..concurrency.max(1) {
        let place = Arc::clone(&place);
        clients.spawn(async move {
            let mut times = Vec::new();
            while Instant::now() < until {
                let asked = Instant::now();
                ask(&place, source).await?;
                times.push(asked.elapsed().as_secs_f64() * 1_000.0);
            }
            Ok(times)
        });
    }
    let mut times = Vec::new();
    while let Some(done) = clients.join_next().await {
        times.extend(done.map_err(|e| Failure::failed(format!("a client stopped: {e}")))??);
    }
    let wall = began.elapsed().as_secs_f64();
    Ok(ModelFigures {
        questions: times.len(),
        per_second: times.len() as f64 / wall,
        p50_ms: percentile(&times, 50),
        p95_ms: percentile(&times, 95),
        rss_kib: resident_kib(std::process::id()),
        calls_per_question,
    })
}

/// One question in a conversation of its own; gives the calls that it took.
async fn ask(place: &Workplace, source: DataSourceId) -> Result<u64, Failure> {
    let (app, caller) = (&place.app, Caller::local());
    let conversation = app.agent.new_conversation(caller, source).await?.id;
    let run = app.agent.start_run(caller, conversation, QUESTION).await?;
    let answer = app.agent.execute_run(caller, run.id, &app.worker_name, &Unwatched).await?;
    if answer.status != RunStatus::Answered || answer.chart.is_none() {
        return Err(Failure::failed(format!("the model's replies gave no chart: {}", answer.text)));
    }
    Ok(answer.usage.model_calls)
}

fn connect(base_url: &str, concurrency: usize) -> Result<RoleModels, Failure> {
    let spec = ModelSpec {
        name: "double".to_owned(),
        provider: Provider::OpenAi,
        model: "double".to_owned(),
        base_url: Some(base_url.to_owned()),
        headers: BTreeMap::new(),
        key: None,
    };
    let http = HttpOptions { limits: ProviderLimits::new(concurrency.max(1)), ..HttpOptions::default() };
    let model = providers::connect(&spec, &http).map_err(|e| Failure::failed(e.to_string()))?;
    let configured = ConfiguredModel::new(model, None);
    Ok(RoleModels { reason: configured.clone(), fast: configured })
}
