//! Learning: what it finds, and that it survives kills, cancels and failures.

use crate::{
    house::{House, ME},
    script::Script,
};
use chrono::{DateTime, Utc};
use datafyme_agent::{Agent, AgentParts, RuleAnalyst};
use datafyme_domain::{Catalog, Clock, DataSourceId, Job, JobStatus, RelationKind, SourceStatus, TableRef};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU32, Ordering},
};
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn learning_finds_structure_values_meaning_and_relations() {
    let house = House::new(RuleAnalyst::new()).await;
    let source = house.learned().await;
    assert_eq!((source.status, source.table_count), (SourceStatus::Ready, 6));
    let catalog = house.parts.metadata.catalog(ME, source.id).await.unwrap().unwrap();
    let orders = catalog.get(&TableRef::bare("orders")).unwrap();
    assert_eq!(orders.rows(), Some(24));
    let documentation = house.parts.metadata.documentation(ME, source.id).await.unwrap();
    assert_eq!(documentation.len(), 6);
    let orders = documentation.iter().find(|d| d.table.table == "orders").unwrap();
    assert_eq!(
        orders.business_description,
        "One row per order: 24 rows from 2024-01-14 to 2024-08-08 (ordered on). It refers to products (by product_id)."
    );
    let relations = house.parts.metadata.list_relations(ME, source.id).await.unwrap();
    let found: Vec<(String, RelationKind)> = relations.iter().map(|r| (r.label(), r.kind)).collect();
    assert!(
        found.contains(&("orders.product_id → products.product_id".to_owned(), RelationKind::Declared)),
        "{found:?}"
    );
    assert!(
        found.contains(&("orders.customer_id → customers.customer_id".to_owned(), RelationKind::Inferred)),
        "{found:?}"
    );
    let customers = relations.iter().find(|r| r.to_table.table == "customers").unwrap();
    assert_eq!(customers.evidence.orphan_rows, Some(1));
    assert!(house.parts.search.count(source.id).await.unwrap() > 20);
    assert_eq!(house.parts.graph.relations(source.id).await.unwrap().len(), relations.len());
}

#[tokio::test]
async fn progress_runs_from_nothing_to_all_over_five_phases() {
    let house = House::new(RuleAnalyst::new()).await;
    let (_, job) = house.agent.add_source(ME, "shop", &house.url()).await.unwrap();
    let job = house.claim(&job, "worker").await;
    let seen = Mutex::new(Vec::new());
    let watch = |job: &Job| seen.lock().unwrap().push((job.status, job.progress.clone()));
    house.agent.execute_job(job.clone(), "worker", &watch).await.unwrap();
    let seen = seen.into_inner().unwrap();
    let (status, last) = seen.last().unwrap();
    assert_eq!((*status, last.phase.as_str(), last.done, last.total), (JobStatus::Succeeded, "index", 20, 20));
    assert!(seen.is_sorted_by_key(|(_, p)| p.done));
    let kept = house.parts.metadata.job(ME, job.id).await.unwrap().unwrap();
    assert_eq!((kept.status, kept.progress.done), (JobStatus::Succeeded, 20));
}

/// Stands still, and pulls a trigger at its n-th reading.
#[derive(Debug)]
struct TripWire {
    at: DateTime<Utc>,
    readings: AtomicU32,
    kill: u32,
    stop: CancellationToken,
}

impl Clock for TripWire {
    fn now(&self) -> DateTime<Utc> {
        if self.readings.fetch_add(1, Ordering::SeqCst) + 1 == self.kill {
            self.stop.cancel();
        }
        self.at
    }
}

/// Works on a job until the clock is read for the `kill`-th time, then drops the work; `None` then.
pub async fn killed_at_reading(house: &House, job: Job, worker: &str, kill: u32) -> Option<JobStatus> {
    let stop = CancellationToken::new();
    let clock = Arc::new(TripWire { at: house.clock.now(), readings: AtomicU32::new(0), kill, stop: stop.clone() });
    let agent = Agent::new(AgentParts { clock, ..house.parts.clone() });
    tokio::select! {
        biased;
        () = stop.cancelled() => None,
        status = agent.execute_job(job, worker, &|_: &Job| {}) => Some(status.unwrap()),
    }
}

pub async fn knowledge(house: &House, source: DataSourceId) -> (Catalog, Vec<String>, Vec<String>, u64) {
    let metadata = &house.parts.metadata;
    let mut catalog = metadata.catalog(ME, source).await.unwrap().unwrap();
    for profile in catalog.tables.iter_mut().filter_map(|t| t.profile.as_mut()) {
        profile.profiled_at = None;
        profile.data_version = None;
    }
    let documentation = metadata.documentation(ME, source).await.unwrap();
    let documentation = documentation.into_iter().map(|d| format!("{} {}", d.table, d.business_description));
    let relations = metadata.list_relations(ME, source).await.unwrap();
    let mut relations: Vec<String> = relations.iter().map(datafyme_domain::Relation::label).collect();
    relations.sort();
    let documents = house.parts.search.count(source).await.unwrap();
    (catalog, documentation.collect(), relations, documents)
}

