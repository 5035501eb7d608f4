//! Learning again: only what changed is made anew, what people said stays, and a kill in the middle does no harm.

use crate::{
    house::{House, ME},
    learning::{killed_at_reading, knowledge},
};
use datafyme_agent::RuleAnalyst;
use datafyme_domain::{
    Catalog, ChangedTables, Clock, DataSource, Job, JobStatus, LearnedChanges, RelationKind, RenamedTable,
    SourceStatus, TableDocumentation, TableRef,
};
use datafyme_store::HybridQuery;

/// A column more, a table more, a table fewer, a row more.
const CHANGE: &str = "
    ALTER TABLE products ADD COLUMN colour TEXT;
    UPDATE products SET colour = 'green';
    CREATE TABLE stores (store_id INTEGER PRIMARY KEY, store_name TEXT, opened_on TEXT);
    INSERT INTO stores VALUES (1, 'Old Town', '2020-02-03'), (2, 'Harbour', '2021-05-06');
    DROP TABLE returns;
    INSERT INTO customers VALUES (13, 'Customer 13', 'Graz');";

async fn learned_again(house: &House, source: &DataSource) -> Job {
    house.let_leases_end();
    let job = house.agent.relearn(ME, source.id).await.unwrap();
    assert_eq!(house.work(&job).await, JobStatus::Succeeded);
    house.parts.metadata.job(ME, job.id).await.unwrap().unwrap()
}

async fn catalog(house: &House, source: &DataSource) -> Catalog {
    house.parts.metadata.catalog(ME, source.id).await.unwrap().unwrap()
}

async fn documentation(house: &House, source: &DataSource, table: &str) -> Option<TableDocumentation> {
    let all = house.parts.metadata.documentation(ME, source.id).await.unwrap();
    all.into_iter().find(|d| d.table.table == table)
}

async fn found(house: &House, source: &DataSource, words: &str) -> Vec<String> {
    let vector = house.parts.embedder.embed(&[words.to_owned()]).await.unwrap().remove(0);
    let query = HybridQuery { sources: vec![source.id], text: words.to_owned(), vector, limit: 200 };
    let hits = house.parts.search.search(&query).await.unwrap();
    let mut tables: Vec<String> = hits.into_iter().map(|h| h.table.table).collect();
    tables.sort();
    tables.dedup();
    tables
}

#[tokio::test]
async fn learning_again_without_a_change_leaves_everything_as_it_was() {
    let house = House::new(RuleAnalyst::new()).await;
    let source = house.learned().await;
    let metadata = &house.parts.metadata;
    let before = (
        catalog(&house, &source).await,
        metadata.documentation(ME, source.id).await.unwrap(),
        metadata.list_relations(ME, source.id).await.unwrap(),
    );
    let job = learned_again(&house, &source).await;
    assert_eq!(job.progress.changes, Some(LearnedChanges { unchanged: 6, ..LearnedChanges::default() }));
    assert_eq!(job.progress.changed_tables, None);
    assert_eq!(job.progress.done, job.progress.total);
    let after = (
        catalog(&house, &source).await,
        metadata.documentation(ME, source.id).await.unwrap(),
        metadata.list_relations(ME, source.id).await.unwrap(),
    );
    assert_eq!(before, after);
    let again = metadata.source(ME, source.id).await.unwrap().unwrap();
    assert!(again.learned_at > source.learned_at);
}

