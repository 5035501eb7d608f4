//! The suite of [`SearchIndex`].

use super::Harness;
use crate::{HybridQuery, SearchDocument, SearchIndex};
use datafyme_domain::{DataSourceId, ErrorKind, TableRef};
use std::sync::Arc;
use tokio::task::JoinSet;

/// The seam, as [`Harness`] names it.
pub type Seam = dyn SearchIndex;

/// A document about a bare table; its vector points along one of three axes.
fn document(source: DataSourceId, id: &str, text: &str, axis: usize) -> SearchDocument {
    let table = id.split('#').next().unwrap();
    let mut vector = vec![0.0; 3];
    vector[axis] = 1.0;
    SearchDocument {
        id: id.to_owned(),
        source_id: source,
        table: TableRef::bare(table),
        column: None,
        text: text.to_owned(),
        vector,
    }
}

fn query(source: DataSourceId, text: &str, vector: [f32; 3]) -> HybridQuery {
    HybridQuery { sources: vec![source], text: text.to_owned(), vector: vector.to_vec(), limit: 10 }
}

async fn found(index: &Arc<Seam>, query: &HybridQuery) -> Vec<String> {
    index.search(query).await.unwrap().into_iter().map(|hit| hit.id).collect()
}

const NOWHERE: [f32; 3] = [0.0, 0.0, 0.0];

pub async fn a_hit_tells_what_it_is_about(harness: &impl Harness<Seam>) {
    let index = harness.open().await;
    let source = DataSourceId::generate();
    let column = SearchDocument {
        table: TableRef::new("Értékesítés", "order \"lines\""),
        column: Some("unit price".to_owned()),
        ..document(source, "lines#price", "what a unit costs", 0)
    };
    index.upsert(std::slice::from_ref(&column)).await.unwrap();
    let hits = index.search(&query(source, "cost", [1.0, 0.0, 0.0])).await.unwrap();
    assert_eq!(hits.len(), 1);
    assert_eq!((&hits[0].table, &hits[0].column), (&column.table, &column.column));
    assert_eq!((hits[0].id.as_str(), hits[0].source_id), ("lines#price", source));
    assert!(hits[0].score > 0.0);
}

pub async fn words_and_meaning_find_each_for_itself(harness: &impl Harness<Seam>) {
    let index = harness.open().await;
    let source = DataSourceId::generate();
    let documents = [
        document(source, "orders", "what customers ordered", 0),
        document(source, "stock", "warehouse_items on hand", 1),
    ];
    index.upsert(&documents).await.unwrap();
    assert_eq!(found(&index, &query(source, "ordering", NOWHERE)).await, ["orders"]);
    assert_eq!(found(&index, &query(source, "WarehouseItem", NOWHERE)).await, ["stock"]);
    assert_eq!(found(&index, &query(source, "", [0.0, 1.0, 0.0])).await, ["stock"]);
    assert_eq!(found(&index, &query(source, "unheard", NOWHERE)).await, [""; 0]);
    let by_words = HybridQuery { vector: Vec::new(), ..query(source, "ordered", NOWHERE) };
    assert_eq!(found(&index, &by_words).await, ["orders"]);
}

pub async fn what_both_rankings_praise_comes_first(harness: &impl Harness<Seam>) {
    let index = harness.open().await;
    let source = DataSourceId::generate();
    let documents =
        [document(source, "a", "invoice", 1), document(source, "b", "invoice", 0), document(source, "c", "parcel", 0)];
    index.upsert(&documents).await.unwrap();
    let hits = index.search(&query(source, "invoices", [1.0, 0.0, 0.0])).await.unwrap();
    let ids: Vec<&str> = hits.iter().map(|hit| hit.id.as_str()).collect();
    assert_eq!(ids, ["b", "a", "c"]);
    assert!(hits[0].score > hits[1].score);
    assert!(hits.is_sorted_by(|a, b| a.score >= b.score));
}

pub async fn a_rarer_word_counts_more(harness: &impl Harness<Seam>) {
    let index = harness.open().await;
    let source = DataSourceId::generate();
    let mut documents: Vec<SearchDocument> =
        (0..20).map(|n| document(source, &format!("t{n}"), "sales table", 0)).collect();
    documents.push(document(source, "rare", "refund table", 0));
    index.upsert(&documents).await.unwrap();
    assert_eq!(found(&index, &query(source, "refund sales", NOWHERE)).await[0], "rare");
}

