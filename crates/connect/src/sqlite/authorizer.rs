//! SQLite's own look at a query, while it compiles it: the second proof that a query only reads allowed tables.

use crate::{ReadOnlySql, guard};
use datafyme_domain::Dialect;
use rusqlite::{
    Connection, Statement,
    hooks::{AuthAction, AuthContext, Authorization},
};
use std::collections::HashSet;

/// Operators that SQLite compiles to function calls.
const OPERATORS: &[&str] = &["like", "glob", "match", "regexp", "->", "->>"];

/// Endings of the tables in which virtual tables keep their data.
const INNARDS: &[&str] = &[
    "_config",
    "_content",
    "_data",
    "_docsize",
    "_idx",
    "_node",
    "_parent",
    "_rowid",
    "_segdir",
    "_segments",
    "_stat",
];

/// Compiles `text`, in which `sql` stands, with only what `sql` was checked for allowed.
pub(super) fn compile<'c>(
    connection: &'c Connection,
    sql: &ReadOnlySql,
    text: &str,
) -> rusqlite::Result<Statement<'c>> {
    let names = sql.tables().iter().map(|t| t.table.to_ascii_lowercase());
    let readable: HashSet<String> = names.chain(sql.ctes().iter().cloned()).collect();
    connection.authorizer(Some(move |context: AuthContext<'_>| decide(&context, &readable)));
    let statement = connection.prepare(text);
    // While they work, virtual tables compile statements of their own.
    connection.authorizer(None::<fn(AuthContext<'_>) -> Authorization>);
    statement
}

fn decide(context: &AuthContext<'_>, readable: &HashSet<String>) -> Authorization {
    let allowed = match context.action {
        AuthAction::Select | AuthAction::Recursive => true,
        AuthAction::Read { table_name, .. } => {
            let name = table_name.to_ascii_lowercase();
            // A view reads its own tables; SQLite names the view (or CTE) that a read happens in.
            let inside_view = context.accessor.is_some() && !name.starts_with("sqlite_");
            let generated = name.starts_with("json_") || name.is_empty();
            readable.contains(&name) || inside_view || generated || is_innards(&name, readable)
        }
        AuthAction::Function { function_name } => {
            let name = function_name.to_ascii_lowercase();
            OPERATORS.contains(&name.as_str()) || guard::is_allowed_function(&name, Dialect::Sqlite)
        }
        _ => false,
    };
    if allowed { Authorization::Allow } else { Authorization::Deny }
}

fn is_innards(name: &str, readable: &HashSet<String>) -> bool {
    let owner = INNARDS.iter().find_map(|ending| name.strip_suffix(ending));
    owner.is_some_and(|owner| readable.contains(owner))
}
