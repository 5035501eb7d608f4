//! A select taken apart: what stands in FROM, how each source is attached, which conditions touch which sources.

use datafyme_domain::{Catalog, Table, names::fold};
use sqlparser::ast::{
    BinaryOperator, Expr, Ident, Join, JoinConstraint, JoinOperator, Select, SetExpr, TableFactor, visit_expressions,
};
use std::{collections::BTreeSet, ops::ControlFlow};

/// Something that stands in FROM.
#[derive(Debug, Clone)]
pub(super) struct Source<'a> {
    /// What columns are qualified with, as written.
    pub(super) alias: Ident,
    folded: String,
    /// The table of the catalog behind it; absent for a sub-query or a CTE.
    pub(super) table: Option<&'a Table>,
    /// As it stands in FROM.
    pub(super) text: String,
}

impl Source<'_> {
    /// What it is called for people.
    pub(super) fn label(&self) -> String {
        self.table.map_or_else(|| self.alias.value.clone(), |t| t.name.table.clone())
    }

    /// Whether `columns` hold at most one row for each of their values.
    pub(super) fn is_unique(&self, columns: &[String]) -> bool {
        let Some(table) = self.table else { return false };
        let holds =
            |key: &Vec<String>| !key.is_empty() && key.iter().all(|k| columns.iter().any(|c| fold(c) == fold(k)));
        let profiled = |column: &String| {
            let profile = table.profile.as_ref().and_then(|p| p.column(column));
            profile.is_some_and(datafyme_domain::ColumnProfile::is_unique)
        };
        holds(&table.primary_key) || table.unique_keys.iter().any(holds) || columns.iter().any(profiled)
    }
}

/// How a source is attached.
#[derive(Debug, Clone)]
pub(super) struct Attachment {
    /// Equal expressions: over earlier sources, over the attached one.
    pub(super) on: Vec<(Expr, Expr)>,
    /// Conditions of ON over the attached source alone.
    pub(super) own: Vec<Expr>,
    /// Rows without a partner stay.
    pub(super) keeps: bool,
    /// As written, from the join word on; for a source after a comma the comma and the source.
    pub(super) text: String,
    /// Whether the conditions were understood in full: else nothing is counted.
    pub(super) clear: bool,
}

/// A condition of WHERE with the sources that it touches.
#[derive(Debug, Clone)]
pub(super) struct Condition {
    pub(super) expr: Expr,
    pub(super) touches: BTreeSet<usize>,
}

/// A select, taken apart. Attachment `k` attaches source `k + 1`.
#[derive(Debug, Clone)]
pub(super) struct Anatomy<'a> {
    pub(super) sources: Vec<Source<'a>>,
    pub(super) attachments: Vec<Attachment>,
    pub(super) conditions: Vec<Condition>,
    /// Whether every condition of WHERE is among them.
    pub(super) whole: bool,
}

impl<'a> Anatomy<'a> {
    /// `None` where FROM holds what is not understood (nested joins, functions, lateral sub-queries).
    pub(super) fn of(select: &Select, catalog: &'a Catalog, ctes: &[String]) -> Option<Self> {
        let mut sources = Vec::new();
        let mut joins: Vec<Option<&Join>> = Vec::new();
        for from in &select.from {
            if !sources.is_empty() {
                joins.push(None);
            }
            sources.push(source(&from.relation, catalog, ctes)?);
            for join in &from.joins {
                joins.push(Some(join));
                sources.push(source(&join.relation, catalog, ctes)?);
            }
        }
        let mut anatomy = Self { sources, attachments: Vec::new(), conditions: Vec::new(), whole: true };
        let mut wheres = Vec::new();
        if let Some(selection) = &select.selection {
            conjuncts(selection, &mut wheres);
        }
        for (at, join) in joins.into_iter().enumerate() {
            let attached = anatomy.attach(at + 1, join, &wheres)?;
            anatomy.attachments.push(attached);
        }
        let all = wheres.len();
        let conditions: Vec<Condition> =
            wheres.into_iter().filter_map(|expr| Some(Condition { touches: anatomy.touches(&expr)?, expr })).collect();
        anatomy.whole = conditions.len() == all;
        anatomy.conditions = conditions;
        Some(anatomy)
    }