#[tokio::test]
async fn a_learning_killed_at_any_time_is_finished_by_the_next_worker() {
    let whole = {
        let house = House::new(RuleAnalyst::new()).await;
        let source = house.learned().await;
        knowledge(&house, source.id).await
    };
    let house = House::new(RuleAnalyst::new()).await;
    let mut kills = 0;
    for kill in 1.. {
        let (source, job) = house.agent.add_source(ME, &format!("shop-{kill}"), &house.url()).await.unwrap();
        let claimed = house.claim(&job, "first").await;
        let survived = killed_at_reading(&house, claimed, "first", kill).await;
        if survived.is_none() {
            kills += 1;
            house.let_leases_end();
            let claimed = house.claim(&job, "second").await;
            let status = house.agent.execute_job(claimed, "second", &|_: &Job| {}).await.unwrap();
            assert_eq!(status, JobStatus::Succeeded, "killed at reading {kill}");
        }
        let kept = house.parts.metadata.source(ME, source.id).await.unwrap().unwrap();
        assert_eq!(kept.status, SourceStatus::Ready, "killed at reading {kill}");
        assert_eq!(knowledge(&house, source.id).await, whole, "killed at reading {kill}");
        house.agent.remove_source(ME, source.id).await.unwrap();
        if survived.is_some() {
            break;
        }
    }
    assert!(kills > 15, "only {kills} kills");
}

#[tokio::test]
async fn what_was_profiled_is_not_profiled_again() {
    let house = House::new(RuleAnalyst::new()).await;
    let (source, job) = house.agent.add_source(ME, "shop", &house.url()).await.unwrap();
    // Killed while documenting: all six profiles are kept by then, with the time of the first worker.
    let claimed = house.claim(&job, "first").await;
    assert!(killed_at_reading(&house, claimed, "first", 14).await.is_none());
    let first = house.parts.metadata.drafts(ME, source.id, job.id).await.unwrap();
    assert_eq!(first.len(), 6);
    assert!(first.iter().all(|t| t.profile.is_some()));
    assert_eq!(house.parts.metadata.catalog(ME, source.id).await.unwrap(), None, "it is not done yet");
    house.let_leases_end();
    let claimed = house.claim(&job, "second").await;
    house.agent.execute_job(claimed, "second", &|_: &Job| {}).await.unwrap();
    let second = house.parts.metadata.catalog(ME, source.id).await.unwrap().unwrap();
    for table in &first {
        assert_eq!(second.get(&table.name), Some(table));
    }
    assert_eq!(house.parts.metadata.drafts(ME, source.id, job.id).await.unwrap(), []);
}

#[tokio::test]
async fn a_cancelled_learning_says_so_and_a_learned_source_stays_ready() {
    let house = House::new(RuleAnalyst::new()).await;
    let (source, job) = house.agent.add_source(ME, "shop", &house.url()).await.unwrap();
    let cancelled = |job: Job| {
        let house = &house;
        async move {
            let claimed = house.claim(&job, "worker").await;
            let now = house.clock.now();
            house.parts.metadata.request_job_cancel(ME, job.id, now).await.unwrap();
            house.agent.execute_job(claimed, "worker", &|_: &Job| {}).await.unwrap()
        }
    };
    assert_eq!(cancelled(job).await, JobStatus::Cancelled);
    let kept = house.parts.metadata.source(ME, source.id).await.unwrap().unwrap();
    assert_eq!(kept.status, SourceStatus::Error);
    assert!(kept.status_detail.unwrap().contains("cancelled"));

    let job = house.agent.relearn(ME, source.id).await.unwrap();
    assert_eq!(house.work(&job).await, JobStatus::Succeeded);
    let job = house.agent.relearn(ME, source.id).await.unwrap();
    assert_eq!(cancelled(job).await, JobStatus::Cancelled);
    let kept = house.parts.metadata.source(ME, source.id).await.unwrap().unwrap();
    assert_eq!((kept.status, kept.status_detail.as_deref()), (SourceStatus::Ready, None));
    let conversation = house.conversation(&kept).await;
    house.start(&conversation, "How many orders are there?").await;
}

#[tokio::test]
async fn a_table_that_cannot_be_documented_is_tried_again_when_the_others_are_done() {
    let written = datafyme_agent::analyst::WrittenDocumentation {
        business_description: "As scripted".to_owned(),
        ..Default::default()
    };
    let house = House::new(Script::new().away("document_table").says("document_table", written)).await;
    let source = house.learned().await;
    let documentation = house.parts.metadata.documentation(ME, source.id).await.unwrap();
    let said: Vec<&str> = documentation.iter().map(|d| d.business_description.as_str()).collect();
    assert_eq!(said, ["As scripted"; 6]);
}

