//! Nothing is lost and nothing paid for twice: kills, failures, cancels, outages.

use crate::study::{ME, Setting, Study, asked_table, documented, many_tables, obliging};
use datafyme_domain::{Clock, ErrorKind, Job, JobStatus, ModelCallOutcome};
use datafyme_llm::{ChatReply, LlmError, double::ScriptedModel};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio_util::sync::CancellationToken;

/// Replies that were given, per table.
#[derive(Debug, Clone, Default)]
struct Paid(Arc<Mutex<HashMap<String, usize>>>);

impl Paid {
    /// Counts one more and returns how many there are in all.
    fn add(&self, table: &str) -> usize {
        let mut paid = self.0.lock().unwrap();
        *paid.entry(table.to_owned()).or_default() += 1;
        paid.values().sum()
    }

    fn all(&self) -> usize {
        self.0.lock().unwrap().values().sum()
    }

    fn twice(&self) -> Vec<String> {
        let paid = self.0.lock().unwrap();
        paid.iter().filter(|(_, n)| **n > 1).map(|(table, _)| table.clone()).collect()
    }
}

/// A model that counts its replies and pulls `stop` at each of those numbers.
fn counted(paid: &Paid, stops: Vec<usize>, stop: &Arc<Mutex<CancellationToken>>) -> Arc<ScriptedModel> {
    let (paid, stop) = (paid.clone(), stop.clone());
    let model = ScriptedModel::responding(move |request| {
        let Some(table) = asked_table(request) else { return obliging(request) };
        if stops.contains(&paid.add(&table)) {
            stop.lock().unwrap().cancel();
        }
        Ok(ChatReply::of_text(documented(&table).to_string()))
    });
    Arc::new(model.with_latency(Duration::from_millis(5)))
}

#[tokio::test]
async fn a_learning_killed_in_the_middle_and_resumed_pays_for_no_table_twice() {
    let (paid, stop) = (Paid::default(), Arc::new(Mutex::new(CancellationToken::new())));
    let model = counted(&paid, vec![20, 45, 70], &stop);
    let study = Study::new(&many_tables(90), &model, Setting::default()).await;
    let (source, job) = study.added().await;
    let mut kills = 0;
    loop {
        let pulled = CancellationToken::new();
        *stop.lock().unwrap() = pulled.clone();
        let worker = format!("worker-{kills}");
        let claimed = study.claim(&job, &worker).await;
        let ended = tokio::select! {
            biased;
            () = pulled.cancelled() => None,
            status = study.agent.execute_job(claimed, &worker, &|_: &Job| {}) => Some(status.unwrap()),
        };
        if let Some(status) = ended {
            assert_eq!(status, JobStatus::Succeeded);
            break;
        }
        kills += 1;
        // What was being written is written.
        while study.calls(&job).await.len() < paid.all() {
            tokio::task::yield_now().await;
        }
        assert_eq!(study.documentation(source.id).await.len(), paid.all(), "after kill {kills}");
        study.let_leases_end();
    }
    assert_eq!(kills, 3);
    assert_eq!(paid.twice(), Vec::<String>::new());
    assert_eq!(paid.all(), 90);
    let documentation = study.documentation(source.id).await;
    assert_eq!(documentation.len(), 90);
    assert!(documentation.iter().all(|d| d.business_description.starts_with("What the model says of ")));
    let calls = study.calls(&job).await;
    assert_eq!(calls.iter().filter(|c| c.task == "document_table").count(), 90);
}

