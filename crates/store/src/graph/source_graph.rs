//! The relations of one data source as an undirected multigraph in memory.

use super::paths::cheapest_paths;
use datafyme_domain::{JoinPath, Relation, TableRef};
use std::collections::{BTreeMap, HashMap};

/// Position of a table among the nodes.
pub(super) type Node = usize;
/// Position of a relation among the edges.
pub(super) type Edge = usize;
/// Cost in millionths: whole numbers compare exactly, however they were added up.
pub(super) type Cost = u64;

/// One way out of a node.
#[derive(Debug, Clone, Copy)]
pub(super) struct Way {
    pub(super) edge: Edge,
    pub(super) to: Node,
    pub(super) cost: Cost,
}

/// Tables as nodes, relations as edges; several edges between the same tables, and of a table with itself, are kept.
#[derive(Debug)]
pub(super) struct SourceGraph {
    /// Surest first.
    relations: Vec<Relation>,
    tables: Vec<TableRef>,
    nodes: HashMap<TableRef, Node>,
    /// The ways out of each node, surest first; a table's relations with itself are in `loops`.
    ways: Vec<Vec<Way>>,
    loops: HashMap<Node, Vec<Edge>>,
}

/// What stepping along a relation costs: 2 − confidence, so that doubt costs up to one step more.
pub(super) fn cost_of(relation: &Relation) -> f64 {
    2.0 - if relation.confidence.is_nan() { 0.0 } else { relation.confidence.clamp(0.0, 1.0) }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // between 1 and 2 million
fn whole_cost(relation: &Relation) -> Cost {
    (cost_of(relation) * 1e6).round() as Cost
}

impl SourceGraph {
    pub(super) fn new(mut relations: Vec<Relation>) -> Self {
        relations.sort_by_cached_key(|r| (whole_cost(r), r.label(), r.id));
        let mut graph = Self {
            relations: Vec::new(),
            tables: Vec::new(),
            nodes: HashMap::new(),
            ways: Vec::new(),
            loops: HashMap::new(),
        };
        for (edge, relation) in relations.iter().enumerate() {
            let from = graph.node(&relation.from_table);
            let to = graph.node(&relation.to_table);
            if from == to {
                graph.loops.entry(from).or_default().push(edge);
                continue;
            }
            let cost = whole_cost(relation);
            for (node, to) in [(from, to), (to, from)] {
                if let Some(ways) = graph.ways.get_mut(node) {
                    ways.push(Way { edge, to, cost });
                }
            }
        }
        graph.relations = relations;
        graph
    }

    /// The node of a table, a new one where it has none.
    fn node(&mut self, table: &TableRef) -> Node {
        if let Some(node) = self.nodes.get(table) {
            return *node;
        }
        let node = self.tables.len();
        self.tables.push(table.clone());
        self.ways.push(Vec::new());
        self.nodes.insert(table.clone(), node);
        node
    }

    /// All relations, surest first.
    pub(super) fn relations(&self) -> &[Relation] {
        &self.relations
    }

    /// Number of tables.
    pub(super) fn len(&self) -> usize {
        self.tables.len()
    }

    /// The ways out of a node.
    pub(super) fn ways(&self, node: Node) -> &[Way] {
        self.ways.get(node).map_or(&[], Vec::as_slice)
    }

    /// The way along `edge` out of `node`.
    pub(super) fn way(&self, node: Node, edge: Edge) -> Option<Way> {
        self.ways(node).iter().copied().find(|way| way.edge == edge)
    }

    /// Tables within `hops` of any of `tables`, by steps, then cost of the way there, then name.
    pub(super) fn neighbours(&self, tables: &[TableRef], hops: u32) -> Vec<TableRef> {
        let mut level: BTreeMap<Node, Cost> =
            tables.iter().filter_map(|table| self.nodes.get(table)).map(|node| (*node, 0)).collect();
        let mut seen = vec![false; self.len()];
        let mut found: Vec<TableRef> = Vec::new();
        mark(&mut seen, level.keys());
        for _ in 0..hops {
            let mut next: BTreeMap<Node, Cost> = BTreeMap::new();
            for (node, spent) in &level {
                for way in self.ways(*node) {
                    if seen.get(way.to) == Some(&false) {
                        let cost = next.entry(way.to).or_insert(Cost::MAX);
                        *cost = (*cost).min(spent + way.cost);
                    }
                }
            }
            if next.is_empty() {
                break;
            }
            mark(&mut seen, next.keys());
            let mut ring: Vec<(Cost, &TableRef)> =
                next.iter().filter_map(|(node, cost)| Some((*cost, self.tables.get(*node)?))).collect();
            ring.sort();
            found.extend(ring.into_iter().map(|(_, table)| table.clone()));
            level = next;
        }
        found
    }

    /// The cheapest join paths, cheapest first; from a table to itself its relations with itself.
    pub(super) fn join_paths(&self, from: &TableRef, to: &TableRef, limit: usize) -> Vec<JoinPath> {
        let (Some(&start), Some(&end)) = (self.nodes.get(from), self.nodes.get(to)) else {
            return Vec::new();
        };
        let paths = if start == end {
            let loops = self.loops.get(&start).map_or(&[][..], Vec::as_slice);
            loops.iter().take(limit).map(|edge| vec![*edge]).collect()
        } else {
            cheapest_paths(self, start, end, limit)
        };
        paths.iter().map(|edges| self.join_path(from, to, edges)).collect()
    }

    fn join_path(&self, from: &TableRef, to: &TableRef, edges: &[Edge]) -> JoinPath {
        let relations: Vec<Relation> = edges.iter().filter_map(|edge| self.relations.get(*edge)).cloned().collect();
        JoinPath { from: from.clone(), to: to.clone(), cost: relations.iter().map(cost_of).sum(), relations }
    }
}

fn mark<'a>(seen: &mut [bool], nodes: impl Iterator<Item = &'a Node>) {
    for node in nodes {
        if let Some(slot) = seen.get_mut(*node) {
            *slot = true;
        }
    }
}