#[tokio::test]
async fn what_the_analyst_cannot_document_the_rules_do_and_the_job_says_so() {
    let house = House::new(Script::new().away("document_table")).await;
    let source = house.learned().await;
    let documentation = house.parts.metadata.documentation(ME, source.id).await.unwrap();
    assert_eq!(documentation.len(), 6);
    for table in &documentation {
        assert!(!table.business_description.is_empty(), "{}", table.table);
        assert!(table.technical_description.ends_with("the model cannot be reached."), "{table:?}");
    }
    let job = house.parts.metadata.list_jobs(ME, Some(source.id), 1).await.unwrap().remove(0);
    assert_eq!(job.status, JobStatus::Succeeded);
    assert_eq!(job.progress.notes.len(), 1);
    assert!(job.progress.notes[0].starts_with("6 tables are documented from names"), "{:?}", job.progress.notes);
}

#[tokio::test]
async fn one_table_that_cannot_be_profiled_loses_no_other() {
    let house = House::new(RuleAnalyst::new()).await;
    house.sql(
        "CREATE TABLE gone (x INTEGER); CREATE VIEW broken AS SELECT x FROM gone; DROP TABLE gone;
         CREATE TABLE odd (\"select\" TEXT, \"a b\" BLOB, \"c.d\" WEIRDTYPE, \"é\"\"q\" NUMERIC);
         INSERT INTO odd VALUES (NULL, x'00ff', 'anything', 1e400);",
    );
    let source = house.learned().await;
    let catalog = house.parts.metadata.catalog(ME, source.id).await.unwrap().unwrap();
    for table in &catalog.tables {
        let unknown = table.profile.as_ref().unwrap().unknown.as_deref();
        assert_eq!(unknown.is_some(), table.name.table == "broken", "{}: {unknown:?}", table.name);
    }
}

#[tokio::test]
async fn a_panic_while_learning_ends_the_job_as_failed() {
    let house = House::new(Script::new().panics("document_table")).await;
    let (source, job) = house.agent.add_source(ME, "shop", &house.url()).await.unwrap();
    assert_eq!(house.work(&job).await, JobStatus::Failed);
    let kept = house.parts.metadata.source(ME, source.id).await.unwrap().unwrap();
    assert_eq!(kept.status, SourceStatus::Error);
    assert!(kept.status_detail.unwrap().contains("defect"));
}

#[tokio::test]
async fn derived_data_is_rebuilt_from_metadata_alone() {
    let house = House::new(RuleAnalyst::new()).await;
    let source = house.learned().await;
    let (documents, relations) =
        (house.parts.search.count(source.id).await.unwrap(), house.parts.graph.relations(source.id).await.unwrap());
    house.parts.search.delete(source.id, None).await.unwrap();
    house.parts.graph.replace(source.id, &[]).await.unwrap();
    std::fs::rename(house.shop(), house.shop().with_extension("away")).unwrap();
    house.agent.reindex(ME, source.id).await.unwrap();
    assert_eq!(house.parts.search.count(source.id).await.unwrap(), documents);
    assert_eq!(house.parts.graph.relations(source.id).await.unwrap(), relations);
}

#[tokio::test]
async fn a_source_that_is_gone_when_learned_again_says_where_it_was() {
    let house = House::new(RuleAnalyst::new()).await;
    let source = house.learned().await;
    let job = house.agent.relearn(ME, source.id).await.unwrap();
    std::fs::rename(house.shop(), house.shop().with_extension("away")).unwrap();
    // Another process: the connections of this one still hold the file.
    let elsewhere = Agent::new(house.parts.clone());
    let claimed = house.claim(&job, "worker").await;
    let status = elsewhere.execute_job(claimed, "worker", &|_: &Job| {}).await.unwrap();
    assert_eq!(status, JobStatus::Failed);
    let kept = house.parts.metadata.source(ME, source.id).await.unwrap().unwrap();
    assert_eq!((kept.status, kept.learned_at), (SourceStatus::Error, source.learned_at));
    assert!(kept.status_detail.unwrap().contains("shop.sqlite"));
    assert!(house.parts.metadata.job(ME, job.id).await.unwrap().unwrap().error.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_learning_is_cancelled_in_the_middle_of_a_slow_profile() {
    let house = House::new(RuleAnalyst::new()).await;
    house.sql("CREATE VIEW slow AS SELECT a.n + b.n + c.n AS n FROM numbers AS a, numbers AS b, numbers AS c");
    let (source, job) = house.agent.add_source(ME, "shop", &house.url()).await.unwrap();
    let claimed = house.claim(&job, "worker").await;
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let agent = house.agent.clone();
    let work = tokio::spawn(async move {
        // Six of seven tables take no time: what is left is the slow one.
        let watch = move |job: &Job| {
            if job.progress.done == 7 {
                let _ = tell.send(());
            }
        };
        agent.execute_job(claimed, "worker", &watch).await.unwrap()
    });
    told.recv().await.expect("the slow profile is reached");
    let now = house.clock.now();
    house.parts.metadata.request_job_cancel(ME, job.id, now).await.unwrap();
    let status = tokio::time::timeout(std::time::Duration::from_secs(10), work).await;
    assert_eq!(status.expect("the job ends").unwrap(), JobStatus::Cancelled);
    let kept = house.parts.metadata.source(ME, source.id).await.unwrap().unwrap();
    assert_eq!(kept.status, SourceStatus::Error);
}
