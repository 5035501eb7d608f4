//! A query for the sort keys around the cut of a "top n".

use crate::analyst::TieProbe;
use datafyme_domain::names::fold;
use sqlparser::ast::{
    Expr, GroupByExpr, Ident, LimitClause, OrderByKind, Query, Select, SelectItem, SetExpr, Value, ValueWithSpan,
};

/// Largest cut that is looked at for ties.
const TIE_LIMIT: usize = 50;
/// Rows beyond the cut that are looked at.
const LOOKAHEAD: usize = 20;

/// `None` where there is no cut, or rows could not be told apart by the key alone.
pub(super) fn probe(query: &Query) -> Option<TieProbe> {
    let SetExpr::Select(select) = &*query.body else { return None };
    let LimitClause::LimitOffset { limit: Some(limit), offset: None, .. } = query.limit_clause.as_ref()? else {
        return None;
    };
    let kept = number(limit).filter(|n| (1..=TIE_LIMIT).contains(n))?;
    if select.distinct.is_some() || refers_to_output(select) {
        return None;
    }
    let OrderByKind::Expressions(keys) = &query.order_by.as_ref()?.kind else { return None };
    let key = resolve(&keys.first()?.expr, &select.projection)?;
    let mut probe = query.clone();
    let mut cut = select.clone();
    cut.projection = vec![SelectItem::ExprWithAlias { expr: key.clone(), alias: Ident::new("sort_key") }];
    *probe.body = SetExpr::Select(cut);
    if let Some(order) = &mut probe.order_by
        && let OrderByKind::Expressions(keys) = &mut order.kind
    {
        // Only the leading key says what "highest" means; the others merely make the order stable.
        keys.truncate(1);
        if let Some(first) = keys.first_mut() {
            first.expr = key;
        }
    }
    let limit = Value::Number((kept + LOOKAHEAD).to_string(), false);
    probe.limit_clause = Some(LimitClause::LimitOffset {
        limit: Some(Expr::Value(ValueWithSpan::from(limit))),
        offset: None,
        limit_by: Vec::new(),
    });
    Some(TieProbe { sql: probe.to_string(), kept })
}

/// Whether groups are named by alias or position, which the probe does not have.
fn refers_to_output(select: &Select) -> bool {
    let aliases: Vec<String> = select.projection.iter().filter_map(alias).collect();
    let GroupByExpr::Expressions(groups, _) = &select.group_by else { return true };
    groups.iter().any(|group| match group {
        Expr::Identifier(ident) => aliases.contains(&fold(&ident.value)),
        Expr::Value(_) => true,
        _ => false,
    }) || select.having.is_some()
}

fn alias(item: &SelectItem) -> Option<String> {
    match item {
        SelectItem::ExprWithAlias { alias, .. } => Some(fold(&alias.value)),
        _ => None,
    }
}

/// The expression that an alias or a position in ORDER BY stands for.
fn resolve(key: &Expr, projection: &[SelectItem]) -> Option<Expr> {
    let of = |item: &SelectItem| match item {
        SelectItem::ExprWithAlias { expr, .. } | SelectItem::UnnamedExpr(expr) => Some(expr.clone()),
        _ => None,
    };
    if let Some(position) = number(key) {
        return projection.get(position.checked_sub(1)?).and_then(of);
    }
    if let Expr::Identifier(ident) = key {
        let wanted = fold(&ident.value);
        if let Some(item) = projection.iter().find(|i| alias(i).as_ref() == Some(&wanted)) {
            return of(item);
        }
    }
    Some(key.clone())
}

fn number(expr: &Expr) -> Option<usize> {
    match expr {
        Expr::Value(value) => match &value.value {
            Value::Number(text, _) => text.parse().ok(),
            _ => None,
        },
        _ => None,
    }
}
