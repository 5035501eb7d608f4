//! What is told of a run or a job: times, stages, models, tokens, cost. No question, no prompt, no query, no row.
//! Attributes of model calls follow the GenAI semantic conventions
//! (<https://opentelemetry.io/docs/specs/semconv/gen-ai/>).

use super::span::{Attribute, Span, SpanId, SpanKind, SpanOutcome};
use chrono::{DateTime, TimeDelta, Utc};
use datafyme_domain::{
    Job, JobKind, JobStatus, LanguageModel, ModelCall, ModelCallOutcome, Provider, Run, RunStatus, Step,
};
use uuid::Uuid;

/// The trace of a run: itself, its steps below it, their calls below them. Its id is the run's.
pub(super) fn of_run(run: &Run, steps: &[Step], models: &[LanguageModel]) -> Vec<Span> {
    let root = SpanId::of(run.id.0);
    let last = steps.iter().map(end_of).max().unwrap_or(run.created_at);
    let mut spans = vec![Span {
        trace: run.id.0,
        id: root,
        parent: None,
        name: "invoke_agent datafyme".to_owned(),
        kind: SpanKind::Internal,
        start: run.created_at,
        end: run.finished_at.unwrap_or(last),
        attributes: about_run(run),
        outcome: match run.status {
            RunStatus::Failed => SpanOutcome::Error("failed".to_owned()),
            RunStatus::Answered | RunStatus::Declined => SpanOutcome::Ok,
            RunStatus::Running | RunStatus::Cancelled => SpanOutcome::Unset,
        },
    }];
    for step in steps {
        let id = SpanId::of(step.id.0);
        let (start, end) = (step.started_at, end_of(step));
        spans.push(Span {
            trace: run.id.0,
            id,
            parent: Some(root),
            name: step.stage.clone(),
            kind: SpanKind::Internal,
            start,
            end,
            attributes: vec![
                ("datafyme.step.stage", step.stage.as_str().into()),
                ("datafyme.step.seq", u64::from(step.seq).into()),
            ],
            outcome: SpanOutcome::Unset,
        });
        spans.extend(of_calls(&Parent { trace: run.id.0, id, start, end }, &step.calls, models));
    }
    spans
}

/// The trace of a job: itself, and its calls below it. Its id is the job's.
pub(super) fn of_job(job: &Job, calls: &[ModelCall], models: &[LanguageModel]) -> Vec<Span> {
    let (trace, id) = (job.id.0, SpanId::of(job.id.0));
    let start = job.started_at.unwrap_or(job.created_at);
    let end = job.finished_at.unwrap_or(start);
    let name = match job.kind {
        JobKind::Learn => "learn",
        JobKind::Reindex => "reindex",
    };
    let mut spans = vec![Span {
        trace,
        id,
        parent: None,
        name: name.to_owned(),
        kind: SpanKind::Internal,
        start,
        end,
        attributes: vec![
            ("datafyme.job.id", job.id.to_string().into()),
            ("datafyme.source.id", job.source_id.to_string().into()),
            ("datafyme.job.status", job.status.code().into()),
            ("datafyme.job.attempts", u64::from(job.attempts).into()),
        ],
        outcome: match job.status {
            JobStatus::Succeeded => SpanOutcome::Ok,
            JobStatus::Failed => SpanOutcome::Error("failed".to_owned()),
            JobStatus::Queued | JobStatus::Running | JobStatus::Cancelled => SpanOutcome::Unset,
        },
    }];
    spans.extend(of_calls(&Parent { trace, id, start, end }, calls, models));
    spans
}

fn about_run(run: &Run) -> Vec<(&'static str, Attribute)> {
    let mut about: Vec<(&'static str, Attribute)> = vec![
        ("gen_ai.operation.name", "invoke_agent".into()),
        ("gen_ai.agent.name", "datafyme".into()),
        ("gen_ai.conversation.id", run.conversation_id.to_string().into()),
        ("datafyme.run.id", run.id.to_string().into()),
        ("datafyme.source.id", run.source_id.to_string().into()),
        ("datafyme.run.status", run.status.code().into()),
        ("datafyme.run.effort", run.effort.code().into()),
    ];
    if let Some(usage) = run.answer.as_ref().map(|answer| &answer.usage) {
        about.push(("datafyme.run.analyst", usage.analyst.as_str().into()));
        about.push(("gen_ai.usage.input_tokens", usage.prompt_tokens.into()));
        about.push(("gen_ai.usage.output_tokens", usage.completion_tokens.into()));
        about.extend(usage.cost_micros.map(|cost| ("datafyme.cost_micros", cost.into())));
    }
    about
}

