//! The walk over the parsed statement: every table, function, clause and literal is looked at once.

use super::{
    AllowedTables, functions, refused,
    scope::{Scopes, fold},
    shape,
    tables::{parts, resolve},
};
use crate::ConnectError;
use datafyme_domain::{Dialect, TableRef};
use sqlparser::ast::{
    Expr, FunctionArguments, ObjectName, Query, Select, Statement, TableFactor, ValueWithSpan, Visit, Visitor,
};
use std::ops::ControlFlow;

/// What a statement reads.
#[derive(Debug, Default)]
pub(super) struct UsedTables {
    /// Each table once.
    pub(super) tables: Vec<TableRef>,
    /// Those of them that have a schema and are named without it.
    pub(super) bare: Vec<TableRef>,
    /// Folded names of CTEs.
    pub(super) ctes: Vec<String>,
}

pub(super) fn tables_of(query: &Query, dialect: Dialect, allowed: &AllowedTables) -> Result<UsedTables, ConnectError> {
    let mut walk = Walk { dialect, allowed, scopes: Scopes::new(dialect), used: UsedTables::default(), seen: None };
    match query.visit(&mut walk) {
        ControlFlow::Continue(()) => Ok(walk.used),
        ControlFlow::Break(error) => Err(*error),
    }
}

struct Walk<'a> {
    dialect: Dialect,
    allowed: &'a AllowedTables,
    scopes: Scopes,
    used: UsedTables,
    /// The name of the table factor that was just checked: a relation anywhere else is refused.
    seen: Option<*const ObjectName>,
}

type Flow = ControlFlow<Box<ConnectError>>;

fn flow(result: Result<(), ConnectError>) -> Flow {
    match result {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => ControlFlow::Break(Box::new(error)),
    }
}

impl Visitor for Walk<'_> {
    type Break = Box<ConnectError>;

    fn pre_visit_statement(&mut self, _: &Statement) -> Flow {
        flow(Err(refused("a statement inside of the query is not allowed")))
    }

    fn pre_visit_query(&mut self, query: &Query) -> Flow {
        self.scopes.enter(query);
        for cte in query.with.iter().flat_map(|w| &w.cte_tables) {
            self.used.ctes.push(fold(self.dialect, &cte.alias.name));
        }
        flow(shape::check_query(query))
    }

    fn post_visit_query(&mut self, query: &Query) -> Flow {
        self.scopes.leave(query);
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> Flow {
        flow(shape::check_select(select))
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> Flow {
        flow(self.check_factor(factor))
    }

    fn pre_visit_relation(&mut self, name: &ObjectName) -> Flow {
        if self.seen == Some(std::ptr::from_ref(name)) {
            return ControlFlow::Continue(());
        }
        flow(Err(refused(format!("{name} stands where no table is expected"))))
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> Flow {
        flow(self.check_expression(expr))
    }

    fn pre_visit_value(&mut self, value: &ValueWithSpan) -> Flow {
        flow(shape::check_value(&value.value))
    }
}

impl Walk<'_> {
    fn check_expression(&self, expr: &Expr) -> Result<(), ConnectError> {
        shape::check_expression(expr)?;
        let Expr::Function(function) = expr else {
            return Ok(());
        };
        if function.uses_odbc_syntax || !matches!(function.parameters, FunctionArguments::None) {
            return Err(refused(format!("function {} is written in a way that is not allowed", function.name)));
        }
        functions::check(&parts(&function.name)?, self.dialect)
    }

    fn check_factor(&mut self, factor: &TableFactor) -> Result<(), ConnectError> {
        match factor {
            TableFactor::Table { name, args, with_hints, version, partitions, json_path, index_hints, .. } => {
                self.seen = Some(std::ptr::from_ref(name));
                if !with_hints.is_empty()
                    || version.is_some()
                    || !partitions.is_empty()
                    || json_path.is_some()
                    || !index_hints.is_empty()
                {
                    return Err(refused(format!("hints, versions and partitions of {name} are not allowed")));
                }
                match args {
                    Some(_) => functions::check_table_function(&parts(name)?, self.dialect),
                    None => self.check_table(name),
                }
            }
            TableFactor::Function { name, .. } => functions::check_table_function(&parts(name)?, self.dialect),
            TableFactor::UNNEST { .. } if self.dialect == Dialect::Postgres => Ok(()),
            TableFactor::Derived { .. } | TableFactor::NestedJoin { .. } => Ok(()),
            other => {
                let text: String = other.to_string().chars().take(60).collect();
                Err(refused(format!("'{text}' in FROM is of a kind that is not allowed")))
            }
        }
    }

    fn check_table(&mut self, name: &ObjectName) -> Result<(), ConnectError> {
        let parts = parts(name)?;
        if let [only] = parts.as_slice()
            && self.scopes.is_cte(only)
        {
            return Ok(());
        }
        let table = resolve(name, self.dialect, self.allowed)?;
        if !self.used.tables.contains(table) {
            self.used.tables.push(table.clone());
        }
        if parts.len() == 1 && table.schema.is_some() && !self.used.bare.contains(table) {
            self.used.bare.push(table.clone());
        }
        Ok(())
    }
}
