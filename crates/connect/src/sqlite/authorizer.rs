//! SQLite's own look at a query, while it compiles it: the second proof that a query only reads allowed tables.

use crate::{ReadOnlySql, guard};
use datafyme_domain::Dialect;
use rusqlite::{
    Connection,
    hooks::{AuthAction, AuthContext, Authorization},
};
use std::collections::HashSet;

/// Operators that SQLite compiles to function calls.
const OPERATORS: &[&str] = &["like", "glob", "match", "regexp", "->", "->>"];

/// Lets `connection` compile only what `sql` was checked for, until the connection is given back.
pub(super) fn restrict(connection: &Connection, sql: &ReadOnlySql) {
    let tables: HashSet<String> = sql.tables().iter().map(|t| t.table.to_ascii_lowercase()).collect();
    connection.authorizer(Some(move |context: AuthContext<'_>| decide(&context, &tables)));
}

fn decide(context: &AuthContext<'_>, tables: &HashSet<String>) -> Authorization {
    let allowed = match context.action {
        AuthAction::Select | AuthAction::Recursive => true,
        AuthAction::Read { table_name, .. } => {
            let name = table_name.to_ascii_lowercase();
            // A view reads its own tables; SQLite names the view (or CTE) that a read happens in.
            let inside_view = context.accessor.is_some() && !name.starts_with("sqlite_");
            let generated = name.starts_with("json_") || name.is_empty();
            tables.contains(&name) || inside_view || generated
        }
        AuthAction::Function { function_name } => {
            let name = function_name.to_ascii_lowercase();
            OPERATORS.contains(&name.as_str()) || guard::is_allowed_function(&name, Dialect::Sqlite)
        }
        _ => false,
    };
    if allowed {
        Authorization::Allow
    } else {
        Authorization::Deny
    }
}
