//! Cases of `DataSources`, of `check`, and of what hangs on a data source.

use super::{Seam, Store, hold, source};
use crate::conformance::Harness;
use crate::conformance::sample::{self, ME, OTHER, WORKER, at, catalog};
use datafyme_domain::{DataSourceId, ErrorKind, JobId, JobKind, RunId, SourceStatus, TableRef};

pub async fn a_check_passes(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    store.check().await.unwrap();
    store.check().await.unwrap();
}

pub async fn a_source_reads_back_as_created(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let mut new = sample::source(ME, "sales");
    new.source.status = SourceStatus::Error;
    new.source.status_detail = Some("cannot reach db.example".to_owned());
    new.source.table_count = 7;
    new.source.learned_at = Some(at(9));
    store.create_source(&new).await.unwrap();
    assert_eq!(store.source(ME, new.source.id).await.unwrap(), Some(new.source.clone()));
    assert_eq!(store.find_source(ME, "sales").await.unwrap(), Some(new.source));
    assert_eq!(store.find_source(ME, "sale").await.unwrap(), None);
    assert_eq!(store.source(ME, DataSourceId::generate()).await.unwrap(), None);
}

pub async fn a_name_is_taken_once_per_owner(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    source(&store, ME, "sales").await;
    let error = store.create_source(&sample::source(ME, "sales")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(error.to_string().contains("sales"), "{error}");
    source(&store, OTHER, "sales").await;
}

pub async fn sources_are_listed_by_name(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    for name in ["zoo", "ant", "mid"] {
        source(&store, ME, name).await;
    }
    let names: Vec<String> = store.list_sources(ME).await.unwrap().into_iter().map(|s| s.name).collect();
    assert_eq!(names, ["ant", "mid", "zoo"]);
}

pub async fn another_users_source_is_invisible(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let mut new = sample::source(ME, "sales");
    new.password = Some("secret".to_owned());
    store.create_source(&new).await.unwrap();
    let id = new.source.id;
    store.put_catalog(ME, id, &catalog(&[("orders", "a")])).await.unwrap();
    assert_eq!(store.source(OTHER, id).await.unwrap(), None);
    assert_eq!(store.find_source(OTHER, "sales").await.unwrap(), None);
    assert_eq!(store.list_sources(OTHER).await.unwrap(), []);
    assert_eq!(store.source_password(OTHER, id).await.unwrap(), None);
    assert_eq!(store.catalog(OTHER, id).await.unwrap(), None);
    assert!(!store.set_source_status(OTHER, id, SourceStatus::Paused, None).await.unwrap());
    let refused = store.put_catalog(OTHER, id, &catalog(&[])).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::NotFound);
    let refused = store.finish_learning(OTHER, id, &catalog(&[]), None, at(1)).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::NotFound);
    assert!(!store.delete_source(OTHER, id).await.unwrap());
    assert_eq!(store.source(ME, id).await.unwrap(), Some(new.source));
    assert_eq!(store.catalog(ME, id).await.unwrap(), Some(catalog(&[("orders", "a")])));
}

pub async fn a_password_opens_and_none_stays_none(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    for (name, password) in [("with", Some("pä$$'\"")), ("empty", Some("")), ("without", None)] {
        let mut new = sample::source(ME, name);
        new.password = password.map(str::to_owned);
        store.create_source(&new).await.unwrap();
        let opened = store.source_password(ME, new.source.id).await.unwrap();
        assert_eq!(opened.as_deref(), password);
    }
}

pub async fn a_status_moves_with_its_detail(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    for (status, detail) in [(SourceStatus::Error, Some("no route")), (SourceStatus::Loading, None)] {
        assert!(store.set_source_status(ME, id, status, detail).await.unwrap());
        let stored = store.source(ME, id).await.unwrap().unwrap();
        assert_eq!((stored.status, stored.status_detail.as_deref()), (status, detail));
    }
    let gone = DataSourceId::generate();
    assert!(!store.set_source_status(ME, gone, SourceStatus::Ready, None).await.unwrap());
}

