//! Columns that may not be read of tables that may: by their name, by `*`, as a whole row, under another name.
//!
//! It refuses what it cannot tell: a name that a hidden column has counts as that column unless its qualifier says
//! otherwise.

use super::{refused, scope::fold};
use crate::ConnectError;
use datafyme_domain::{Dialect, TableRef};
use sqlparser::ast::{
    Expr, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, Join, JoinConstraint, JoinOperator, Query, Select,
    SelectItem, SelectItemQualifiedWildcardKind, TableFactor, TableWithJoins, Visit, Visitor,
};
use std::ops::ControlFlow;

/// Names under which SQLite gives the key of a row.
const ROW_IDS: [&str; 3] = ["rowid", "_rowid_", "oid"];

/// Proves that `query` reads none of the hidden columns of the tables that it `reads`.
pub(super) fn check(
    query: &Query,
    dialect: Dialect,
    reads: &[TableRef],
    hidden: &[(TableRef, String)],
) -> Result<(), ConnectError> {
    let hidden: Vec<Hidden> = hidden
        .iter()
        .filter(|(table, _)| reads.contains(table))
        .map(|(table, column)| Hidden { table: table.table.to_lowercase(), column: column.to_lowercase() })
        .collect();
    if hidden.is_empty() {
        return Ok(());
    }
    let mut names = Names { dialect, hidden: &hidden, sources: Vec::new() };
    let _ = query.visit(&mut names);
    let mut look = Look { dialect, hidden: &hidden, sources: names.sources };
    match query.visit(&mut look) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(error) => Err(*error),
    }
}

struct Hidden {
    table: String,
    column: String,
}

/// What stands in FROM: what it is called, and the table behind it where that has hidden columns.
struct Source {
    called: String,
    hiding: Option<String>,
}

struct Names<'a> {
    dialect: Dialect,
    hidden: &'a [Hidden],
    sources: Vec<Source>,
}

impl Visitor for Names<'_> {
    type Break = ();

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        self.sources.extend(source(factor, self.dialect, self.hidden));
        ControlFlow::Continue(())
    }
}

fn source(factor: &TableFactor, dialect: Dialect, hidden: &[Hidden]) -> Option<Source> {
    let (name, alias) = match factor {
        TableFactor::Table { name, alias, .. } => {
            (name.0.last().and_then(|p| p.as_ident()).map(|i| fold(dialect, i)), alias)
        }
        TableFactor::Derived { alias, .. } => (None, alias),
        _ => return None,
    };
    let called = alias.as_ref().map(|a| fold(dialect, &a.name)).or_else(|| name.clone())?;
    // A CTE of the name of such a table counts as that table.
    let hiding = name.map(|n| n.to_lowercase()).filter(|n| hidden.iter().any(|h| h.table == *n));
    Some(Source { called: called.to_lowercase(), hiding })
}

struct Look<'a> {
    dialect: Dialect,
    hidden: &'a [Hidden],
    sources: Vec<Source>,
}

type Flow = ControlFlow<Box<ConnectError>>;

fn flow(result: Result<(), ConnectError>) -> Flow {
    match result {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => ControlFlow::Break(Box::new(error)),
    }
}

