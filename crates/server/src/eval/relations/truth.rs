//! What is true of a database: declared keys, joins of the gold queries, and what follows from both.

use super::schemas::Schema;
use crate::eval::{
    EvalError,
    items::{AnswerItem, RelationItem, read},
};
use datafyme_domain::Relation;
use sqlparser::{
    ast::{
        BinaryOperator, Expr, JoinConstraint, JoinOperator, Query, Select, SetExpr, TableFactor, TableWithJoins, Visit,
        Visitor,
    },
    dialect::SQLiteDialect,
    parser::Parser,
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    ops::ControlFlow,
    path::Path,
};

/// A column, in lower case: databases differ in it.
type Place = (String, String);
/// A relation, in lower case, its columns in order.
pub(super) type Key = (String, Vec<String>, String, Vec<String>);

/// How true a relation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Declared.
    Declared,
    /// A join of a gold query, or a part of a declared key of several columns.
    Joined,
    /// Follows from the others.
    Transitive,
    /// Nothing speaks for it. The reverse of a declared key is wrong too.
    Wrong,
}

/// The truths of all databases.
#[derive(Debug)]
pub(super) struct Truth {
    declared: HashMap<String, BTreeSet<Key>>,
    joined: HashMap<String, HashSet<(Place, Place)>>,
    /// Representative of each column among those that are joined, directly or not.
    classes: HashMap<String, HashMap<Place, Place>>,
}

impl Truth {
    /// From declared keys and, where there is a file, gold queries.
    pub(super) fn new(
        declared: &BTreeMap<String, Vec<RelationItem>>,
        schemas: &[Schema],
        questions: Option<&Path>,
    ) -> Result<Self, EvalError> {
        let keys = |items: &Vec<RelationItem>| items.iter().map(item_key).collect::<BTreeSet<Key>>();
        let declared: HashMap<String, BTreeSet<Key>> = declared.iter().map(|(db, i)| (db.clone(), keys(i))).collect();
        let mut joined: HashMap<String, HashSet<(Place, Place)>> = HashMap::new();
        if let Some(path) = questions {
            let columns: HashMap<&str, HashSet<Place>> =
                schemas.iter().map(|s| (s.name.as_str(), columns(s))).collect();
            for item in read::<AnswerItem>(path, None)? {
                if let Some(known) = columns.get(item.db.as_str()) {
                    let pairs =
                        joins(&item.gold_sql).into_iter().filter(|(a, b)| known.contains(a) && known.contains(b));
                    joined.entry(item.db.clone()).or_default().extend(pairs);
                }
            }
        }
        let mut classes = HashMap::new();
        for db in declared.keys() {
            let mut parents: HashMap<Place, Place> = HashMap::new();
            for (from, from_columns, to, to_columns) in declared.get(db).into_iter().flatten() {
                for (a, b) in from_columns.iter().zip(to_columns) {
                    unite(&mut parents, (from.clone(), a.clone()), (to.clone(), b.clone()));
                }
            }
            for (a, b) in joined.get(db).into_iter().flatten() {
                unite(&mut parents, a.clone(), b.clone());
            }
            let resolved = parents.keys().map(|p| (p.clone(), root(&parents, p.clone()))).collect();
            classes.insert(db.clone(), resolved);
        }
        Ok(Self { declared, joined, classes })
    }

    /// How true `key` is in `db`.
    pub(super) fn verdict(&self, db: &str, key: &Key) -> Verdict {
        let declared = self.declared.get(db);
        let (from, from_columns, to, to_columns) = key;
        let is_declared = |key: &Key| declared.is_some_and(|d| d.contains(key));
        if is_declared(key) {
            return Verdict::Declared;
        }
        if is_declared(&(to.clone(), to_columns.clone(), from.clone(), from_columns.clone())) {
            return Verdict::Wrong;
        }
        let places = || {
            let ends = from_columns.iter().zip(to_columns);
            ends.map(|(a, b)| ((from.clone(), a.clone()), (to.clone(), b.clone())))
        };
        let joined = self.joined.get(db);
        let is_joined =
            |(a, b): (Place, Place)| joined.is_some_and(|j| j.contains(&(a.clone(), b.clone())) || j.contains(&(b, a)));
        let is_part = |(a, b): (Place, Place)| {
            declared.into_iter().flatten().any(|(f, fs, t, ts)| {
                *f == a.0 && *t == b.0 && fs.len() > 1 && fs.iter().zip(ts).any(|(x, y)| *x == a.1 && *y == b.1)
            })
        };
        if places().all(is_joined) || places().all(is_part) {
            return Verdict::Joined;
        }
        let class = |place: &Place| self.classes.get(db).and_then(|c| c.get(place));
        let follows = |(a, b): (Place, Place)| class(&a).is_some_and(|c| Some(c) == class(&b));
        if places().all(follows) { Verdict::Transitive } else { Verdict::Wrong }
    }
}

