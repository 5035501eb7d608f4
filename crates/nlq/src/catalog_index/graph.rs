//! How tables join: relations that are given, and equal names with a key where none are.

use super::{CatalogIndex, ColumnId, TableId, words};
use datafyme_domain::{Cardinality, Relation, RelationId, names};
use std::collections::{BTreeMap, BTreeSet};

/// Tables with a key of one name from which on that name says nothing about where a column of it points.
const KEYS_OF_A_NAME: usize = 8;

/// A join that is possible.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Edge {
    pub child: TableId,
    pub child_columns: Vec<ColumnId>,
    pub parent: TableId,
    pub parent_columns: Vec<ColumnId>,
    pub relation: Option<RelationId>,
    pub one_to_one: bool,
    /// 1 for a declared relation; more the more doubtful it is.
    pub cost: f64,
}

impl Edge {
    /// A join that nothing but names speaks for.
    fn guessed(index: &CatalogIndex, child: ColumnId, parent: ColumnId, one_to_one: bool, cost: f64) -> Self {
        Self {
            child: index.table_of(child),
            child_columns: vec![child],
            parent: index.table_of(parent),
            parent_columns: vec![parent],
            relation: None,
            one_to_one,
            cost,
        }
    }

    pub(crate) fn other(&self, table: TableId) -> TableId {
        if self.child == table { self.parent } else { self.child }
    }

    /// Columns of the given end.
    pub(crate) fn columns_of(&self, table: TableId) -> &[ColumnId] {
        if self.child == table { &self.child_columns } else { &self.parent_columns }
    }
}

/// All joins that are possible.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    pub edges: Vec<Edge>,
    adjacent: Vec<Vec<usize>>,
}

/// Tables in the order in which they are joined, each with the edge that attaches it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct JoinTree {
    pub tables: Vec<TableId>,
    /// For `tables[k + 1]`: the earlier table and the edge.
    pub steps: Vec<(TableId, usize)>,
    pub cost: f64,
}

impl Graph {
    pub(super) fn build(index: &CatalogIndex, relations: &[Relation]) -> Self {
        let mut graph = Self::default();
        for relation in relations.iter().filter(|r| r.is_usable()) {
            if let Some(edge) = edge(index, relation) {
                graph.edges.push(edge);
            }
        }
        graph.guess(index);
        graph.guess_by_table(index);
        graph.bridge(index);
        graph.connect(index.tables.len());
        graph
    }

    /// Gives back what its lists reserved.
    pub(super) fn shrink_to_fit(&mut self) {
        self.edges.shrink_to_fit();
        self.adjacent.iter_mut().for_each(Vec::shrink_to_fit);
    }

    pub(super) fn connect(&mut self, tables: usize) {
        self.adjacent = vec![Vec::new(); tables];
        for (position, edge) in self.edges.iter().enumerate() {
            for end in [edge.child, edge.parent] {
                if let Some(list) = self.adjacent.get_mut(end) {
                    list.push(position);
                }
            }
        }
    }

    /// Equal column names, one of them a key, between tables that no relation connects.
    fn guess(&mut self, index: &CatalogIndex) {
        let mut connected: BTreeSet<(TableId, TableId)> =
            self.edges.iter().flat_map(|e| [(e.child, e.parent), (e.parent, e.child)]).collect();
        let mut guesses = Vec::new();
        let mut keys: BTreeMap<String, Vec<ColumnId>> = BTreeMap::new();
        for (key, column) in index.columns.iter().enumerate().filter(|(_, column)| column.key) {
            keys.entry(column.name.to_lowercase()).or_default().push(key);
        }
        keys.retain(|_, keys| keys.len() <= KEYS_OF_A_NAME);
        for (child_column, child) in index.columns.iter().enumerate() {
            let name = child.name.to_lowercase();
            if matches!(name.as_str(), "id" | "name" | "title" | "description" | "code" | "type") {
                continue;
            }
            for parent_column in keys.get(&name).into_iter().flatten().copied() {
                let parent = index.column(parent_column);
                let both_keys = child.key && parent.key && child.table < parent.table;
                if parent.table == child.table || both_keys {
                    continue;
                }
                if connected.insert((child.table, parent.table)) {
                    connected.insert((parent.table, child.table));
                    guesses.push(Edge::guessed(index, child_column, parent_column, child.key, 1.6));
                }
            }
        }
        self.edges.extend(guesses);
    }

