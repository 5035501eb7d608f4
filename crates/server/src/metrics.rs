//! What this process counts, for Prometheus: questions, stages, model calls, jobs, requests, pools, caches.
//!
//! Labels are names of ours and of configured models, never a question, a table, a value or a person. [`listener`]
//! serves them; [`process`] adds what the system says about the process.

pub mod listener;
mod process;

use crate::App;
use datafyme_domain::{Answer, Job, JobStatus, ModelCall, Step};
use prometheus_client::{
    encoding::text::encode,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};
use std::{fmt, time::Duration};

/// Names and values of a metric's labels.
type Labels<const N: usize> = [(&'static str, String); N];
type Counters<const N: usize> = Family<Labels<N>, Counter>;
type Times<const N: usize> = Family<Labels<N>, Histogram, fn() -> Histogram>;

/// Bounds in seconds: of what takes milliseconds to minutes.
const SECONDS: [f64; 13] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0];

fn times<const N: usize>() -> Times<N> {
    Family::new_with_constructor(|| Histogram::new(SECONDS))
}

/// The counters of one process. Each is written where the thing happens; gauges of state are read at a scrape.
pub struct Metrics {
    registry: Registry,
    runs: Counters<2>,
    run_times: Times<1>,
    runs_active: Gauge,
    stage_times: Times<1>,
    model_calls: Counters<3>,
    model_times: Times<1>,
    model_tokens: Counters<2>,
    model_cost: Counters<1>,
    jobs: Counters<2>,
    job_times: Times<1>,
    jobs_active: Gauge,
    requests: Counters<3>,
    request_times: Times<2>,
    streams: Gauge,
    state: State,
}

/// Gauges that are set at a scrape.
#[derive(Debug, Default)]
struct State {
    connections: Family<Labels<1>, Gauge>,
    knowledge: Gauge,
    knowledge_lookups: Family<Labels<1>, Gauge>,
    resident: Gauge,
    descriptors: Gauge,
    cpu: Gauge<f64, std::sync::atomic::AtomicU64>,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::default(),
            runs: Counters::default(),
            run_times: times(),
            runs_active: Gauge::default(),
            stage_times: times(),
            model_calls: Counters::default(),
            model_times: times(),
            model_tokens: Counters::default(),
            model_cost: Counters::default(),
            jobs: Counters::default(),
            job_times: times(),
            jobs_active: Gauge::default(),
            requests: Counters::default(),
            request_times: times(),
            streams: Gauge::default(),
            state: State::default(),
        };
        metrics.register_work();
        metrics.register_state();
        metrics
    }
}

impl Metrics {
    fn register_work(&mut self) {
        let r = self.registry.sub_registry_with_prefix("datafyme");
        r.register("runs", "Questions that ended here, by status and by who reasoned", self.runs.clone());
        let help = "Time from the start of a question's work to its end, by status";
        r.register_with_unit("run_duration", help, Unit::Seconds, self.run_times.clone());
        r.register("runs_active", "Questions that are worked on here", self.runs_active.clone());
        let help = "Time of a stage of a question";
        r.register_with_unit("stage_duration", help, Unit::Seconds, self.stage_times.clone());
        r.register("model_calls", "Calls of models, by model, task and outcome", self.model_calls.clone());
        let help = "Time of a model call with waiting and retries, by model";
        r.register_with_unit("model_call_duration", help, Unit::Seconds, self.model_times.clone());
        r.register("model_tokens", "Tokens of models, sent (prompt) and received", self.model_tokens.clone());
        let help = "Cost of model calls in millionths of the operator's currency; models without a price are left out";
        r.register("model_cost_micros", help, self.model_cost.clone());
        r.register("jobs", "Jobs that ended here, by kind and status", self.jobs.clone());
        let help = "Time of a job from its last claim to its end, by kind";
        r.register_with_unit("job_duration", help, Unit::Seconds, self.job_times.clone());
        r.register("jobs_active", "Jobs that are worked on here", self.jobs_active.clone());
        r.register("http_requests", "Requests, by method, route and status", self.requests.clone());
        let help = "Time until a response began, by method and route";
        r.register_with_unit("http_request_duration", help, Unit::Seconds, self.request_times.clone());
        r.register("event_streams", "Event streams that are open", self.streams.clone());
        let build: Family<Labels<1>, Gauge> = Family::default();
        build.get_or_create(&[("version", env!("CARGO_PKG_VERSION").to_owned())]).set(1);
        r.register("build_info", "Version of Datafyme", build);
    }