#[tokio::test]
async fn learning_again_makes_anew_what_changed_and_nothing_else() {
    let house = House::new(RuleAnalyst::new()).await;
    let source = house.learned().await;
    let numbers = documentation(&house, &source, "numbers").await;
    assert!(found(&house, &source, "reason of returns").await.contains(&"returns".to_owned()));
    house.sql(CHANGE);
    let job = learned_again(&house, &source).await;
    let changes = LearnedChanges { added: 1, changed: 2, renamed: 0, removed: 1, unchanged: 3 };
    assert_eq!(job.progress.changes, Some(changes));
    let bare = |names: &[&str]| names.iter().map(|n| TableRef::bare(*n)).collect::<Vec<_>>();
    let named = ChangedTables {
        added: bare(&["stores"]),
        changed: bare(&["customers", "products"]),
        renamed: Vec::new(),
        removed: bare(&["returns"]),
    };
    assert_eq!(job.progress.changed_tables, Some(named));

    let catalog = catalog(&house, &source).await;
    assert_eq!(catalog.tables.len(), 6);
    assert!(catalog.get(&TableRef::bare("products")).unwrap().column("colour").is_some());
    assert_eq!(documentation(&house, &source, "numbers").await, numbers);
    let products = documentation(&house, &source, "products").await.unwrap();
    assert_eq!(products.columns.last().unwrap().column, "colour");
    let customers = documentation(&house, &source, "customers").await.unwrap();
    assert!(customers.business_description.contains("13 rows"), "{}", customers.business_description);

    assert_eq!(documentation(&house, &source, "returns").await, None);
    assert!(!found(&house, &source, "reason of returns").await.contains(&"returns".to_owned()));
    assert!(found(&house, &source, "colour of products").await.contains(&"products".to_owned()));
    assert!(found(&house, &source, "stores").await.contains(&"stores".to_owned()));
    let gone = TableRef::bare("returns");
    let relations = house.parts.metadata.list_relations(ME, source.id).await.unwrap();
    assert!(relations.iter().all(|r| !r.touches(&gone)), "{relations:?}");
    assert!(relations.iter().any(|r| r.label() == "orders.customer_id → customers.customer_id"), "{relations:?}");
    let graph = house.parts.graph.relations(source.id).await.unwrap();
    assert_eq!(graph.len(), relations.len());
}

#[tokio::test]
async fn what_a_person_said_of_a_relation_outlives_a_lost_table_and_is_not_used_meanwhile() {
    let house = House::new(RuleAnalyst::new()).await;
    let source = house.learned().await;
    let metadata = &house.parts.metadata;
    let relations = metadata.list_relations(ME, source.id).await.unwrap();
    let confirmed = relations.iter().find(|r| r.to_table.table == "customers").unwrap();
    metadata.set_relation_kind(ME, confirmed.id, RelationKind::Confirmed).await.unwrap();
    house.sql("ALTER TABLE customers RENAME TO away; INSERT INTO away VALUES (99, 'Another', 'Linz')");
    learned_again(&house, &source).await;
    let graph = house.parts.graph.relations(source.id).await.unwrap();
    assert!(graph.iter().all(|r| r.id != confirmed.id), "{graph:?}");
    house.sql("ALTER TABLE away RENAME TO customers; INSERT INTO customers VALUES (98, 'A third', 'Linz')");
    learned_again(&house, &source).await;
    let graph = house.parts.graph.relations(source.id).await.unwrap();
    assert!(graph.iter().any(|r| r.id == confirmed.id && r.kind == RelationKind::Confirmed), "{graph:?}");
}

#[tokio::test]
async fn a_column_that_a_person_gave_a_parent_is_given_no_other_one() {
    let house = House::new(RuleAnalyst::new()).await;
    let source = house.learned().await;
    let metadata = &house.parts.metadata;
    let parents = async || {
        let relations = metadata.list_relations(ME, source.id).await.unwrap();
        let of_column = relations.iter().filter(|r| r.label().starts_with("orders.customer_id → "));
        of_column.map(|r| r.to_table.table.clone()).collect::<Vec<_>>()
    };
    assert_eq!(parents().await, ["customers"]);
    let from = (TableRef::bare("orders"), vec!["customer_id".to_owned()]);
    let to = (TableRef::bare("products"), vec!["product_id".to_owned()]);
    house.agent.add_relation(ME, source.id, from, to).await.unwrap();
    house.sql("INSERT INTO customers VALUES (97, 'Another', 'Linz')");
    learned_again(&house, &source).await;
    assert_eq!(parents().await, ["products"]);
}

#[tokio::test]
async fn a_renamed_table_keeps_what_a_person_said_of_its_relations() {
    let house = House::new(RuleAnalyst::new()).await;
    let source = house.learned().await;
    let metadata = &house.parts.metadata;
    let relations = metadata.list_relations(ME, source.id).await.unwrap();
    let confirmed = relations.iter().find(|r| r.to_table.table == "customers").unwrap();
    metadata.set_relation_kind(ME, confirmed.id, RelationKind::Confirmed).await.unwrap();
    house.sql("ALTER TABLE customers RENAME TO clients");
    let job = learned_again(&house, &source).await;
    assert_eq!(job.progress.changes.unwrap().renamed, 1, "{:?}", job.progress.changes);
    let renamed = RenamedTable { from: TableRef::bare("customers"), to: TableRef::bare("clients") };
    assert_eq!(
        job.progress.changed_tables,
        Some(ChangedTables { renamed: vec![renamed], ..ChangedTables::default() }),
        "neither new nor gone"
    );
    let relations = metadata.list_relations(ME, source.id).await.unwrap();
    let moved = relations.iter().find(|r| r.id == confirmed.id).unwrap();
    assert_eq!(
        (moved.label().as_str(), moved.kind),
        ("orders.customer_id → clients.customer_id", RelationKind::Confirmed)
    );
    let graph = house.parts.graph.relations(source.id).await.unwrap();
    assert!(graph.iter().any(|r| r.id == confirmed.id), "{graph:?}");
    assert!(documentation(&house, &source, "clients").await.is_some());
    assert_eq!(documentation(&house, &source, "customers").await, None);
}

