//! What a plan's result consists of, and what it reads.

use super::{Aggregate, Expr, Grain, Operand, Plan, Predicate};
use datafyme_domain::{RelationId, TableRef};
use serde::{Deserialize, Serialize};

/// What a column of the result is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputColumn {
    /// Its heading.
    pub label: String,
    /// What part it plays in a chart.
    pub role: OutputRole,
    /// The period of a time dimension.
    pub grain: Option<Grain>,
}

/// What part a column plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutputRole {
    /// A number that can be drawn.
    Measure,
    /// A category.
    Dimension,
    /// A date or period.
    TimeDimension,
    /// A key or code.
    Identifier,
    /// A share of a whole or a ratio.
    Share,
}

/// A join of a plan, for people and checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanJoin {
    /// Table on the earlier side.
    pub from_table: TableRef,
    /// Its columns.
    pub from_columns: Vec<String>,
    /// Attached table.
    pub to_table: TableRef,
    /// Its columns.
    pub to_columns: Vec<String>,
    /// The relation it follows.
    pub relation: Option<RelationId>,
    /// Whether rows of the earlier side multiply.
    pub multiplies: bool,
}

pub(super) fn output(plan: &Plan) -> Vec<OutputColumn> {
    plan.select
        .iter()
        .map(|item| {
            let (role, grain) = role(&item.expr);
            OutputColumn { label: item.label.clone(), role, grain }
        })
        .collect()
}

fn role(expr: &Expr) -> (OutputRole, Option<Grain>) {
    match expr {
        Expr::Column(c) if c.identifier => (OutputRole::Identifier, None),
        Expr::Column(c) if c.column_type.is_temporal() || c.date_format.is_some() => {
            (OutputRole::TimeDimension, Some(Grain::Day))
        }
        Expr::Column(c) if c.column_type.is_numeric() => (OutputRole::Measure, None),
        Expr::Aggregate { function: Aggregate::Min | Aggregate::Max, of, .. }
            if of.column_type.is_temporal() || of.date_format.is_some() =>
        {
            (OutputRole::TimeDimension, Some(Grain::Day))
        }
        Expr::Column(_) | Expr::Everything => (OutputRole::Dimension, None),
        Expr::Period { grain, .. } => (OutputRole::TimeDimension, Some(*grain)),
        Expr::Ratio { .. } => (OutputRole::Share, None),
        _ => (OutputRole::Measure, None),
    }
}

pub(super) fn joins(plan: &Plan) -> Vec<PlanJoin> {
    let mut found = Vec::new();
    visit(plan, &mut |p| own_joins(p, &mut found));
    found
}

fn own_joins(plan: &Plan, found: &mut Vec<PlanJoin>) {
    let table = |source: usize| plan.sources.get(source).map(|s| s.table.clone());
    for join in &plan.joins {
        let Some((left, right)) = join.on.first() else { continue };
        let (Some(from_table), Some(to_table)) = (table(left.source), table(right.source)) else {
            continue;
        };
        found.push(PlanJoin {
            from_table,
            from_columns: join.on.iter().map(|(l, _)| l.column.clone()).collect(),
            to_table,
            to_columns: join.on.iter().map(|(_, r)| r.column.clone()).collect(),
            relation: join.relation,
            multiplies: join.multiplies,
        });
    }
    for predicate in &plan.filters {
        if let Predicate::Exists { on, inner, relation, .. } = predicate
            && let Some((left, right)) = on.first()
            && let (Some(from_table), Some(to_source)) = (table(left.source), inner.sources.get(right.source))
        {
            found.push(PlanJoin {
                from_table,
                from_columns: on.iter().map(|(l, _)| l.column.clone()).collect(),
                to_table: to_source.table.clone(),
                to_columns: on.iter().map(|(_, r)| r.column.clone()).collect(),
                relation: *relation,
                multiplies: false,
            });
        }
    }
}

pub(super) fn tables(plan: &Plan) -> Vec<TableRef> {
    let mut found: Vec<TableRef> = Vec::new();
    visit(plan, &mut |p| {
        for source in &p.sources {
            let names: Vec<&TableRef> = if source.siblings.is_empty() {
                vec![&source.table]
            } else {
                source.siblings.iter().map(|s| &s.table).collect()
            };
            for name in names {
                if !found.contains(name) {
                    found.push(name.clone());
                }
            }
        }
    });
    found
}

/// Calls `with` for the plan, then for every plan inside it.
fn visit(plan: &Plan, with: &mut dyn FnMut(&Plan)) {
    with(plan);
    for item in &plan.select {
        visit_expr(&item.expr, with);
    }
    for predicate in plan.filters.iter().chain(&plan.having) {
        visit_predicate(predicate, with);
    }
    for item in &plan.order {
        visit_expr(&item.expr, with);
    }
    if let Some(compound) = &plan.compound {
        visit(&compound.plan, with);
    }
}

fn visit_expr(expr: &Expr, with: &mut dyn FnMut(&Plan)) {
    match expr {
        Expr::Ratio { numerator, denominator, .. } => {
            visit_expr(numerator, with);
            visit_expr(denominator, with);
        }
        Expr::Difference { left, right } => {
            visit_expr(left, with);
            visit_expr(right, with);
        }
        Expr::Scalar { plan } => visit(plan, with),
        Expr::CountWhere { conditions } | Expr::SumWhere { conditions, .. } => {
            for predicate in conditions {
                visit_predicate(predicate, with);
            }
        }
        _ => {}
    }
}

fn visit_predicate(predicate: &Predicate, with: &mut dyn FnMut(&Plan)) {
    match predicate {
        Predicate::Compare { left, right, .. } => {
            visit_expr(left, with);
            match right {
                Operand::Plan { plan } => visit(plan, with),
                Operand::Expr { expr } => visit_expr(expr, with),
                Operand::Literal { .. } => {}
            }
        }
        Predicate::Exists { inner, .. } => visit(inner, with),
        Predicate::Within { plan, .. } | Predicate::Extreme { plan, .. } => visit(plan, with),
        Predicate::Any { of } | Predicate::All { of } => {
            for inner in of {
                visit_predicate(inner, with);
            }
        }
        _ => {}
    }
}