    fn attach(&self, at: usize, join: Option<&Join>, wheres: &[Expr]) -> Option<Attachment> {
        let own_text = &self.sources.get(at)?.text;
        let mut attached =
            Attachment { on: Vec::new(), own: Vec::new(), keeps: false, text: format!(", {own_text}"), clear: true };
        let constraint = match join.map(|j| &j.join_operator) {
            None => None,
            Some(JoinOperator::Join(c) | JoinOperator::Inner(c) | JoinOperator::CrossJoin(c)) => Some(c),
            Some(JoinOperator::Left(c) | JoinOperator::LeftOuter(c)) => {
                attached.keeps = true;
                Some(c)
            }
            _ => return None,
        };
        if let Some(join) = join {
            attached.text = join.to_string();
            if !attached.text.starts_with(' ') {
                attached.text.insert(0, ' ');
            }
        }
        match constraint {
            Some(JoinConstraint::On(on)) => {
                let mut parts = Vec::new();
                conjuncts(on, &mut parts);
                for part in &parts {
                    attached.clear &= self.place(part, at, &mut attached.on, &mut attached.own);
                }
            }
            Some(JoinConstraint::Using(columns)) => {
                for name in columns {
                    let column = name.0.last()?.as_ident()?;
                    let from = (0..at).rev().find(|s| self.has(*s, &fold(&column.value)))?;
                    attached.on.push((self.qualified(from, column)?, self.qualified(at, column)?));
                }
            }
            Some(JoinConstraint::Natural) => return None,
            // Attached by the conditions of WHERE, or paired with everything.
            Some(JoinConstraint::None) | None => {
                for part in wheres {
                    let (mut on, mut own) = (Vec::new(), Vec::new());
                    if self.place(part, at, &mut on, &mut own) {
                        attached.on.append(&mut on);
                    }
                }
            }
        }
        attached.clear &= !attached.on.is_empty();
        Some(attached)
    }

    /// Sorts a condition of a join into equalities and conditions of the attached source; `false` where it is neither.
    fn place(&self, part: &Expr, at: usize, on: &mut Vec<(Expr, Expr)>, own: &mut Vec<Expr>) -> bool {
        let Some(touched) = self.touches(part) else { return false };
        if touched.iter().all(|s| *s == at) {
            own.push(part.clone());
            return !touched.is_empty();
        }
        let Expr::BinaryOp { left, op: BinaryOperator::Eq, right } = part else { return false };
        let (Some(a), Some(b)) = (self.touches(left), self.touches(right)) else { return false };
        let (only, earlier) = (
            |s: &BTreeSet<usize>| s.len() == 1 && s.contains(&at),
            |s: &BTreeSet<usize>| !s.is_empty() && s.iter().all(|x| *x < at),
        );
        if earlier(&a) && only(&b) {
            on.push(((**left).clone(), (**right).clone()));
        } else if earlier(&b) && only(&a) {
            on.push(((**right).clone(), (**left).clone()));
        } else {
            return false;
        }
        true
    }

    fn qualified(&self, source: usize, column: &Ident) -> Option<Expr> {
        Some(Expr::CompoundIdentifier(vec![self.sources.get(source)?.alias.clone(), column.clone()]))
    }

    fn has(&self, source: usize, column: &str) -> bool {
        self.sources
            .get(source)
            .and_then(|s| s.table)
            .is_some_and(|t| t.columns.iter().any(|c| fold(&c.name) == column))
    }

    /// The sources whose columns an expression reads; `None` where a name may mean several.
    pub(super) fn touches(&self, expr: &Expr) -> Option<BTreeSet<usize>> {
        let mut found = BTreeSet::new();
        let mut nested = false;
        let flow = visit_expressions(expr, |e| {
            match e {
                Expr::Subquery(_) | Expr::Exists { .. } | Expr::InSubquery { .. } => nested = true,
                Expr::Identifier(_) | Expr::CompoundIdentifier(_) => match self.source_of(e) {
                    Some(at) => {
                        found.insert(at);
                    }
                    // Inside of a sub-query a name may belong to that.
                    None if nested => {}
                    None => return ControlFlow::Break(()),
                },
                _ => {}
            }
            ControlFlow::Continue(())
        });
        flow.is_continue().then_some(found)
    }

