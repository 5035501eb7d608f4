//! The suite of [`RelationGraph`].

use super::{Harness, sample};
use crate::RelationGraph;
use datafyme_domain::{DataSourceId, JoinPath, Relation, RelationKind, TableRef};
use std::sync::Arc;

/// The seam, as [`Harness`] names it.
pub type Seam = dyn RelationGraph;

/// A graph of one data source over relations `(from, to, confidence)`.
async fn graph_of(harness: &impl Harness<Seam>, relations: &[(&str, &str, f64)]) -> (Arc<Seam>, DataSourceId) {
    let graph = harness.open().await;
    let source = DataSourceId::generate();
    graph.replace(source, &relations_of(source, relations)).await.unwrap();
    (graph, source)
}

fn relations_of(source: DataSourceId, relations: &[(&str, &str, f64)]) -> Vec<Relation> {
    relations.iter().map(|(from, to, confidence)| sample::relation(source, from, to, *confidence)).collect()
}

fn bare(names: &[&str]) -> Vec<TableRef> {
    names.iter().map(|name| TableRef::bare(*name)).collect()
}

async fn paths(graph: &Arc<Seam>, source: DataSourceId, from: &str, to: &str, limit: usize) -> Vec<JoinPath> {
    graph.join_paths(source, &TableRef::bare(from), &TableRef::bare(to), limit).await.unwrap()
}

/// The child ends of a path's relations, in walking order.
fn steps(path: &JoinPath) -> String {
    let ends: Vec<String> = path.relations.iter().map(Relation::label).collect();
    ends.join(", ")
}

fn costs(paths: &[JoinPath]) -> Vec<f64> {
    paths.iter().map(|path| (path.cost * 1e6).round() / 1e6).collect()
}

pub async fn relations_are_given_back_surest_first(harness: &impl Harness<Seam>) {
    let (graph, source) = graph_of(harness, &[("a.x", "b.id", 0.5), ("c.x", "b.id", 1.0), ("d.x", "b.id", 0.7)]).await;
    let given: Vec<f64> = graph.relations(source).await.unwrap().iter().map(|r| r.confidence).collect();
    assert_eq!(given, [1.0, 0.7, 0.5]);
    let whole = sample::relation(source, "a.x+y", "b.u+v", 0.25);
    graph.replace(source, std::slice::from_ref(&whole)).await.unwrap();
    assert_eq!(graph.relations(source).await.unwrap(), [whole]);
}

pub async fn rejected_relations_are_never_in_it(harness: &impl Harness<Seam>) {
    let graph = harness.open().await;
    let source = DataSourceId::generate();
    let mut wrong = sample::relation(source, "a.x", "b.id", 1.0);
    wrong.kind = RelationKind::Rejected;
    graph.replace(source, &[wrong, sample::relation(source, "b.x", "c.id", 1.0)]).await.unwrap();
    assert_eq!(graph.relations(source).await.unwrap().len(), 1);
    assert_eq!(graph.neighbours(source, &bare(&["a"]), 3).await.unwrap(), []);
    assert_eq!(paths(&graph, source, "a", "b", 3).await, []);
}

pub async fn neighbours_come_nearest_first(harness: &impl Harness<Seam>) {
    let relations =
        [("a.x", "b.id", 0.5), ("c.x", "a.id", 1.0), ("b.x", "d.id", 1.0), ("e.x", "d.id", 1.0), ("y.x", "z.id", 1.0)];
    let (graph, source) = graph_of(harness, &relations).await;
    let near = async |tables: &[&str], hops| graph.neighbours(source, &bare(tables), hops).await.unwrap();
    assert_eq!(near(&["a"], 0).await, []);
    assert_eq!(near(&["a"], 1).await, bare(&["c", "b"]));
    assert_eq!(near(&["a"], 2).await, bare(&["c", "b", "d"]));
    assert_eq!(near(&["a"], u32::MAX).await, bare(&["c", "b", "d", "e"]));
    assert_eq!(near(&["a", "d", "a"], 1).await, bare(&["b", "c", "e"]));
    assert_eq!(near(&["unknown"], 2).await, []);
}

