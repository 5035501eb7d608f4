//! Parsing, and what kinds of statement, clause, expression and type may appear at all.
//!
//! Everything here is an allow-list: what a newer parser learns to read is refused until somebody decides about it.

use super::{does_not_parse, lexical, refused};
use crate::ConnectError;
use datafyme_domain::Dialect;
use sqlparser::{
    ast::{
        ArrayElemTypeDef, BinaryOperator, CastKind, DataType, Expr, GroupByExpr, JoinOperator, LimitClause, Query,
        Select, SelectFlavor, SetExpr, Statement, Value,
    },
    parser::{Parser, ParserError},
    tokenizer::Token,
};

/// Deepest recursion of the parser.
const MAX_DEPTH: usize = 120;

pub(super) fn parse(statement: &str, dialect: Dialect) -> Result<Query, ConnectError> {
    let parsed = Parser::new(lexical::parser_dialect(dialect))
        .with_recursion_limit(MAX_DEPTH)
        .try_with_sql(statement)
        .and_then(|mut parser| {
            let parsed = parser.parse_statement()?;
            // Not `parse_statements`: it stops at the word END and leaves the rest unread.
            parser.expect_token(&Token::EOF)?;
            Ok(parsed)
        });
    match parsed {
        Ok(Statement::Query(query)) if matches!(*query.body, SetExpr::Values(_)) => {
            Err(refused("the query must be a SELECT, not bare VALUES"))
        }
        Ok(Statement::Query(query)) => Ok(*query),
        Ok(other) => {
            let text = other.to_string();
            let verb = text.split_whitespace().next().unwrap_or("this").to_ascii_uppercase();
            Err(refused(format!("{verb} is not allowed: only one SELECT is")))
        }
        Err(ParserError::RecursionLimitExceeded) => Err(refused("the query is nested too deeply")),
        Err(ParserError::ParserError(message) | ParserError::TokenizerError(message)) => Err(does_not_parse(message)),
    }
}

pub(super) fn check_query(query: &Query) -> Result<(), ConnectError> {
    check_body(&query.body)?;
    let limit_by =
        matches!(&query.limit_clause, Some(LimitClause::LimitOffset { limit_by, .. }) if !limit_by.is_empty());
    let offending = [
        (!query.locks.is_empty(), "FOR UPDATE or FOR SHARE"),
        (query.for_clause.is_some(), "FOR XML, FOR JSON or FOR BROWSE"),
        (query.settings.is_some(), "SETTINGS"),
        (query.format_clause.is_some(), "FORMAT"),
        (!query.pipe_operators.is_empty(), "a pipe operator"),
        (limit_by, "LIMIT BY"),
    ];
    refuse_first(&offending)
}

fn check_body(body: &SetExpr) -> Result<(), ConnectError> {
    let mut pending = vec![body];
    while let Some(body) = pending.pop() {
        match body {
            // Nested queries are walked on their own.
            SetExpr::Select(_) | SetExpr::Query(_) | SetExpr::Values(_) => {}
            SetExpr::SetOperation { left, right, .. } => pending.extend([left.as_ref(), right.as_ref()]),
            SetExpr::Insert(_) => return Err(refused("INSERT is not allowed: only reading is")),
            SetExpr::Update(_) => return Err(refused("UPDATE is not allowed: only reading is")),
            SetExpr::Delete(_) => return Err(refused("DELETE is not allowed: only reading is")),
            SetExpr::Merge(_) => return Err(refused("MERGE is not allowed: only reading is")),
            SetExpr::Table(_) => return Err(refused("TABLE name is not allowed; write SELECT * FROM name")),
        }
    }
    Ok(())
}

pub(super) fn check_select(select: &Select) -> Result<(), ConnectError> {
    let odd_join = select.from.iter().flat_map(|t| &t.joins).any(|j| {
        !matches!(
            j.join_operator,
            JoinOperator::Join(_)
                | JoinOperator::Inner(_)
                | JoinOperator::Left(_)
                | JoinOperator::LeftOuter(_)
                | JoinOperator::Right(_)
                | JoinOperator::RightOuter(_)
                | JoinOperator::FullOuter(_)
                | JoinOperator::CrossJoin(_)
        )
    });
    let offending = [
        (select.into.is_some(), "SELECT INTO"),
        (select.top.is_some(), "TOP"),
        (!select.lateral_views.is_empty(), "LATERAL VIEW"),
        (select.prewhere.is_some(), "PREWHERE"),
        (!select.connect_by.is_empty(), "CONNECT BY"),
        (!select.cluster_by.is_empty(), "CLUSTER BY"),
        (!select.distribute_by.is_empty(), "DISTRIBUTE BY"),
        (!select.sort_by.is_empty(), "SORT BY"),
        (select.qualify.is_some(), "QUALIFY"),
        (select.value_table_mode.is_some(), "SELECT AS STRUCT or AS VALUE"),
        (select.exclude.is_some(), "EXCLUDE"),
        (select.select_modifiers.is_some(), "a MySQL modifier"),
        (!matches!(select.flavor, SelectFlavor::Standard), "FROM before SELECT"),
        (matches!(select.group_by, GroupByExpr::All(_)), "GROUP BY ALL"),
        (odd_join, "this kind of join"),
    ];
    refuse_first(&offending)
}

