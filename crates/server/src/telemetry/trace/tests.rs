use super::*;
use datafyme_domain::{DataSourceId, JobId, JobProgress, UserId};

fn call(task: &str, duration_ms: u64, outcome: ModelCallOutcome) -> ModelCall {
    ModelCall {
        task: task.to_owned(),
        model: "big".to_owned(),
        prompt_hash: "0123456789abcdef".to_owned(),
        prompt_tokens: 7,
        completion_tokens: 3,
        duration_ms,
        cost_micros: None,
        attempts: 1,
        outcome,
        error: (outcome == ModelCallOutcome::Failed).then(|| "it is overloaded".to_owned()),
    }
}

fn job(seconds: i64) -> Job {
    let start = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
    Job {
        id: JobId::generate(),
        owner_id: UserId::LOCAL,
        kind: JobKind::Learn,
        source_id: DataSourceId::generate(),
        status: JobStatus::Succeeded,
        progress: JobProgress::default(),
        error: None,
        attempts: 1,
        cancel_requested: false,
        created_at: start,
        started_at: Some(start),
        finished_at: Some(start + TimeDelta::seconds(seconds)),
    }
}

/// Milliseconds after the job's start: where each call begins and ends.
fn layout(job: &Job, calls: &[ModelCall]) -> Vec<(i64, i64)> {
    let start = job.started_at.unwrap();
    let at = |time: DateTime<Utc>| (time - start).num_milliseconds();
    of_job(job, calls, &[]).iter().skip(1).map(|span| (at(span.start), at(span.end))).collect()
}

#[test]
fn calls_stand_one_after_the_other_where_they_have_room() {
    let calls = [400, 500].map(|ms| call("document_table", ms, ModelCallOutcome::Answered));
    assert_eq!(layout(&job(1), &calls), [(0, 400), (400, 900)]);
}

#[test]
fn calls_that_ran_side_by_side_stay_within_what_they_were_made_for() {
    let calls = vec![call("document_table", 800, ModelCallOutcome::Answered); 10];
    let laid = layout(&job(1), &calls);
    assert_eq!(laid[0], (0, 800));
    assert_eq!(laid[9], (900, 1000));
    assert!(laid.iter().all(|(start, end)| start <= end && *end <= 1000), "{laid:?}");
    assert_eq!(layout(&job(0), &calls), [(0, 0); 10]);
}

#[test]
fn a_call_that_failed_says_so_and_an_unknown_model_keeps_its_name() {
    let spans = of_job(&job(1), &[call("document_table", 5, ModelCallOutcome::Failed)], &[]);
    assert_eq!(spans[1].outcome, SpanOutcome::Error("it is overloaded".to_owned()));
    assert_eq!(spans[1].name, "chat big");
    assert!(spans[1].attributes.contains(&("error.type", "failed".into())));
    assert!(!spans[1].attributes.iter().any(|(key, _)| *key == "gen_ai.system"));
}

#[test]
fn spans_of_one_trace_differ_and_are_the_same_each_time() {
    let job = job(1);
    let calls = vec![call("document_table", 5, ModelCallOutcome::Answered); 200];
    let ids: std::collections::HashSet<_> = of_job(&job, &calls, &[]).iter().map(|span| span.id).collect();
    assert_eq!(ids.len(), 201);
    assert_eq!(of_job(&job, &calls, &[]), of_job(&job, &calls, &[]));
}
