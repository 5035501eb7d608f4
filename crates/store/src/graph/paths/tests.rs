use super::*;
use datafyme_domain::{Cardinality, DataSourceId, Relation, RelationEvidence, RelationId, RelationKind, TableRef};
use proptest::prelude::*;
use uuid::Uuid;

fn graph_of(edges: &[(u8, u8, u8)]) -> SourceGraph {
    let relations = edges.iter().zip(1_u128..).map(|(&(from, to, percent), id)| Relation {
        id: RelationId(Uuid::from_u128(id)),
        source_id: DataSourceId(Uuid::from_u128(1)),
        from_table: TableRef::bare(format!("t{from}")),
        from_columns: vec![format!("c{id}")],
        to_table: TableRef::bare(format!("t{to}")),
        to_columns: vec!["id".to_owned()],
        kind: RelationKind::Inferred,
        cardinality: Cardinality::ManyToOne,
        confidence: f64::from(percent) / 100.0,
        tier: datafyme_domain::RelationTier::default(),
        role: None,
        condition: None,
        evidence: RelationEvidence::default(),
    });
    SourceGraph::new(relations.collect())
}

/// Every path without a repeated node, by walking all of them.
fn all_paths(graph: &SourceGraph, node: Node, end: Node, walked: &mut Vec<Node>, cost: Cost, costs: &mut Vec<Cost>) {
    if node == end {
        costs.push(cost);
        return;
    }
    walked.push(node);
    for way in graph.ways(node) {
        if !walked.contains(&way.to) {
            all_paths(graph, way.to, end, walked, cost + way.cost, costs);
        }
    }
    walked.pop();
}

proptest! {
    #[test]
    fn the_k_cheapest_paths_are_those_that_walking_all_of_them_finds(
        edges in prop::collection::vec((0_u8..6, 0_u8..6, 0_u8..=100), 1..14),
        limit in 1_usize..12,
    ) {
        let graph = graph_of(&edges);
        for start in 0..graph.len() {
            for end in (0..graph.len()).filter(|end| *end != start) {
                let mut expected = Vec::new();
                all_paths(&graph, start, end, &mut Vec::new(), 0, &mut expected);
                expected.sort_unstable();
                expected.truncate(limit);
                let found = cheapest_paths(&graph, start, end, limit);
                let costs: Vec<Cost> = found.iter().map(|edges| candidate(&graph, start, edges.clone()).0).collect();
                prop_assert_eq!(&costs, &expected);
                let distinct: HashSet<&Vec<Edge>> = found.iter().collect();
                prop_assert_eq!(distinct.len(), found.len());
            }
        }
    }
}

#[test]
fn no_path_is_asked_for_and_none_is_given() {
    let graph = graph_of(&[(0, 1, 100)]);
    assert!(cheapest_paths(&graph, 0, 1, 0).is_empty());
}
