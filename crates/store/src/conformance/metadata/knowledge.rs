//! Cases of `Documentation`, `Relations` and `VerifiedQueries`.

use super::{Seam, Store, source};
use crate::conformance::Harness;
use crate::conformance::sample::{self, ME, OTHER};
use datafyme_domain::{
    BusinessTermId, DataSourceId, ErrorKind, Relation, RelationId, RelationKind, RelationTier, TableRef, VerifiedQuery,
    VerifiedQueryId,
};

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
    declared.tier = RelationTier::Certain;
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

async fn knowledge_version(store: &Store, id: DataSourceId) -> u64 {
    store.source(ME, id).await.unwrap().unwrap().knowledge_version
}

pub async fn edits_show_over_whatever_is_generated_and_outlive_it(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    let table = TableRef::new("a", "orders");
    let generated = sample::documentation(id, table.clone(), "generated");
    store.put_documentation(ME, &generated).await.unwrap();
    let edits = sample::edits(id, table.clone(), 0, "a person's words");
    assert_eq!(store.put_documentation_edits(ME, id, &[edits], sample::at(7)).await.unwrap(), None);
    let learned = sample::documentation(id, table.clone(), "generated anew");
    store.put_documentation(ME, &learned).await.unwrap();
    assert_eq!(store.generated_documentation(ME, id, &table).await.unwrap(), Some(learned));
    assert_eq!(store.documentation(ME, id).await.unwrap()[0].business_description, "a person's words");
    store.prune_documentation(ME, id, &[]).await.unwrap();
    let shown = store.documentation(ME, id).await.unwrap();
    assert_eq!((shown.len(), shown[0].business_description.as_str()), (1, "a person's words"));
    let [kept] = store.documentation_edits(ME, id).await.unwrap().try_into().unwrap();
    assert_eq!((kept.version, kept.editor.as_str(), kept.edited_at), (1, "local", Some(sample::at(7))));
}

pub async fn edits_that_rest_on_an_older_version_are_refused_whole(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    let [a, b] = ["a", "b"].map(TableRef::bare);
    let first = sample::edits(id, a.clone(), 0, "first");
    assert_eq!(store.put_documentation_edits(ME, id, &[first], sample::at(1)).await.unwrap(), None);
    let before = knowledge_version(&store, id).await;
    for late in [0, 2] {
        let both = [sample::edits(id, b.clone(), 0, "new"), sample::edits(id, a.clone(), late, "late")];
        assert_eq!(store.put_documentation_edits(ME, id, &both, sample::at(2)).await.unwrap(), Some(a.clone()));
    }
    let kept = store.documentation_edits(ME, id).await.unwrap();
    assert_eq!((kept.len(), kept[0].version, knowledge_version(&store, id).await), (1, 1, before));
    let second = sample::edits(id, a.clone(), 1, "second");
    assert_eq!(store.put_documentation_edits(ME, id, &[second], sample::at(3)).await.unwrap(), None);
    assert_eq!(store.documentation_edits(ME, id).await.unwrap()[0].version, 2);
    assert!(knowledge_version(&store, id).await > before);
}

pub async fn of_edits_at_once_one_wins(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    let write = |text: &'static str| {
        let (store, edits) = (store.clone(), [sample::edits(id, TableRef::bare("a"), 0, text)]);
        tokio::spawn(async move { store.put_documentation_edits(ME, id, &edits, sample::at(1)).await.unwrap() })
    };
    let (one, other) = tokio::join!(write("one"), write("other"));
    let won = [one.unwrap(), other.unwrap()].iter().filter(|lost| lost.is_none()).count();
    assert_eq!(won, 1);
}