impl Visitor for Look<'_> {
    type Break = Box<ConnectError>;

    fn pre_visit_select(&mut self, select: &Select) -> Flow {
        flow(self.check_select(select))
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> Flow {
        let renamed = matches!(factor, TableFactor::Table { alias: Some(alias), .. } if !alias.columns.is_empty());
        match source(factor, self.dialect, self.hidden).and_then(|s| s.hiding) {
            Some(table) if renamed => {
                flow(Err(refused(format!("the columns of {table} may not be renamed in FROM: some are hidden"))))
            }
            _ => ControlFlow::Continue(()),
        }
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> Flow {
        flow(match expr {
            Expr::Identifier(name) => self.check_bare(name),
            Expr::CompoundIdentifier(parts) => match parts.as_slice() {
                [.., qualifier, column] => self.check_qualified(qualifier, column),
                _ => Ok(()),
            },
            Expr::Function(function) => match &function.args {
                FunctionArguments::List(list) => list.args.iter().try_for_each(|arg| self.check_argument(arg)),
                _ => Ok(()),
            },
            _ => Ok(()),
        })
    }
}

impl Look<'_> {
    fn check_select(&self, select: &Select) -> Result<(), ConnectError> {
        for item in &select.projection {
            match item {
                SelectItem::Wildcard(_) => {
                    if let Some(table) = self.hiding_in(&select.from) {
                        return Err(wildcard(&table));
                    }
                }
                SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), _) => {
                    self.check_row(name.0.last().and_then(|p| p.as_ident()))?;
                }
                SelectItem::QualifiedWildcard(..) => {
                    if let Some(table) = self.hiding_in(&select.from) {
                        return Err(wildcard(&table));
                    }
                }
                _ => {}
            }
        }
        select.from.iter().flat_map(|f| &f.joins).try_for_each(|join| self.check_join(join))
    }

    fn check_join(&self, join: &Join) -> Result<(), ConnectError> {
        let constraint = match &join.join_operator {
            JoinOperator::Join(c)
            | JoinOperator::Inner(c)
            | JoinOperator::Left(c)
            | JoinOperator::LeftOuter(c)
            | JoinOperator::Right(c)
            | JoinOperator::RightOuter(c)
            | JoinOperator::FullOuter(c)
            | JoinOperator::CrossJoin(c) => c,
            _ => return Ok(()),
        };
        match constraint {
            JoinConstraint::Natural => Err(refused("NATURAL may not join a table with hidden columns: write ON")),
            JoinConstraint::Using(names) => {
                names.iter().filter_map(|n| n.0.last().and_then(|p| p.as_ident())).try_for_each(|n| self.check_bare(n))
            }
            _ => Ok(()),
        }
    }

    fn check_argument(&self, argument: &FunctionArg) -> Result<(), ConnectError> {
        let (FunctionArg::Unnamed(value)
        | FunctionArg::Named { arg: value, .. }
        | FunctionArg::ExprNamed { arg: value, .. }) = argument;
        match value {
            FunctionArgExpr::QualifiedWildcard(name) => self.check_row(name.0.last().and_then(|p| p.as_ident())),
            _ => Ok(()),
        }
    }

    /// A name alone: a hidden column, or a whole row where the database knows those.
    fn check_bare(&self, name: &Ident) -> Result<(), ConnectError> {
        let folded = fold(self.dialect, name).to_lowercase();
        if let Some(column) = self.hidden.iter().find(|h| h.column == folded) {
            return Err(hidden(&column.table, &column.column));
        }
        if self.dialect == Dialect::Sqlite {
            return if ROW_IDS.contains(&folded.as_str()) {
                Err(refused(format!("{name} may not be read here")))
            } else {
                Ok(())
            };
        }
        self.check_row(Some(name))
    }

    fn check_qualified(&self, qualifier: &Ident, column: &Ident) -> Result<(), ConnectError> {
        let called = fold(self.dialect, qualifier).to_lowercase();
        let folded = fold(self.dialect, column).to_lowercase();
        let mut known = self.sources.iter().filter(|s| s.called == called).peekable();
        let unknown = known.peek().is_none();
        let tables: Vec<&String> = known.filter_map(|s| s.hiding.as_ref()).collect();
        if self.dialect == Dialect::Sqlite && !tables.is_empty() && ROW_IDS.contains(&folded.as_str()) {
            return Err(refused(format!("{column} may not be read here")));
        }
        let found = self.hidden.iter().find(|h| h.column == folded && (unknown || tables.contains(&&h.table)));
        found.map_or(Ok(()), |h| Err(hidden(&h.table, &h.column)))
    }

    /// A whole row under its name in FROM.
    fn check_row(&self, name: Option<&Ident>) -> Result<(), ConnectError> {
        let Some(called) = name.map(|n| fold(self.dialect, n).to_lowercase()) else { return Ok(()) };
        let table = self.sources.iter().filter(|s| s.called == called).find_map(|s| s.hiding.as_ref());
        table.map_or(Ok(()), |table| Err(wildcard(table)))
    }

    fn hiding_in(&self, from: &[TableWithJoins]) -> Option<String> {
        let mut factors: Vec<&TableFactor> = Vec::new();
        let mut open: Vec<&TableWithJoins> = from.iter().collect();
        while let Some(next) = open.pop() {
            for factor in std::iter::once(&next.relation).chain(next.joins.iter().map(|j| &j.relation)) {
                match factor {
                    TableFactor::NestedJoin { table_with_joins, .. } => open.push(table_with_joins),
                    other => factors.push(other),
                }
            }
        }
        factors.into_iter().find_map(|f| source(f, self.dialect, self.hidden)?.hiding)
    }
}

