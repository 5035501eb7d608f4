//! From a draft to a plan: finds the joins and names everything.

use super::{Condition, Draft, Item};
use crate::{
    CatalogIndex,
    catalog_index::{ColumnId, JoinTree, TableId},
    plan::{
        Aggregate, ColumnUse, Comparison, Compound, Expr, Join, JoinKind, Literal, Operand, OrderItem, Plan, Predicate,
        SelectItem, Source,
    },
};

/// The draft with its joins; absent where its tables do not connect.
pub(crate) fn realise(index: &CatalogIndex, draft: &Draft, penalty: &dyn Fn(usize) -> f64) -> Option<Plan> {
    let required = draft.required_tables(index);
    let tree = index.graph.tree(&required, penalty)?;
    let scope = Scope { index, tree: &tree, penalty };
    let mut plan = Plan {
        sources: tree.tables.iter().map(|t| scope.source(*t)).collect::<Option<Vec<_>>>()?,
        joins: scope.joins(draft.outer)?,
        distinct: draft.distinct,
        limit: draft.limit,
        ..Plan::default()
    };
    for item in &draft.select {
        let expr = scope.expr(item)?;
        plan.select.push(SelectItem { label: label(index, item, draft), expr });
    }
    for condition in &draft.conditions {
        plan.filters.push(scope.predicate(condition)?);
    }
    for item in &draft.group {
        plan.group.push(scope.expr(item)?);
    }
    for (item, op, value) in &draft.having {
        let right = Operand::Literal { value: value.clone() };
        plan.having.push(Predicate::Compare { left: scope.expr(item)?, op: *op, right });
    }
    for (item, descending) in &draft.order {
        plan.order.push(OrderItem { expr: scope.expr(item)?, descending: *descending });
    }
    if let Some((operator, other)) = &draft.compound {
        let other = realise(index, other, penalty)?;
        plan.compound = Some(Box::new(Compound { operator: *operator, plan: other }));
    }
    unique_labels(&mut plan);
    narrow_siblings(index, &tree, &mut plan);
    Some(plan)
}

struct Scope<'a> {
    index: &'a CatalogIndex,
    tree: &'a JoinTree,
    penalty: &'a dyn Fn(usize) -> f64,
}

