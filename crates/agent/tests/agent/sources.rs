//! Registering, pausing and removing data sources.

use crate::{
    house::{House, ME},
    script::Script,
};
use datafyme_connect::SourceUrl;
use datafyme_domain::{ErrorKind, JobStatus, SourceStatus};

#[tokio::test]
async fn a_source_that_cannot_be_used_is_refused_before_it_is_registered() {
    let house = House::new(Script::new()).await;
    let text = house.shop().with_file_name("notes.txt");
    std::fs::write(&text, "this is no database, and is long enough to be looked at ".repeat(40)).unwrap();
    let missing = house.shop().with_file_name("missing.sqlite");
    for (path, kind) in [(text, ErrorKind::InvalidInput), (missing, ErrorKind::NotFound)] {
        let url = SourceUrl::parse(&format!("sqlite://{}", path.display())).unwrap();
        let error = house.agent.add_source(ME, "shop", &url).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
    }
    for name in ["", "   ", "-x", "a/b", &"x".repeat(61)] {
        let error = house.agent.add_source(ME, name, &house.url()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{name}");
    }
    assert!(house.parts.metadata.list_sources(ME).await.unwrap().is_empty());
    house.agent.add_source(ME, "shop", &house.url()).await.unwrap();
    let error = house.agent.add_source(ME, "shop", &house.url()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
}

#[tokio::test]
async fn an_empty_database_says_so() {
    let house = House::new(Script::new()).await;
    let empty = house.shop().with_file_name("empty.sqlite");
    rusqlite::Connection::open(&empty).unwrap().execute_batch("PRAGMA user_version = 1").unwrap();
    let url = SourceUrl::parse(&format!("sqlite://{}", empty.display())).unwrap();
    let (source, job) = house.agent.add_source(ME, "empty", &url).await.unwrap();
    assert_eq!(house.work(&job).await, JobStatus::Failed);
    let source = house.parts.metadata.source(ME, source.id).await.unwrap().unwrap();
    assert_eq!(source.status, SourceStatus::Error);
    assert!(source.status_detail.unwrap().contains("no table"));
}

#[tokio::test]
async fn a_removed_source_leaves_nothing_behind() {
    let house = House::new(Script::new()).await;
    let source = house.learned().await;
    assert!(house.parts.search.count(source.id).await.unwrap() > 0);
    house.agent.remove_source(ME, source.id).await.unwrap();
    assert_eq!(house.parts.search.count(source.id).await.unwrap(), 0);
    assert!(house.parts.graph.relations(source.id).await.unwrap().is_empty());
    assert_eq!(house.agent.ping_source(ME, source.id).await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn only_a_ready_source_is_paused_and_only_a_paused_one_resumed() {
    let house = House::new(Script::new()).await;
    let source = house.learned().await;
    assert_eq!(house.agent.resume_source(ME, source.id).await.unwrap_err().kind(), ErrorKind::Conflict);
    let paused = house.agent.pause_source(ME, source.id).await.unwrap();
    assert_eq!(paused.status, SourceStatus::Paused);
    assert_eq!(house.agent.pause_source(ME, source.id).await.unwrap_err().kind(), ErrorKind::Conflict);
    assert_eq!(house.agent.relearn(ME, source.id).await.unwrap_err().kind(), ErrorKind::Conflict);
    let resumed = house.agent.resume_source(ME, source.id).await.unwrap();
    assert_eq!(resumed.status, SourceStatus::Ready);
}
