//! What a select joins, by its conditions.

use super::{outputs, scope::Level};
use crate::analyst::DraftJoin;
use datafyme_domain::{Cardinality, Relation, names::fold};
use sqlparser::ast::{BinaryOperator, Expr, JoinConstraint, JoinOperator, Select, TableFactor};

/// The joins between tables of the catalog, in the order of FROM.
pub(super) fn of(select: &Select, level: &Level<'_>, known: &[Relation]) -> Vec<DraftJoin> {
    let mut found = Vec::new();
    for join in select.from.iter().flat_map(|f| &f.joins) {
        let (constraint, keeps_left, keeps_right) = match &join.join_operator {
            JoinOperator::Join(c) | JoinOperator::Inner(c) | JoinOperator::CrossJoin(c) => (c, false, false),
            JoinOperator::Left(c) | JoinOperator::LeftOuter(c) => (c, true, false),
            JoinOperator::Right(c) | JoinOperator::RightOuter(c) => (c, false, true),
            JoinOperator::FullOuter(c) => (c, true, true),
            _ => continue,
        };
        match constraint {
            JoinConstraint::On(on) => equalities(on, level, &mut found, (keeps_left, keeps_right)),
            JoinConstraint::Using(columns) => {
                let names: Vec<String> =
                    columns.iter().filter_map(|c| c.0.last()?.as_ident()).map(|i| i.value.clone()).collect();
                using(&join.relation, &names, level, &mut found, keeps_left);
            }
            JoinConstraint::Natural | JoinConstraint::None => {}
        }
    }
    if let Some(condition) = &select.selection {
        equalities(condition, level, &mut found, (false, false));
    }
    for join in &mut found {
        describe(join, select, level, known);
    }
    found
}

/// Equalities between columns of two sources, in a chain of ANDs; several between the same two are one join.
fn equalities(on: &Expr, level: &Level<'_>, found: &mut Vec<DraftJoin>, keeps: (bool, bool)) {
    match on {
        Expr::Nested(inner) => equalities(inner, level, found, keeps),
        Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
            equalities(left, level, found, keeps);
            equalities(right, level, found, keeps);
        }
        Expr::BinaryOp { left, op: BinaryOperator::Eq, right } => {
            let (Some(a), Some(b)) = (level.source_of(left), level.source_of(right)) else { return };
            let ((from, from_column), (to, to_column)) = match a.0.cmp(&b.0) {
                std::cmp::Ordering::Less => ((a.1, a.2), (b.1, b.2)),
                std::cmp::Ordering::Greater => ((b.1, b.2), (a.1, a.2)),
                std::cmp::Ordering::Equal => return,
            };
            let (Some(from), Some(to)) = (from.table, to.table) else { return };
            let spelled = |table: &datafyme_domain::Table, name: String| {
                table.columns.iter().find(|c| fold(&c.name) == name).map_or(name, |c| c.name.clone())
            };
            let (from_column, to_column) = (spelled(from, from_column), spelled(to, to_column));
            add(found, from, to, (from_column, to_column), keeps);
        }
        _ => {}
    }
}

fn using(factor: &TableFactor, names: &[String], level: &Level<'_>, found: &mut Vec<DraftJoin>, keeps_left: bool) {
    let TableFactor::Table { name, alias, .. } = factor else { return };
    let own = name.0.last().and_then(|p| p.as_ident()).map(|i| i.value.clone()).unwrap_or_default();
    let alias = fold(alias.as_ref().map_or(own.as_str(), |a| a.name.value.as_str()));
    let Some(at) = level.sources.iter().position(|s| s.alias == alias) else { return };
    let Some(to) = level.sources.get(at).and_then(|s| s.table) else { return };
    for column in names {
        let folded = fold(column);
        let has = |table: &&datafyme_domain::Table| table.columns.iter().any(|c| fold(&c.name) == folded);
        if let Some(from) = level.sources.iter().take(at).rev().filter_map(|s| s.table).find(has) {
            add(found, from, to, (column.clone(), column.clone()), (keeps_left, false));
        }
    }
}

fn add(
    found: &mut Vec<DraftJoin>,
    from: &datafyme_domain::Table,
    to: &datafyme_domain::Table,
    columns: (String, String),
    (keeps_left, keeps_right): (bool, bool),
) {
    let (mut from, mut to, mut columns) = (from, to, columns);
    if keeps_right && !keeps_left {
        std::mem::swap(&mut from, &mut to);
        columns = (columns.1, columns.0);
    }
    if let Some(last) = found.iter_mut().find(|j| j.from_table == from.name && j.to_table == to.name) {
        if !last.from_columns.contains(&columns.0) {
            last.from_columns.push(columns.0);
            last.to_columns.push(columns.1);
        }
        return;
    }
    found.push(DraftJoin {
        from_table: from.name.clone(),
        from_columns: vec![columns.0],
        to_table: to.name.clone(),
        to_columns: vec![columns.1],
        relation: None,
        keeps_unmatched: keeps_left || keeps_right,
        inflates: false,
    });
}

/// The relation that it follows, and whether it repeats what is added up.
fn describe(join: &mut DraftJoin, select: &Select, level: &Level<'_>, known: &[Relation]) {
    let Some(relation) = crate::checks::relation_of(join, known) else { return };
    join.relation = Some(relation.id);
    if relation.cardinality == Cardinality::OneToOne {
        return;
    }
    // Rows of the parent repeat once per child.
    let parent = &relation.to_table;
    join.inflates = relation.from_table != *parent
        && outputs::summed(select)
            .iter()
            .any(|summed| level.column_of(summed).is_some_and(|(table, _)| &table.name == parent));
    if join.inflates && &join.from_table != parent {
        // The warning is worded from the side that repeats.
        std::mem::swap(&mut join.from_table, &mut join.to_table);
        std::mem::swap(&mut join.from_columns, &mut join.to_columns);
        join.keeps_unmatched = false;
    }
}