pub async fn an_id_is_replaced(harness: &impl Harness<Seam>) {
    let index = harness.open().await;
    let source = DataSourceId::generate();
    index.upsert(&[document(source, "orders#d", "old words", 0)]).await.unwrap();
    assert_eq!(found(&index, &query(source, "old", NOWHERE)).await, ["orders#d"]);
    index.upsert(&[document(source, "orders#d", "new words", 1)]).await.unwrap();
    assert_eq!(index.count(source).await.unwrap(), 1);
    assert_eq!(found(&index, &query(source, "old", NOWHERE)).await, [""; 0]);
    assert_eq!(found(&index, &query(source, "new", NOWHERE)).await, ["orders#d"]);
    assert_eq!(found(&index, &query(source, "", [1.0, 0.0, 0.0])).await, [""; 0]);
}

pub async fn a_table_or_a_whole_source_is_taken_out(harness: &impl Harness<Seam>) {
    let index = harness.open().await;
    let (source, other) = (DataSourceId::generate(), DataSourceId::generate());
    let in_schema =
        SearchDocument { table: TableRef::new("sales", "orders"), ..document(source, "sales.orders#d", "orders", 0) };
    let documents = [
        document(source, "orders#d", "orders", 0),
        document(source, "orders#x", "orders", 0),
        document(source, "items#d", "orders", 0),
        in_schema,
        document(other, "orders#d", "orders", 0),
    ];
    index.upsert(&documents).await.unwrap();
    assert_eq!(index.count(source).await.unwrap(), 4);
    index.delete(source, Some(&TableRef::bare("orders"))).await.unwrap();
    assert_eq!(found(&index, &query(source, "orders", NOWHERE)).await, ["items#d", "sales.orders#d"]);
    index.delete(source, None).await.unwrap();
    assert_eq!((index.count(source).await.unwrap(), index.count(other).await.unwrap()), (0, 1));
    assert_eq!(found(&index, &query(source, "orders", [1.0, 0.0, 0.0])).await, [""; 0]);
}

pub async fn tables_are_replaced_whole(harness: &impl Harness<Seam>) {
    let (index, other_process) = (harness.open().await, harness.open().await);
    let (source, other) = (DataSourceId::generate(), DataSourceId::generate());
    let documents = [
        document(source, "orders#d", "orders old", 0),
        document(source, "orders#question", "orders asked", 0),
        document(source, "items#d", "orders kept", 0),
        document(source, "gone#d", "orders gone", 0),
        document(other, "orders#d", "orders elsewhere", 0),
    ];
    index.upsert(&documents).await.unwrap();
    let tables = ["orders", "gone", "new"].map(TableRef::bare);
    let replaced = [document(source, "orders#d", "orders anew", 1), document(source, "new#d", "orders added", 1)];
    index.replace(source, &tables, &replaced).await.unwrap();
    for index in [&index, &other_process] {
        let mut left = found(index, &query(source, "orders", NOWHERE)).await;
        left.sort();
        assert_eq!(left, ["items#d", "new#d", "orders#d"]);
        assert_eq!(found(index, &query(source, "old", NOWHERE)).await, [""; 0]);
        assert_eq!(index.count(other).await.unwrap(), 1);
    }
    index.replace(source, &[TableRef::bare("unheard of")], &[]).await.unwrap();
    assert_eq!(index.count(source).await.unwrap(), 3);
}