    /// The source that a column reference reads from.
    pub(super) fn source_of(&self, expr: &Expr) -> Option<usize> {
        match expr {
            Expr::CompoundIdentifier(parts) => {
                let [.., qualifier, _] = parts.as_slice() else { return None };
                let wanted = fold(&qualifier.value);
                self.sources.iter().position(|s| s.folded == wanted)
            }
            Expr::Identifier(ident) => {
                let wanted = fold(&ident.value);
                let with: Vec<usize> = (0..self.sources.len()).filter(|s| self.has(*s, &wanted)).collect();
                let unknown: Vec<usize> =
                    self.sources.iter().enumerate().filter(|(_, s)| s.table.is_none()).map(|(at, _)| at).collect();
                match (with.as_slice(), unknown.as_slice()) {
                    ([one], _) | ([], [one]) => Some(*one),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// FROM up to and with source `last`.
    pub(super) fn sources_text(&self, last: usize) -> String {
        let mut text = self.sources.first().map(|s| s.text.clone()).unwrap_or_default();
        for attached in self.attachments.iter().take(last) {
            text.push_str(&attached.text);
        }
        text
    }

    /// The conditions over the sources up to `last` alone, after the word WHERE; empty where there are none.
    pub(super) fn where_text(&self, last: usize) -> String {
        let within = |c: &&Condition| c.touches.iter().all(|s| *s <= last);
        let parts: Vec<String> = self.conditions.iter().filter(within).map(|c| format!("({})", c.expr)).collect();
        if parts.is_empty() { String::new() } else { format!(" WHERE {}", parts.join(" AND ")) }
    }

    /// The names of the columns of the attached source that attachment `at` compares.
    pub(super) fn attached_columns(&self, at: usize) -> Vec<String> {
        self.attachments.get(at).map(|a| a.on.iter().filter_map(|(_, e)| column_name(e)).collect()).unwrap_or_default()
    }

    /// The earlier source that attachment `at` hangs on; `None` where it hangs on several.
    pub(super) fn hangs_on(&self, at: usize) -> Option<usize> {
        let attached = self.attachments.get(at)?;
        let mut earlier = attached.on.iter().map(|(left, _)| self.touches(left));
        let first = earlier.next()??;
        let only = (first.len() == 1).then(|| first.first().copied())??;
        earlier.all(|e| e.is_some_and(|e| e.len() == 1 && e.contains(&only))).then_some(only)
    }

    /// The names of the columns of the earlier source that attachment `at` compares.
    pub(super) fn earlier_columns(&self, at: usize) -> Vec<String> {
        self.attachments.get(at).map(|a| a.on.iter().filter_map(|(e, _)| column_name(e)).collect()).unwrap_or_default()
    }
}

fn column_name(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Identifier(ident) => Some(ident.value.clone()),
        Expr::CompoundIdentifier(parts) => parts.last().map(|p| p.value.clone()),
        _ => None,
    }
}

fn source<'a>(factor: &TableFactor, catalog: &'a Catalog, ctes: &[String]) -> Option<Source<'a>> {
    let (alias, table) = match factor {
        TableFactor::Table { name, alias, args: None, .. } => {
            let parts: Vec<&Ident> = name.0.iter().filter_map(|p| p.as_ident()).collect();
            let own = (*parts.last()?).clone();
            let is_cte = parts.len() == 1 && ctes.contains(&fold(&own.value));
            let full: Vec<&str> = parts.iter().map(|i| i.value.as_str()).collect();
            let table = if is_cte { None } else { Some(catalog.find(&full.join("."))?) };
            (alias.as_ref().map_or(own, |a| a.name.clone()), table)
        }
        TableFactor::Derived { lateral: false, alias: Some(alias), .. } => (alias.name.clone(), None),
        _ => return None,
    };
    Some(Source { folded: fold(&alias.value), alias, table, text: factor.to_string() })
}

/// The parts of a chain of ANDs.
pub(super) fn conjuncts(expr: &Expr, found: &mut Vec<Expr>) {
    match expr {
        Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
            conjuncts(left, found);
            conjuncts(right, found);
        }
        Expr::Nested(inner) if matches!(**inner, Expr::BinaryOp { op: BinaryOperator::And, .. } | Expr::Nested(_)) => {
            conjuncts(inner, found);
        }
        other => found.push(other.clone()),
    }
}

/// The selects of a body, set operations taken apart.
pub(super) fn selects<'q>(body: &'q SetExpr, found: &mut Vec<&'q Select>) {
    match body {
        SetExpr::Select(select) => found.push(select),
        SetExpr::Query(query) => selects(&query.body, found),
        SetExpr::SetOperation { left, right, .. } => {
            selects(left, found);
            selects(right, found);
        }
        _ => {}
    }
}
