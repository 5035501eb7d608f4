//! From a plan back to a draft, so that a follow-up can change it.

use super::{Condition, Draft, Item};
use crate::{
    CatalogIndex,
    catalog_index::{ColumnId, TableId},
    plan::{ColumnUse, Comparison, Expr, JoinKind, Literal, Operand, Plan, Predicate},
};

/// The draft that makes this plan; absent where the catalog no longer has what the plan names.
pub(crate) fn lift(index: &CatalogIndex, plan: &Plan) -> Option<Draft> {
    let lifter = Lifter::new(index, plan)?;
    let mut draft = Draft {
        distinct: plan.distinct,
        limit: plan.limit,
        tables: lifter.tables.clone(),
        outer: plan.joins.iter().any(|j| j.kind == JoinKind::Left),
        ..Draft::default()
    };
    for item in &plan.select {
        draft.select.push(lifter.item(&item.expr)?);
    }
    for predicate in &plan.filters {
        draft.conditions.push(lifter.condition(predicate)?);
    }
    draft.conditions.extend(lifter.sibling_conditions());
    for expr in &plan.group {
        draft.group.push(lifter.item(expr)?);
    }
    for predicate in &plan.having {
        let Predicate::Compare { left, op, right: Operand::Literal { value } } = predicate else {
            return None;
        };
        draft.having.push((lifter.item(left)?, *op, value.clone()));
    }
    for key in &plan.order {
        draft.order.push((lifter.item(&key.expr)?, key.descending));
    }
    if let Some(compound) = &plan.compound {
        draft.compound = Some((compound.operator, Box::new(lift(index, &compound.plan)?)));
    }
    Some(draft)
}

struct Lifter<'a> {
    index: &'a CatalogIndex,
    tables: Vec<TableId>,
    /// Of a table that stands for one of several siblings: the label that tells which.
    labels: Vec<Option<String>>,
}

impl<'a> Lifter<'a> {
    fn new(index: &'a CatalogIndex, plan: &Plan) -> Option<Self> {
        let mut lifter = Self { index, tables: Vec::new(), labels: Vec::new() };
        for source in &plan.sources {
            let family = index.tables.iter().position(|t| t.siblings.iter().any(|s| s.table == source.table));
            match family {
                Some(family) => {
                    let single = source.siblings.len() <= 1;
                    let label =
                        index.table(family).siblings.iter().find(|s| s.table == source.table).map(|s| s.label.clone());
                    lifter.tables.push(family);
                    lifter.labels.push(label.filter(|_| single));
                }
                None => {
                    lifter.tables.push(index.find_table(&source.table)?);
                    lifter.labels.push(None);
                }
            }
        }
        Some(lifter)
    }

    fn sibling_conditions(&self) -> Vec<Condition> {
        let labels = self.tables.iter().zip(&self.labels);
        labels
            .filter_map(|(table, label)| {
                let column = self.index.table(*table).sibling_label?;
                let text = label.clone()?;
                Some(Condition::Compare(column, Comparison::Equal, Literal::Text(text)))
            })
            .collect()
    }

    fn column(&self, column: &ColumnUse) -> Option<ColumnId> {
        self.index.find_column(*self.tables.get(column.source)?, &column.column)
    }

    fn item(&self, expr: &Expr) -> Option<Item> {
        Some(match expr {
            Expr::Column(c) => Item::Column(self.column(c)?),
            Expr::Everything => Item::Everything,
            Expr::CountRows => Item::CountRows,
            Expr::Aggregate { function, distinct, of } => Item::Aggregate(*function, *distinct, self.column(of)?),
            Expr::Period { grain, of } => Item::Period(*grain, self.column(of)?),
            Expr::CountWhere { conditions } => Item::CountWhere(self.conditions(conditions)?),
            Expr::SumWhere { of, conditions } => Item::SumWhere(self.column(of)?, self.conditions(conditions)?),
            Expr::Ratio { numerator, denominator, percent } => {
                Item::Ratio(Box::new(self.item(numerator)?), Box::new(self.item(denominator)?), *percent)
            }
            Expr::SumProduct { left, right } => Item::SumProduct(self.column(left)?, self.column(right)?),
            Expr::Difference { left, right } => {
                Item::Difference(Box::new(self.item(left)?), Box::new(self.item(right)?))
            }
            Expr::Scalar { plan } => Item::Scalar(Box::new(lift(self.index, plan)?)),
        })
    }

    fn conditions(&self, of: &[Predicate]) -> Option<Vec<Condition>> {
        of.iter().map(|p| self.condition(p)).collect()
    }

    fn condition(&self, predicate: &Predicate) -> Option<Condition> {
        let plain = |expr: &Expr| match expr {
            Expr::Column(c) => self.column(c),
            _ => None,
        };
        Some(match predicate {
            Predicate::Compare { left, op, right } => match right {
                Operand::Literal { value } => Condition::Compare(plain(left)?, *op, value.clone()),
                Operand::Plan { plan } => Condition::Against(plain(left)?, *op, Box::new(lift(self.index, plan)?)),
                Operand::Expr { expr } => Condition::Columns(plain(left)?, *op, plain(expr)?),
            },
            Predicate::Between { left, low, high } => Condition::Between(plain(left)?, low.clone(), high.clone()),
            Predicate::Like { left, pattern, negated } => Condition::Like(plain(left)?, pattern.clone(), *negated),
            Predicate::IsNull { left, negated } => Condition::Null(plain(left)?, *negated),
            Predicate::Exists { negated, on, inner, .. } => {
                let (outer_column, inner_column) = on.first()?;
                let outer = *self.tables.get(outer_column.source)?;
                let lifted = lift(self.index, inner)?;
                let other = *Lifter::new(self.index, inner)?.tables.get(inner_column.source)?;
                let (edge, _) = self.index.graph.between(outer, other).into_iter().find(|(_, e)| {
                    e.columns_of(outer).first().is_some_and(|c| self.index.column(*c).name == outer_column.column)
                })?;
                Condition::Exists { negated: *negated, outer, edge, inner: Box::new(lifted) }
            }
            Predicate::Extreme { left, within, largest, plan } => {
                let among = Draft { select: Vec::new(), group: Vec::new(), ..lift(self.index, plan)? };
                Condition::Extreme {
                    column: self.column(left)?,
                    largest: *largest,
                    within: within.iter().map(|c| self.column(c)).collect::<Option<Vec<_>>>()?,
                    among: Box::new(among),
                }
            }
            Predicate::Within { left, plan, negated } => {
                Condition::Within(self.column(left)?, Box::new(lift(self.index, plan)?), *negated)
            }
            Predicate::Any { of } => Condition::Any(self.conditions(of)?),
            Predicate::All { of } => Condition::All(self.conditions(of)?),
        })
    }
}