fn hidden(table: &str, column: &str) -> ConnectError {
    refused(format!("column {column} of {table} is hidden and may not be read"))
}

fn wildcard(table: &str) -> ConnectError {
    refused(format!("* would read hidden columns of {table}: name the columns that are wanted"))
}

#[cfg(test)]
mod tests {
    use crate::guard::{AllowedTables, check};
    use datafyme_domain::{Dialect, TableRef};

    fn allowed(schema: Option<&str>) -> AllowedTables {
        let table = |name: &str| TableRef { schema: schema.map(str::to_owned), table: name.to_owned() };
        let tables = vec![table("people"), table("cities")];
        AllowedTables::only(tables)
            .hiding(vec![(table("people"), "Salary".to_owned()), (table("people"), "name".to_owned())])
    }

    fn said(sql: &str) -> [Option<String>; 2] {
        let run = |dialect, schema| check(sql, dialect, &allowed(schema)).err().map(|e| e.to_string());
        [run(Dialect::Sqlite, None), run(Dialect::Postgres, Some("public"))]
    }

    #[test]
    fn a_hidden_column_is_refused_however_it_is_reached() {
        for sql in [
            "SELECT salary FROM people",
            "SELECT p.salary FROM people p",
            "SELECT people.SALARY FROM people",
            "SELECT id FROM people WHERE salary > 5",
            "SELECT id FROM people ORDER BY salary",
            "SELECT max(salary) FROM people",
            "SELECT * FROM people",
            "SELECT p.* FROM people p JOIN cities c ON c.id = p.city_id",
            "SELECT * FROM cities c JOIN people p ON c.id = p.city_id",
            "SELECT n FROM (SELECT * FROM people) x",
            "WITH x AS (SELECT salary AS n FROM people) SELECT n FROM x",
            "SELECT id FROM cities WHERE id IN (SELECT city_id FROM people WHERE salary > 3)",
            "SELECT id FROM cities c WHERE EXISTS (SELECT 1 FROM people WHERE c.name = name)",
            "SELECT id FROM people JOIN cities USING (name)",
            "SELECT id FROM people NATURAL JOIN cities",
            "SELECT a FROM people AS p(a, b, c)",
            "SELECT count(*) FROM people GROUP BY salary",
            "SELECT id FROM people UNION SELECT salary FROM people",
        ] {
            let [sqlite, postgres] = said(sql);
            assert!(sqlite.is_some(), "{sql} passes in SQLite");
            assert!(postgres.is_some(), "{sql} passes in PostgreSQL");
        }
        for sql in ["SELECT p FROM people p", "SELECT (p).salary FROM people p", "SELECT count(p.*) FROM people p"] {
            assert!(said(sql)[1].is_some(), "{sql} passes in PostgreSQL");
        }
        assert!(said("SELECT rowid FROM people")[0].is_some());
    }

    #[test]
    fn other_columns_and_other_tables_stay_readable() {
        for sql in [
            "SELECT id, city_id FROM people",
            "SELECT count(*) FROM people",
            "SELECT c.name FROM people p JOIN cities c ON c.id = p.city_id",
            "SELECT * FROM cities",
            "SELECT c.* FROM people p JOIN cities c ON c.id = p.city_id",
            "SELECT name, salary FROM cities",
        ] {
            assert_eq!(said(sql), [None, None], "{sql}");
        }
    }
}