pub async fn edits_of_another_user_are_invisible(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    let mine = sample::edits(id, TableRef::bare("a"), 0, "mine");
    store.put_documentation_edits(ME, id, std::slice::from_ref(&mine), sample::at(1)).await.unwrap();
    assert_eq!(store.documentation_edits(OTHER, id).await.unwrap(), []);
    let error = store.put_documentation_edits(OTHER, id, &[mine], sample::at(1)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

pub async fn terms_are_written_changed_and_removed(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    let (nyc, arr) = (sample::term(ME, id, "NYC"), sample::term(ME, id, "arr"));
    assert_eq!(store.put_terms(ME, id, &[nyc.clone(), arr.clone()]).await.unwrap(), None);
    let listed = store.list_terms(ME, id).await.unwrap();
    assert_eq!(listed.iter().map(|t| t.term.as_str()).collect::<Vec<_>>(), ["arr", "NYC"]);
    assert_eq!((listed[1].version, listed[1].editor.as_str(), &listed[1].meaning), (1, "local", &nyc.meaning));
    let before = knowledge_version(&store, id).await;
    let mut changed = listed[1].clone();
    changed.term = "New York".to_owned();
    assert_eq!(store.put_terms(ME, id, std::slice::from_ref(&changed)).await.unwrap(), None);
    assert_eq!(store.put_terms(ME, id, &[changed]).await.unwrap(), Some(nyc.id));
    assert!(store.delete_term(ME, arr.id).await.unwrap());
    assert!(!store.delete_term(ME, arr.id).await.unwrap());
    let [left] = store.list_terms(ME, id).await.unwrap().try_into().unwrap();
    assert_eq!((left.term.as_str(), left.version), ("New York", 2));
    assert_eq!(knowledge_version(&store, id).await, before + 2);
}

pub async fn a_term_is_there_once_whatever_its_case(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let (id, other) = (source(&store, ME, "sales").await, source(&store, ME, "stock").await);
    store.put_terms(ME, id, &[sample::term(ME, id, "NYC")]).await.unwrap();
    let both = [sample::term(ME, id, "new"), sample::term(ME, id, "nyc")];
    let error = store.put_terms(ME, id, &both).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert_eq!(store.list_terms(ME, id).await.unwrap().len(), 1);
    assert_eq!(store.put_terms(ME, other, &[sample::term(ME, other, "nyc")]).await.unwrap(), None);
}

pub async fn terms_of_another_user_are_invisible(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    let mine = sample::term(ME, id, "NYC");
    store.put_terms(ME, id, std::slice::from_ref(&mine)).await.unwrap();
    assert_eq!(store.list_terms(OTHER, id).await.unwrap(), []);
    assert!(!store.delete_term(OTHER, mine.id).await.unwrap());
    assert!(!store.delete_term(ME, BusinessTermId::generate()).await.unwrap());
    let error = store.put_terms(OTHER, id, &[sample::term(OTHER, id, "x")]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

pub async fn a_relation_that_a_person_adds_is_confirmed_and_stays(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    let found = sample::relation(id, "a.x", "b.id", 0.7);
    store.replace_relations(ME, id, std::slice::from_ref(&found)).await.unwrap();
    store.set_relation_kind(ME, found.id, RelationKind::Rejected).await.unwrap();
    let before = knowledge_version(&store, id).await;
    store.confirm_relation(ME, &sample::relation(id, "a.x", "b.id", 0.1)).await.unwrap();
    store.confirm_relation(ME, &sample::relation(id, "c.x", "b.id", 0.1)).await.unwrap();
    store.replace_relations(ME, id, &[]).await.unwrap();
    let listed = store.list_relations(ME, id).await.unwrap();
    let kinds: Vec<_> = listed.iter().map(|r| (r.label(), r.kind, r.confidence)).collect();
    assert_eq!(
        kinds,
        [("a.x → b.id", RelationKind::Confirmed, 1.0), ("c.x → b.id", RelationKind::Confirmed, 1.0)]
            .map(|(label, kind, sure)| (label.to_owned(), kind, sure))
    );
    assert_eq!(listed[0].id, found.id);
    assert_eq!(knowledge_version(&store, id).await, before + 2);
    let error = store.confirm_relation(OTHER, &sample::relation(id, "d.x", "b.id", 0.1)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

pub async fn a_verified_query_is_changed_once_per_version(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    let first = sample::verified_query(ME, id, "how many?", 1);
    store.create_verified_query(&first).await.unwrap();
    assert_eq!(store.verified_query(ME, first.id).await.unwrap(), Some(first.clone()));
    let changed = VerifiedQuery { question: "How many?".to_owned(), draft: None, approved_at: sample::at(9), ..first };
    assert!(store.update_verified_query(ME, &changed).await.unwrap());
    assert!(!store.update_verified_query(ME, &changed).await.unwrap());
    assert!(!store.update_verified_query(OTHER, &VerifiedQuery { version: 2, ..changed.clone() }).await.unwrap());
    assert_eq!(store.verified_query(OTHER, changed.id).await.unwrap(), None);
    let kept = store.verified_query(ME, changed.id).await.unwrap();
    assert_eq!(kept, Some(VerifiedQuery { version: 2, ..changed }));
}
