//! From the name in a query to the allowed table that the database will read.

use super::{AllowedTables, refused, scope::fold};
use crate::ConnectError;
use datafyme_domain::{Dialect, TableRef};
use sqlparser::ast::{Ident, ObjectName, ObjectNamePart};

/// The identifiers of a name; an error for names that are computed.
pub(super) fn parts(name: &ObjectName) -> Result<Vec<&Ident>, ConnectError> {
    name.0
        .iter()
        .map(|part| match part {
            ObjectNamePart::Identifier(ident) => Ok(ident),
            ObjectNamePart::Function(_) => Err(refused(format!("'{name}' is no plain name"))),
        })
        .collect()
}

/// The allowed table that `name` means.
pub(super) fn resolve<'a>(
    name: &ObjectName,
    dialect: Dialect,
    allowed: &'a AllowedTables,
) -> Result<&'a TableRef, ConnectError> {
    let folded: Vec<String> = parts(name)?.into_iter().map(|i| fold(dialect, i)).collect();
    let parts: Vec<&str> = folded.iter().map(String::as_str).collect();
    if is_system(&parts, dialect) {
        return Err(refused(format!("system table {name} may not be read")));
    }
    match (dialect, parts.as_slice()) {
        (Dialect::Sqlite, [table] | ["main", table]) => {
            pick(allowed, name, |t| t.schema.is_none() && t.table.eq_ignore_ascii_case(table))
        }
        (Dialect::Postgres, [schema, table]) => {
            pick(allowed, name, |t| t.schema.as_deref() == Some(*schema) && t.table == *table)
        }
        (Dialect::Postgres, [table]) if table.starts_with("pg_") => {
            Err(refused(format!("table {name} must be written with its schema")))
        }
        (Dialect::Postgres, [table]) => pick(allowed, name, |t| t.table == *table),
        _ => Err(unknown(name, allowed)),
    }
}

fn pick<'a>(
    allowed: &'a AllowedTables,
    name: &ObjectName,
    wanted: impl Fn(&TableRef) -> bool,
) -> Result<&'a TableRef, ConnectError> {
    let hits: Vec<&TableRef> = allowed.tables().iter().filter(|t| wanted(t)).collect();
    match hits.as_slice() {
        [one] => Ok(one),
        [] => Err(unknown(name, allowed)),
        many => {
            let places: Vec<String> = many.iter().map(ToString::to_string).collect();
            Err(refused(format!("table {name} stands in several schemas; qualify it as one of {}", places.join(", "))))
        }
    }
}

fn unknown(name: &ObjectName, allowed: &AllowedTables) -> ConnectError {
    let plain = name.to_string().replace(['"', '`', '[', ']'], "");
    let alike = allowed
        .tables()
        .iter()
        .find(|t| t.to_string().eq_ignore_ascii_case(&plain) || t.table.eq_ignore_ascii_case(&plain));
    let hint = alike.map_or_else(String::new, |t| format!("; did you mean {}?", t.to_sql(Dialect::Postgres)));
    refused(format!("table {name} is not among the tables that may be read{hint}"))
}

fn is_system(parts: &[&str], dialect: Dialect) -> bool {
    match (dialect, parts) {
        (Dialect::Sqlite, [.., table]) => table.starts_with("sqlite_") || table.starts_with("pragma_"),
        (Dialect::Postgres, [schema, _]) => {
            *schema == "information_schema" || *schema == "pg_catalog" || schema.starts_with("pg_")
        }
        _ => false,
    }
}