impl Scope<'_> {
    fn source(&self, table: TableId) -> Option<Source> {
        let facts = self.index.table(table);
        let mut source = Source {
            table: facts.name.clone()?,
            label: facts.label.clone(),
            siblings: facts.siblings.clone(),
            sibling_label: String::new(),
            sibling_columns: Vec::new(),
        };
        if let Some(label) = facts.sibling_label {
            source.sibling_label = self.index.column(label).name.clone();
            source.sibling_columns =
                facts.columns.iter().filter(|c| **c != label).map(|c| self.index.column(*c).name.clone()).collect();
        }
        Some(source)
    }

    fn joins(&self, outer: bool) -> Option<Vec<Join>> {
        let mut joins = Vec::new();
        for (step, (from, position)) in self.tree.steps.iter().enumerate() {
            let edge = self.index.graph.edge(*position)?;
            let to = *self.tree.tables.get(step + 1)?;
            let left = edge.columns_of(*from).iter().map(|c| self.column(*c));
            let right = edge.columns_of(to).iter().map(|c| self.column(*c));
            joins.push(Join {
                kind: if outer { JoinKind::Left } else { JoinKind::Inner },
                on: left.zip(right).map(|(l, r)| Some((l?, r?))).collect::<Option<Vec<_>>>()?,
                relation: edge.relation,
                multiplies: edge.child == to && !edge.one_to_one,
            });
        }
        Some(joins)
    }

    fn column(&self, column: ColumnId) -> Option<ColumnUse> {
        let table = self.index.table_of(column);
        let source = self.tree.tables.iter().position(|t| *t == table)?;
        Some(column_use(self.index, column, source))
    }

    fn expr(&self, item: &Item) -> Option<Expr> {
        Some(match item {
            Item::Column(c) => Expr::Column(self.column(*c)?),
            Item::Everything => Expr::Everything,
            Item::CountRows => Expr::CountRows,
            Item::Aggregate(function, distinct, c) => {
                Expr::Aggregate { function: *function, distinct: *distinct, of: self.column(*c)? }
            }
            Item::Period(grain, c) => Expr::Period { grain: *grain, of: self.column(*c)? },
            Item::CountWhere(of) => Expr::CountWhere { conditions: self.predicates(of)? },
            Item::SumWhere(c, of) => Expr::SumWhere { of: self.column(*c)?, conditions: self.predicates(of)? },
            Item::Ratio(a, b, percent) => Expr::Ratio {
                numerator: Box::new(self.expr(a)?),
                denominator: Box::new(self.expr(b)?),
                percent: *percent,
            },
            Item::SumProduct(a, b) => Expr::SumProduct { left: self.column(*a)?, right: self.column(*b)? },
            Item::Difference(a, b) => {
                Expr::Difference { left: Box::new(self.expr(a)?), right: Box::new(self.expr(b)?) }
            }
            Item::Scalar(draft) => Expr::Scalar { plan: Box::new(realise(self.index, draft, self.penalty)?) },
        })
    }

    fn predicates(&self, of: &[Condition]) -> Option<Vec<Predicate>> {
        of.iter().map(|c| self.predicate(c)).collect()
    }

    fn predicate(&self, condition: &Condition) -> Option<Predicate> {
        let column = |c: ColumnId| self.column(c).map(Expr::Column);
        Some(match condition {
            Condition::Compare(c, op, value) => {
                Predicate::Compare { left: column(*c)?, op: *op, right: Operand::Literal { value: value.clone() } }
            }
            Condition::Between(c, low, high) => {
                Predicate::Between { left: column(*c)?, low: low.clone(), high: high.clone() }
            }
            Condition::Like(c, pattern, negated) => {
                Predicate::Like { left: column(*c)?, pattern: pattern.clone(), negated: *negated }
            }
            Condition::Null(c, negated) => Predicate::IsNull { left: column(*c)?, negated: *negated },
            Condition::Against(c, op, draft) => Predicate::Compare {
                left: column(*c)?,
                op: *op,
                right: Operand::Plan { plan: Box::new(realise(self.index, draft, self.penalty)?) },
            },
            Condition::Columns(a, op, b) => {
                Predicate::Compare { left: column(*a)?, op: *op, right: Operand::Expr { expr: column(*b)? } }
            }
            Condition::Exists { negated, outer, edge, inner } => self.exists(*negated, *outer, *edge, inner)?,
            Condition::Extreme { column, largest, within, among } => {
                let function = if *largest { Aggregate::Max } else { Aggregate::Min };
                let keys: Vec<Item> = within.iter().map(|c| Item::Column(*c)).collect();
                let mut groups = Draft { group: keys.clone(), select: keys, ..(**among).clone() };
                groups.select.push(Item::Aggregate(function, false, *column));
                Predicate::Extreme {
                    left: self.column(*column)?,
                    within: within.iter().map(|c| self.column(*c)).collect::<Option<Vec<_>>>()?,
                    largest: *largest,
                    plan: Box::new(realise(self.index, &groups, self.penalty)?),
                }
            }
            Condition::Within(c, draft, negated) => Predicate::Within {
                left: self.column(*c)?,
                plan: Box::new(realise(self.index, draft, self.penalty)?),
                negated: *negated,
            },
            Condition::Any(of) => Predicate::Any { of: self.predicates(of)? },
            Condition::All(of) => Predicate::All { of: self.predicates(of)? },
        })
    }

    fn exists(&self, negated: bool, outer: TableId, edge: usize, inner: &Draft) -> Option<Predicate> {
        let edge = self.index.graph.edge(edge)?;
        let other = edge.other(outer);
        let inner_tree = self.index.graph.tree(&inner.required_tables(self.index), self.penalty)?;
        let position = inner_tree.tables.iter().position(|t| *t == other)?;
        let on: Option<Vec<(ColumnUse, ColumnUse)>> = edge
            .columns_of(outer)
            .iter()
            .zip(edge.columns_of(other))
            .map(|(own, theirs)| Some((self.column(*own)?, column_use(self.index, *theirs, position))))
            .collect();
        Some(Predicate::Exists {
            negated,
            on: on?,
            inner: Box::new(realise(self.index, inner, self.penalty)?),
            relation: edge.relation,
        })
    }
}

