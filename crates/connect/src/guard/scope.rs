//! Which CTE names are in scope where: a CTE shadows a table only where the database lets it.

use datafyme_domain::Dialect;
use sqlparser::ast::{Ident, Query};

/// The WITH clauses around the place that is being walked, innermost last.
#[derive(Debug)]
pub(super) struct Scopes {
    dialect: Dialect,
    open: Vec<Scope>,
}

#[derive(Debug)]
struct Scope {
    query: *const Query,
    names: Vec<String>,
    bodies: Vec<*const Query>,
    visible: usize,
    /// Whether each body sees all names of the clause, its own included.
    mutual: bool,
}

impl Scopes {
    pub(super) const fn new(dialect: Dialect) -> Self {
        Self { dialect, open: Vec::new() }
    }

    /// Called before anything inside `query` is walked.
    pub(super) fn enter(&mut self, query: &Query) {
        let at = std::ptr::from_ref(query);
        if let Some(scope) = self.open.last_mut()
            && let Some(index) = scope.bodies.iter().position(|b| *b == at)
            && !scope.mutual
        {
            // PostgreSQL without RECURSIVE: a body sees the CTEs before it, so `WITH t AS (SELECT * FROM t)` reads
            // the table t.
            scope.visible = index;
        }
        let ctes = query.with.as_ref().map(|w| w.cte_tables.as_slice()).unwrap_or_default();
        // SQLite lets every body of a WITH clause see all its names, with or without RECURSIVE.
        let mutual = self.dialect == Dialect::Sqlite || query.with.as_ref().is_some_and(|w| w.recursive);
        self.open.push(Scope {
            query: at,
            names: ctes.iter().map(|c| fold(self.dialect, &c.alias.name)).collect(),
            bodies: ctes.iter().map(|c| std::ptr::from_ref(&*c.query)).collect(),
            visible: ctes.len(),
            mutual,
        });
    }

    /// Called after everything inside `query` was walked.
    pub(super) fn leave(&mut self, query: &Query) {
        let at = std::ptr::from_ref(query);
        if self.open.last().is_some_and(|s| s.query == at) {
            self.open.pop();
        }
        if let Some(scope) = self.open.last_mut()
            && scope.bodies.contains(&at)
        {
            scope.visible = scope.names.len();
        }
    }

    /// Whether an unqualified `name` means a CTE here.
    pub(super) fn is_cte(&self, name: &Ident) -> bool {
        let folded = fold(self.dialect, name);
        self.open.iter().any(|scope| scope.names.iter().take(scope.visible).any(|n| *n == folded))
    }
}

/// A name as the database compares it: PostgreSQL folds what is not quoted, SQLite ignores case always.
pub(super) fn fold(dialect: Dialect, name: &Ident) -> String {
    match (dialect, name.quote_style) {
        (Dialect::Postgres, Some(_)) => name.value.clone(),
        _ => name.value.to_ascii_lowercase(),
    }
}