    /// A column that is called after a table and its key ("start station id") and that nothing is known to refer with.
    fn guess_by_table(&mut self, index: &CatalogIndex) {
        let mut called: BTreeMap<Vec<String>, ColumnId> = BTreeMap::new();
        for table in &index.tables {
            let ([key], Some(name)) = (table.primary_key.as_slice(), &table.name) else { continue };
            let mut words = words::table_words(&name.table);
            words.push("id".to_owned());
            called.insert(words::stems(&words), *key);
        }
        let referring: BTreeSet<ColumnId> = self.edges.iter().flat_map(|e| e.child_columns.iter().copied()).collect();
        let mut guesses = Vec::new();
        for (child_column, child) in index.columns.iter().enumerate() {
            if child.key || referring.contains(&child_column) || !child.name.to_lowercase().ends_with("id") {
                continue;
            }
            let own = words::stems(&names::identifier_words(&child.name));
            let parent = (0..own.len().saturating_sub(1)).find_map(|from| called.get(own.get(from..)?).copied());
            let Some(parent_column) = parent else { continue };
            let parent = index.column(parent_column);
            if parent.table != child.table && parent.column_type == child.column_type {
                guesses.push(Edge::guessed(index, child_column, parent_column, false, 1.6));
            }
        }
        self.edges.extend(guesses);
    }

    /// Between tables that nothing connects, not even by way of others: equal names, one of them unique in its rows.
    fn bridge(&mut self, index: &CatalogIndex) {
        let mut part: Vec<TableId> = (0..index.tables.len()).collect();
        let merge = |part: &mut Vec<TableId>, a: TableId, b: TableId| {
            if let (Some(from), Some(to)) = (part.get(a).copied(), part.get(b).copied()) {
                part.iter_mut().filter(|p| **p == from).for_each(|p| *p = to);
            }
        };
        for edge in &self.edges {
            merge(&mut part, edge.child, edge.parent);
        }
        let by_name = |column: &ColumnId| (index.column(*column).name.to_lowercase(), *column);
        let fits = |c: &ColumnId| {
            let facts = index.column(*c);
            let told =
                !matches!(facts.name.to_lowercase().as_str(), "name" | "title" | "description" | "type" | "year");
            told && !facts.temporal && facts.distinct > 2
        };
        let mut columns: Vec<(String, ColumnId)> = (0..index.columns.len()).filter(fits).map(|c| by_name(&c)).collect();
        columns.sort();
        for pair in columns.chunk_by(|a, b| a.0 == b.0) {
            let [(_, a), (_, b)] = pair else { continue };
            let (one, two) = (index.column(*a), index.column(*b));
            if one.column_type != two.column_type || part.get(one.table) == part.get(two.table) {
                continue;
            }
            let (child, parent) = match (one.unique, two.unique) {
                (_, true) => (*a, *b),
                (true, false) => (*b, *a),
                (false, false) => continue,
            };
            merge(&mut part, one.table, two.table);
            self.edges.push(Edge::guessed(index, child, parent, index.column(child).unique, 2.4));
        }
    }

    pub(crate) fn edge(&self, position: usize) -> Option<&Edge> {
        self.edges.get(position)
    }

    pub(crate) fn edges_of(&self, table: TableId) -> impl Iterator<Item = (usize, &Edge)> {
        self.adjacent
            .get(table)
            .into_iter()
            .flatten()
            .filter_map(|position| self.edges.get(*position).map(|e| (*position, e)))
    }

