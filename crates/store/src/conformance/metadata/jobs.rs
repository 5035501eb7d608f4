//! Cases of `Jobs`.

use super::{Seam, source};
use crate::conformance::Harness;
use crate::conformance::sample::{self, ME, OTHER, at};
use crate::metadata::JobClaim;
use datafyme_domain::{
    ChangedTables, DataSourceId, ErrorKind, Job, JobId, JobKind, JobProgress, JobStatus, LearnedChanges, RenamedTable,
    TableRef,
};
use std::collections::HashSet;
use tokio::task::JoinSet;

fn claim(worker: &str, now: i64) -> JobClaim {
    JobClaim { worker: worker.to_owned(), now: at(now), lease_until: at(now + 10) }
}

pub async fn a_job_reads_back_as_put_in(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    let job = sample::job(ME, id, JobKind::Learn, 3);
    assert_eq!(store.enqueue_job(&job).await.unwrap(), job);
    assert_eq!(store.job(ME, job.id).await.unwrap(), Some(job));
    assert_eq!(store.job(ME, JobId::generate()).await.unwrap(), None);
}

pub async fn the_same_work_is_queued_once(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    let first = store.enqueue_job(&sample::job(ME, id, JobKind::Learn, 0)).await.unwrap();
    let again = store.enqueue_job(&sample::job(ME, id, JobKind::Learn, 1)).await.unwrap();
    assert_eq!(again, first);
    let other_kind = store.enqueue_job(&sample::job(ME, id, JobKind::Reindex, 2)).await.unwrap();
    assert_ne!(other_kind.id, first.id);
    let running = store.claim_job_by_id(first.id, &claim("a", 3)).await.unwrap().unwrap();
    let again = store.enqueue_job(&sample::job(ME, id, JobKind::Learn, 4)).await.unwrap();
    assert_eq!(again, running);
    store.finish_job(first.id, JobStatus::Succeeded, None, at(5)).await.unwrap();
    let next = store.enqueue_job(&sample::job(ME, id, JobKind::Learn, 6)).await.unwrap();
    assert_ne!(next.id, first.id);
}

pub async fn of_jobs_put_in_at_once_one_stands(harness: &impl Harness<Seam>) {
    let (one, two) = (harness.open().await, harness.open().await);
    let id = source(&one, ME, "sales").await;
    let mut racers = JoinSet::new();
    for number in 0..12 {
        let store = if number % 2 == 0 { one.clone() } else { two.clone() };
        racers.spawn(async move { store.enqueue_job(&sample::job(ME, id, JobKind::Learn, number)).await.unwrap().id });
    }
    let standing: HashSet<JobId> = racers.join_all().await.into_iter().collect();
    assert_eq!(standing.len(), 1);
    assert_eq!(one.list_jobs(ME, Some(id), 99).await.unwrap().len(), 1);
}