    fn register_state(&mut self) {
        let r = self.registry.sub_registry_with_prefix("datafyme");
        let help = "Connections to the metadata store, by state (open, idle, most)";
        r.register("metadata_connections", help, self.state.connections.clone());
        r.register("knowledge_cached", "Data sources whose knowledge is prepared", self.state.knowledge.clone());
        let help = "Look-ups of prepared knowledge, by result (hit, miss), since the start";
        r.register("knowledge_lookups", help, self.state.knowledge_lookups.clone());
        let r = self.registry.sub_registry_with_prefix("process");
        r.register_with_unit("resident_memory", "Resident memory", Unit::Bytes, self.state.resident.clone());
        r.register("open_fds", "Open file descriptors", self.state.descriptors.clone());
        r.register_with_unit("cpu", "Processor time, user and system", Unit::Seconds, self.state.cpu.clone());
    }

    /// A question is worked on until the guard goes.
    #[must_use]
    pub fn run_started(&self) -> Active {
        Active::of(&self.runs_active)
    }

    /// A job is worked on until the guard goes.
    #[must_use]
    pub fn job_started(&self) -> Active {
        Active::of(&self.jobs_active)
    }

    /// An event stream is open until the guard goes.
    #[must_use]
    pub fn stream_opened(&self) -> Active {
        Active::of(&self.streams)
    }

    /// A question ended.
    pub fn run_ended(&self, answer: &Answer) {
        let status = answer.status.code().to_owned();
        let analyst = if answer.usage.analyst.is_empty() { "none".to_owned() } else { answer.usage.analyst.clone() };
        self.runs.get_or_create(&[("status", status.clone()), ("analyst", analyst)]).inc();
        self.run_times.get_or_create(&[("status", status)]).observe(seconds(answer.usage.total_ms));
    }

    /// A stage ended, with its calls.
    pub fn step_ended(&self, step: &Step) {
        if let Some(ms) = step.duration_ms {
            self.stage_times.get_or_create(&[("stage", step.stage.clone())]).observe(seconds(ms));
        }
        self.calls_ended(&step.calls);
    }

    /// Model calls ended.
    pub fn calls_ended(&self, calls: &[ModelCall]) {
        for call in calls {
            let model = || ("model", call.model.clone());
            let outcome = format!("{:?}", call.outcome).to_lowercase();
            self.model_calls.get_or_create(&[model(), ("task", call.task.clone()), ("outcome", outcome)]).inc();
            self.model_times.get_or_create(&[model()]).observe(seconds(call.duration_ms));
            let tokens = |direction: &str, count| {
                self.model_tokens.get_or_create(&[model(), ("direction", direction.to_owned())]).inc_by(count);
            };
            tokens("prompt", call.prompt_tokens);
            tokens("completion", call.completion_tokens);
            if let Some(cost) = call.cost_micros {
                self.model_cost.get_or_create(&[model()]).inc_by(cost);
            }
        }
    }

    /// A job ended, so long after it was claimed here.
    pub fn job_ended(&self, kind: &str, status: JobStatus, took: Duration) {
        self.jobs.get_or_create(&[("kind", kind.to_owned()), ("status", status.code().to_owned())]).inc();
        self.job_times.get_or_create(&[("kind", kind.to_owned())]).observe(took.as_secs_f64());
    }

    /// A response began.
    pub fn request_ended(&self, method: &str, route: &str, status: u16, took: Duration) {
        let (method, route) = (("method", method.to_owned()), ("route", route.to_owned()));
        let labels = [method.clone(), route.clone(), ("status", status.to_string())];
        self.requests.get_or_create(&labels).inc();
        self.request_times.get_or_create(&[method, route]).observe(took.as_secs_f64());
    }

    /// All of it in the OpenMetrics text format, which Prometheus reads.
    ///
    /// # Errors
    /// None that a `String` as a target has.
    pub fn text(&self, app: &App) -> Result<String, fmt::Error> {
        self.look(app);
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }

    /// Sets what is state.
    fn look(&self, app: &App) {
        let pool = app.metadata.pool();
        for (state, count) in [("open", pool.open), ("idle", pool.idle), ("most", pool.most)] {
            self.state.connections.get_or_create(&[("state", state.to_owned())]).set(count.into());
        }
        let cache = app.agent.knowledge_cache();
        self.state.knowledge.set(gauge(cache.sources));
        for (result, count) in [("hit", cache.hits), ("miss", cache.misses)] {
            self.state.knowledge_lookups.get_or_create(&[("result", result.to_owned())]).set(gauge(count));
        }
        let process = process::look();
        self.state.resident.set(gauge(process.resident_bytes));
        self.state.descriptors.set(gauge(process.descriptors));
        self.state.cpu.set(process.cpu_seconds);
    }
}

/// Counted as under way until it is dropped.
#[derive(Debug)]
pub struct Active(Gauge);

impl Active {
    fn of(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Active {
    fn drop(&mut self) {
        self.0.dec();
    }
}

fn seconds(ms: u64) -> f64 {
    Duration::from_millis(ms).as_secs_f64()
}

fn gauge(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// The code of a job's kind.
#[must_use]
pub fn kind_of(job: &Job) -> String {
    match serde_json::to_value(job.kind) {
        Ok(serde_json::Value::String(kind)) => kind,
        _ => "other".to_owned(),
    }
}