pub(crate) fn column_use(index: &CatalogIndex, column: ColumnId, source: usize) -> ColumnUse {
    let facts = index.column(column);
    ColumnUse {
        source,
        column: facts.name.clone(),
        label: facts.label.clone(),
        column_type: facts.column_type,
        nullable: facts.nullable,
        date_format: facts.date_format.clone(),
        identifier: facts.identifier || facts.key || facts.foreign_key,
        expression: facts.expression.clone(),
    }
}

/// Heading of a select item.
fn label(index: &CatalogIndex, item: &Item, draft: &Draft) -> String {
    let words = |c: &ColumnId| index.column(*c).label.clone();
    match item {
        Item::Column(c) => words(c),
        Item::Everything => String::new(),
        Item::CountRows => {
            let counted = draft.tables.first().map_or("rows", |t| index.table(*t).label.as_str());
            format!("number of {counted}")
        }
        Item::Aggregate(function, distinct, c) => {
            let name = match (function, distinct) {
                (Aggregate::Count, true) => "different",
                (Aggregate::Count, false) => "number of",
                (Aggregate::Sum, _) => "total",
                (Aggregate::Avg, _) => "average",
                (Aggregate::Min, _) => "lowest",
                (Aggregate::Max, _) => "highest",
            };
            format!("{name} {}", words(c))
        }
        Item::Period(grain, _) => crate::plan::grain_word(*grain).to_owned(),
        Item::CountWhere(_) => "number matching".to_owned(),
        Item::SumWhere(c, _) => format!("total {}", words(c)),
        Item::Ratio(a, b, percent) => match (&**b, percent) {
            (_, true) => "percentage".to_owned(),
            (Item::CountRows, false) if matches!(**a, Item::CountWhere(_)) => "share".to_owned(),
            (Item::Scalar(_), _) => "share".to_owned(),
            _ => format!("{} per {}", label(index, a, draft), label(index, b, draft)),
        },
        Item::SumProduct(a, b) => format!("total {} times {}", words(a), words(b)),
        Item::Difference(a, b) => format!("{} less {}", label(index, a, draft), label(index, b, draft)),
        Item::Scalar(inner) => inner.select.first().map_or_else(String::new, |i| label(index, i, inner)),
    }
}

/// Two columns with one heading are told apart by their tables.
fn unique_labels(plan: &mut Plan) {
    let labels: Vec<String> = plan.select.iter().map(|s| s.label.clone()).collect();
    let tables: Vec<String> = plan.sources.iter().map(|s| datafyme_domain::names::singular(&s.label)).collect();
    for item in &mut plan.select {
        let twice = labels.iter().filter(|l| **l == item.label).count() > 1;
        if let (true, Expr::Column(c)) = (twice, &item.expr) {
            let table = tables.get(c.source).map_or("", String::as_str);
            item.label = format!("{table} {}", item.label);
        }
    }
}

/// Where a filter leaves one of several siblings, only that table is read.
fn narrow_siblings(index: &CatalogIndex, tree: &JoinTree, plan: &mut Plan) {
    for (position, table) in tree.tables.iter().enumerate() {
        let Some(label_column) = index.table(*table).sibling_label else {
            continue;
        };
        let name = &index.column(label_column).name;
        let wanted: Vec<String> = plan.filters.iter().filter_map(|f| sibling_label(f, position, name)).collect();
        let Some(source) = plan.sources.get_mut(position) else {
            continue;
        };
        let [wanted] = wanted.as_slice() else { continue };
        source.siblings.retain(|s| &s.label == wanted);
        let shown = plan
            .select
            .iter()
            .map(|s| &s.expr)
            .chain(&plan.group)
            .any(|e| matches!(e, Expr::Column(c) if c.source == position && &c.column == name));
        plan.filters.retain(|f| sibling_label(f, position, name).is_none());
        if let (false, Some(only)) = (shown, source.siblings.first()) {
            source.table = only.table.clone();
            source.label = datafyme_domain::names::identifier_words(&only.table.table).join(" ");
            source.siblings.clear();
        }
    }
}

fn sibling_label(predicate: &Predicate, position: usize, name: &str) -> Option<String> {
    match predicate {
        Predicate::Compare {
            left: Expr::Column(c),
            op: Comparison::Equal,
            right: Operand::Literal { value: Literal::Text(text) },
        } if c.source == position && c.column == name => Some(text.clone()),
        _ => None,
    }
}