    /// Edges between two tables, the surest first.
    pub(crate) fn between(&self, a: TableId, b: TableId) -> Vec<(usize, &Edge)> {
        let mut found: Vec<(usize, &Edge)> = self.edges_of(a).filter(|(_, e)| e.other(a) == b).collect();
        found.sort_by(|x, y| x.1.cost.total_cmp(&y.1.cost));
        found
    }

    /// A small tree that connects `required`, the first of them as its root: nearest table first (the
    /// shortest-path heuristic for Steiner trees of Takahashi & Matsuyama, 1980). `penalty` is added per edge used.
    pub(crate) fn tree(&self, required: &[TableId], penalty: &dyn Fn(usize) -> f64) -> Option<JoinTree> {
        let root = *required.first()?;
        let mut tree = JoinTree { tables: vec![root], ..JoinTree::default() };
        let mut open: Vec<TableId> = Vec::new();
        for table in required.iter().skip(1) {
            if *table != root && !open.contains(table) {
                open.push(*table);
            }
        }
        while !open.is_empty() {
            let (found, path, cost) = self.nearest(&tree.tables, &open, penalty)?;
            tree.cost += cost;
            for (from, position, to) in path {
                if !tree.tables.contains(&to) {
                    tree.tables.push(to);
                    tree.steps.push((from, position));
                }
            }
            open.retain(|t| *t != found && !tree.tables.contains(t));
        }
        Some(tree)
    }

    /// Dijkstra from all tables of the tree to the nearest open one: it, the steps to it, and their cost.
    #[allow(clippy::type_complexity)]
    fn nearest(
        &self,
        from: &[TableId],
        open: &[TableId],
        penalty: &dyn Fn(usize) -> f64,
    ) -> Option<(TableId, Vec<(TableId, usize, TableId)>, f64)> {
        let mut distance: BTreeMap<TableId, f64> = from.iter().map(|t| (*t, 0.0)).collect();
        let mut back: BTreeMap<TableId, (TableId, usize)> = BTreeMap::new();
        let mut done: BTreeSet<TableId> = BTreeSet::new();
        loop {
            let next = distance
                .iter()
                .filter(|(t, _)| !done.contains(*t))
                .min_by(|a, b| a.1.total_cmp(b.1))
                .map(|(t, d)| (*t, *d));
            let (table, reached) = next?;
            done.insert(table);
            if open.contains(&table) {
                let mut path = Vec::new();
                let mut at = table;
                while let Some((previous, edge)) = back.get(&at) {
                    path.push((*previous, *edge, at));
                    at = *previous;
                }
                path.reverse();
                return Some((table, path, reached));
            }
            for (position, edge) in self.edges_of(table) {
                let other = edge.other(table);
                let cost = reached + (edge.cost + penalty(position)).max(0.05);
                if !done.contains(&other) && distance.get(&other).is_none_or(|d| cost < *d - 1e-9) {
                    distance.insert(other, cost);
                    back.insert(other, (table, position));
                }
            }
        }
    }
}

fn edge(index: &CatalogIndex, relation: &Relation) -> Option<Edge> {
    let child = index.find_table(&relation.from_table)?;
    let parent = index.find_table(&relation.to_table)?;
    let columns = |table, names: &[String]| -> Option<Vec<ColumnId>> {
        names.iter().map(|n| index.find_column(table, n)).collect()
    };
    let child_columns = columns(child, &relation.from_columns)?;
    let parent_columns = columns(parent, &relation.to_columns)?;
    if child == parent || child_columns.is_empty() || child_columns.len() != parent_columns.len() {
        return None;
    }
    Some(Edge {
        child,
        child_columns,
        parent,
        parent_columns,
        relation: Some(relation.id),
        one_to_one: relation.cardinality == Cardinality::OneToOne,
        cost: 1.0 + (1.0 - relation.confidence.clamp(0.0, 1.0)),
    })
}
