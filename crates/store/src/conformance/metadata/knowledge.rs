//! Cases of `Documentation`, `Relations` and `VerifiedQueries`.

use super::{Seam, Store, source};
use crate::conformance::Harness;
use crate::conformance::sample::{self, ME, OTHER};
use datafyme_domain::{DataSourceId, ErrorKind, Relation, RelationId, RelationKind, TableRef, VerifiedQueryId};

pub async fn documentation_is_replaced_and_listed_by_table(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    let one = sample::documentation(id, TableRef::new("b", "orders"), "old");
    let same_name = sample::documentation(id, TableRef::new("a", "orders"), "another schema");
    let bare = sample::documentation(id, TableRef::bare("orders"), "no schema");
    for documentation in [&one, &same_name, &bare, &bare] {
        store.put_documentation(ME, documentation).await.unwrap();
    }
    let new = sample::documentation(id, TableRef::new("b", "orders"), "new");
    store.put_documentation(ME, &new).await.unwrap();
    assert_eq!(store.documentation(ME, id).await.unwrap(), [bare, same_name, new]);
    let lost = sample::documentation(DataSourceId::generate(), TableRef::bare("t"), "");
    let error = store.put_documentation(ME, &lost).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

pub async fn documentation_of_other_tables_is_pruned(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    let tables = [TableRef::bare("t"), TableRef::new("s", "t"), TableRef::new("s", "u")];
    for table in &tables {
        store.put_documentation(ME, &sample::documentation(id, table.clone(), "")).await.unwrap();
    }
    store.prune_documentation(ME, id, &[TableRef::new("s", "t"), TableRef::bare("never there")]).await.unwrap();
    let left: Vec<TableRef> = store.documentation(ME, id).await.unwrap().into_iter().map(|d| d.table).collect();
    assert_eq!(left, [TableRef::new("s", "t")]);
}

pub async fn documentation_of_another_user_is_invisible(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    let mine = sample::documentation(id, TableRef::bare("t"), "mine");
    store.put_documentation(ME, &mine).await.unwrap();
    assert_eq!(store.documentation(OTHER, id).await.unwrap(), []);
    store.prune_documentation(OTHER, id, &[]).await.unwrap();
    let error = store.put_documentation(OTHER, &mine).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(store.documentation(ME, id).await.unwrap(), [mine]);
}

async fn labels(store: &Store, id: DataSourceId) -> Vec<String> {
    store.list_relations(ME, id).await.unwrap().iter().map(Relation::label).collect()
}

pub async fn found_relations_replace_found_ones(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    let first = sample::relation(id, "a.x", "b.id", 0.9);
    store.replace_relations(ME, id, std::slice::from_ref(&first)).await.unwrap();
    assert_eq!(store.list_relations(ME, id).await.unwrap(), [first]);
    let second = sample::relation(id, "c.x", "b.id", 0.8);
    store.replace_relations(ME, id, std::slice::from_ref(&second)).await.unwrap();
    assert_eq!(store.list_relations(ME, id).await.unwrap(), [second]);
    let error = store.replace_relations(ME, DataSourceId::generate(), &[]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

pub async fn a_persons_word_on_a_relation_outlives_learning(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    let found = || {
        [
            sample::relation(id, "a.x", "b.id", 0.7),
            sample::relation(id, "c.x", "b.id", 0.8),
            sample::relation(id, "d.x", "b.id", 0.9),
        ]
    };
    let first = found();
    store.replace_relations(ME, id, &first).await.unwrap();
    assert!(store.set_relation_kind(ME, first[0].id, RelationKind::Confirmed).await.unwrap());
    assert!(store.set_relation_kind(ME, first[1].id, RelationKind::Rejected).await.unwrap());
    assert!(!store.set_relation_kind(ME, RelationId::generate(), RelationKind::Rejected).await.unwrap());
    store.replace_relations(ME, id, &found()).await.unwrap();
    let listed = store.list_relations(ME, id).await.unwrap();
    let kinds: Vec<(String, RelationKind, f64)> = listed.iter().map(|r| (r.label(), r.kind, r.confidence)).collect();
    assert_eq!(
        kinds,
        [
            ("a.x → b.id".to_owned(), RelationKind::Confirmed, 1.0),
            ("d.x → b.id".to_owned(), RelationKind::Inferred, 0.9),
            ("c.x → b.id".to_owned(), RelationKind::Rejected, 0.8),
        ]
    );
    assert_eq!((listed[0].id, listed[2].id), (first[0].id, first[1].id));
    store.replace_relations(ME, id, &[]).await.unwrap();
    assert_eq!(labels(&store, id).await, ["a.x → b.id", "c.x → b.id"]);
}

pub async fn a_rejected_join_is_not_found_again_the_other_way_round(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    let wrong = sample::relation(id, "a.x+y", "b.u+v", 0.7);
    store.replace_relations(ME, id, std::slice::from_ref(&wrong)).await.unwrap();
    store.set_relation_kind(ME, wrong.id, RelationKind::Rejected).await.unwrap();
    let same = [sample::relation(id, "b.u+v", "a.x+y", 0.9), sample::relation(id, "a.y+x", "b.v+u", 0.9)];
    let others = [sample::relation(id, "a.x+y", "b.v+u", 0.6), sample::relation(id, "a.x", "b.u", 0.5)];
    store.replace_relations(ME, id, &[same, others].concat()).await.unwrap();
    assert_eq!(labels(&store, id).await, ["a.x+y → b.v+u", "a.x → b.u", "a.x+y → b.u+v"]);
}

pub async fn relations_follow_a_renamed_table(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    let found = [
        sample::relation(id, "a.x", "b.id", 0.9),
        sample::relation(id, "b.up", "b.id", 0.8),
        sample::relation(id, "c.x", "d.id", 0.7),
        sample::relation(id, "c.x", "b.id", 0.6),
        sample::relation(id, "c.x", "new.id", 0.5),
    ];
    store.replace_relations(ME, id, &found).await.unwrap();
    store.set_relation_kind(ME, found[0].id, RelationKind::Confirmed).await.unwrap();
    let renamed = [(TableRef::bare("new"), TableRef::bare("b"))].into_iter().collect();
    store.move_relations(ME, id, &renamed).await.unwrap();
    // The fourth would be the same as the fifth then.
    assert_eq!(labels(&store, id).await, ["a.x → new.id", "new.up → new.id", "c.x → d.id", "c.x → new.id"]);
    let listed = store.list_relations(ME, id).await.unwrap();
    assert_eq!((listed[0].id, listed[0].kind), (found[0].id, RelationKind::Confirmed));
    assert_eq!(listed[3].id, found[4].id);
    let refused = store.move_relations(OTHER, id, &renamed).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::NotFound);
}

pub async fn relations_are_listed_surest_first(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    let found = [0.3, 0.95, 0.5].map(|c| sample::relation(id, &format!("t{}.x", c * 100.0), "b.id", c));
    store.replace_relations(ME, id, &found).await.unwrap();
    let listed: Vec<f64> = store.list_relations(ME, id).await.unwrap().iter().map(|r| r.confidence).collect();
    assert_eq!(listed, [0.95, 0.5, 0.3]);
}

pub async fn a_persons_word_can_be_taken_back(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    let found = sample::relation(id, "a.x", "b.id", 0.7);
    store.replace_relations(ME, id, std::slice::from_ref(&found)).await.unwrap();
    store.set_relation_kind(ME, found.id, RelationKind::Confirmed).await.unwrap();
    store.set_relation_kind(ME, found.id, RelationKind::Inferred).await.unwrap();
    assert_eq!(store.list_relations(ME, id).await.unwrap(), [found]);
}

pub async fn of_relations_over_the_same_columns_the_surest_stays(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    let doubtful = sample::relation(id, "a.x", "b.id", 0.4);
    let surer = sample::relation(id, "a.x", "b.id", 0.6);
    let mut declared = sample::relation(id, "c.x", "b.id", 1.0);
    declared.kind = RelationKind::Declared;
    let inferred = sample::relation(id, "c.x", "b.id", 1.0);
    let found = [doubtful, surer.clone(), inferred, declared.clone()];
    store.replace_relations(ME, id, &found).await.unwrap();
    assert_eq!(store.list_relations(ME, id).await.unwrap(), [declared, surer]);
}

pub async fn relations_of_another_user_are_invisible(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    let mine = sample::relation(id, "a.x", "b.id", 0.7);
    store.replace_relations(ME, id, std::slice::from_ref(&mine)).await.unwrap();
    assert_eq!(store.list_relations(OTHER, id).await.unwrap(), []);
    assert!(!store.set_relation_kind(OTHER, mine.id, RelationKind::Rejected).await.unwrap());
    let error = store.replace_relations(OTHER, id, &[]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(store.list_relations(ME, id).await.unwrap(), [mine]);
}

pub async fn verified_queries_are_listed_newest_first_and_removed(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    let [old, new] = [1, 2].map(|at| sample::verified_query(ME, id, &format!("question {at}"), at));
    store.create_verified_query(&new).await.unwrap();
    store.create_verified_query(&old).await.unwrap();
    assert_eq!(store.list_verified_queries(ME, id).await.unwrap(), [new.clone(), old.clone()]);
    assert!(store.delete_verified_query(ME, new.id).await.unwrap());
    assert!(!store.delete_verified_query(ME, new.id).await.unwrap());
    assert_eq!(store.list_verified_queries(ME, id).await.unwrap(), [old]);
    let lost = sample::verified_query(ME, DataSourceId::generate(), "lost", 3);
    let error = store.create_verified_query(&lost).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

pub async fn verified_queries_of_another_user_are_invisible(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    let mine = sample::verified_query(ME, id, "mine", 1);
    store.create_verified_query(&mine).await.unwrap();
    assert_eq!(store.list_verified_queries(OTHER, id).await.unwrap(), []);
    assert!(!store.delete_verified_query(OTHER, mine.id).await.unwrap());
    assert!(!store.delete_verified_query(ME, VerifiedQueryId::generate()).await.unwrap());
    let theirs = sample::verified_query(OTHER, id, "theirs", 2);
    let error = store.create_verified_query(&theirs).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(store.list_verified_queries(ME, id).await.unwrap(), [mine]);
}
