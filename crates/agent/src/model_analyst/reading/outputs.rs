//! What the columns of a query's result are.

use super::scope::Level;
use crate::analyst::{DraftColumn, DraftColumnRole};
use datafyme_domain::{Column, Table, names::identifier_words};
use sqlparser::ast::{
    BinaryOperator, DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Select,
    SelectItem, Value,
};

/// Functions whose result is what their first argument is.
const TRANSPARENT: [&str; 12] =
    ["round", "coalesce", "ifnull", "nullif", "abs", "trunc", "floor", "ceil", "ceiling", "min", "max", "printf"];
/// Functions that count or add up.
const AGGREGATES: [&str; 4] = ["sum", "avg", "total", "count"];
/// Functions of a moment whose result stands for a period.
const PERIODS: [&str; 8] = ["strftime", "date_trunc", "to_char", "date", "extract", "date_part", "substr", "substring"];

/// One per column; empty where a `*` over something unknown hides them.
pub(super) fn columns(select: &Select, level: &Level<'_>) -> Vec<DraftColumn> {
    let mut found = Vec::new();
    for item in &select.projection {
        match item {
            SelectItem::UnnamedExpr(expr) => found.push(column(expr, label(expr), level)),
            SelectItem::ExprWithAlias { expr, alias } => found.push(column(expr, alias.value.clone(), level)),
            SelectItem::Wildcard(_) => {
                for source in &level.sources {
                    let Some(table) = source.table else { return Vec::new() };
                    found.extend(table.columns.iter().map(|c| DraftColumn {
                        label: c.name.clone(),
                        role: role_of(table, c),
                        period: None,
                    }));
                }
            }
            _ => return Vec::new(),
        }
    }
    found
}

/// The columns that a select adds up, averages or counts, each row once per occurrence.
pub(super) fn summed(select: &Select) -> Vec<&Expr> {
    let mut found = Vec::new();
    for item in &select.projection {
        if let SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } = item {
            collect(expr, &mut found);
        }
    }
    found
}

fn collect<'e>(expr: &'e Expr, found: &mut Vec<&'e Expr>) {
    match expr {
        Expr::Function(function) => {
            let distinct = matches!(
                &function.args,
                FunctionArguments::List(list) if list.duplicate_treatment == Some(DuplicateTreatment::Distinct)
            );
            let name = name(function);
            for argument in arguments(function) {
                if AGGREGATES.contains(&name.as_str()) && !distinct {
                    found.push(argument);
                } else {
                    collect(argument, found);
                }
            }
        }
        Expr::BinaryOp { left, right, .. } => {
            collect(left, found);
            collect(right, found);
        }
        Expr::Nested(inner) | Expr::Cast { expr: inner, .. } => collect(inner, found),
        _ => {}
    }
}

fn column(expr: &Expr, label: String, level: &Level<'_>) -> DraftColumn {
    let (role, period) = role(expr, level);
    let role = if role == DraftColumnRole::Measure && reads_as_share(&label) { DraftColumnRole::Share } else { role };
    DraftColumn { label, role, period }
}

fn role(expr: &Expr, level: &Level<'_>) -> (DraftColumnRole, Option<String>) {
    use DraftColumnRole::{Dimension, Measure, Time};
    match expr {
        Expr::Identifier(_) | Expr::CompoundIdentifier(_) => {
            (level.column_of(expr).map_or(Dimension, |(table, column)| role_of(table, column)), None)
        }
        Expr::Nested(inner) | Expr::Cast { expr: inner, .. } => role(inner, level),
        Expr::Extract { field, .. } => (Time, Some(field.to_string().to_lowercase())),
        Expr::BinaryOp { op, .. } if arithmetic(op) => (Measure, None),
        Expr::Value(value) if matches!(value.value, Value::Number(..)) => (Measure, None),
        Expr::Function(function) => {
            let name = name(function);
            let arguments = arguments(function);
            if PERIODS.contains(&name.as_str())
                && (name != "substr" && name != "substring" || is_time(&arguments, level))
            {
                return (Time, period(&name, &arguments));
            }
            if TRANSPARENT.contains(&name.as_str()) {
                return arguments.first().map_or((Measure, None), |first| role(first, level));
            }
            let text = ["string_agg", "group_concat", "lower", "upper", "concat", "trim", "initcap", "replace"];
            (if text.contains(&name.as_str()) { Dimension } else { Measure }, None)
        }
        _ => (Dimension, None),
    }
}

fn role_of(table: &Table, column: &Column) -> DraftColumnRole {
    let words = identifier_words(&column.name);
    let key = table.primary_key.contains(&column.name)
        || table.foreign_keys.iter().any(|k| k.columns.contains(&column.name))
        || words.last().is_some_and(|w| w == "id");
    let profile = table.profile.as_ref().and_then(|p| p.column(&column.name));
    let dates_as_text = profile.is_some_and(|p| p.text_date_format.is_some());
    if column.column_type.is_temporal() || dates_as_text || words.iter().any(|w| w == "year" || w == "ev") {
        DraftColumnRole::Time
    } else if key {
        DraftColumnRole::Identifier
    } else if column.column_type.is_numeric() {
        DraftColumnRole::Measure
    } else {
        DraftColumnRole::Dimension
    }
}

fn is_time(arguments: &[&Expr], level: &Level<'_>) -> bool {
    arguments.first().is_some_and(|first| role(first, level).0 == DraftColumnRole::Time)
}

/// Which period a function of a moment names, by the pattern or word among its arguments.
fn period(function: &str, arguments: &[&Expr]) -> Option<String> {
    if function == "date" {
        return Some("day".to_owned());
    }
    let words = arguments.iter().filter_map(|a| match a {
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) => Some(text.to_lowercase()),
            _ => None,
        },
        _ => None,
    });
    for word in words {
        let named = ["day", "week", "month", "quarter", "year"].into_iter().find(|p| *p == word);
        let pattern = match word.as_str() {
            "%y" | "yyyy" => Some("year"),
            "%y-%m" | "yyyy-mm" => Some("month"),
            "%y-%m-%d" | "yyyy-mm-dd" => Some("day"),
            _ => None,
        };
        if let Some(period) = named.or(pattern) {
            return Some(period.to_owned());
        }
    }
    None
}

fn reads_as_share(label: &str) -> bool {
    let words = identifier_words(label);
    label.contains('%')
        || words
            .iter()
            .any(|w| ["percent", "percentage", "share", "ratio", "pct", "arany", "szazalek"].contains(&w.as_str()))
}

const fn arithmetic(op: &BinaryOperator) -> bool {
    matches!(
        op,
        BinaryOperator::Plus
            | BinaryOperator::Minus
            | BinaryOperator::Multiply
            | BinaryOperator::Divide
            | BinaryOperator::Modulo
    )
}

fn label(expr: &Expr) -> String {
    match expr {
        Expr::Identifier(ident) => ident.value.clone(),
        Expr::CompoundIdentifier(parts) => parts.last().map(|p| p.value.clone()).unwrap_or_default(),
        other => other.to_string(),
    }
}

fn name(function: &Function) -> String {
    function.name.to_string().to_lowercase()
}

fn arguments(function: &Function) -> Vec<&Expr> {
    let FunctionArguments::List(list) = &function.args else { return Vec::new() };
    list.args
        .iter()
        .filter_map(|argument| match argument {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr),
            _ => None,
        })
        .collect()
}