fn refuse_first(offending: &[(bool, &str)]) -> Result<(), ConnectError> {
    match offending.iter().find(|(found, _)| *found) {
        Some((_, what)) => Err(refused(format!("{what} is not allowed"))),
        None => Ok(()),
    }
}

/// Whether this kind of expression may appear; its parts are walked on their own.
pub(super) fn check_expression(expr: &Expr) -> Result<(), ConnectError> {
    match expr {
        Expr::BinaryOp { op, .. } | Expr::AnyOp { compare_op: op, .. } | Expr::AllOp { compare_op: op, .. } => {
            check_operator(op)
        }
        Expr::Cast { kind, data_type, .. } => match kind {
            CastKind::Cast | CastKind::DoubleColon => check_type(data_type),
            CastKind::TryCast | CastKind::SafeCast => Err(refused("TRY_CAST and SAFE_CAST are not allowed")),
        },
        Expr::TypedString(typed) => check_type(&typed.data_type),
        Expr::Identifier(_)
        | Expr::CompoundIdentifier(_)
        | Expr::CompoundFieldAccess { .. }
        | Expr::IsFalse(_)
        | Expr::IsNotFalse(_)
        | Expr::IsTrue(_)
        | Expr::IsNotTrue(_)
        | Expr::IsNull(_)
        | Expr::IsNotNull(_)
        | Expr::IsUnknown(_)
        | Expr::IsNotUnknown(_)
        | Expr::IsDistinctFrom(..)
        | Expr::IsNotDistinctFrom(..)
        | Expr::IsJson { .. }
        | Expr::IsNormalized { .. }
        | Expr::InList { .. }
        | Expr::InSubquery { .. }
        | Expr::Between { .. }
        | Expr::Like { .. }
        | Expr::ILike { .. }
        | Expr::SimilarTo { .. }
        | Expr::UnaryOp { .. }
        | Expr::AtTimeZone { .. }
        | Expr::Extract { .. }
        | Expr::Ceil { .. }
        | Expr::Floor { .. }
        | Expr::Position { .. }
        | Expr::Substring { .. }
        | Expr::Trim { .. }
        | Expr::Overlay { .. }
        | Expr::Collate { .. }
        | Expr::Nested(_)
        | Expr::Value(_)
        | Expr::Function(_)
        | Expr::Case { .. }
        | Expr::Exists { .. }
        | Expr::Subquery(_)
        | Expr::GroupingSets(_)
        | Expr::Cube(_)
        | Expr::Rollup(_)
        | Expr::Tuple(_)
        | Expr::Array(_)
        | Expr::Interval(_)
        | Expr::Wildcard(_)
        | Expr::QualifiedWildcard(..) => Ok(()),
        other => {
            let text: String = other.to_string().chars().take(60).collect();
            Err(refused(format!("the expression '{text}' is of a kind that is not allowed")))
        }
    }
}

fn check_operator(op: &BinaryOperator) -> Result<(), ConnectError> {
    match op {
        BinaryOperator::Custom(_)
        | BinaryOperator::PGCustomBinaryOperator(_)
        | BinaryOperator::Assignment
        | BinaryOperator::DuckIntegerDivide
        | BinaryOperator::MyIntegerDivide
        | BinaryOperator::Xor => Err(refused(format!("the operator {op} is not allowed"))),
        _ => Ok(()),
    }
}

/// Types whose input looks into the system catalogs (`regclass` and its kin) are refused.
fn check_type(data_type: &DataType) -> Result<(), ConnectError> {
    let mut inner = data_type;
    while let DataType::Array(
        ArrayElemTypeDef::SquareBracket(element, _)
        | ArrayElemTypeDef::AngleBracket(element)
        | ArrayElemTypeDef::Parenthesis(element),
    ) = inner
    {
        inner = element;
    }
    let looks_up = match inner {
        DataType::Regclass => true,
        DataType::Custom(name, _) => {
            name.0.last().is_some_and(|part| part.to_string().trim_matches('"').to_ascii_lowercase().starts_with("reg"))
        }
        _ => false,
    };
    if looks_up {
        return Err(refused(format!("a cast to {data_type} is not allowed")));
    }
    Ok(())
}

pub(super) fn check_value(value: &Value) -> Result<(), ConnectError> {
    match value {
        Value::Placeholder(name) => {
            Err(refused(format!("the query holds the parameter placeholder {name}; write the value itself")))
        }
        _ => Ok(()),
    }
}