#[tokio::test]
async fn a_source_can_be_asked_while_it_is_learned_again() {
    let house = House::new(RuleAnalyst::new()).await;
    let source = house.learned().await;
    house.let_leases_end();
    house.agent.relearn(ME, source.id).await.unwrap();
    let source = house.parts.metadata.source(ME, source.id).await.unwrap().unwrap();
    assert_eq!(source.status, SourceStatus::Ready);
    let conversation = house.conversation(&source).await;
    let answer = house.ask(&conversation, "How many orders are there?").await;
    assert_eq!(answer.rows, [[datafyme_domain::Value::Int(24)]]);
}

#[tokio::test]
async fn learning_again_killed_at_any_time_is_finished_and_until_then_the_old_state_stands() {
    let whole = {
        let house = House::new(RuleAnalyst::new()).await;
        house.sql(CHANGE);
        let source = house.learned().await;
        knowledge(&house, source.id).await
    };
    let mut kills = 0;
    for kill in 1.. {
        let house = House::new(RuleAnalyst::new()).await;
        let source = house.learned().await;
        let old = catalog(&house, &source).await;
        house.sql(CHANGE);
        house.let_leases_end();
        let job = house.agent.relearn(ME, source.id).await.unwrap();
        let claimed = house.claim(&job, "first").await;
        let survived = killed_at_reading(&house, claimed, "first", kill).await;
        if survived.is_none() {
            kills += 1;
            // The catalog first: a COMMIT that was under way when the worker died may land between the two readings.
            let catalog = catalog(&house, &source).await;
            let kept = house.parts.metadata.source(ME, source.id).await.unwrap().unwrap();
            assert_eq!(kept.status, SourceStatus::Ready, "killed at reading {kill}");
            if kept.learned_at == source.learned_at {
                assert_eq!(catalog, old, "killed at reading {kill}");
            }
            house.let_leases_end();
            let claimed = house.claim(&job, "second").await;
            let status = house.agent.execute_job(claimed, "second", &|_: &Job| {}).await.unwrap();
            assert_eq!(status, JobStatus::Succeeded, "killed at reading {kill}");
        }
        assert_eq!(knowledge(&house, source.id).await, whole, "killed at reading {kill}");
        if survived.is_some() {
            break;
        }
    }
    assert!(kills > 8, "only {kills} kills");
}

#[tokio::test]
async fn a_source_is_learned_again_when_its_time_has_come() {
    let house = House::new(RuleAnalyst::new()).await;
    let source = house.learned().await;
    let hour = std::time::Duration::from_secs(3_600);
    let due = async |seconds| house.agent.relearn_due(seconds).await.unwrap().len();
    assert_eq!(due(7_200).await, 0, "it was learned just now");
    house.clock.advance(3 * hour);
    assert_eq!(due(0).await, 0, "nothing is learned again by itself");
    house.agent.set_resync(ME, source.id, Some(0)).await.unwrap();
    assert_eq!(due(7_200).await, 0, "this one is not");
    house.agent.set_resync(ME, source.id, Some(86_400)).await.unwrap();
    assert_eq!(due(7_200).await, 0, "this one waits longer");
    house.agent.set_resync(ME, source.id, None).await.unwrap();
    assert_eq!(due(7_200).await, 1);
    assert_eq!(due(7_200).await, 0, "it is under way");
    let job = house.parts.metadata.list_jobs(ME, Some(source.id), 1).await.unwrap().remove(0);
    house.parts.metadata.request_job_cancel(ME, job.id, house.clock.now()).await.unwrap();
    assert_eq!(due(7_200).await, 0, "it was tried just now");
    house.clock.advance(3 * hour);
    assert_eq!(due(7_200).await, 1);
}