/// Lower case, columns sorted in pairs.
pub(super) fn key(from: &str, from_columns: &[String], to: &str, to_columns: &[String]) -> Key {
    let mut pairs: Vec<(String, String)> =
        from_columns.iter().zip(to_columns).map(|(f, t)| (f.to_lowercase(), t.to_lowercase())).collect();
    pairs.sort();
    let (from_columns, to_columns) = pairs.into_iter().unzip();
    (from.to_lowercase(), from_columns, to.to_lowercase(), to_columns)
}

/// The key of an item.
pub(super) fn item_key(item: &RelationItem) -> Key {
    key(&item.from_table, &item.from_cols, &item.to_table, &item.to_cols)
}

/// The key of a relation.
pub(super) fn relation_key(relation: &Relation) -> Key {
    key(&relation.from_table.table, &relation.from_columns, &relation.to_table.table, &relation.to_columns)
}

fn columns(schema: &Schema) -> HashSet<Place> {
    let of = |t: &datafyme_domain::Table| {
        let table = t.name.table.to_lowercase();
        t.columns.iter().map(move |c| (table.clone(), c.name.to_lowercase())).collect::<Vec<_>>()
    };
    schema.catalog.tables.iter().flat_map(of).collect()
}

fn root(parents: &HashMap<Place, Place>, mut place: Place) -> Place {
    while let Some(next) = parents.get(&place).filter(|next| **next != place) {
        place = next.clone();
    }
    place
}

fn unite(parents: &mut HashMap<Place, Place>, a: Place, b: Place) {
    for place in [&a, &b] {
        parents.entry(place.clone()).or_insert_with(|| place.clone());
    }
    let (a, b) = (root(parents, a), root(parents, b));
    if a != b {
        parents.insert(a, b);
    }
}

/// Pairs of columns that the ON clauses of a query compare, subqueries included.
fn joins(sql: &str) -> Vec<(Place, Place)> {
    let Ok(statements) = Parser::parse_sql(&SQLiteDialect {}, sql) else { return Vec::new() };
    let mut found = Joins(Vec::new());
    let _ = statements.visit(&mut found);
    found.0
}

struct Joins(Vec<(Place, Place)>);

impl Visitor for Joins {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        self.of_set(&query.body);
        ControlFlow::Continue(())
    }
}

impl Joins {
    fn of_set(&mut self, set: &SetExpr) {
        match set {
            SetExpr::Select(select) => self.of_select(select),
            SetExpr::SetOperation { left, right, .. } => {
                self.of_set(left);
                self.of_set(right);
            }
            _ => {}
        }
    }

    fn of_select(&mut self, select: &Select) {
        let mut aliases: HashMap<String, String> = HashMap::new();
        for TableWithJoins { relation, joins } in &select.from {
            for factor in std::iter::once(relation).chain(joins.iter().map(|j| &j.relation)) {
                if let TableFactor::Table { name, alias, .. } = factor {
                    let table = name.0.last().map(|p| p.to_string().trim_matches(['"', '`']).to_lowercase());
                    let table = table.unwrap_or_default();
                    let known = alias.as_ref().map_or_else(|| table.clone(), |a| a.name.value.to_lowercase());
                    aliases.insert(known, table);
                }
            }
        }
        for join in select.from.iter().flat_map(|f| &f.joins) {
            if let JoinOperator::Join(JoinConstraint::On(on))
            | JoinOperator::Inner(JoinConstraint::On(on))
            | JoinOperator::Left(JoinConstraint::On(on))
            | JoinOperator::LeftOuter(JoinConstraint::On(on)) = &join.join_operator
            {
                self.of_condition(on, &aliases);
            }
        }
    }

    fn of_condition(&mut self, on: &Expr, aliases: &HashMap<String, String>) {
        match on {
            Expr::Nested(inner) => self.of_condition(inner, aliases),
            Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
                self.of_condition(left, aliases);
                self.of_condition(right, aliases);
            }
            Expr::BinaryOp { left, op: BinaryOperator::Eq, right } => {
                let place = |side: &Expr| match side {
                    Expr::CompoundIdentifier(parts) => match parts.as_slice() {
                        [table, column] => {
                            let table = aliases.get(&table.value.to_lowercase())?;
                            Some((table.clone(), column.value.to_lowercase()))
                        }
                        _ => None,
                    },
                    _ => None,
                };
                self.0.extend(place(left).zip(place(right)).filter(|(a, b)| a != b));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_joins_of_a_query_are_read_through_its_aliases_and_subqueries() {
        let sql = "SELECT T1.name FROM Singer AS T1 JOIN concert AS T2 ON T1.id = T2.Singer_ID AND T1.x > 3 \
                   WHERE T2.id IN (SELECT a.cid FROM booking a JOIN place ON a.pid = place.id)";
        let place = |t: &str, c: &str| (t.to_owned(), c.to_owned());
        let mut found = joins(sql);
        found.sort();
        assert_eq!(
            found,
            [(place("booking", "pid"), place("place", "id")), (place("singer", "id"), place("concert", "singer_id")),]
        );
    }
}