pub async fn a_refused_replacement_leaves_what_was(harness: &impl Harness<Seam>) {
    let index = harness.open().await;
    let source = DataSourceId::generate();
    index.upsert(&[document(source, "orders", "orders", 0), document(source, "items", "items", 0)]).await.unwrap();
    let mut longer = document(source, "orders", "orders anew", 0);
    longer.vector = vec![1.0; 4];
    let error = index.replace(source, &[TableRef::bare("orders")], &[longer]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(found(&index, &query(source, "orders", NOWHERE)).await, ["orders"]);
}

pub async fn only_the_asked_sources_are_searched(harness: &impl Harness<Seam>) {
    let index = harness.open().await;
    let [one, two, secret] = [1, 2, 3].map(|_| DataSourceId::generate());
    for source in [one, two, secret] {
        index.upsert(&[document(source, "orders", "orders", 0)]).await.unwrap();
    }
    let mut asked = query(one, "orders", [1.0, 0.0, 0.0]);
    asked.sources = vec![two, one, two];
    let mut of: Vec<DataSourceId> = index.search(&asked).await.unwrap().iter().map(|hit| hit.source_id).collect();
    of.sort();
    let mut expected = vec![one, two];
    expected.sort();
    assert_eq!(of, expected);
    asked.sources = Vec::new();
    assert_eq!(index.search(&asked).await.unwrap(), []);
}

pub async fn no_more_hits_than_wanted(harness: &impl Harness<Seam>) {
    let index = harness.open().await;
    let source = DataSourceId::generate();
    let documents: Vec<SearchDocument> = (0..30).map(|n| document(source, &format!("t{n:02}"), "orders", 0)).collect();
    index.upsert(&documents).await.unwrap();
    for limit in [0, 1, 7, 30, 1_000_000] {
        let asked = HybridQuery { limit, ..query(source, "orders", [1.0, 0.0, 0.0]) };
        assert_eq!(index.search(&asked).await.unwrap().len(), limit.min(30));
    }
}

pub async fn equal_hits_come_in_the_same_order_every_time(harness: &impl Harness<Seam>) {
    let (one, two) = (harness.open().await, harness.open().await);
    let source = DataSourceId::generate();
    let documents: Vec<SearchDocument> =
        (0..20).rev().map(|n| document(source, &format!("t{n:02}"), "orders", 0)).collect();
    one.upsert(&documents).await.unwrap();
    let asked = query(source, "orders", [1.0, 0.0, 0.0]);
    let expected: Vec<String> = (0..10).map(|n| format!("t{n:02}")).collect();
    for index in [&one, &two, &one] {
        assert_eq!(found(index, &asked).await, expected);
    }
}

pub async fn a_vector_of_other_dimensions_is_refused(harness: &impl Harness<Seam>) {
    let index = harness.open().await;
    let source = DataSourceId::generate();
    index.upsert(&[document(source, "orders", "orders", 0)]).await.unwrap();
    let mut asked = query(source, "orders", NOWHERE);
    asked.vector = vec![1.0; 4];
    assert_eq!(index.search(&asked).await.unwrap_err().kind(), ErrorKind::InvalidInput);
    let mut longer = document(source, "items", "items", 0);
    longer.vector = vec![1.0; 4];
    let error = index.upsert(&[document(source, "new", "new", 0), longer.clone()]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(index.count(source).await.unwrap(), 1, "a refused write leaves nothing");
    index.delete(source, None).await.unwrap();
    index.upsert(&[longer]).await.unwrap();
    assert_eq!(found(&index, &asked).await, ["items"]);
}

pub async fn words_of_any_script_are_found_without_regard_to_case_and_accents(harness: &impl Harness<Seam>) {
    let index = harness.open().await;
    let source = DataSourceId::generate();
    let documents = [
        document(source, "hu", "Ügyfelek címei", 0),
        document(source, "de", "Straße und Größe", 0),
        document(source, "el", "Παραγγελίες πελατών", 0),
        document(source, "ja", "顧客 注文", 0),
    ];
    index.upsert(&documents).await.unwrap();
    for (asked, expected) in [("UGYFELEK", "hu"), ("grosse GRÖSSE größe", "de"), ("παραγγελιες", "el"), ("注文", "ja")]
    {
        assert_eq!(found(&index, &query(source, asked, NOWHERE)).await, [expected], "{asked}");
    }
}

pub async fn an_empty_index_finds_nothing(harness: &impl Harness<Seam>) {
    let index = harness.open().await;
    let source = DataSourceId::generate();
    assert_eq!(index.count(source).await.unwrap(), 0);
    assert_eq!(index.search(&query(source, "orders", [1.0, 0.0, 0.0])).await.unwrap(), []);
    index.delete(source, None).await.unwrap();
    index.delete(source, Some(&TableRef::bare("orders"))).await.unwrap();
    index.upsert(&[]).await.unwrap();
    index.replace(source, &[], &[]).await.unwrap();
    assert_eq!(index.count(source).await.unwrap(), 0);
}

pub async fn signs_and_what_looks_like_a_query_are_text_like_any_other(harness: &impl Harness<Seam>) {
    let index = harness.open().await;
    let source = DataSourceId::generate();
    index.upsert(&[document(source, "orders", "what people ordered", 0)]).await.unwrap();
    for signs in ["", "   ", "?!…", "' \" \\ % _ * ( ) ; --", "\u{0}"] {
        assert_eq!(found(&index, &query(source, signs, NOWHERE)).await, [""; 0], "{signs:?}");
    }
    for text in ["orders' OR source_id != ''; --", "\"ordered\"", "(ordered AND *)", &"ordered ".repeat(2_000)] {
        assert_eq!(found(&index, &query(source, text, NOWHERE)).await, ["orders"], "{text:.40}");
    }
    assert_eq!(index.count(source).await.unwrap(), 1);
}

pub async fn writes_are_seen_by_other_processes(harness: &impl Harness<Seam>) {
    let (one, two) = (harness.open().await, harness.open().await);
    let source = DataSourceId::generate();
    let asked = query(source, "orders", NOWHERE);
    assert_eq!(found(&two, &asked).await, [""; 0]);
    one.upsert(&[document(source, "a", "orders", 0)]).await.unwrap();
    assert_eq!(found(&two, &asked).await, ["a"]);
    two.upsert(&[document(source, "b", "orders", 0)]).await.unwrap();
    assert_eq!(found(&one, &asked).await, ["a", "b"]);
    one.delete(source, Some(&TableRef::bare("a"))).await.unwrap();
    assert_eq!(found(&two, &asked).await, ["b"]);
}

pub async fn what_was_written_survives_reopening(harness: &impl Harness<Seam>) {
    let source = DataSourceId::generate();
    let index = harness.open().await;
    index.upsert(&[document(source, "orders", "orders", 2)]).await.unwrap();
    drop(index);
    let index = harness.open().await;
    assert_eq!(index.count(source).await.unwrap(), 1);
    assert_eq!(found(&index, &query(source, "", [0.0, 0.0, 1.0])).await, ["orders"]);
}

pub async fn writers_and_searchers_get_along(harness: &impl Harness<Seam>) {
    let (one, two) = (harness.open().await, harness.open().await);
    let source = DataSourceId::generate();
    let mut tasks = JoinSet::new();
    for number in 0..16 {
        let index = if number % 2 == 0 { one.clone() } else { two.clone() };
        tasks.spawn(async move {
            let own = format!("table{number}");
            index.upsert(&[document(source, &own, &own, 0)]).await.unwrap();
            assert_eq!(found(&index, &query(source, &own, NOWHERE)).await[0], own);
        });
    }
    tasks.join_all().await;
    assert_eq!(two.count(source).await.unwrap(), 16);
}

/// Emits the suite's cases as tests over a harness.
#[macro_export]
macro_rules! search_conformance {
    ($harness:ty) => {
        $crate::conformance_cases! { $harness, dyn $crate::SearchIndex, $crate::conformance::search, search_index:
            a_hit_tells_what_it_is_about,
            words_and_meaning_find_each_for_itself,
            what_both_rankings_praise_comes_first,
            a_rarer_word_counts_more,
            an_id_is_replaced,
            a_table_or_a_whole_source_is_taken_out,
            tables_are_replaced_whole,
            a_refused_replacement_leaves_what_was,
            only_the_asked_sources_are_searched,
            no_more_hits_than_wanted,
            equal_hits_come_in_the_same_order_every_time,
            a_vector_of_other_dimensions_is_refused,
            words_of_any_script_are_found_without_regard_to_case_and_accents,
            an_empty_index_finds_nothing,
            signs_and_what_looks_like_a_query_are_text_like_any_other,
            writes_are_seen_by_other_processes,
            what_was_written_survives_reopening,
            writers_and_searchers_get_along,
        }
    };
}