pub async fn a_sure_detour_costs_as_much_as_a_doubtful_step(harness: &impl Harness<Seam>) {
    // A doubtful step costs as much as two sure ones; of equally dear ways the shorter comes first.
    let relations =
        [("a.x", "c.id", 0.0), ("a.y", "b.id", 1.0), ("b.x", "c.id", 1.0), ("a.z", "d.id", 0.4), ("d.x", "c.id", 0.4)];
    let (graph, source) = graph_of(harness, &relations).await;
    let found = paths(&graph, source, "a", "c", 9).await;
    assert_eq!(costs(&found), [2.0, 2.0, 3.2]);
    assert_eq!(
        found.iter().map(steps).collect::<Vec<_>>(),
        ["a.x → c.id", "a.y → b.id, b.x → c.id", "a.z → d.id, d.x → c.id"]
    );
    assert!(found.iter().all(|path| path.from == TableRef::bare("a") && path.to == TableRef::bare("c")));
}

pub async fn paths_walk_relations_against_their_direction_too(harness: &impl Harness<Seam>) {
    let relations = [("orders.customer_id", "customers.id", 1.0), ("orders.product_id", "products.id", 1.0)];
    let (graph, source) = graph_of(harness, &relations).await;
    let found = paths(&graph, source, "customers", "products", 5).await;
    assert_eq!(
        found.iter().map(steps).collect::<Vec<_>>(),
        ["orders.customer_id → customers.id, orders.product_id → products.id"]
    );
}

pub async fn parallel_relations_are_different_paths(harness: &impl Harness<Seam>) {
    let relations = [("flights.from", "airports.code", 0.9), ("flights.to", "airports.code", 0.8)];
    let (graph, source) = graph_of(harness, &relations).await;
    let found = paths(&graph, source, "flights", "airports", 5).await;
    assert_eq!(
        found.iter().map(steps).collect::<Vec<_>>(),
        ["flights.from → airports.code", "flights.to → airports.code"]
    );
    assert_eq!(costs(&found), [1.1, 1.2]);
}

pub async fn a_table_joins_itself_along_its_own_relations(harness: &impl Harness<Seam>) {
    let relations = [
        ("staff.manager_id", "staff.id", 0.9),
        ("staff.mentor_id", "staff.id", 0.8),
        ("staff.shop_id", "shops.id", 1.0),
    ];
    let (graph, source) = graph_of(harness, &relations).await;
    let found = paths(&graph, source, "staff", "staff", 5).await;
    assert_eq!(
        found.iter().map(steps).collect::<Vec<_>>(),
        ["staff.manager_id → staff.id", "staff.mentor_id → staff.id"]
    );
    assert_eq!(paths(&graph, source, "staff", "staff", 1).await.len(), 1);
    assert_eq!(paths(&graph, source, "shops", "shops", 5).await, []);
    assert_eq!(paths(&graph, source, "staff", "shops", 5).await.len(), 1, "no path loops on the way");
    assert_eq!(graph.neighbours(source, &bare(&["staff"]), 2).await.unwrap(), bare(&["shops"]));
}

pub async fn composite_keys_are_one_relation(harness: &impl Harness<Seam>) {
    let (graph, source) = graph_of(harness, &[("lines.order_no+year", "orders.no+year", 1.0)]).await;
    let found = paths(&graph, source, "lines", "orders", 5).await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].relations[0].from_columns, ["order_no", "year"]);
    assert_eq!(found[0].relations[0].to_columns, ["no", "year"]);
}

pub async fn tables_that_do_not_connect_have_no_path(harness: &impl Harness<Seam>) {
    let (graph, source) = graph_of(harness, &[("a.x", "b.id", 1.0), ("c.x", "d.id", 1.0)]).await;
    assert_eq!(paths(&graph, source, "a", "d", 5).await, []);
    assert_eq!(paths(&graph, source, "a", "unknown", 5).await, []);
    assert_eq!(paths(&graph, DataSourceId::generate(), "a", "b", 5).await, []);
}

pub async fn no_more_paths_than_wanted(harness: &impl Harness<Seam>) {
    let names: Vec<(String, String)> = (0..6).map(|n| (format!("a.x{n}"), "b.id".to_owned())).collect();
    let relations: Vec<(&str, &str, f64)> = names.iter().map(|(from, to)| (from.as_str(), to.as_str(), 0.5)).collect();
    let (graph, source) = graph_of(harness, &relations).await;
    for limit in [0, 1, 4, 6, 99] {
        assert_eq!(paths(&graph, source, "a", "b", limit).await.len(), limit.min(6));
    }
}