pub async fn learning_ends_in_one_step(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    store.set_source_status(ME, id, SourceStatus::Error, Some("no route")).await.unwrap();
    let learned = catalog(&[("orders", "a"), ("items", "b")]);
    store.finish_learning(ME, id, &learned, None, at(60)).await.unwrap();
    let stored = store.source(ME, id).await.unwrap().unwrap();
    assert_eq!(stored.status, SourceStatus::Ready);
    assert_eq!(stored.status_detail, None);
    assert_eq!((stored.table_count, stored.learned_at), (2, Some(at(60))));
    assert_eq!(store.catalog(ME, id).await.unwrap(), Some(learned.clone()));
    let error = store.finish_learning(ME, DataSourceId::generate(), &learned, None, at(61)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

pub async fn a_catalog_grows_changes_and_shrinks(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    assert_eq!(store.catalog(ME, id).await.unwrap(), None);
    let stages: [&[(&str, &str)]; 4] =
        [&[("z", "1"), ("a", "1")], &[("z", "2"), ("a", "1"), ("m", "1")], &[("m", "3")], &[]];
    for tables in stages {
        store.put_catalog(ME, id, &catalog(tables)).await.unwrap();
        assert_eq!(store.catalog(ME, id).await.unwrap(), Some(catalog(tables)));
    }
    assert_eq!(store.source(ME, id).await.unwrap().unwrap().status, SourceStatus::Loading);
    let error = store.put_catalog(ME, DataSourceId::generate(), &catalog(&[])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

pub async fn a_catalog_that_is_learned_again_is_as_it_was_found(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    let found: [&[(&str, &str)]; 6] = [
        &[("z", "1"), ("a", "1"), ("k", "1")],
        &[("z", "1"), ("m", "1"), ("a", "1"), ("k", "2")],
        &[("first", "1"), ("z", "1"), ("a", "1"), ("k", "2")],
        &[("a", "1"), ("z", "1"), ("last", "1")],
        &[],
        &[("b", "1")],
    ];
    for (second, tables) in (1_u32..).zip(found) {
        let kept = store.catalog(ME, id).await.unwrap();
        store.finish_learning(ME, id, &catalog(tables), kept.as_ref(), at(second.into())).await.unwrap();
        assert_eq!(store.catalog(ME, id).await.unwrap(), Some(catalog(tables)));
    }
    // What is said to be kept and is not does no harm where the numbers of tables tell.
    let wrong = catalog(&[("b", "1"), ("c", "1")]);
    store.finish_learning(ME, id, &wrong, Some(&wrong), at(60)).await.unwrap();
    assert_eq!(store.catalog(ME, id).await.unwrap(), Some(wrong));
}

pub async fn drafts_are_of_one_job_and_end_with_the_learning(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    let (first, second) = (JobId::generate(), JobId::generate());
    let (a, b, changed) = (sample::table("a", "1"), sample::table("b", "1"), sample::table("b", "2"));
    store.put_drafts(ME, id, first, &[&b, &a]).await.unwrap();
    store.put_drafts(ME, id, first, &[&changed]).await.unwrap();
    assert_eq!(store.drafts(ME, id, first).await.unwrap(), [a.clone(), changed]);
    assert_eq!(store.drafts(ME, id, second).await.unwrap(), []);
    assert_eq!(store.drafts(OTHER, id, first).await.unwrap(), []);
    assert_eq!(store.catalog(ME, id).await.unwrap(), None);
    store.put_drafts(ME, id, second, &[&a]).await.unwrap();
    assert_eq!(store.drafts(ME, id, first).await.unwrap(), []);
    store.finish_learning(ME, id, &catalog(&[("a", "1")]), None, at(9)).await.unwrap();
    assert_eq!(store.drafts(ME, id, second).await.unwrap(), []);
    let refused = store.put_drafts(OTHER, id, first, &[&a]).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::NotFound);
}

pub async fn sources_are_due_after_their_interval(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let names = async |now: i64, seconds: u32| -> Vec<String> {
        store.sources_due(at(now), seconds).await.unwrap().into_iter().map(|s| s.name).collect()
    };
    let empty = catalog(&[]);
    source(&store, ME, "never learned").await;
    let (early, late) = (source(&store, ME, "early").await, source(&store, OTHER, "late").await);
    store.finish_learning(ME, early, &empty, None, at(0)).await.unwrap();
    store.finish_learning(OTHER, late, &empty, None, at(50)).await.unwrap();
    assert_eq!(names(99, 100).await, [""; 0]);
    assert_eq!(names(100, 100).await, ["early"]);
    assert_eq!(names(500, 100).await, ["early", "late"]);
    assert_eq!(names(500, 0).await, [""; 0]);
    assert!(store.set_resync(ME, early, Some(1_000)).await.unwrap());
    assert!(!store.set_resync(ME, late, Some(1)).await.unwrap(), "it is somebody else's");
    assert_eq!(store.source(ME, early).await.unwrap().unwrap().resync_seconds, Some(1_000));
    assert_eq!(names(500, 100).await, ["late"]);
    assert_eq!(names(1_000, 0).await, ["early"]);
    store.set_resync(ME, early, Some(0)).await.unwrap();
    assert_eq!(names(5_000, 100).await, ["late"]);
    store.set_resync(ME, early, None).await.unwrap();
    store.set_source_status(OTHER, late, SourceStatus::Paused, None).await.unwrap();
    assert_eq!(names(500, 100).await, ["early"]);
    let job = store.enqueue_job(&sample::job(ME, early, JobKind::Learn, 450)).await.unwrap();
    assert_eq!(names(9_000, 100).await, [""; 0], "it is under way");
    store.request_job_cancel(ME, job.id, at(460)).await.unwrap();
    assert_eq!(names(500, 100).await, [""; 0], "it was tried just now");
    assert_eq!(names(551, 100).await, ["early"]);
}

pub async fn a_paused_source_stays_paused_when_its_learning_ends(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    store.set_source_status(ME, id, SourceStatus::Paused, None).await.unwrap();
    store.finish_learning(ME, id, &catalog(&[("a", "1")]), None, at(9)).await.unwrap();
    let stored = store.source(ME, id).await.unwrap().unwrap();
    assert_eq!((stored.status, stored.learned_at), (SourceStatus::Paused, Some(at(9))));
}

/// Everything that can hang on a data source; returns its run.
async fn furnish(store: &Store, id: DataSourceId) -> RunId {
    store.put_catalog(ME, id, &catalog(&[("orders", "a")])).await.unwrap();
    let documentation = sample::documentation(id, TableRef::bare("orders"), "what was ordered");
    store.put_documentation(ME, &documentation).await.unwrap();
    let relation = sample::relation(id, "orders.customer_id", "customers.id", 0.9);
    store.replace_relations(ME, id, &[relation]).await.unwrap();
    store.create_verified_query(&sample::verified_query(ME, id, "how many?", 1)).await.unwrap();
    let conversation = sample::conversation(ME, id, 0);
    store.create_conversation(&conversation).await.unwrap();
    let start = sample::run_start(&conversation, "how many?", 1);
    store.start_run(ME, &start).await.unwrap();
    assert!(hold(store, &start).await);
    assert!(store.put_steps(start.run.id, WORKER, &[sample::step(start.run.id, 0, "screen")]).await.unwrap());
    store.enqueue_job(&sample::job(ME, id, JobKind::Learn, 0)).await.unwrap();
    start.run.id
}

pub async fn removing_a_source_takes_all_with_it(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let (gone, kept) = (source(&store, ME, "gone").await, source(&store, ME, "kept").await);
    let (gone_run, kept_run) = (furnish(&store, gone).await, furnish(&store, kept).await);
    assert!(store.delete_source(ME, gone).await.unwrap());
    assert!(!store.delete_source(ME, gone).await.unwrap());
    for (id, run, left) in [(gone, gone_run, 0), (kept, kept_run, 1)] {
        assert_eq!(usize::from(store.catalog(ME, id).await.unwrap().is_some()), left);
        assert_eq!(store.documentation(ME, id).await.unwrap().len(), left);
        assert_eq!(store.list_relations(ME, id).await.unwrap().len(), left);
        assert_eq!(store.list_verified_queries(ME, id).await.unwrap().len(), left);
        assert_eq!(store.list_jobs(ME, Some(id), 9).await.unwrap().len(), left);
        assert_eq!(usize::from(store.run(ME, run).await.unwrap().is_some()), left);
        assert_eq!(store.steps(ME, run).await.unwrap().len(), left);
    }
}

pub async fn what_was_written_survives_reopening(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    let run = furnish(&store, id).await;
    drop(store);
    let store = harness.open().await;
    assert_eq!(store.find_source(ME, "sales").await.unwrap().unwrap().id, id);
    assert_eq!(store.catalog(ME, id).await.unwrap(), Some(catalog(&[("orders", "a")])));
    assert_eq!(store.run(ME, run).await.unwrap().unwrap().question, "how many?");
    assert_eq!(store.steps(ME, run).await.unwrap().len(), 1);
}
