//! Moving metadata from a SQLite file into a database.

use crate::server::Schema;
use datafyme_domain::{ErrorKind, RunStatus};
use datafyme_store::conformance::sample::{self, ME};
use datafyme_store::metadata::{Conversations, DataSources, Jobs, ModelCalls, Relations, Runs};
use datafyme_store::{PostgresMetadata, SqliteMetadata, Vault};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_arrives_and_a_database_in_use_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let vault = Vault::open(dir.path()).unwrap();
    let sqlite = SqliteMetadata::open(dir.path(), vault.clone()).await.unwrap();
    let mut new = sample::source(ME, "sales");
    new.password = Some("correct-horse".to_owned());
    let source = new.source.id;
    sqlite.create_source(&new).await.unwrap();
    sqlite
        .finish_learning(ME, source, &sample::catalog(&[("orders", "é"), ("lines", "")]), None, sample::at(9))
        .await
        .unwrap();
    sqlite.replace_relations(ME, source, &[sample::relation(source, "a.x", "b.y", 0.875)]).await.unwrap();
    let conversation = sample::conversation(ME, source, 0);
    sqlite.create_conversation(&conversation).await.unwrap();
    let start = sample::run_start(&conversation, "How many?", 1);
    let run = start.run.id;
    sqlite.start_run(ME, &start).await.unwrap();
    sqlite.claim_run(ME, run, sample::lease(sample::WORKER, 1, 10)).await.unwrap().unwrap();
    let step = datafyme_domain::Step { calls: vec![sample::call("screen")], ..sample::step(run, 0, "screen") };
    let (answer, reply) = (sample::answer(RunStatus::Answered, "3"), sample::reply(&start, "3", 2));
    let end = datafyme_store::metadata::RunEnd { steps: &[step], ..sample::end(&answer, &reply, 2) };
    assert!(sqlite.finish_run(run, sample::WORKER, end).await.unwrap());
    sqlite.enqueue_job(&sample::job(ME, source, datafyme_domain::JobKind::Learn, 3)).await.unwrap();

    let schema = Schema::fresh().await;
    let postgres = PostgresMetadata::open(&schema.url(), None, vault).await.unwrap();
    let moved = postgres.move_from(&sqlite).await.unwrap();
    let rows = |name: &str| moved.iter().find(|table| table.name == name).unwrap().rows;
    assert_eq!((rows("users"), rows("catalog_tables"), rows("messages"), rows("model_calls")), (1, 2, 2, 1));

    assert_eq!(postgres.source(ME, source).await.unwrap(), sqlite.source(ME, source).await.unwrap());
    assert_eq!(postgres.source_password(ME, source).await.unwrap().as_deref(), Some("correct-horse"));
    assert_eq!(postgres.catalog(ME, source).await.unwrap(), sqlite.catalog(ME, source).await.unwrap());
    assert_eq!(postgres.list_relations(ME, source).await.unwrap(), sqlite.list_relations(ME, source).await.unwrap());
    assert_eq!(postgres.run(ME, run).await.unwrap(), sqlite.run(ME, run).await.unwrap());
    assert_eq!(postgres.steps(ME, run).await.unwrap(), sqlite.steps(ME, run).await.unwrap());
    assert_eq!(postgres.list_jobs(ME, None, 9).await.unwrap(), sqlite.list_jobs(ME, None, 9).await.unwrap());
    let (of_postgres, of_sqlite) =
        (postgres.model_spend(ME, sample::at(0)).await.unwrap(), sqlite.model_spend(ME, sample::at(0)).await.unwrap());
    assert_eq!(of_postgres, of_sqlite);

    let again = postgres.move_from(&sqlite).await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::Conflict);
    assert!(again.to_string().contains("into an empty database"), "{again}");
}