#[tokio::test]
async fn one_in_twenty_calls_failing_loses_nothing_and_pays_for_nothing_twice() {
    let paid = Paid::default();
    let (counting, dice) = (paid.clone(), Mutex::new(20_241_122_u64));
    let model = ScriptedModel::responding(move |request| {
        let Some(table) = asked_table(request) else { return obliging(request) };
        let mut seed = dice.lock().unwrap();
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        if (*seed >> 33).is_multiple_of(20) {
            return Err(LlmError::new(ErrorKind::Unavailable, "the provider failed"));
        }
        counting.add(&table);
        Ok(ChatReply::of_text(documented(&table).to_string()))
    });
    let model = Arc::new(model);
    let study = Study::new(&many_tables(200), &model, Setting::default()).await;
    let (source, job) = study.learned().await;
    let documentation = study.documentation(source.id).await;
    assert_eq!(documentation.len(), 200);
    assert!(documentation.iter().all(|d| d.business_description.starts_with("What the model says of ")));
    assert_eq!((paid.all(), paid.twice()), (200, Vec::new()));
    let calls = study.calls(&job).await;
    let failed = calls.iter().filter(|c| c.outcome == ModelCallOutcome::Failed).count();
    assert!(failed > 3, "only {failed} failures");
    assert_eq!(calls.iter().filter(|c| c.task == "document_table").count(), 200 + failed);
    assert_eq!(job.progress.notes, Vec::<String>::new());
}

#[tokio::test]
async fn a_cancelled_learning_has_all_that_it_paid_for_in_the_books() {
    let (paid, stop) = (Paid::default(), Arc::new(Mutex::new(CancellationToken::new())));
    let model = counted(&paid, vec![30], &stop);
    let study = Study::new(&many_tables(400), &model, Setting::default()).await;
    let (source, job) = study.added().await;
    let claimed = study.claim(&job, "worker").await;
    let pulled = stop.lock().unwrap().clone();
    let (status, ()) = tokio::join!(study.agent.execute_job(claimed, "worker", &|_: &Job| {}), async {
        pulled.cancelled().await;
        study.parts.metadata.request_job_cancel(ME, job.id, study.clock.now()).await.unwrap();
    });
    assert_eq!(status.unwrap(), JobStatus::Cancelled);
    while study.calls(&job).await.len() < paid.all() {
        tokio::task::yield_now().await;
    }
    assert!((30..400).contains(&paid.all()), "{}", paid.all());
    assert_eq!(study.documentation(source.id).await.len(), paid.all());
}

#[tokio::test]
async fn a_model_that_is_away_is_given_up_and_the_rules_document_everything() {
    let model = Arc::new(ScriptedModel::responding(|_| {
        Err(LlmError::new(ErrorKind::Unavailable, "the provider cannot be reached"))
    }));
    let study = Study::new(&many_tables(300), &model, Setting::default()).await;
    let (source, job) = study.learned().await;
    let documentation = study.documentation(source.id).await;
    assert_eq!(documentation.len(), 300);
    assert!(documentation.iter().all(|d| !d.business_description.is_empty()));
    let asked = model.requests().iter().filter(|r| asked_table(r).is_some()).count();
    assert!(asked <= 16 + 8 + 16, "asked {asked} times");
    let notes = job.progress.notes.join("\n");
    assert!(notes.contains("300 tables are documented from names"), "{notes}");
    assert!(notes.contains("cannot be reached"), "{notes}");
}

#[tokio::test]
async fn no_more_tables_than_allowed_are_under_way_at_once() {
    let under_way = Arc::new(Mutex::new((0_usize, 0_usize)));
    let model = Arc::new(ScriptedModel::responding(obliging).with_latency(Duration::from_millis(10)));
    let study = Study::new(&many_tables(40), &model, Setting { concurrent: 5, ..Setting::default() }).await;
    let (_, job) = study.added().await;
    let claimed = study.claim(&job, "worker").await;
    let seen = under_way.clone();
    let watch = move |job: &Job| {
        // "a, b, c and 2 more"
        let current = job.progress.current.clone().filter(|_| job.progress.phase == "document").unwrap_or_default();
        let more = current.rsplit_once(" and ").and_then(|(_, m)| m.strip_suffix(" more")?.parse::<usize>().ok());
        let named = current.split(", ").filter(|n| !n.is_empty()).count();
        let mut seen = seen.lock().unwrap();
        seen.0 = seen.0.max(named + more.unwrap_or(0));
        seen.1 = seen.1.max(model.requests().len());
    };
    assert_eq!(study.agent.execute_job(claimed, "worker", &watch).await.unwrap(), JobStatus::Succeeded);
    assert!(under_way.lock().unwrap().0 <= 5, "{under_way:?}");
}