pub async fn a_job_needs_a_source_of_its_owner(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let mine = source(&store, ME, "sales").await;
    for (owner, source) in [(ME, DataSourceId::generate()), (OTHER, mine)] {
        let error = store.enqueue_job(&sample::job(owner, source, JobKind::Learn, 0)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }
}

pub async fn the_oldest_job_is_claimed_first(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    assert_eq!(store.claim_job(&claim("a", 0)).await.unwrap(), None);
    let mut jobs = Vec::new();
    for (name, seconds) in [("young", 2), ("old", 1)] {
        let id = source(&store, ME, name).await;
        jobs.push(store.enqueue_job(&sample::job(ME, id, JobKind::Learn, seconds)).await.unwrap());
    }
    let first = store.claim_job(&claim("a", 5)).await.unwrap().unwrap();
    let expected = Job { status: JobStatus::Running, attempts: 1, started_at: Some(at(5)), ..jobs[1].clone() };
    assert_eq!(first, expected);
    assert_eq!(store.claim_job(&claim("a", 6)).await.unwrap().unwrap().id, jobs[0].id);
    assert_eq!(store.claim_job(&claim("a", 7)).await.unwrap(), None);
}

pub async fn each_job_is_claimed_once(harness: &impl Harness<Seam>) {
    let (one, two) = (harness.open().await, harness.open().await);
    for number in 0..10 {
        let id = source(&one, ME, &format!("source {number}")).await;
        one.enqueue_job(&sample::job(ME, id, JobKind::Learn, number)).await.unwrap();
    }
    let mut workers = JoinSet::new();
    for number in 0..8 {
        let store = if number % 2 == 0 { one.clone() } else { two.clone() };
        workers.spawn(async move {
            let mut claimed = Vec::new();
            while let Some(job) = store.claim_job(&claim(&format!("worker-{number}"), 1)).await.unwrap() {
                claimed.push(job.id);
            }
            claimed
        });
    }
    let claimed: Vec<JobId> = workers.join_all().await.into_iter().flatten().collect();
    let distinct: HashSet<&JobId> = claimed.iter().collect();
    assert_eq!((claimed.len(), distinct.len()), (10, 10));
}

pub async fn a_dead_workers_job_is_taken_over(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    let job = store.enqueue_job(&sample::job(ME, id, JobKind::Learn, 0)).await.unwrap();
    store.claim_job(&claim("dead", 0)).await.unwrap().unwrap();
    assert_eq!(store.claim_job(&claim("alive", 9)).await.unwrap(), None);
    let taken = store.claim_job(&claim("alive", 10)).await.unwrap().unwrap();
    assert_eq!((taken.id, taken.attempts, taken.started_at), (job.id, 2, Some(at(0))));
    let progress = JobProgress::default();
    assert_eq!(store.renew_job(job.id, "dead", &progress, at(99)).await.unwrap(), None);
    assert_eq!(store.renew_job(job.id, "alive", &progress, at(99)).await.unwrap(), Some(false));
}

pub async fn a_job_is_claimed_by_id_unless_held(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    let job = store.enqueue_job(&sample::job(ME, id, JobKind::Learn, 0)).await.unwrap();
    assert_eq!(store.claim_job_by_id(job.id, &claim("a", 0)).await.unwrap().unwrap().attempts, 1);
    assert_eq!(store.claim_job_by_id(job.id, &claim("b", 5)).await.unwrap(), None);
    assert_eq!(store.claim_job_by_id(job.id, &claim("b", 10)).await.unwrap().unwrap().attempts, 2);
    store.finish_job(job.id, JobStatus::Failed, Some("no route"), at(12)).await.unwrap();
    assert_eq!(store.claim_job_by_id(job.id, &claim("c", 99)).await.unwrap(), None);
    assert_eq!(store.claim_job_by_id(JobId::generate(), &claim("c", 99)).await.unwrap(), None);
}

pub async fn progress_is_kept_and_a_lost_lease_told(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    let job = store.enqueue_job(&sample::job(ME, id, JobKind::Learn, 0)).await.unwrap();
    let progress = JobProgress {
        changes: Some(LearnedChanges { added: 1, changed: 2, renamed: 1, removed: 3, unchanged: 4 }),
        changed_tables: Some(ChangedTables {
            added: vec![TableRef::bare("stores")],
            renamed: vec![RenamedTable { from: TableRef::bare("clients"), to: TableRef::bare("customers") }],
            ..ChangedTables::default()
        }),
        phase: "profile".to_owned(),
        done: 3,
        total: 10,
        current: Some("sales.orders".to_owned()),
        seconds_left: Some(7),
        notes: vec!["2 tables are left out".to_owned()],
    };
    assert_eq!(store.renew_job(job.id, "a", &progress, at(20)).await.unwrap(), None);
    store.claim_job(&claim("a", 0)).await.unwrap();
    assert_eq!(store.renew_job(job.id, "a", &progress, at(20)).await.unwrap(), Some(false));
    assert_eq!(store.job(ME, job.id).await.unwrap().unwrap().progress, progress);
    assert_eq!(store.claim_job(&claim("b", 15)).await.unwrap(), None, "the renewed lease holds");
}

pub async fn a_job_ends_once(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    let job = store.enqueue_job(&sample::job(ME, id, JobKind::Learn, 0)).await.unwrap();
    store.claim_job(&claim("a", 1)).await.unwrap();
    let error = store.finish_job(job.id, JobStatus::Queued, None, at(2)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    store.finish_job(job.id, JobStatus::Failed, Some("no route"), at(3)).await.unwrap();
    store.finish_job(job.id, JobStatus::Succeeded, None, at(4)).await.unwrap();
    let ended = store.job(ME, job.id).await.unwrap().unwrap();
    assert_eq!((ended.status, ended.error.as_deref()), (JobStatus::Failed, Some("no route")));
    assert_eq!(ended.finished_at, Some(at(3)));
    assert_eq!(store.renew_job(job.id, "a", &JobProgress::default(), at(9)).await.unwrap(), None);
}

pub async fn a_queued_job_is_cancelled_at_once_a_running_one_asked(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    let queued = store.enqueue_job(&sample::job(ME, id, JobKind::Reindex, 0)).await.unwrap();
    assert!(store.request_job_cancel(ME, queued.id, at(1)).await.unwrap());
    let ended = store.job(ME, queued.id).await.unwrap().unwrap();
    assert_eq!((ended.status, ended.finished_at), (JobStatus::Cancelled, Some(at(1))));
    assert!(!store.request_job_cancel(ME, queued.id, at(2)).await.unwrap());
    let running = store.enqueue_job(&sample::job(ME, id, JobKind::Learn, 0)).await.unwrap();
    assert_eq!(store.claim_job(&claim("a", 1)).await.unwrap().unwrap().id, running.id);
    assert!(store.request_job_cancel(ME, running.id, at(2)).await.unwrap());
    let asked = store.job(ME, running.id).await.unwrap().unwrap();
    assert_eq!((asked.status, asked.cancel_requested), (JobStatus::Running, true));
    assert_eq!(asked.finished_at, None);
    assert_eq!(store.renew_job(running.id, "a", &JobProgress::default(), at(9)).await.unwrap(), Some(true));
}

pub async fn jobs_are_listed_newest_first(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let mut jobs = Vec::new();
    for (name, seconds) in [("one", 1), ("two", 3), ("three", 2)] {
        let id = source(&store, ME, name).await;
        jobs.push(store.enqueue_job(&sample::job(ME, id, JobKind::Learn, seconds)).await.unwrap());
    }
    let listed = store.list_jobs(ME, None, 2).await.unwrap();
    assert_eq!(listed, [jobs[1].clone(), jobs[2].clone()]);
    let of_one = store.list_jobs(ME, Some(jobs[0].source_id), 9).await.unwrap();
    assert_eq!(of_one, [jobs[0].clone()]);
}

pub async fn jobs_of_another_user_are_invisible(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    let job = store.enqueue_job(&sample::job(ME, id, JobKind::Learn, 0)).await.unwrap();
    assert_eq!(store.job(OTHER, job.id).await.unwrap(), None);
    assert_eq!(store.list_jobs(OTHER, None, 9).await.unwrap(), []);
    assert_eq!(store.list_jobs(OTHER, Some(id), 9).await.unwrap(), []);
    assert!(!store.request_job_cancel(OTHER, job.id, at(1)).await.unwrap());
    assert_eq!(store.job(ME, job.id).await.unwrap(), Some(job));
}