pub async fn schemas_tell_tables_apart(harness: &impl Harness<Seam>) {
    let graph = harness.open().await;
    let source = DataSourceId::generate();
    let mut relation = sample::relation(source, "shows.film_id", "films.id", 1.0);
    relation.from_table = TableRef::new("hu", "shows");
    graph.replace(source, &[relation]).await.unwrap();
    let hu = [TableRef::new("hu", "shows")];
    assert_eq!(graph.neighbours(source, &hu, 1).await.unwrap(), bare(&["films"]));
    assert_eq!(graph.neighbours(source, &[TableRef::new("de", "shows")], 1).await.unwrap(), []);
    assert_eq!(graph.neighbours(source, &bare(&["shows"]), 1).await.unwrap(), []);
}

pub async fn names_of_any_script_are_told_apart(harness: &impl Harness<Seam>) {
    let names =
        [("Ügyfél.cím_id", "Cím.id", 1.0), ("ügyfél.cím_id", "\"quoted\" 'name'.id", 1.0), ("注文.x", "顧客.id", 1.0)];
    let (graph, source) = graph_of(harness, &names).await;
    let near = async |table: &str| graph.neighbours(source, &bare(&[table]), 9).await.unwrap();
    assert_eq!(near("Ügyfél").await, bare(&["Cím"]));
    assert_eq!(near("ügyfél").await, bare(&["\"quoted\" 'name'"]));
    assert_eq!(near("顧客").await, bare(&["注文"]));
    assert_eq!(near("Ugyfel").await, []);
    assert_eq!(paths(&graph, source, "注文", "顧客", 2).await.len(), 1);
}

pub async fn an_empty_graph_knows_nothing(harness: &impl Harness<Seam>) {
    let graph = harness.open().await;
    let source = DataSourceId::generate();
    graph.replace(source, &[]).await.unwrap();
    assert_eq!(graph.relations(source).await.unwrap(), []);
    assert_eq!(graph.neighbours(source, &bare(&["a"]), 3).await.unwrap(), []);
    assert_eq!(graph.neighbours(source, &[], 3).await.unwrap(), []);
    assert_eq!(paths(&graph, source, "a", "a", 3).await, []);
}

pub async fn sources_do_not_mix(harness: &impl Harness<Seam>) {
    let (graph, source) = graph_of(harness, &[("a.x", "b.id", 1.0)]).await;
    let other = DataSourceId::generate();
    graph.replace(other, &relations_of(other, &[("b.x", "c.id", 1.0)])).await.unwrap();
    assert_eq!(graph.neighbours(source, &bare(&["a"]), 5).await.unwrap(), bare(&["b"]));
    graph.replace(other, &[]).await.unwrap();
    assert_eq!(graph.relations(other).await.unwrap(), []);
    assert_eq!(graph.relations(source).await.unwrap().len(), 1);
}

pub async fn writes_are_seen_by_other_processes(harness: &impl Harness<Seam>) {
    let (one, source) = graph_of(harness, &[("a.x", "b.id", 1.0)]).await;
    let two = harness.open().await;
    assert_eq!(two.neighbours(source, &bare(&["a"]), 1).await.unwrap(), bare(&["b"]));
    one.replace(source, &relations_of(source, &[("a.x", "c.id", 1.0)])).await.unwrap();
    assert_eq!(two.neighbours(source, &bare(&["a"]), 1).await.unwrap(), bare(&["c"]));
}

pub async fn what_was_written_survives_reopening(harness: &impl Harness<Seam>) {
    let (graph, source) = graph_of(harness, &[("a.x", "b.id", 0.123_456_789)]).await;
    let before = graph.relations(source).await.unwrap();
    drop(graph);
    let graph = harness.open().await;
    assert_eq!(graph.relations(source).await.unwrap(), before);
    assert_eq!(paths(&graph, source, "a", "b", 1).await.len(), 1);
}

/// Emits the suite's cases as tests over a harness.
#[macro_export]
macro_rules! graph_conformance {
    ($harness:ty) => {
        $crate::conformance_cases! { $harness, dyn $crate::RelationGraph, $crate::conformance::graph, relation_graph:
            relations_are_given_back_surest_first,
            rejected_relations_are_never_in_it,
            neighbours_come_nearest_first,
            a_sure_detour_costs_as_much_as_a_doubtful_step,
            paths_walk_relations_against_their_direction_too,
            parallel_relations_are_different_paths,
            a_table_joins_itself_along_its_own_relations,
            composite_keys_are_one_relation,
            tables_that_do_not_connect_have_no_path,
            no_more_paths_than_wanted,
            schemas_tell_tables_apart,
            names_of_any_script_are_told_apart,
            an_empty_graph_knows_nothing,
            sources_do_not_mix,
            writes_are_seen_by_other_processes,
            what_was_written_survives_reopening,
        }
    };
}
