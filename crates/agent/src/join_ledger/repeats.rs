//! Whether a figure counts a row more than once: rows of a table per group, against how many of them are different.

use super::{anatomy::Anatomy, counting::Counted};
use datafyme_domain::Dialect;
use sqlparser::ast::{
    DuplicateTreatment, Expr, Function, FunctionArguments, GroupByExpr, Select, SelectItem, visit_expressions,
};
use std::{collections::BTreeSet, ops::ControlFlow};

/// Functions that count or add up.
const ADDING: [&str; 4] = ["sum", "avg", "total", "count"];

/// A query of one row: rows that are counted, and rows that there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Probe {
    /// The tables whose rows are counted, in words.
    pub(super) what: String,
    pub(super) sql: String,
}

/// The aggregates of a select, each once.
pub(super) fn aggregates(select: &Select) -> Vec<Function> {
    let mut found: Vec<Function> = Vec::new();
    let mut take = |expr: &Expr| {
        let _ = visit_expressions(expr, |e| {
            if let Expr::Function(function) = e
                && is_aggregate(function)
                && !found.contains(function)
            {
                found.push(function.clone());
            }
            ControlFlow::<()>::Continue(())
        });
    };
    for item in &select.projection {
        if let SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } = item {
            take(expr);
        }
    }
    if let Some(having) = &select.having {
        take(having);
    }
    found
}

pub(super) fn is_aggregate(function: &Function) -> bool {
    let name = function.name.to_string().to_lowercase();
    function.over.is_none()
        && (ADDING.contains(&name.as_str()) || ["min", "max"].contains(&name.as_str()) && arity(function) == 1)
}

fn arity(function: &Function) -> usize {
    match &function.args {
        FunctionArguments::List(list) => list.args.len(),
        _ => 0,
    }
}

/// Whether a row that comes twice changes the figure.
pub(super) fn adds(function: &Function) -> bool {
    let distinct = matches!(
        &function.args,
        FunctionArguments::List(list) if list.duplicate_treatment == Some(DuplicateTreatment::Distinct)
    );
    ADDING.contains(&function.name.to_string().to_lowercase().as_str()) && !distinct
}

/// The keys of a plain GROUP BY; `None` where it is something else. Positions and aliases stand for what they name.
pub(super) fn group_keys(select: &Select) -> Option<Vec<Expr>> {
    let GroupByExpr::Expressions(keys, modifiers) = &select.group_by else { return None };
    if !modifiers.is_empty() {
        return None;
    }
    keys.iter().map(|key| named_by(select, key)).collect()
}

/// What a key stands for.
fn named_by(select: &Select, key: &Expr) -> Option<Expr> {
    if let Expr::Value(value) = key
        && let sqlparser::ast::Value::Number(text, _) = &value.value
    {
        let item = select.projection.get(text.parse::<usize>().ok()?.checked_sub(1)?)?;
        return match item {
            SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => Some(expr.clone()),
            _ => None,
        };
    }
    if let Expr::Identifier(ident) = key {
        let aliased = select.projection.iter().find_map(|item| match item {
            SelectItem::ExprWithAlias { expr, alias } if alias.value.eq_ignore_ascii_case(&ident.value) => Some(expr),
            _ => None,
        });
        if let Some(expr) = aliased {
            return Some(expr.clone());
        }
    }
    Some(key.clone())
}

/// One probe for each set of tables whose rows a figure adds up and a join may repeat.
pub(super) fn probes(
    select: &Select,
    anatomy: &Anatomy<'_>,
    counted: &[Counted],
    (with, dialect): (&str, Dialect),
) -> Vec<Probe> {
    let Some(keys) = group_keys(select) else { return Vec::new() };
    let mut found: Vec<Probe> = Vec::new();
    for function in aggregates(select).into_iter().filter(adds) {
        let Some(touched) = anatomy.touches(&Expr::Function(function)).filter(|t| !t.is_empty()) else { continue };
        if touched.iter().any(|s| !may_repeat(*s, counted)) {
            continue;
        }
        if let Some(probe) = probe(select, anatomy, &touched, &keys, (with, dialect))
            && !found.contains(&probe)
        {
            found.push(probe);
        }
    }
    found
}

/// Whether rows of a source stand in the result more than once, whatever the groups.
fn may_repeat(source: usize, counted: &[Counted]) -> bool {
    let repeated_later = counted.iter().skip(source).any(|c| c.most > 1);
    let shared = source.checked_sub(1).and_then(|own| counted.get(own)).is_some_and(|c| c.most_back > 1);
    repeated_later || shared
}

fn probe(
    select: &Select,
    anatomy: &Anatomy<'_>,
    touched: &BTreeSet<usize>,
    keys: &[Expr],
    (with, dialect): (&str, Dialect),
) -> Option<Probe> {
    let mut by: Vec<String> = keys.iter().map(ToString::to_string).collect();
    let (mut there, mut names) = (Vec::new(), Vec::new());
    for at in touched {
        let source = anatomy.sources.get(*at)?;
        let key = &source.table.filter(|t| !t.primary_key.is_empty())?.primary_key;
        for column in key {
            let column = format!("{}.{}", source.alias, dialect.quote_if_needed(column));
            there.push(format!("{column} IS NOT NULL"));
            by.push(column);
        }
        names.push(source.label());
    }
    if let Some(selection) = &select.selection {
        there.insert(0, format!("({selection})"));
    }
    let sql = format!(
        "{with}SELECT coalesce(sum(c.n), 0) AS counted, count(*) AS there FROM (SELECT count(*) AS n FROM {} WHERE {} GROUP BY {}) AS c",
        anatomy.sources_text(anatomy.sources.len().checked_sub(1)?),
        there.join(" AND "),
        by.join(", ")
    );
    Some(Probe { what: crate::wording::list(&names), sql })
}