/// What calls were made for.
struct Parent {
    trace: Uuid,
    id: SpanId,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
}

/// Calls are kept with how long they took and not with when they began: they are laid out in their order, one after the
/// other, and closer where they ran side by side.
fn of_calls(parent: &Parent, calls: &[ModelCall], models: &[LanguageModel]) -> Vec<Span> {
    let room = u64::try_from((parent.end - parent.start).num_milliseconds()).unwrap_or(0);
    let total: u64 = calls.iter().map(|call| call.duration_ms).sum();
    let mut before = 0_u64;
    let mut spans = Vec::with_capacity(calls.len());
    for (position, call) in (0_u64..).zip(calls) {
        let offset = if total > room { scaled(before, room, total) } else { before };
        let start = parent.start + millis(offset);
        let end = (start + millis(call.duration_ms)).min(parent.end.max(start));
        before = before.saturating_add(call.duration_ms);
        spans.push(of_call(parent, position, call, models, (start, end)));
    }
    spans
}

fn of_call(
    parent: &Parent,
    position: u64,
    call: &ModelCall,
    models: &[LanguageModel],
    (start, end): (DateTime<Utc>, DateTime<Utc>),
) -> Span {
    let known = models.iter().find(|model| model.name == call.model);
    let requested = known.map_or(call.model.as_str(), |model| &model.model);
    let mut attributes: Vec<(&'static str, Attribute)> = vec![
        ("gen_ai.operation.name", "chat".into()),
        ("gen_ai.request.model", requested.into()),
        ("gen_ai.usage.input_tokens", call.prompt_tokens.into()),
        ("gen_ai.usage.output_tokens", call.completion_tokens.into()),
        ("datafyme.model.name", call.model.as_str().into()),
        ("datafyme.task", call.task.as_str().into()),
        ("datafyme.prompt.hash", call.prompt_hash.as_str().into()),
        ("datafyme.attempts", u64::from(call.attempts).into()),
        ("datafyme.outcome", outcome_code(call.outcome).into()),
    ];
    if let Some(model) = known {
        // `gen_ai.system` is what the conventions called it before 1.37.
        attributes.push(("gen_ai.provider.name", provider(model.provider).into()));
        attributes.push(("gen_ai.system", provider(model.provider).into()));
    }
    attributes.extend(call.cost_micros.map(|cost| ("datafyme.cost_micros", cost.into())));
    let outcome = match call.outcome {
        ModelCallOutcome::Answered | ModelCallOutcome::Repaired => SpanOutcome::Ok,
        failed => {
            attributes.push(("error.type", outcome_code(failed).into()));
            SpanOutcome::Error(call.error.clone().unwrap_or_default())
        }
    };
    Span {
        trace: parent.trace,
        id: parent.id.part(position),
        parent: Some(parent.id),
        name: format!("chat {requested}"),
        kind: SpanKind::Client,
        start,
        end,
        attributes,
        outcome,
    }
}

/// As the conventions name providers.
const fn provider(provider: Provider) -> &'static str {
    match provider {
        Provider::OpenAi => "openai",
        Provider::Azure => "azure.ai.openai",
        Provider::Anthropic => "anthropic",
        Provider::Gemini => "gcp.gemini",
    }
}

const fn outcome_code(outcome: ModelCallOutcome) -> &'static str {
    match outcome {
        ModelCallOutcome::Answered => "answered",
        ModelCallOutcome::Repaired => "repaired",
        ModelCallOutcome::Malformed => "malformed",
        ModelCallOutcome::Refused => "refused",
        ModelCallOutcome::Failed => "failed",
    }
}

fn end_of(step: &Step) -> DateTime<Utc> {
    step.started_at + millis(step.duration_ms.unwrap_or(0))
}

fn millis(ms: u64) -> TimeDelta {
    TimeDelta::milliseconds(i64::try_from(ms).unwrap_or(i64::MAX / 1_000_000))
}

/// `value · room / total`.
fn scaled(value: u64, room: u64, total: u64) -> u64 {
    let scaled = u128::from(value) * u128::from(room) / u128::from(total.max(1));
    u64::try_from(scaled).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
