//! Names in SQL that a person wrote or approved.

use datafyme_connect::{AllowedTables, ConnectError, guard};
use datafyme_domain::{Catalog, Dialect, UsedColumn, names::fold};
use sqlparser::{
    ast::{Expr, Query, Visit, Visitor},
    dialect::{PostgreSqlDialect, SQLiteDialect},
    parser::Parser,
    tokenizer::Token,
};
use std::ops::ControlFlow;

/// Names that stand where a column may, each once; none where the text does not parse.
pub(crate) fn columns_named(sql: &str, dialect: Dialect) -> Vec<String> {
    let parsed = match dialect {
        Dialect::Sqlite => Parser::parse_sql(&SQLiteDialect {}, sql),
        _ => Parser::parse_sql(&PostgreSqlDialect {}, sql),
    };
    let mut names = Names::default();
    for statement in parsed.unwrap_or_default() {
        let _ = statement.visit(&mut names);
    }
    names.found
}

#[derive(Default)]
struct Names {
    found: Vec<String>,
    queries: bool,
}

impl Visitor for Names {
    type Break = ();

    fn pre_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
        self.queries = true;
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        let name = match expr {
            Expr::Identifier(name) => Some(name),
            Expr::CompoundIdentifier(parts) => parts.last(),
            _ => None,
        };
        if let Some(name) = name.map(|n| n.value.clone())
            && !self.found.contains(&name)
        {
            self.found.push(name);
        }
        ControlFlow::Continue(())
    }
}

/// The names in one scalar expression; why it is none, else.
pub(crate) fn names_of_expression(sql: &str, dialect: Dialect) -> Result<Vec<String>, String> {
    const MAX_DEPTH: usize = 40;
    let parser = match dialect {
        Dialect::Sqlite => Parser::new(&SQLiteDialect {}),
        _ => Parser::new(&PostgreSqlDialect {}),
    };
    let parsed = parser.with_recursion_limit(MAX_DEPTH).try_with_sql(sql).and_then(|mut parser| {
        let expr = parser.parse_expr()?;
        parser.expect_token(&Token::EOF)?;
        Ok(expr)
    });
    let expr = parsed.map_err(|error| error.to_string())?;
    let mut names = Names::default();
    let _ = expr.visit(&mut names);
    if names.queries { Err("it holds a query of its own".to_owned()) } else { Ok(names.found) }
}

/// What a query reads: its tables, and every column of these whose name stands in it.
///
/// # Errors
/// As [`guard::check`].
pub(crate) fn used(sql: &str, catalog: &Catalog, allowed: &AllowedTables) -> Result<Vec<UsedColumn>, ConnectError> {
    let checked = guard::check(sql, catalog.dialect, allowed)?;
    let names: Vec<String> = columns_named(sql, catalog.dialect).iter().map(|n| fold(n)).collect();
    let mut used = Vec::new();
    for table in checked.tables() {
        used.push(UsedColumn { table: table.clone(), column: None });
        let columns = catalog.get(table).map(|t| t.columns.as_slice()).unwrap_or_default();
        used.extend(
            columns
                .iter()
                .filter(|c| names.contains(&fold(&c.name)))
                .map(|c| UsedColumn { table: table.clone(), column: Some((c.name.clone(), c.column_type)) }),
        );
    }
    Ok(used)
}
