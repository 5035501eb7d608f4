//! The k cheapest paths without a repeated table: Yen, "Finding the k shortest loopless paths in a network"
//! (Management Science 17, 1971), over edges rather than nodes, so that parallel relations make paths of their own.

use super::source_graph::{Cost, Edge, Node, SourceGraph};
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashSet};

/// A candidate in the order in which paths are given: cost, then length, then the surer relations.
type Candidate = (Cost, usize, Vec<Edge>);

/// At most `limit` paths from `start` to another node `end`, cheapest first, each as its edges in walking order.
pub(super) fn cheapest_paths(graph: &SourceGraph, start: Node, end: Node, limit: usize) -> Vec<Vec<Edge>> {
    let mut found: Vec<Vec<Edge>> = Vec::new();
    let mut candidates: BTreeSet<Candidate> = BTreeSet::new();
    if limit > 0 {
        let first = cheapest_path(graph, start, end, &HashSet::new(), &HashSet::new());
        candidates.extend(first.map(|edges| candidate(graph, start, edges)));
    }
    while let Some((_, _, path)) = candidates.pop_first() {
        found.push(path);
        if found.len() == limit {
            break;
        }
        if let Some(path) = found.last() {
            candidates.extend(detours(graph, start, end, path, &found));
        }
        candidates.retain(|(_, _, edges)| !found.contains(edges));
    }
    found
}

/// For each table on `path`, the cheapest way to go on from there that no path found so far takes.
fn detours(graph: &SourceGraph, start: Node, end: Node, path: &[Edge], found: &[Vec<Edge>]) -> Vec<Candidate> {
    let mut detours = Vec::new();
    let mut behind: HashSet<Node> = HashSet::new();
    let mut spur = start;
    for (taken, edge) in path.iter().enumerate() {
        let root = path.get(..taken).unwrap_or_default();
        let closed: HashSet<Edge> = found
            .iter()
            .filter(|other| other.starts_with(root))
            .filter_map(|other| other.get(taken).copied())
            .collect();
        if let Some(rest) = cheapest_path(graph, spur, end, &behind, &closed) {
            let edges = root.iter().copied().chain(rest).collect();
            detours.push(candidate(graph, start, edges));
        }
        behind.insert(spur);
        let Some(way) = graph.way(spur, *edge) else { break };
        spur = way.to;
    }
    detours
}

fn candidate(graph: &SourceGraph, start: Node, edges: Vec<Edge>) -> Candidate {
    let mut node = start;
    let mut cost = 0;
    for edge in &edges {
        if let Some(way) = graph.way(node, *edge) {
            cost += way.cost;
            node = way.to;
        }
    }
    (cost, edges.len(), edges)
}

/// Dijkstra's cheapest path around closed nodes and edges; of equally cheap ones the shortest.
fn cheapest_path(
    graph: &SourceGraph,
    start: Node,
    end: Node,
    closed_nodes: &HashSet<Node>,
    closed_edges: &HashSet<Edge>,
) -> Option<Vec<Edge>> {
    let mut best: Vec<(Cost, usize)> = vec![(Cost::MAX, usize::MAX); graph.len()];
    let mut came: Vec<Option<(Node, Edge)>> = vec![None; graph.len()];
    let mut open = BinaryHeap::from([Reverse((0, 0, start))]);
    *best.get_mut(start)? = (0, 0);
    while let Some(Reverse((cost, steps, node))) = open.pop() {
        if node == end {
            return walk_back(&came, start, end);
        }
        if best.get(node).is_none_or(|known| (cost, steps) > *known) {
            continue;
        }
        for way in graph.ways(node) {
            if closed_nodes.contains(&way.to) || (node == start && closed_edges.contains(&way.edge)) {
                continue;
            }
            let reached = (cost + way.cost, steps + 1);
            if let (Some(known), Some(from)) = (best.get_mut(way.to), came.get_mut(way.to))
                && reached < *known
            {
                *known = reached;
                *from = Some((node, way.edge));
                open.push(Reverse((reached.0, reached.1, way.to)));
            }
        }
    }
    None
}

fn walk_back(came: &[Option<(Node, Edge)>], start: Node, end: Node) -> Option<Vec<Edge>> {
    let mut edges = Vec::new();
    let mut node = end;
    while node != start {
        let (from, edge) = (*came.get(node)?)?;
        edges.push(edge);
        node = from;
    }
    edges.reverse();
    Some(edges)
}

#[cfg(test)]
mod tests;
